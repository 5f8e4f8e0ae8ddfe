// A calendar of one's own, with and without script; and finding an organization on the front page.
import assert from "node:assert/strict";
import test from "node:test";
import { visit, world } from "./world.js";

const address = (page) => page.locator("#result #address");
const box = (page, key, value) => page.locator(`input[name=${key}][value="${value}"]`);

/** Waits until the page shows this address to subscribe to. */
const says = (page, expected) =>
  page.waitForFunction((expected) => document.querySelector("#result #address")?.value === expected, expected);

/** Opens the groups of choices that are closed. */
const opened = (page) => page.locator("#combine details:not([open]) > summary").evaluateAll((all) => all.forEach((one) => one.click()));

test("as one chooses, the calendar is shown: address, links, codes, preview", async () => {
  const { origin } = await world();
  await visit({}, async (page, faults) => {
    await page.goto("/combine");
    await opened(page);
    await box(page, "org", "tenants").check();
    await says(page, `${origin}/combine.ics?org=tenants`);
    await box(page, "tag", "canvass").check();
    await says(page, `${origin}/combine.ics?org=tenants&tag=canvass`);
    assert.equal(new URL(page.url()).search.replace("&lang=", ""), "?org=tenants&tag=canvass");
    assert.equal(await page.locator("#result .apple a").getAttribute("href"), `${origin.replace("http:", "webcal:")}/combine.ics?org=tenants&tag=canvass`);
    assert.match(await page.locator("#widget-code").inputValue(), /feed="combine\?org=tenants&(amp|#38);tag=canvass"/);
    assert.ok((await page.locator("#result .row").count()) > 3);
    assert.equal(await page.locator("#result [data-copy=address]").isVisible(), true);
    await page.locator("#lang").selectOption("es");
    await says(page, `${origin}/combine.ics?org=tenants&tag=canvass&lang=es`);
    assert.equal(await page.locator("html").getAttribute("lang"), "en", "the page's own language stays");
    await box(page, "org", "tenants").uncheck();
    await says(page, `${origin}/combine.ics?tag=canvass&lang=es`);
    await box(page, "tag", "canvass").uncheck();
    await page.waitForFunction(() => !document.querySelector("#result #address"));
    assert.match(await page.locator("#result").textContent(), /Choose at least one/);
    assert.deepEqual(faults, []);
  });
});

test("of quick choices the last one counts", async () => {
  const { origin } = await world();
  await visit({}, async (page) => {
    await page.goto("/combine");
    const slow = (route) => setTimeout(() => route.continue().catch(() => {}), 400);
    await page.route(/combine\?org=tenants$/, slow);
    await box(page, "org", "tenants").check();
    await box(page, "org", "silent").check();
    await says(page, `${origin}/combine.ics?org=silent&org=tenants`);
    await page.waitForTimeout(600);
    assert.equal(await address(page).inputValue(), `${origin}/combine.ics?org=silent&org=tenants`);
  });
});

test("the choice survives reloading, leaving and coming back", async () => {
  const { origin } = await world();
  await visit({}, async (page) => {
    await page.goto("/");
    await page.goto("/combine");
    await box(page, "org", "tenants").check();
    await says(page, `${origin}/combine.ics?org=tenants`);
    await page.reload();
    assert.equal(await address(page).inputValue(), `${origin}/combine.ics?org=tenants`);
    assert.ok(await box(page, "org", "tenants").isChecked());
    await page.goBack();
    assert.equal(new URL(page.url()).pathname, "/", "each choice is not a step of the history");
    await page.goForward();
    await says(page, `${origin}/combine.ics?org=tenants`);
    assert.ok(await box(page, "org", "tenants").isChecked());
    await page.locator("#result .row a.title").first().click();
    await page.waitForURL(/\/event\//);
    await page.goBack();
    await says(page, `${origin}/combine.ics?org=tenants`);
    assert.ok(await box(page, "org", "tenants").isChecked());
  });
});

test("without script the form does the same", async () => {
  const { origin } = await world();
  await visit({ javaScriptEnabled: false }, async (page) => {
    await page.goto("/es/combine");
    await box(page, "org", "tenants").check();
    await box(page, "org", "silent").check();
    await page.locator("#lang").selectOption("en");
    await page.locator("#combine button[type=submit]").click();
    assert.equal(await address(page).inputValue(), `${origin}/es/combine.ics?org=silent&org=tenants&lang=en`);
    assert.ok(await box(page, "org", "tenants").isChecked());
    assert.equal(await page.locator("#lang").inputValue(), "en");
    assert.ok((await page.locator("#result .row").count()) > 3);
    assert.equal(await page.locator("html").getAttribute("lang"), "es");
    const response = await fetch(await address(page).inputValue());
    assert.match(await response.text(), /^BEGIN:VCALENDAR/);
    await page.locator("#lang").selectOption("");
    await page.locator("#combine button[type=submit]").click();
    assert.equal(await address(page).inputValue(), `${origin}/es/combine.ics?org=silent&org=tenants`);
  });
});

test("an address that Google would not take is warned of", async () => {
  await visit({}, async (page) => {
    await page.goto("/combine");
    const wards = page.locator('input[name=org][value^="neighborhood-council"]');
    await wards.nth(0).check();
    await page.waitForFunction(() => document.querySelector("#result #address"));
    assert.equal(await page.locator("#result .banner").count(), 0);
    for (let number = 1; number < 6; number++) await wards.nth(number).check();
    // Each choice is answered by itself: what counts is the answer to the last one, whole.
    await page.waitForFunction(() => document.querySelector("#result #address")?.value.split("org=").length === 7);
    const [length, warning] = await page.evaluate(() => [
      document.querySelector("#result #address").value.length,
      document.querySelector("#result .banner").textContent,
    ]);
    assert.ok(length > 256);
    assert.match(warning, new RegExp(`${length}.*256`));
  });
});

test("an unknown name is told, and one can go on choosing", async () => {
  const { origin } = await world();
  await visit({}, async (page) => {
    for (const [path, lang] of [["/combine?org=tenants&org=nobody", "en"], ["/es/combine?tag=nothing", "es"]]) {
      const response = await page.goto(path);
      assert.equal(response.status(), 404);
      assert.equal(await page.locator("html").getAttribute("lang"), lang);
      assert.match(await page.locator("main [role=alert]").textContent(), /nobody|nothing/);
      assert.equal(await page.locator("#result #address").count(), 0);
      await box(page, "org", "silent").check();
      await page.waitForFunction(() => document.querySelector("#result #address"));
    }
    assert.equal((await fetch(`${origin}/combine.ics?org=nobody`)).status, 404);
  });
});

/** The names of organizations that are seen. */
const seen = (page) =>
  page.locator("#directory li").evaluateAll((items) => items.filter((item) => item.getClientRects().length).map((item) => item.querySelector("a").textContent));

test("the search finds organizations as one types: accents, case and the order of words do not count", async () => {
  await visit({}, async (page, faults) => {
    for (const path of ["/", "/es/"]) {
      await page.goto(path);
      const all = (await seen(page)).length;
      const type = async (text) => {
        await page.locator("#search").fill(text);
        return seen(page);
      };
      assert.deepEqual(await type("nandu"), ["Asociación Ñandú"]);
      assert.deepEqual(await type("ÑANDÚ asoc"), ["Asociación Ñandú"]);
      assert.deepEqual(await type("TENANTS' UNION"), ["Tenants’ Union"]);
      const found = page.locator("#found");
      assert.equal(await found.getAttribute("role"), "status");
      assert.match(await found.textContent(), /^1 /);
      const wards = (await type("  friends WARD ")).length;
      assert.equal(wards, 12);
      assert.match(await found.textContent(), /^12 /);
      assert.deepEqual(await type("zzz"), []);
      assert.match(await found.textContent(), path === "/" ? /^No / : /^Ningun/);
      assert.equal((await type("")).length, all);
    }
    assert.deepEqual(faults, []);
  });
});

test("without script the directory is a plain list", async () => {
  await visit({ javaScriptEnabled: false }, async (page) => {
    await page.goto("/");
    assert.ok((await seen(page)).length > 15);
    assert.equal(await page.locator("#search").isVisible(), false);
  });
});
