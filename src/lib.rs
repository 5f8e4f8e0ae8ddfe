//! Handbill publishes community events as calendar feeds. Editors keep events in TOML, one file an organization; Handbill serves each
//! organization's feed and the combined feed as iCalendar, in the calendar's own time zone.
//!
//! # The idea in five sentences
//!
//! The files under `feeds/` are the **World** ([`site::World`]), together with the ledger of their revisions. [`site::Site::build`] is a pure
//! function from the World, the settings and the time to every **representation** that the service has: each `.ics`, each page, the widget,
//! the JSON. The [`publisher`] owns the World; each change of a file and each midnight makes a new Site, which replaces the old one in
//! one step. The [`server`] only looks a path up in the Site and answers 200, 304, 404 or 405; no request ever waits for a disk or a
//! rebuild. `serve`, `check` and `build` are three shells round that one value.
//!
//! # Rules that hold everywhere
//!
//! 1. The core (all rooms below `publisher`) does no I/O, reads no clock and knows no async. `today` and `now` are arguments.
//! 2. Same World, same day, same bytes: no random UID, no "now" in the output, no order that depends on a hash map.
//! 3. No request waits for a disk or a rebuild.
//! 4. A broken file costs only its own novelty: the last good version stays published, and the fault is told with its place. One bad
//!    event costs only itself.
//! 5. Nothing is ever published that our own checker ([`text::defects`]) would refuse.
//! 6. One door for each outside thing: actix in [`server`], reqwest in [`fetcher`], object stores in [`store`], the file system in [`files`], the clock in [`command`], `chrono_tz` in [`time`], the priority of threads in [`background`].
//! 7. Modules import downward only. No circles. `tests/tidy.rs` reads the sources and holds the last two.
//!
//! # The house
//!
//! | floor | rooms |
//! |---|---|
//! | 0 | [`digest`], [`name`], [`language`], [`color`], [`problem`], [`text`], [`time`]; [`background`]: threads that give way |
//! | 1 | [`document`]: TOML to typed tables with every problem; [`recurrence`]: rules; [`manuscript`]: the editors' files as texts; [`metrics`]: counters and figures |
//! | 2 | [`config`]: the operator's settings |
//! | 3 | [`event`]: one event as it is published, its VEVENT lines and its occurrences |
//! | 4 | [`partner`]: what a partner site last said; [`revision`]: the ledger; [`feed`]: one VCALENDAR |
//! | 5 | [`catalog`]: the files of `feeds/`; [`merge`]: what editors and partners say, each event once |
//! | 6 | [`page`]: pages, embeds, Atom, JSON: the forms beside feeds; [`import`]: events that exist already, into the editors' files |
//! | 7 | [`site`]: World and time in, every representation out; [`difference`]: what another version of the files means for subscribers |
//! | 8 | [`publisher`], [`server`]; [`edition`]: the Site as it lies in files or objects |
//! | 9 | [`files`]; [`fetcher`]: polls partners politely and safely |
//! | 10 | [`store`]: publishes an edition to an object store |
//! | 11 | [`command`]: the command line, wiring, exit codes |
//!
//! # Walk of one event, from TOML to the wire
//!
//! [`files`] sees `feeds/chicago-dsa.toml` change and reads it → [`catalog::parse`] parses it; problems are told with file, line and
//! column, and nothing of them is sent on → [`catalog::assemble`] joins all files, the last good event standing in for a broken one →
//! [`publisher`] enters what changed into the ledger ([`revision`]) and has the Site built → [`event::vevents`] writes the event's lines
//! once for each language → [`feed`] assembles `/org/chicago-dsa.ics`, `/all.ics` and the others it belongs to → [`site`] names, tags
//! and compresses them → [`server`] answers.
//!
//! # Walk of one partner's answer
//!
//! [`fetcher`], when a partner is due, asks [`partner::poll`] for the request and makes one bounded GET → the answer is interpreted: not
//! modified, modified (its events [adopted](fn@partner::adopt), one by one, into our terms), held, or rejected with a reason, and then the
//! last good copy stays → [`files`] keeps the snapshot → [`publisher`] takes it into the World, [`merge`] joins what is one event → from
//! there on the same way as an event of ours.
//!
//! # Walk of one request
//!
//! [`server`] looks `/es/org/chicago-dsa.ics` up in the current Site: [`site::Site::find`] takes the language and the ending off, and finds
//! the stem (a page has no ending, and is made when it is first asked for) → the request's Accept-Encoding picks a coding, its conditions are held against that coding's entity tag and the time
//! of the last change → a 304 repeats the validators and makes nothing; a 200 shares the bytes, made with the Site or now, always the same
//! → what it was for, how it was answered and which family of programs asked is counted ([`metrics`]).

pub mod background;
pub mod catalog;
pub mod color;
pub mod command;
pub mod config;
pub mod difference;
pub mod digest;
pub mod document;
pub mod edition;
pub mod event;
pub mod feed;
pub mod fetcher;
pub mod files;
pub mod import;
pub mod language;
pub mod manuscript;
pub mod merge;
pub mod metrics;
pub mod name;
pub mod page;
pub mod partner;
pub mod problem;
pub mod publisher;
pub mod recurrence;
pub mod revision;
pub mod server;
pub mod site;
pub mod store;
pub mod text;
pub mod time;
