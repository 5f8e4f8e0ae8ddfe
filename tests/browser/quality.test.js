// What holds on every kind of page: everybody can use it, it is valid and light, and every link of it leads somewhere.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import test from "node:test";
import { HtmlValidate } from "html-validate";
import { ALL, KINDS, both, spanish } from "./pages.js";
import { findings, unfold, visit, world } from "./world.js";

test("axe finds nothing on any kind of page, in both languages, light and dark", async () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const check = (page, options) =>
    page.evaluate(async (options) => {
      const { violations } = await window.axe.run(document, { resultTypes: ["violations"], ...options });
      return violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`));
    }, options);
  const found = await findings([...both(KINDS), "/org/silent", "/org/hostile"], {}, async (page) => {
    await unfold(page);
    await page.evaluate(axe);
    await page.emulateMedia({ colorScheme: "light" });
    const light = await check(page, {});
    await page.emulateMedia({ colorScheme: "dark" });
    // Only colors depend on the scheme.
    const dark = await check(page, { runOnly: ["color-contrast", "link-in-text-block"] });
    return [...light, ...dark.map((finding) => `dark: ${finding}`)];
  });
  assert.deepEqual(found, []);
});

test("every page is valid HTML", async () => {
  const { origin } = await world();
  const validator = new HtmlValidate({
    extends: ["html-validate:recommended"],
    rules: {
      "doctype-style": ["error", { style: "lowercase" }],
      // Several checkboxes of one name are how a form sends several choices.
      "form-dup-name": ["error", { shared: ["radio", "button", "reset", "submit", "checkbox"] }],
      // How long titles are is the editors' affair.
      "long-title": "off",
    },
  });
  const found = [];
  for (const path of both(ALL)) {
    const html = await (await fetch(origin + path)).text();
    const report = await validator.validateString(html);
    const told = report.results.flatMap((result) => result.messages);
    const rules = new Map(told.map((message) => [message.ruleId, `${path}:${message.line} ${message.ruleId}: ${message.message}`]));
    found.push(...rules.values());
  }
  assert.deepEqual(found, []);
});

test("a page weighs less than 60 KB with 200 events, and the front page waits for one request at most", async () => {
  await visit({}, async (page, faults, context) => {
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    let weight = 0;
    session.on("Network.loadingFinished", ({ encodedDataLength }) => (weight += encodedDataLength));
    for (const path of ["/org/big-calendar", "/all", "/"]) {
      await session.send("Network.clearBrowserCache");
      weight = 0;
      await page.goto(path, { waitUntil: "networkidle" });
      assert.ok(weight > 1000 && weight < 60 * 1024, `${path}: ${weight} bytes`);
    }
    assert.ok((await page.locator(".row").count()) > 3);
    const blocking = await page.evaluate(() =>
      performance.getEntriesByType("resource").filter((entry) => entry.renderBlockingStatus === "blocking").map((entry) => entry.name),
    );
    assert.ok(blocking.length <= 1, blocking.join(" "));
    await page.goto("/org/big-calendar");
    assert.equal(await page.locator(".day .row").count(), 200);
  });
});

/** Presses Tab until it comes round; what has the focus each time, and whether that is seen. */
const tabbed = async (page) => {
  const stops = [];
  for (let presses = 0; presses < 400; presses++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      window.stops ??= new Map();
      const again = window.stops.has(element);
      window.stops.set(element, true);
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.width > 0 && box.right > 0 && box.bottom > 0 && box.top < innerHeight && box.left < innerWidth;
      return { name: element.outerHTML.slice(0, 100), skip: element.matches(".skip"), again, seen };
    });
    if (!stop || stop.again) break;
    stops.push(stop);
  }
  return stops;
};

test("with the keyboard the way to the content comes first, every control is reached, and the focus is seen", async () => {
  await visit({}, async (page) => {
    for (const path of ["/", "/org/tenants", "/event/everything", "/combine?org=silent", "/status", "/es/nothing", "/org/tenants/handbill", "/embed/org/tenants"]) {
      await page.goto(path);
      await page.addStyleTag({ content: "html { scroll-behavior: auto !important }" }).catch(() => {});
      await page.emulateMedia({ reducedMotion: "reduce" });
      const stops = await tabbed(page);
      if (!/handbill|embed/.test(path)) assert.ok(stops[0].skip, `${path} begins with ${stops[0].name}`);
      assert.deepEqual(stops.filter((stop) => !stop.seen).map((stop) => stop.name), [], `${path}: focus is not seen`);
      const missed = await page.evaluate(() =>
        Array.from(document.querySelectorAll("a[href], button, input, select, textarea, summary"))
          .filter((element) => element.checkVisibility() && !element.disabled && !window.stops.has(element))
          .map((element) => element.outerHTML.slice(0, 100)),
      );
      assert.deepEqual(missed, [], `${path}: not reached`);
    }
    await page.goto("/org/tenants");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement.closest("main") !== null), "the skip link does not skip");
  });
});

test("the language switch keeps the page and the choice", async () => {
  await visit({}, async (page) => {
    for (const path of ["/", "/org/tenants", "/org/tenants/2020", "/event/everything", "/tag/housing", "/status", "/combine?org=tenants&tag=canvass"]) {
      await page.goto(path);
      assert.equal(await page.locator("html").getAttribute("lang"), "en");
      const heads = await page.locator("link[rel=alternate][hreflang]").count();
      await page.locator('.languages a[hreflang="es"]').click();
      await page.waitForURL(/\/es\//);
      assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, spanish(path));
      assert.equal(await page.locator("html").getAttribute("lang"), "es");
      assert.equal(await page.locator("link[rel=alternate][hreflang]").count(), heads);
      await page.locator('.languages a[hreflang="en"]').click();
      await page.waitForFunction(() => document.documentElement.lang === "en");
      assert.equal(await page.locator('.languages a[hreflang="es"]').count(), 1, path);
    }
  });
});

test("every page names its forms, its canonical address and its languages, and they are there", async () => {
  const { origin } = await world();
  const found = await findings(both(["/", "/org/tenants", "/tag/housing", "/venue/hall", "/partner/good", "/event/everything", "/all"]), {}, async (page, path) => {
    const links = await page.evaluate(() => Array.from(document.querySelectorAll("head link[rel=alternate], head link[rel=canonical]"), (link) => [link.rel, link.type, link.href]));
    const wrong = [];
    for (const type of ["text/calendar", "application/atom+xml", "application/json"]) {
      if (!links.some(([, has]) => has === type)) wrong.push(`no ${type}`);
    }
    if (links.filter(([rel]) => rel === "canonical").length !== 1) wrong.push("not one canonical address");
    for (const [, type, href] of links) {
      const response = await fetch(href);
      if (!href.startsWith(origin) || response.status !== 200 || (type && !response.headers.get("content-type").startsWith(type.replace("+oembed", "")))) {
        wrong.push(`${href} answers ${response.status} ${response.headers.get("content-type")}`);
      }
    }
    return wrong;
  });
  assert.deepEqual(found, []);
});

test("every link of ours leads somewhere", async () => {
  const { origin } = await world();
  const links = new Set();
  await visit({ javaScriptEnabled: true }, async (page) => {
    for (const path of [...both(KINDS), "/org/hostile", "/embed/org/hostile"]) {
      await page.goto(path);
      const found = await page.evaluate(() => Array.from(document.querySelectorAll("a[href], link[href]"), (link) => link.href));
      found.filter((href) => href.startsWith(`${origin}/`)).forEach((href) => links.add(href.split("#")[0]));
      const dead = await page.evaluate(() =>
        Array.from(document.querySelectorAll('a[href^="#"]'), (link) => link.hash.slice(1)).filter((id) => !document.getElementById(id)),
      );
      assert.deepEqual(dead, [], `${path}: links to nowhere on the page`);
    }
  });
  // A page that is not there still offers itself in the other language.
  const meant = [...links].filter((link) => !/nothing\/here|org=nobody/.test(link));
  assert.ok(meant.length > 100, `${meant.length} links`);
  const dead = [];
  for (const link of meant) if ((await fetch(link)).status !== 200) dead.push(link);
  assert.deepEqual(dead, []);
});

test("an address that names nothing has a page in the house's style and language, with a way on", async () => {
  await visit({}, async (page) => {
    for (const [path, lang, home] of [["/org/nobody", "en", "/"], ["/es/org/nobody", "es", "/es/"], ["/es/nothing/here", "es", "/es/"], ["/event/none", "en", "/"]]) {
      const response = await page.goto(path);
      assert.equal(response.status(), 404);
      assert.equal(await page.locator("html").getAttribute("lang"), lang);
      assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("main .button")).borderRadius !== "0px"), true);
      await page.locator("main .button").click();
      await page.waitForURL((url) => url.pathname === home);
    }
  });
});

test("of a cancelled event the title is struck through, and what says so is not", async () => {
  await visit({}, async (page) => {
    await page.goto("/event/called-off");
    // A line through a block goes through all that is in it.
    const struck = (selector) =>
      page.locator(selector).first().evaluate((element) => {
        const through = (at) => at && (getComputedStyle(at).textDecorationLine.includes("line-through") || through(at.parentElement));
        return Boolean(through(element));
      });
    assert.ok(await struck("h1"));
    for (const selector of [".banner", ".kicker"]) assert.equal(await struck(selector), false, selector);
    assert.match(await page.locator(".banner").textContent(), /Cancelled.*The street is closed/);
    await page.goto("/org/tenants");
    assert.ok(await struck(".row.cancelled .title"));
    assert.equal(await struck(".row.cancelled .mark"), false);
  });
});
