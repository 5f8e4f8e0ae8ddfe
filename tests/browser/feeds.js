// The events that the pages are tried with: everything that an editor can write, some of it meant badly. Dates are ahead of today.

/** Markup, quotes and what templates take for their own. */
export const MARKUP = `<script>alert(1)</script>"'&amp;{{7*7}}<img src=x onerror=alert(1)>`;

/** No space to break at. */
export const LONG = "Donaudampfschifffahrtsgesellschaftskapitän".repeat(4);

const quoted = (text) => JSON.stringify(text);

/** The date so many days from today, in Chicago. */
export const day = (days) => {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "America/Chicago" }).format(new Date());
  const date = new Date(`${today}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
};

const tenants = () => `
[organization]
name = "Tenants’ Union"
aliases = ["TU"]
url = "https://example.org/tenants"
description = "Neighbors who look after each other."
color = "#b22222"

[[venue]]
slug = "hall"
name = "Union Hall"
address = "1 W Monroe St, Chicago, IL 60603"
latitude = 41.8807
longitude = -87.6284

[[event]]
id = "everything"
title = "Rent Strike Rally"
start = ${day(3)}T18:00
end = ${day(3)}T20:30
venue = "hall"
supporters = ["Asociación Ñandú", "Quiet Neighbors", "Big Calendar"]
tags = ["housing", "rally"]
signup = "https://example.org/sign-up?a=1&b=2"
url = "https://example.org/rally"
contact = "rally@example.org, 312-555-0100"
description = """
Bring signs and water.

Interpreters are there: https://example.org/interpreters"""
[event.es]
title = "Manifestación por la vivienda"
description = "Traigan carteles y agua."

[[event]]
id = "weekly"
title = "Weekly Meeting"
start = ${day(4)}T19:00
end = ${day(4)}T20:00
location = "Library, 400 S State St"
tags = ["meeting"]
rrule = "FREQ=WEEKLY;COUNT=12"
[event.es]
title = "Reunión semanal"
[[event.change]]
on = ${day(11)}
start = ${day(11)}T20:00
end = ${day(11)}T21:00
location = "Park, 100 N Central Park Ave"
[[event.change]]
on = ${day(18)}
status = "cancelled"
reason = "Snow."

[[event]]
id = "called-off"
title = "March downtown"
start = ${day(5)}T12:00
end = ${day(5)}T14:00
status = "cancelled"
reason = "The street is closed."
tags = ["rally"]
[event.es]
title = "Marcha al centro"
reason = "La calle está cerrada."

[[event]]
id = "later"
title = "Hearing"
start = ${day(6)}T09:00
end = ${day(6)}T11:00
status = "postponed"
reason = "The room is taken."

[[event]]
id = "perhaps"
title = "Picnic"
start = ${day(0)}T23:30
end = ${day(0)}T23:59
status = "tentative"

[[event]]
id = "camp"
title = "Summer Camp"
start = ${day(-1)}
end = ${day(3)}
tags = ["housing"]

[[event]]
id = "open-end"
title = "Vigil"
start = ${day(1)}T20:00
location = "City Hall"

[[event]]
id = "over"
title = "Founding"
start = 2020-03-01T18:00
end = 2020-03-01T20:00
supporters = ["Asociación Ñandú"]

[[partner]]
slug = "good"
name = "Friends’ calendar"
url = "PARTNER/good.ics"

[[partner]]
slug = "bad"
name = "Broken calendar"
url = "PARTNER/bad.ics"
`;

const hostile = () => `
[organization]
name = ${quoted(MARKUP)}
description = ${quoted(`${MARKUP} ${LONG}`)}
url = "https://example.org/?q=%3Cscript%3E&x=%22'"

[[venue]]
slug = "bad-place"
name = ${quoted(MARKUP)}
address = ${quoted(LONG)}

[[event]]
id = "hostile"
title = ${quoted(MARKUP)}
start = ${day(2)}T18:00
end = ${day(2)}T19:00
venue = "bad-place"
supporters = [${quoted(LONG)}]
contact = ${quoted(MARKUP)}
status = "cancelled"
reason = ${quoted(MARKUP)}
description = ${quoted(`${MARKUP}\n${LONG}\nhttps://example.org/"><script>alert(1)</script>`)}
[event.es]
title = ${quoted(MARKUP)}
description = ${quoted(MARKUP)}

[[event]]
id = "long-words"
title = ${quoted(LONG)}
start = ${day(2)}T20:00
end = ${day(2)}T21:00
location = ${quoted(LONG)}
`;

const COMMITTEE = "A title that goes on and on, as titles do when a committee writes them together, ".repeat(12).slice(0, 990);

/** The longest name, and as many long titles as a handbill shows. */
const wordy = () => {
  const event = (number) => `
[[event]]
id = "wordy-${number}"
title = ${quoted(`${number} ${COMMITTEE}`)}
start = ${day(40 + number)}T18:00
end = ${day(43 + number)}T20:00
location = ${quoted(COMMITTEE)}
status = "cancelled"
`;
  return `[organization]\nname = ${quoted(COMMITTEE)}\n${[1, 2, 3, 4, 5, 6, 7, 8].map(event).join("")}`;
};

const big = () => {
  const long = COMMITTEE;
  const event = (number) => `
[[event]]
id = "big-${number}"
title = ${quoted(number < 8 ? `${number} ${long}` : `Canvass number ${number} in the neighborhood`)}
start = ${day(Math.floor(number / 2))}T${10 + (number % 10)}:30
end = ${day(Math.floor(number / 2))}T${11 + (number % 10)}:30
location = ${quoted(number < 8 ? `${long}, Chicago` : `${number} N Western Ave, Chicago, IL`)}
tags = ["canvass"]
`;
  return `[organization]\nname = "Big Calendar"\n${Array.from({ length: 200 }, (_, number) => event(number + 1)).join("")}`;
};

/** Many organizations, of long names, so that a choice of them makes a long address. */
const directory = () =>
  Array.from({ length: 12 }, (_, number) => `
[[organization]]
name = "Neighborhood Council of the ${number + 1}th Ward and Friends"
[[event]]
id = "ward-${number + 1}"
title = "Ward night"
start = ${day(20 + number)}T18:00
supporters = ["Neighborhood Council of the ${number + 1}th Ward and Friends"]
`);

/** The files of `feeds/`, by name; partners are asked at an address. */
export const feeds = (partner) => ({
  "tenants.toml": tenants().replaceAll("PARTNER", partner),
  "hostile.toml": hostile(),
  "big-calendar.toml": big(),
  "wordy.toml": wordy(),
  "quiet-neighbors.toml": `[organization]\nname = "Quiet Neighbors"\n`,
  "silent.toml": `[organization]\nname = "Silent Society"\n`,
  "nandu.toml": `[organization]\nname = "Asociación Ñandú"\nurl = "https://example.org/nandu"\n`,
  "wards.toml": ['[organization]\nname = "Wards"', ...directory()].join("\n").replace("[organization]\n", '[[organization]]\nslug = "wards"\n'),
});

/** What the good partner says. */
export const partnerCalendar = () => {
  const at = (days, time) => `${day(days).replaceAll("-", "")}T${time}`;
  return [
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Friends//EN",
    "BEGIN:VEVENT", "UID:friends-1@example.org", "DTSTAMP:20200101T000000Z",
    `DTSTART:${at(7, "230000Z")}`, `DTEND:${at(8, "010000Z")}`,
    "SUMMARY:Potluck with friends", "LOCATION:Kitchen", "URL:https://example.org/potluck", "END:VEVENT",
    "BEGIN:VEVENT", "UID:friends-2@example.org", "DTSTAMP:20200101T000000Z",
    `DTSTART:${at(9, "230000Z")}`, `DTEND:${at(10, "010000Z")}`,
    'SUMMARY:<script>alert(2)</script><b onclick="alert(3)">Film</b>', "DESCRIPTION:<img src=x onerror=alert(4)>Bring chairs",
    "END:VEVENT", "END:VCALENDAR", "",
  ].join("\r\n");
};
