// What one walk over all pages in both languages tells: nobody else is asked, nothing of others runs, every width fits, one language each.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { ALL, KINDS, both, spanish } from "./pages.js";
import { unfold, visit, world } from "./world.js";

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

/** The phrases of a language, as the program has them. */
const phrasesOf = (language) => {
  const source = readFileSync(new URL(`../../src/page/phrases/${language}.rs`, import.meta.url), "utf8");
  return Array.from(source.matchAll(/^.*"((?:[^"\\]|\\.)*)".*$/gm), ([line]) => Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"/g), ([, text]) => text)).flat();
};

/** The phrases that only English has, as they stand on pages. */
const englishPhrases = () => {
  const spanishToo = new Set(phrasesOf("spanish").map((text) => text.toLowerCase()));
  const [same, english] = [[], []];
  for (const text of phrasesOf("english")) (spanishToo.has(text.toLowerCase()) ? same : english).push(text);
  // Names and short months are the same in both; anything else was forgotten.
  const names = ["Google Calendar", "OpenStreetMap", "Outlook.com", "Widget", "oEmbed"];
  assert.deepEqual(same.filter((text) => text.length > 3 && !names.includes(text)), []);
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
