// That a handbill is one sheet of letter paper with everything on it, whatever the organization.
import assert from "node:assert/strict";
import test from "node:test";
import { PDFDocument } from "pdf-lib";
import { HANDBILLS, both } from "./pages.js";
import { visit } from "./world.js";

/** CSS pixels of an inch. */
const INCH = 96;

test("a handbill prints on exactly one letter page", async () => {
  await visit({}, async (page) => {
    for (const path of both(HANDBILLS)) {
      await page.goto(path);
      const pdf = await PDFDocument.load(await page.pdf({ preferCSSPageSize: true, printBackground: true }));
      assert.equal(pdf.getPageCount(), 1, path);
      const { width, height } = pdf.getPage(0).getSize();
      assert.deepEqual([Math.round(width), Math.round(height)], [612, 792], path);
    }
  });
});

test("nothing of a handbill is cut off where it is printed", async () => {
  await visit({ viewport: { width: 7.5 * INCH, height: 10 * INCH } }, async (page) => {
    await page.emulateMedia({ media: "print" });
    const found = [];
    for (const path of both(HANDBILLS)) {
      await page.goto(path);
      const cut = await page.evaluate(() => {
        const sheet = document.querySelector(".sheet").getBoundingClientRect();
        const inside = (box) => box.bottom <= sheet.bottom + 1 && box.right <= sheet.right + 1;
        return Array.from(document.querySelectorAll(".sheet h1, .sheet h2, .sheet dt, .sheet dd, .sheet p, .sheet svg, .words"))
          .filter((element) => !inside(element.getBoundingClientRect()))
          .map((element) => element.outerHTML.slice(0, 80));
      });
      found.push(...cut.map((element) => `${path}: ${element}`));
      const shown = await page.evaluate(() => getComputedStyle(document.querySelector(".tools")).display);
      assert.equal(shown, "none", "the button to print is printed");
      const [ink, paper] = await page.evaluate(() => [getComputedStyle(document.querySelector("h1")).color, getComputedStyle(document.body).backgroundColor]);
      assert.deepEqual([ink, paper], ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]);
    }
    assert.deepEqual(found, []);
  });
});

test("a handbill is black on white for those who prefer dark too, and says its address in words", async () => {
  await visit({ colorScheme: "dark" }, async (page) => {
    await page.goto("/org/tenants/handbill");
    const [ink, paper] = await page.evaluate(() => [getComputedStyle(document.querySelector("dd")).color, getComputedStyle(document.body).backgroundColor]);
    assert.deepEqual([ink, paper], ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]);
    assert.equal(await page.locator(".words").textContent(), new URL(page.url()).host + "/org/tenants");
  });
});
