// What makes pages handier. Every page works without it: what needs it is hidden until it runs.
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  // On Android the address to copy comes first, for eyes and for screen readers alike; Apple's button is first everywhere else.
  const android = /Android/.test(navigator.userAgent);
  const arrange = (root) => {
    if (android) all(".ways ~ .copy", root).forEach((address) => address.parentElement.querySelector(".ways").before(address));
  };

  const copy = async (button) => {
    const field = document.getElementById(button.dataset.copy);
    const label = (button.dataset.label ??= button.textContent);
    let said = button.dataset.done;
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      if (!document.execCommand("copy")) said = button.dataset.failed;
    }
    button.textContent = said;
    button.setAttribute("aria-live", "polite");
    clearTimeout(button.timer);
    button.timer = setTimeout(() => (button.textContent = label), 3000);
  };

  const reveal = (root) => {
    all("[data-copy], [data-print]", root).forEach((button) => (button.hidden = false));
    arrange(root);
  };
  reveal(document);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.copy) copy(button);
    if (button && "print" in button.dataset) print();
  });

  // Search as you type: case, accents and the order of words do not count.
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[’‘`´]/g, "'").toLowerCase();
  const search = document.getElementById("search");
  if (search) {
    const items = all("li", document.getElementById(search.dataset.list)).map((item) => [item, folded(item.textContent)]);
    const found = document.getElementById("found");
    const filter = () => {
      const words = folded(search.value).split(/\s+/);
      let count = 0;
      for (const [item, text] of items) {
        item.hidden = !words.every((word) => text.includes(word));
        count += item.hidden ? 0 : 1;
      }
      const { none, one, many } = search.dataset;
      found.textContent = (count === 0 ? none : count === 1 ? one : many).replace("{}", count);
    };
    search.closest("[hidden]").hidden = false;
    search.addEventListener("input", filter);
    if (search.value) filter();
  }

  // A calendar of one's own is shown as it is chosen: the form's own answer, without leaving the page.
  const form = document.querySelector("form[data-live]");
  if (form) {
    let latest = 0;
    const show = async () => {
      const turn = ++latest;
      const chosen = new URLSearchParams(Array.from(new FormData(form)).filter(([, value]) => value));
      const address = `${form.action}?${chosen}`;
      const answer = await fetch(address);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const result = page.getElementById(form.dataset.live);
      if (turn !== latest || !result) return;
      document.getElementById(form.dataset.live).replaceWith(document.importNode(result, true));
      reveal(document);
      history.replaceState(null, "", address);
    };
    form.addEventListener("change", () => show().catch(() => {}));
  }

  // In a frame: tell the page around how tall this is, if it listens.
  if (document.body.classList.contains("frame") && parent !== window) {
    const list = document.querySelector("main");
    const tell = () => {
      const bottom = list.lastElementChild?.getBoundingClientRect().bottom ?? 0;
      const content = bottom - list.getBoundingClientRect().top + list.scrollTop + 16;
      const height = document.body.scrollHeight - list.clientHeight + content;
      parent.postMessage({ handbill: "height", height }, "*");
    };
    new ResizeObserver(tell).observe(list);
    addEventListener("message", (event) => event.data?.handbill === "tell" && tell());
    tell();
  }
})();
