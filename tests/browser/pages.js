// Every kind of page, at least one address of each, and the same in the other language.

/** Pages in the house's frame: head, content, foot. */
export const PAGES = [
  "/",
  "/all",
  "/org/tenants",
  "/org/tenants/2020",
  "/org/big-calendar",
  "/org/quiet-neighbors",
  "/org/silent",
  "/org/hostile",
  "/org/wordy",
  "/tag/housing",
  "/venue/hall",
  "/venue/bad-place",
  "/partner/good",
  "/partner/bad",
  "/event/everything",
  "/event/weekly",
  "/event/called-off",
  "/event/later",
  "/event/perhaps",
  "/event/camp",
  "/event/open-end",
  "/event/over",
  "/event/hostile",
  "/event/long-words",
  "/event/big-1",
  "/combine",
  "/combine?org=tenants&tag=canvass",
  "/combine?org=hostile",
  "/combine?org=nobody",
  "/status",
  "/nothing/here",
];

export const HANDBILLS = ["/org/tenants/handbill", "/all/handbill", "/org/big-calendar/handbill", "/org/silent/handbill", "/org/hostile/handbill", "/org/wordy/handbill"];

export const FRAMES = ["/embed/org/tenants", "/embed/org/silent", "/embed/org/hostile", "/embed/all", "/embed/combine?org=tenants&org=hostile"];

export const ALL = [...PAGES, ...HANDBILLS, ...FRAMES];

/** One address of each kind, where more would only take longer. */
export const KINDS = [
  "/", "/all", "/org/tenants", "/org/tenants/2020", "/tag/housing", "/venue/hall", "/partner/good", "/event/everything", "/event/weekly",
  "/event/called-off", "/event/hostile", "/combine", "/combine?org=tenants&tag=canvass", "/combine?org=nobody", "/status", "/nothing/here",
  "/org/tenants/handbill", "/embed/org/tenants",
];

/** Pages with a subscribe block, and the feed of each. */
export const SUBSCRIBED = {
  "/": "/all.ics",
  "/all": "/all.ics",
  "/org/tenants": "/org/tenants.ics",
  "/tag/housing": "/tag/housing.ics",
  "/venue/hall": "/venue/hall.ics",
  "/partner/good": "/partner/good.ics",
  "/combine?org=tenants&tag=canvass": "/combine.ics?org=tenants&tag=canvass",
};

export const spanish = (path) => `/es${path}`;

/** In both languages. */
export const both = (paths) => paths.flatMap((path) => [path, spanish(path)]);
