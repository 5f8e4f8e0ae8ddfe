// What holds on every page: nobody else is asked, it fits every width, everybody can use it, it is valid and light, and in one language.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import test from "node:test";
import { HtmlValidate } from "html-validate";
import { ALL, KINDS, both, spanish } from "./pages.js";
import { findings, visit, world } from "./world.js";

/** The phrases of a language, as the program has them. */
const phrasesOf = (language) => {
  const source = readFileSync(new URL(`../../src/page/phrases/${language}.rs`, import.meta.url), "utf8");
  return Array.from(source.matchAll(/^.*"((?:[^"\\]|\\.)*)".*$/gm), ([line]) => Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"/g), ([, text]) => text)).flat();
};

/** Widths of a small phone to a large screen, in CSS pixels. */
const WIDTHS = [320, 375, 768, 1024, 1600];

/** What is wanted in `window` of each page; a text for each thing that is wrong. */
const inside = {
  kept: () => (localStorage.length + sessionStorage.length + document.cookie.length ? ["keeps something in the browser"] : []),
  markup: () => Array.from(document.querySelectorAll("img[src=x], main script, [onclick], [onerror]"), (element) => `has markup of others: ${element.outerHTML}`),
  structure: () => {
    const levels = Array.from(document.querySelectorAll("h1, h2, h3, h4, h5, h6"), (heading) => Number(heading.tagName[1]));
    const names = Array.from(document.querySelectorAll("nav"), (nav) => nav.getAttribute("aria-label"));
    const wrong = [];
    if (levels[0] !== 1 || levels.lastIndexOf(1) !== 0) wrong.push("does not have one h1, before all other headings");
    if (levels.some((level, index) => index > 0 && level > levels[index - 1] + 1)) wrong.push(`headings skip a level: ${levels.join("")}`);
    if (document.querySelectorAll("main").length !== 1) wrong.push("does not have one main");
    if (!document.querySelector("body > header, body > nav, main header")) wrong.push("has no header");
    if (names.some((name) => !name) || new Set(names).size !== names.length) wrong.push(`has navigation without its own name: ${names}`);
    if (!document.title) wrong.push("has no title");
    return wrong;
  },
  texts: () => {
    const texts = [];
    const own = (element) => element.closest("[lang]")?.lang === document.documentElement.lang;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (own(walker.currentNode.parentElement)) texts.push(walker.currentNode.textContent.trim());
    const names = ["aria-label", "alt", "title", "placeholder", "data-done", "data-failed", "data-none", "data-one", "data-many"];
    for (const name of names) {
      for (const element of document.querySelectorAll(`[${name}]`)) if (own(element)) texts.push(element.getAttribute(name));
    }
    return texts.filter(Boolean);
  },
};

/** What is too wide for the window. */
const tooWide = () => {
  const limit = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= limit && document.body.scrollWidth <= limit) return null;
  const wide = Array.from(document.body.querySelectorAll("*")).find((element) => element.getBoundingClientRect().right > limit + 1);
  return `${document.documentElement.scrollWidth} (${wide?.outerHTML.slice(0, 120)})`;
};

/** Opens what is folded. */
const unfold = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));

/** One look at one page. */
const look = async (page, path) => {
  const seen = { lang: await page.evaluate(() => document.documentElement.lang), wide: [] };
  for (const [name, find] of Object.entries(inside)) seen[name] = await page.evaluate(find);
  await unfold(page);
  // In the other language one page of each kind, and the smallest phone everywhere.
  const every = !path.startsWith("/es/") || KINDS.map(spanish).includes(path);
  for (const width of every ? WIDTHS : WIDTHS.slice(0, 1)) {
    await page.setViewportSize({ width, height: 800 });
    const over = await page.evaluate(tooWide);
    if (over) seen.wide.push(`is ${width} px wide and needs ${over}`);
  }
  return seen;
};

/** All pages in both languages, looked at once for the tests that follow; requests, faults and cookies of the whole walk. */
const survey = async () => {
  const { origin } = await world();
  const pages = {};
  const [foreign, wrong] = [[], []];
  const left = both(ALL);
  const walk = () =>
    visit({}, async (page, faults, context) => {
      context.on("request", (request) => request.url().startsWith(`${origin}/`) || foreign.push(request.url()));
      for (let path = left.shift(); path !== undefined; path = left.shift()) {
        const response = await page.goto(path);
        if (await response.headerValue("set-cookie")) foreign.push(`${path} sets a cookie`);
        pages[path] = await look(page, path);
      }
      await page.waitForLoadState("networkidle");
      if ((await context.cookies()).length) foreign.push("a cookie was set");
      // Of pages that are not there the browser says so itself.
      wrong.push(...faults.filter((fault) => !/status of 404/.test(fault)));
    });
  await Promise.all([walk(), walk(), walk()]);
  return { pages, foreign, wrong };
};

let surveyed;
const surveyOnce = () => (surveyed ??= survey());

/** What a part of the survey tells, each with its page. */
const told = ({ pages }, part) => Object.entries(pages).flatMap(([path, seen]) => seen[part].map((text) => `${path} ${text}`)).sort();

test("no page asks anybody else for anything, nor keeps anything in the browser", async () => {
  const seen = await surveyOnce();
  assert.equal(Object.keys(seen.pages).length, 2 * ALL.length);
  assert.deepEqual(seen.foreign, []);
  assert.deepEqual(told(seen, "kept"), []);
});

test("no page runs what an editor or a partner wrote, or reports an error", async () => {
  const seen = await surveyOnce();
  assert.deepEqual(seen.wrong, []);
  assert.deepEqual(told(seen, "markup"), []);
});

test("every page fits from 320 to 1600 pixels without scrolling sideways", async () => {
  assert.deepEqual(told(await surveyOnce(), "wide"), []);
});

test("every page has one h1, headings without a gap, and landmarks", async () => {
  assert.deepEqual(told(await surveyOnce(), "structure"), []);
});

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

/** The phrases that only English has, as they stand on pages. */
const englishPhrases = () => {
  const spanishToo = new Set(phrasesOf("spanish").map((text) => text.toLowerCase()));
  const english = phrasesOf("english").filter((text) => !spanishToo.has(text.toLowerCase()));
  const pieces = english.flatMap((text) => text.split("{}")).map((piece) => piece.trim());
  const words = pieces.filter((piece) => piece.length > 3 && !["time", "before that", "more"].includes(piece));
  assert.ok(words.length > 100, "the phrases were not found");
  return words;
};

test("Spanish pages are in Spanish but for texts that say they are not", async () => {
  const phrases = englishPhrases();
  const { pages } = await surveyOnce();
  const english = (text) => phrases.some((phrase) => text === phrase || (phrase.includes(" ") && text.includes(phrase)));
  // What programs say of partners and choices is English, and must say so.
  const said = (text) => /\b(There is no|HTTP|the site|answered|was not)\b/.test(text);
  const found = [];
  for (const [path, { lang, texts }] of Object.entries(pages)) {
    const expected = path.startsWith("/es/") ? "es" : "en";
    if (lang !== expected) found.push(`${path} says that it is in ${lang}`);
    if (expected === "es") found.push(...texts.filter((text) => english(text) || said(text)).map((text) => `${path} has English: ${text}`));
  }
  assert.deepEqual(found.sort(), []);
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
