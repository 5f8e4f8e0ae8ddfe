// Pictures of every kind of page, for people to look at: `node shots.js FOLDER`, on a phone and a desktop, light and dark. It tests nothing.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { end, visit } from "./world.js";

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

const SHOTS = {
  front: "/", "front-es": "/es/", all: "/all", org: "/org/tenants", "org-es": "/es/org/tenants", "org-200-events": "/org/big-calendar",
  "org-empty": "/org/silent", "org-year": "/org/tenants/2020", "org-hostile": "/org/hostile", "org-wordy": "/org/wordy", tag: "/tag/housing",
  venue: "/venue/hall", partner: "/partner/good", "partner-broken": "/partner/bad", event: "/event/everything",
  "event-es": "/es/event/everything", "event-series": "/event/weekly", "event-cancelled": "/event/called-off", "event-postponed": "/event/later",
  "event-tentative": "/event/perhaps", "event-days": "/event/camp", "event-no-end": "/event/open-end", "event-past": "/event/over",
  "event-hostile": "/event/hostile", combine: "/combine", "combine-chosen": "/combine?org=tenants&tag=canvass", "combine-unknown": "/combine?org=nobody",
  status: "/status", "status-es": "/es/status", missing: "/nothing/here", handbill: "/org/tenants/handbill",
  "handbill-wordy": "/org/wordy/handbill", "handbill-es": "/es/org/tenants/handbill", frame: "/embed/org/tenants", "frame-empty": "/embed/org/silent",
};

const folder = process.argv[2];
if (!folder) throw new Error("node shots.js FOLDER");
mkdirSync(folder, { recursive: true });

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"]) {
    await visit({ viewport, colorScheme }, async (page) => {
      for (const [name, address] of Object.entries(SHOTS)) {
        await page.goto(address);
        await page.screenshot({ path: path.join(folder, `${name}_${size}_${colorScheme}.png`), fullPage: true });
      }
    });
  }
}
// As they are printed.
await visit({}, async (page) => {
  for (const name of ["handbill", "handbill-wordy", "handbill-es", "org", "event"]) {
    await page.goto(SHOTS[name]);
    await page.pdf({ path: path.join(folder, `${name}_print.pdf`), preferCSSPageSize: true, printBackground: true });
  }
});
await end();
