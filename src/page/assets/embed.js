// The events of a Handbill calendar on any page: <handbill-events feed="org/NAME" limit="5" lang="es" theme="auto">a link</handbill-events>
(() => {
  "use strict";
  const origin = document.currentScript?.src.replace(/\/embed\.js(\?.*)?$/, "");
  if (!origin || !window.customElements || customElements.get("handbill-events")) return;

  const style = `
:host{display:block;color-scheme:light dark}
:host([theme=light]){color-scheme:light}:host([theme=dark]){color-scheme:dark}
:host([hidden]){display:none}
.name{font-weight:700;font-size:1.1em;margin:0 0 .5em}
h3{font-size:.9em;margin:1em 0 .25em;opacity:.8}
ul{list-style:none;margin:0;padding:0}
li{padding:.4em 0;border-top:1px solid color-mix(in srgb,currentColor 20%,transparent)}
time,span{font-size:.9em}
a{color:inherit}
.cancelled>a{text-decoration:line-through}
strong{font-size:.8em;border:1px solid;padding:0 .35em;margin-inline-start:.35em;border-radius:.2em}
p{margin:.75em 0 0}
.button{display:inline-block;padding:.5em .9em;border:1px solid;border-radius:.3em;text-decoration:none;font-weight:700}
.button:hover,.button:focus-visible{text-decoration:underline}`;

  const make = (name, text, attributes = {}) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) if (value) element.setAttribute(key, value);
    return element;
  };
  const link = (href, text, more) => make("a", text, { href, target: "_blank", rel: "noopener", ...more });

  const rows = (data, limit) => {
    const list = [];
    for (const day of data.days) {
      const items = day.rows.slice(0, limit);
      limit -= items.length;
      if (!items.length) break;
      const heading = make("h3");
      heading.append(make("time", day.heading, { datetime: day.date }));
      const ul = make("ul");
      for (const row of items) {
        const li = make("li", "", { class: row.cancelled ? "cancelled" : "" });
        li.append(make("time", row.time, { datetime: row.machine }), " ", link(row.url, row.title, { lang: row.lang }));
        if (row.mark) li.append(make("strong", row.mark));
        if (row.place) li.append(" ", make("span", row.place));
        ul.append(li);
      }
      list.push(heading, ul);
    }
    return list;
  };

  customElements.define("handbill-events", class extends HTMLElement {
    static observedAttributes = ["feed", "limit", "lang"];

    connectedCallback() { this.load(); }

    attributeChangedCallback() { if (this.isConnected) this.load(); }

    async load() {
      const turn = (this.turn = (this.turn || 0) + 1);
      const [path, query] = (this.getAttribute("feed") || "all").replace(/^\/+/, "").split("?");
      const lang = this.getAttribute("lang");
      try {
        // A module, not a fetch: a page that lets this script in lets its data in too.
        const prefix = /^[a-z]{2,3}$/.test(lang || "") ? `/${lang}` : "";
        const { default: data } = await import(`${origin}${prefix}/embed/${path}.js${query ? `?${query}` : ""}`);
        if (turn === this.turn) this.show(data);
      } catch {
        // The link inside the element stays.
      }
    }

    show(data) {
      const limit = Math.max(parseInt(this.getAttribute("limit"), 10) || 5, 1);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style);
      const box = make("div", "", { lang: data.lang });
      const name = make("p", "", { class: "name" });
      name.append(link(data.page, data.name));
      box.append(name);
      if (!data.ahead) box.append(make("p", data.nothing));
      if (!data.ahead && data.days.length) box.append(make("p", data.past));
      box.append(...rows(data, limit));
      const foot = make("p");
      foot.append(make("a", data.subscribe, { class: "button", href: data.webcal }), " ", link(`${data.page}#subscribe`, data.all));
      box.append(foot);
      // Only now: a shadow hides the link inside, so nothing may fail after it is there.
      const root = this.shadowRoot || this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      root.replaceChildren(box);
    }
  });

  // Frames of ours grow to the height of what they show.
  addEventListener("message", (event) => {
    const { handbill, height } = event.data || {};
    if (handbill !== "height" || event.origin !== new URL(origin).origin || !(height > 0)) return;
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.contentWindow === event.source) frame.height = Math.min(Math.ceil(height), 4000);
    }
  });
  // Those that were there before this script have told their height to nobody: they are asked again.
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.src.startsWith(`${origin}/`)) frame.contentWindow.postMessage({ handbill: "tell" }, "*");
  }
})();
