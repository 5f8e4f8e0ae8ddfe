// What the tests share: one running Handbill with a partner site, sites of others that embed it, and one browser. It tests nothing.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { feeds, partnerCalendar } from "./feeds.js";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const BINARY = path.resolve(process.env.HANDBILL_BIN ?? path.join(ROOT, "target/debug/handbill"));
const CHROMIUM = process.env.CHROMIUM_BIN ?? "/usr/bin/chromium";

/** Machines are busy with other things: no test is about speed. */
const PATIENCE = 30_000;

const listen = async (handler) => {
  const server = http.createServer(handler);
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { server, port: server.address().port };
};

/** A partner site: one calendar that is good, one that is broken. */
const partnerSite = () =>
  listen((request, response) => {
    if (request.url !== "/good.ics") return response.writeHead(500).end();
    response.writeHead(200, { "content-type": "text/calendar" }).end(partnerCalendar());
  });

/** Runs the binary in a folder of its own, on a free port; its address, as it printed it. */
const serve = async (files, environment) => {
  if (!existsSync(BINARY)) throw new Error(`${BINARY} is not there: cargo build, or set HANDBILL_BIN`);
  const folder = mkdtempSync(path.join(tmpdir(), "handbill-browser-"));
  mkdirSync(path.join(folder, "feeds"));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, "feeds", name), text);
  const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith("HANDBILL_"));
  const env = { ...Object.fromEntries(inherited), HANDBILL_LISTEN: "127.0.0.1:0", HANDBILL_METRICS_LISTEN: "off", ...environment };
  const child = spawn(BINARY, [], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (data) => (said += data));
  const origin = await new Promise((resolve, reject) => {
    let printed = "";
    child.stdout.on("data", (data) => {
      printed += data;
      const address = /(http:\/\/\S+)\/all\.ics/.exec(printed);
      if (address) resolve(address[1]);
    });
    child.on("exit", () => reject(new Error(`Handbill did not start: ${said}`)));
  });
  const stop = () => {
    child.removeAllListeners("exit");
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  return { origin, stop };
};

/** Both partners have been asked. */
const asked = async (origin) => {
  for (const until = Date.now() + PATIENCE; Date.now() < until; ) {
    const page = await (await fetch(`${origin}/partner/good`)).text();
    const status = await (await fetch(`${origin}/status`)).text();
    if (page.includes("Potluck") && status.includes("500")) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the partners were not asked in time");
};

/** A site of somebody else: pages by their paths, each with its own headers. */
const hosting = async () => {
  const pages = new Map();
  const { server, port } = await listen((request, response) => {
    const page = pages.get(request.url);
    if (!page) return response.writeHead(request.url === "/favicon.ico" ? 204 : 404).end();
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...page.headers }).end(page.html);
  });
  const host = (body, headers = {}) => {
    const at = `/${pages.size}`;
    pages.set(at, { html: `<!doctype html><html lang="en"><head><title>Host</title></head><body>${body}</body></html>`, headers });
    return `http://host.test:${port}${at}`;
  };
  return { server, host };
};

const begin = async () => {
  const partner = await partnerSite();
  const site = `127.0.0.1:${partner.port}`;
  const handbill = await serve(feeds(`http://${site}`), { HANDBILL_PARTNERS_ALLOW_ADDRESSES: site });
  await asked(handbill.origin);
  const { server, host } = await hosting();
  // Names under .test lead here: other origins than 127.0.0.1, and without its privileges.
  const args = ["--host-resolver-rules=MAP *.test 127.0.0.1", "--disable-dev-shm-usage"];
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  const browser = await chromium.launch({ executablePath: CHROMIUM, args });
  const end = async () => {
    await browser.close();
    handbill.stop();
    for (const open of [partner.server, server]) {
      open.closeAllConnections?.();
      open.close();
    }
  };
  return { origin: handbill.origin, host, browser, end };
};

let begun;

/** The one world of a run, begun when it is first asked for. */
export const world = () => (begun ??= begin());

/** Ends it. */
export const end = async () => begun && (await (await begun).end());

after(end);

/** A page in a context of its own, given to `use`; relative addresses are Handbill's. What goes wrong in it is collected in `faults`. */
export const visit = async (options, use) => {
  const { browser, origin } = await world();
  const context = await browser.newContext({ baseURL: origin, locale: "en-US", ...options });
  context.setDefaultTimeout(PATIENCE);
  try {
    const page = await context.newPage();
    const faults = [];
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("dialog", (dialog) => {
      faults.push(`a dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    return await use(page, faults, context);
  } finally {
    await context.close();
  }
};

/** Goes over pages with a few tabs at a time; what `look` finds, with the page's address before it. */
export const findings = async (paths, options, look) => {
  const found = [];
  const left = [...paths];
  const tab = () =>
    visit(options, async (page, faults, context) => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const response = await page.goto(next);
        const told = await look(page, next, response, context);
        found.push(...told.map((finding) => `${next}: ${finding}`));
      }
    });
  await Promise.all([tab(), tab(), tab()]);
  return found.sort();
};

/** Opens what is folded. */
export const unfold = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
