// That other sites can show our events and are not harmed: the widget, the frame, oEmbed. Their pages have another origin and policies of their own.
import assert from "node:assert/strict";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { MARKUP } from "./feeds.js";
import { PAGES, HANDBILLS } from "./pages.js";
import { visit, world } from "./world.js";

const FALLBACK = '<a href="https://example.org/fallback">All our events</a>';

const widget = (origin, attributes, script = "embed.js") =>
  `<script async src="${origin}/${script}"></script><handbill-events ${attributes}>${FALLBACK}</handbill-events>`;

/** What the widget shows, once it does. */
const shown = async (page, selector = "handbill-events") => {
  await page.waitForFunction((at) => document.querySelector(at).shadowRoot?.querySelector("li"), selector);
  return page.evaluate((at) => {
    const root = document.querySelector(at).shadowRoot;
    const texts = (what) => Array.from(root.querySelectorAll(what), (element) => element.textContent);
    return { titles: texts("li a"), text: root.textContent, links: Array.from(root.querySelectorAll("a"), (a) => a.href) };
  }, selector);
};

test("the widget shows events on a host whose policy lets in our script and nothing else", async () => {
  const { origin, host } = await world();
  const policy = { "content-security-policy": `default-src 'none'; script-src ${origin}` };
  const body = `<font color="#123456" face="monospace">${widget(origin, 'feed="org/tenants" limit="5"')}</font>`;
  await visit({}, async (page, faults) => {
    await page.goto(host(body, policy));
    const { titles, links } = await shown(page);
    assert.equal(titles.length, 5);
    assert.ok(titles.includes("Rent Strike Rally"), titles);
    assert.ok(links.includes(`${origin}/event/everything`));
    assert.ok(links.includes(`${origin.replace("http:", "webcal:")}/org/tenants.ics`));
    assert.equal(await page.locator("handbill-events > a").isVisible(), false, "the fallback is shown beside the events");
    const style = await page.evaluate(() => {
      const link = getComputedStyle(document.querySelector("handbill-events").shadowRoot.querySelector("li a"));
      return [link.color, link.fontFamily];
    });
    assert.deepEqual(style, ["rgb(18, 52, 86)", "monospace"], "the host's color and font are not followed");
    const border = await page.evaluate(
      () => getComputedStyle(document.querySelector("handbill-events").shadowRoot.querySelector("li")).borderTopWidth,
    );
    assert.equal(border, "1px", "the widget's own style is not applied");
    assert.deepEqual(faults, []);
  });
});

test("the widget leaves no global behind and its style stays inside", async () => {
  const { origin, host } = await world();
  const globals = (page) => page.evaluate(() => Object.getOwnPropertyNames(window).filter((name) => !/^\d+$/.test(name)).sort());
  await visit({}, async (page) => {
    const others = '<p class="name">Ours</p><ul><li><a href="#">x</a></li></ul>';
    const look = () => page.evaluate(() => Array.from(document.querySelectorAll("body > p, body > ul, body > ul a"), (e) => JSON.stringify({ ...getComputedStyle(e) })));
    await page.goto(host(others));
    const [before, looks] = [await globals(page), await look()];
    await page.goto(host(`${others}${widget(origin, 'feed="all"')}`));
    await shown(page);
    assert.deepEqual(await globals(page), before);
    assert.deepEqual((await look()).length, looks.length);
    const margin = await page.evaluate(() => getComputedStyle(document.querySelector("p.name")).fontWeight);
    assert.equal(margin, "400");
  });
});

test("limit, lang and theme are followed, also when they change", async () => {
  const { origin, host } = await world();
  await visit({}, async (page, faults) => {
    await page.goto(host(widget(origin, 'feed="org/tenants" limit="2" lang="es" theme="dark"')));
    const { titles, text } = await shown(page);
    assert.equal(titles.length, 2);
    assert.match(text, /Suscribirse/);
    const scheme = () => page.evaluate(() => getComputedStyle(document.querySelector("handbill-events")).colorScheme);
    assert.equal(await scheme(), "dark");
    const set = (name, value) => page.evaluate(([name, value]) => document.querySelector("handbill-events").setAttribute(name, value), [name, value]);
    await set("theme", "light");
    assert.equal(await scheme(), "light");
    await set("lang", "en");
    await page.waitForFunction(() => document.querySelector("handbill-events").shadowRoot.textContent.includes("Subscribe"));
    await set("limit", "4");
    await page.waitForFunction(() => document.querySelector("handbill-events").shadowRoot.querySelectorAll("li").length === 4);
    await set("feed", "org/silent");
    await page.waitForFunction(() => document.querySelector("handbill-events").shadowRoot.querySelectorAll("li").length === 0);
    assert.deepEqual(faults, []);
  });
});

test("attributes that make no sense break nothing", async () => {
  const { origin, host } = await world();
  const odd = ['limit="-3"', 'limit="many"', 'lang="../.."', 'lang="xx"', 'feed="//evil.test/x"', 'feed="../../healthz"', 'feed="org/tenants?a=b&amp;c"', ""];
  await visit({}, async (page, faults, context) => {
    const foreign = [];
    context.on("request", (request) => !/^http:\/\/(127\.0\.0\.1|host\.test):/.test(request.url()) && foreign.push(request.url()));
    for (const attributes of odd) {
      await page.goto(host(widget(origin, attributes)));
      await page.waitForLoadState("networkidle");
      const visible = await page.evaluate(() => document.querySelector("handbill-events").getBoundingClientRect().height > 0);
      assert.ok(visible, attributes);
    }
    assert.deepEqual(foreign, []);
    assert.deepEqual(faults.filter((fault) => !/Failed to load resource/.test(fault)), []);
  });
});

test("markup in titles stays text in the widget and in the frame", async () => {
  const { origin, host } = await world();
  await visit({}, async (page, faults) => {
    await page.goto(host(widget(origin, 'feed="org/hostile"')));
    const { titles } = await shown(page);
    assert.ok(titles.includes(MARKUP), titles);
    await page.goto(`${origin}/embed/org/hostile`);
    assert.ok((await page.locator("li a").allTextContents()).includes(MARKUP));
    assert.deepEqual(faults, []);
  });
});

/** The fallback link is seen and can be followed. */
const fallsBack = async (page, address, why) => {
  await page.goto(address);
  await page.waitForLoadState("networkidle");
  assert.ok(await page.locator("handbill-events > a").isVisible(), why);
};

test("where events cannot be shown, the fallback link is", async () => {
  const { origin, host } = await world();
  await visit({}, async (page) => {
    await fallsBack(page, host(widget(origin, 'feed="org/dead-name"')), "an unknown feed");
    await fallsBack(page, host(widget("http://127.0.0.1:9", 'feed="all"')), "a server that is down");
    await fallsBack(page, host(widget(origin, 'feed="all"'), { "content-security-policy": "script-src 'none'" }), "a policy against scripts");
    await page.route("**/embed/**", (route) => route.abort());
    await fallsBack(page, host(widget(origin, 'feed="all"')), "a server that went down");
    await page.unroute("**/embed/**");
    await page.route("**/embed/**", (route) => route.fulfill({ contentType: "text/javascript", body: "export default {};" }));
    await fallsBack(page, host(widget(origin, 'feed="all"')), "data of another shape");
  });
  await visit({ javaScriptEnabled: false }, (page) =>
    fallsBack(page, host(widget(origin, 'feed="all"')), "a browser without scripts"));
});

test("the widget may be there twice, and of two feeds", async () => {
  const { origin, host } = await world();
  await visit({}, async (page, faults) => {
    await page.goto(host(widget(origin, 'feed="org/tenants" id="one"') + widget(origin, 'feed="tag/canvass" id="two"')));
    assert.ok((await shown(page, "#one")).text.includes("Tenants"));
    assert.ok((await shown(page, "#two")).text.includes("A title that goes on"));
    assert.deepEqual(faults, []);
  });
});

test("the widget weighs less than 6 KB, compressed", async () => {
  const { origin } = await world();
  const script = Buffer.from(await (await fetch(`${origin}/embed.js`)).arrayBuffer());
  const weight = gzipSync(script).length;
  assert.ok(weight < 6 * 1024, `${weight} bytes`);
});

test("each code on the organization's page works where it is pasted", async () => {
  const { origin, host } = await world();
  await visit({}, async (page, faults) => {
    for (const path of ["/org/tenants", "/es/org/hostile", "/combine?org=tenants&tag=canvass"]) {
      await page.goto(path);
      const [script, frame, link] = await Promise.all(["widget", "frame", "link"].map((name) => page.locator(`#${name}-code`).inputValue()));
      await page.goto(host(script));
      assert.ok((await shown(page)).titles.length > 0, path);
      await page.goto(host(frame));
      await page.frameLocator("iframe").locator("li a").first().waitFor();
      assert.ok(await page.locator("iframe").getAttribute("title"), path);
      await page.goto(host(link));
      assert.equal(await page.locator("a").getAttribute("href"), origin + path);
      assert.ok(await page.locator("a img").evaluate((image) => image.complete && image.naturalWidth > 0), path);
    }
    assert.deepEqual(faults, []);
  });
});

const frame = (origin, path, more = "") => `<iframe src="${origin}${path}" title="Events" width="100%" height="480" ${more}></iframe>`;

/** The first frame of a page, when it has loaded. */
const framed = async (page, address) => {
  await page.goto(address);
  await page.waitForLoadState("load");
  return page.frames()[1];
};

test("only what is made to be embedded may be framed", async () => {
  const { origin, host } = await world();
  await visit({}, async (page, faults) => {
    for (const path of ["/embed/org/tenants", "/es/embed/all", "/embed/combine?org=tenants"]) {
      const inner = await framed(page, host(frame(origin, path)));
      await inner.locator("li a").first().waitFor();
    }
    assert.deepEqual(faults, []);
  });
  const refused = [];
  for (const path of [...PAGES, ...HANDBILLS, "/all.ics", "/all.json", "/all.atom", "/embed/all.js", "/embed.js", "/feeds.json", "/healthz"]) {
    const response = await fetch(origin + path);
    if (!/frame-ancestors 'none'/.test(response.headers.get("content-security-policy") ?? "")) refused.push(path);
  }
  assert.deepEqual(refused, [], "these may be framed");
  await visit({}, async (page, faults) => {
    for (const path of ["/", "/org/tenants", "/combine"]) {
      faults.length = 0;
      const inner = await framed(page, host(frame(origin, path)));
      for (let waits = 0; waits < 100 && faults.length === 0; waits++) await page.waitForTimeout(50);
      assert.match(faults.join(), /frame-ancestors/, path);
      assert.ok(!inner.url().startsWith(origin), path);
    }
  });
});

test("the frame fits its height: alone it scrolls inside, with our script it grows", async () => {
  const { origin, host } = await world();
  await visit({}, async (page, faults) => {
    const alone = await framed(page, host(frame(origin, "/embed/org/tenants")));
    await alone.locator("footer .button").waitFor();
    const inside = await alone.evaluate(() => ({
      overflow: document.documentElement.scrollHeight - innerHeight,
      button: innerHeight - document.querySelector("footer .button").getBoundingClientRect().bottom,
      list: document.querySelector("main").scrollHeight - document.querySelector("main").clientHeight,
    }));
    assert.ok(inside.overflow <= 0 && inside.button >= 0, JSON.stringify(inside));
    assert.ok(inside.list > 0, "this feed was to be taller than the frame");
    const helped = await framed(page, host(`<script async src="${origin}/embed.js"></script>${frame(origin, "/embed/org/tenants")}`));
    await page.waitForFunction(() => Number(document.querySelector("iframe").height) > 480);
    await helped.waitForFunction(() => document.querySelector("main").scrollHeight <= document.querySelector("main").clientHeight + 1);
    const late = await framed(page, host(frame(origin, "/embed/org/tenants")));
    await late.locator("footer .button").waitFor();
    await page.addScriptTag({ url: `${origin}/embed.js` });
    await page.waitForFunction(() => Number(document.querySelector("iframe").height) > 480);
    const short = await framed(page, host(`<script async src="${origin}/embed.js"></script>${frame(origin, "/embed/org/silent")}`));
    await short.waitForFunction(() => innerHeight < 400);
    assert.deepEqual(faults, []);
  });
});

test("a message of somebody else does not move our frame", async () => {
  const { origin, host } = await world();
  await visit({}, async (page) => {
    await framed(page, host(`<script async src="${origin}/embed.js"></script>${frame(origin, "/embed/org/silent")}`));
    await page.waitForFunction(() => document.querySelector("iframe").height !== "480");
    // Our own frame may tell its height once more meanwhile; each height that it was given counts.
    const heights = await page.evaluate(async () => {
      const seen = [];
      const frame = document.querySelector("iframe");
      new MutationObserver(() => seen.push(frame.height)).observe(frame, { attributes: true });
      window.postMessage({ handbill: "height", height: 3999 }, "*");
      window.postMessage(null, "*");
      window.postMessage("height", "*");
      await new Promise((resolve) => setTimeout(resolve, 200));
      return seen;
    });
    assert.ok(!heights.includes("3999"), heights.join());
  });
});

test("#dark and #light choose the frame's colors whatever the reader prefers", async () => {
  const { origin } = await world();
  const paper = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  for (const colorScheme of ["light", "dark"]) {
    await visit({ colorScheme }, async (page) => {
      const colors = [];
      for (const hash of ["#light", "#dark", ""]) {
        await page.goto("about:blank");
        await page.goto(`${origin}/embed/org/tenants${hash}`);
        colors.push(await paper(page));
      }
      assert.equal(colors[0], "rgb(255, 255, 255)");
      assert.notEqual(colors[1], colors[0]);
      assert.equal(colors[2], colorScheme === "light" ? colors[0] : colors[1]);
    });
  }
});

test("a site that asks by oEmbed is shown the frame", async () => {
  const { origin, host } = await world();
  for (const [path, embedded] of [["/org/tenants", "/embed/org/tenants"], ["/es/tag/housing", "/es/embed/tag/housing"], ["/all", "/embed/all"]]) {
    await visit({}, async (page) => {
      await page.goto(path);
      const discovery = page.locator('link[rel=alternate][type="application/json+oembed"]');
      assert.equal(await discovery.count(), 1, path);
      const address = new URL(await discovery.getAttribute("href"), origin);
      const response = await fetch(address);
      assert.match(response.headers.get("content-type"), /^application\/json/);
      const answer = await response.json();
      assert.deepEqual([answer.version, answer.type], ["1.0", "rich"]);
      assert.ok(answer.width > 0 && answer.height > 0);
      await page.goto(host(answer.html));
      assert.equal(await page.locator("iframe").getAttribute("src"), origin + embedded);
      await page.frameLocator("iframe").locator("li a").first().waitFor();
      address.searchParams.set("maxwidth", "320");
      assert.equal((await (await fetch(address)).json()).width, 320);
      address.searchParams.set("format", "xml");
      assert.equal((await fetch(address)).status, 501);
    });
  }
});
