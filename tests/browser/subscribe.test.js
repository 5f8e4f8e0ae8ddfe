// That people get subscribed: the links of each platform, copying, the QR code, what a phone shows first.
import assert from "node:assert/strict";
import test from "node:test";
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { SUBSCRIBED, spanish } from "./pages.js";
import { visit, world } from "./world.js";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
const ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36";
const PHONE = { width: 390, height: 844 };

/** The feeds of the pages in both languages. */
const feeds = () => Object.entries(SUBSCRIBED).flatMap(([page, feed]) => [[page, feed], [spanish(page), spanish(feed)]]);

test("each platform's link has the exact target, without script, in both languages", async () => {
  const { origin } = await world();
  await visit({ javaScriptEnabled: false }, async (page) => {
    for (const [path, feed] of feeds()) {
      await page.goto(path);
      const address = `${origin}${feed}`;
      const webcal = address.replace(/^http:/, "webcal:");
      const link = (name) => page.locator(`.subscribe .${name} a`);
      assert.equal(await link("apple").getAttribute("href"), webcal);
      const google = await link("google").getAttribute("href");
      assert.equal(google, `https://calendar.google.com/calendar/r?cid=${encodeURIComponent(webcal)}`);
      for (const [name, host] of [["outlook", "outlook.live.com"], ["office", "outlook.office.com"]]) {
        const target = new URL(await link(name).getAttribute("href"));
        assert.equal(target.origin + target.pathname, `https://${host}/calendar/0/addfromweb`);
        assert.deepEqual([...target.searchParams.keys()], ["url", "name"]);
        assert.equal(target.searchParams.get("url"), address);
        assert.ok(target.searchParams.get("name"), `${path} has no name for ${host}`);
      }
      assert.equal(await page.locator("#address").inputValue(), address);
      for (const name of ["apple", "google", "outlook", "office"]) assert.ok(await link(name).isVisible(), `${path} ${name}`);
      assert.ok(await page.locator("#address").isVisible(), path);
    }
  });
});

test("the feeds that the links lead to are there", async () => {
  const { origin } = await world();
  for (const [, feed] of feeds()) {
    const response = await fetch(origin + feed);
    assert.equal(response.status, 200, feed);
    assert.match(await response.text(), /^BEGIN:VCALENDAR/, feed);
  }
});

/** Where things of the subscribe block begin, in CSS pixels from above; and in which order the document has them. */
const order = (page) =>
  page.evaluate(() => {
    const named = [".apple", ".google", ".outlook", ".office", ".copy"];
    const elements = named.map((name) => [name, document.querySelector(`.subscribe ${name}`)]);
    const sorted = (by) => [...elements].sort(by).map(([name]) => name);
    const above = ([, element]) => element.getBoundingClientRect().top;
    const before = (one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
    return {
      seen: sorted((one, other) => above(one) - above(other)),
      read: sorted(([, one], [, other]) => before(one, other)),
    };
  });

for (const [phone, userAgent, first] of [["an iPhone", IPHONE, ".apple"], ["Android", ANDROID, ".copy"]]) {
  test(`on ${phone} the right way comes first, for eyes and for screen readers`, async () => {
    await visit({ userAgent, viewport: PHONE, hasTouch: true, isMobile: true }, async (page) => {
      for (const path of ["/org/tenants", "/es/", "/combine?org=tenants"]) {
        await page.goto(path);
        const { seen, read } = await order(page);
        assert.equal(seen[0], first, path);
        assert.deepEqual(read, seen, path);
      }
    });
  });
}

test("the copy button copies the address, says so, and is itself again", async () => {
  const { origin } = await world();
  await visit({ permissions: ["clipboard-read", "clipboard-write"] }, async (page, faults) => {
    for (const [path, feed, words] of [["/org/tenants", "/org/tenants.ics", ["Copy", "Copied"]], ["/es/tag/housing", "/es/tag/housing.ics", ["Copiar", "Copiado"]]]) {
      await page.goto(path);
      const button = page.locator("[data-copy=address]");
      assert.equal(await button.textContent(), words[0]);
      await button.click();
      await page.waitForFunction((said) => document.querySelector("[data-copy=address]").textContent === said, words[1]);
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), origin + feed);
    }
    await page.waitForFunction(() => document.querySelector("[data-copy=address]").textContent === "Copiar");
    assert.deepEqual(faults, []);
  });
});

test("the codes to embed are copied whole", async () => {
  await visit({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
    await page.goto("/org/tenants");
    await page.locator("details.embed summary").click();
    for (const code of ["widget-code", "frame-code", "link-code"]) {
      await page.locator(`[data-copy=${code}]`).click();
      await page.waitForFunction((code) => document.querySelector(`[data-copy=${code}]`).textContent === "Copied", code);
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      assert.equal(copied, await page.locator(`#${code}`).inputValue());
    }
  });
});

test("copying works where the browser has no clipboard interface", async () => {
  const { origin } = await world();
  // Not a secure context, other than 127.0.0.1.
  const elsewhere = origin.replace("127.0.0.1", "handbill.test");
  await visit({}, async (page, faults, context) => {
    await page.goto(`${elsewhere}/org/tenants`);
    assert.equal(await page.evaluate(() => typeof navigator.clipboard), "undefined");
    await page.locator("[data-copy=address]").click();
    await page.waitForFunction(() => document.querySelector("[data-copy=address]").textContent === "Copied");
    await context.grantPermissions(["clipboard-read"], { origin });
    await page.goto("/org/tenants");
    await page.bringToFront();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${origin}/org/tenants.ics`);
    assert.deepEqual(faults, []);
  });
});

/** What a camera reads off a picture of an element. */
const scanned = async (locator) => {
  const picture = PNG.sync.read(await locator.screenshot());
  return jsQR(new Uint8ClampedArray(picture.data), picture.width, picture.height)?.data;
};

test("the QR code of the subscribe block and of the handbill says the page's address, light and dark", async () => {
  const { origin } = await world();
  for (const colorScheme of ["light", "dark"]) {
    await visit({ colorScheme, viewport: PHONE, deviceScaleFactor: 2 }, async (page) => {
      for (const path of ["/org/tenants", "/es/all", "/combine?org=tenants&tag=canvass"]) {
        await page.goto(path);
        await page.locator("details.qr summary").click();
        assert.equal(await scanned(page.locator("details.qr svg")), origin + path);
      }
      for (const path of ["/org/tenants", "/es/org/big-calendar"]) {
        await page.goto(`${path}/handbill`);
        assert.equal(await scanned(page.locator(".scan svg")), origin + path);
      }
    });
  }
});
