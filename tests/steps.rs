//! Whatever way a Site has come about, it is the one that its World makes: after any steps of editors, partners and days, every address
//! has the bytes, entity tags and times of a Site that is built from nothing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use handbill::config::{self, Config};
use handbill::digest::Digest;
use handbill::name::Slug;
use handbill::partner::{Header, Snapshot};
use handbill::problem::{Problem, Source};
use handbill::publisher::{FileChange, FileText, Publisher};
use handbill::revision::Ledger;
use handbill::site::{Coding, Found, Site};
use proptest::prelude::*;
use proptest::test_runner::Config as Runs;

/// What may be chosen among: few, so that steps meet.
const FILES: usize = 4;
const EVENTS: usize = 6;
const PARTNERS: usize = 2;
/// So small that feeds do not hold everything.
const MAX_FEED_BYTES: usize = 10_000;

proptest! {
    #![proptest_config(Runs { cases: 24, max_shrink_iters: 60, failure_persistence: None, ..Runs::default() })]

    #[test]
    fn steps_lead_where_a_start_leads(steps in prop::collection::vec(step(), 1..24)) {
        let mut desk = Desk::new();
        for step in &steps {
            desk.take(step);
        }
        desk.check(&steps);
    }
}

#[test]
fn a_short_series_is_listed_whole_on_any_day() {
    let as_of = Event { title: 0, day: 60, hour: 8, has: 16_192 };
    let steps = [Step::Event { file: 0, event: 0, as_of }, Step::Days(50), Step::Days(48)];
    let mut desk = Desk::new();
    steps.iter().for_each(|step| desk.take(step));
    desk.check(&steps);
}

/// One thing that happens; the numbers choose among what there is.
#[derive(Debug, Clone)]
enum Step {
    /// An event is written, or written anew.
    Event { file: usize, event: usize, as_of: Event },
    /// An event is taken out.
    Remove { file: usize, event: usize },
    /// What a file says of its organization, its venue and its partner.
    Head { file: usize, head: u8 },
    /// A file is taken away, with its events.
    Away { file: usize },
    /// A partner says these of its events.
    Partner { partner: usize, events: u8 },
    /// Days pass.
    Days(i64),
}

#[derive(Debug, Clone, PartialEq)]
struct Event {
    title: u8,
    day: u16,
    hour: u8,
    /// Bits: supporters, tags, a venue, a rule, Spanish, a cancelled date, a UID of before, long.
    has: u16,
}

fn step() -> impl Strategy<Value = Step> {
    let event = (0..20_u8, 0..800_u16, 8..20_u8, any::<u16>());
    let event = event.prop_map(|(title, day, hour, has)| Event { title, day, hour, has });
    prop_oneof![
        6 => (0..FILES, 0..EVENTS, event).prop_map(|(file, event, as_of)| Step::Event { file, event, as_of }),
        1 => (0..FILES, 0..EVENTS).prop_map(|(file, event)| Step::Remove { file, event }),
        2 => (0..FILES, any::<u8>()).prop_map(|(file, head)| Step::Head { file, head }),
        1 => (0..FILES).prop_map(|file| Step::Away { file }),
        3 => (0..PARTNERS, any::<u8>()).prop_map(|(partner, events)| Step::Partner { partner, events }),
        1 => prop_oneof![1..3_i64, 20..60_i64].prop_map(Step::Days),
    ]
}

/// The editors' files as they are now, and the publisher that has seen all steps.
struct Desk {
    files: BTreeMap<usize, (u8, BTreeMap<usize, Event>)>,
    said: BTreeMap<usize, Snapshot>,
    now: DateTime<Utc>,
    config: Arc<Config>,
    publisher: Publisher,
}

impl Desk {
    fn new() -> Self {
        let text = format!("public_url = \"https://events.example.org\"\nmax_feed_bytes = {MAX_FEED_BYTES}");
        let source = Source { name: "handbill.toml".to_owned(), text };
        let config = Arc::new(config::parse(Arc::new(source), &BTreeMap::new()).0.unwrap());
        let now = "2021-03-01T12:00:00Z".parse().unwrap();
        let publisher =
            Publisher::new(Arc::clone(&config), Default::default(), Vec::new(), Vec::new, |_| Vec::new(), now);
        Self { files: BTreeMap::new(), said: BTreeMap::new(), now, config, publisher }
    }

    fn take(&mut self, step: &Step) {
        self.now += TimeDelta::seconds(61);
        match step {
            Step::Event { file, event, as_of } => {
                self.files.entry(*file).or_default().1.insert(*event, as_of.clone());
                self.save(*file);
            }
            Step::Remove { file, event } => {
                if self.files.get_mut(file).is_some_and(|(_, events)| events.remove(event).is_some()) {
                    self.save(*file);
                }
            }
            Step::Head { file, head } => {
                self.files.entry(*file).or_default().0 = *head;
                self.save(*file);
            }
            Step::Away { file } => {
                if self.files.remove(file).is_some() {
                    let gone = FileChange { name: name(*file), text: FileText::Gone };
                    self.publisher.change(vec![gone], self.now);
                    self.forget();
                }
            }
            Step::Partner { partner, events } => {
                let snapshot = snapshot(*partner, *events, self.now);
                if self.publisher.partners().contains_key(&slug(*partner)) {
                    self.said.insert(*partner, snapshot.clone());
                    self.publisher.hear(vec![(slug(*partner), snapshot)]);
                    self.publisher.rebuild(self.now);
                }
            }
            Step::Days(days) => {
                self.now += TimeDelta::days(*days);
                self.publisher.rebuild(self.now);
            }
        }
    }

    fn save(&mut self, file: usize) {
        let change = FileChange { name: name(file), text: FileText::Is(self.text(file)) };
        self.publisher.change(vec![change], self.now);
        self.forget();
    }

    /// Of a partner that no file has any more nothing is kept.
    fn forget(&mut self) {
        let partners = self.publisher.partners();
        self.said.retain(|partner, _| partners.contains_key(&slug(*partner)));
    }

    fn text(&self, file: usize) -> String {
        let (head, events) = &self.files[&file];
        let mut text =
            format!("[organization]\nname = \"Neighbors {file}{}\"\n", if head & 1 > 0 { " Anew" } else { "" });
        if head & 2 > 0 {
            text.push_str("description = \"Who we are.\"\ncolor = \"firebrick\"\naliases = [\"Friend 1\"]\n");
        }
        if head & 4 > 0 {
            let _ = write!(text, "[[venue]]\nslug = \"hall-{file}\"\nname = \"Hall {}\"\n", head >> 6);
        }
        if head & 8 > 0 && file < PARTNERS {
            let _ = write!(text, "[[partner]]\nurl = \"{}\"\nslug = \"{}\"\nname = \"P\"\n", url(file), slug(file));
            text.push_str(if head & 16 > 0 { "combined = false\ntags = [\"theirs\"]\n" } else { "" });
        }
        for (number, event) in events {
            // Two files may claim one id.
            let id = if *number == 0 { "contested".to_owned() } else { format!("event-{file}-{number}") };
            write_event(&mut text, &id, file, event);
        }
        text
    }

    /// What a publisher that starts now makes of the same files, snapshots and ledger.
    fn afresh(&self) -> Publisher {
        let files =
            self.files.keys().map(|file| FileChange { name: name(*file), text: FileText::Is(self.text(*file)) });
        let said = |_: &_| self.said.iter().map(|(partner, said)| (slug(*partner), said.clone())).collect();
        let ledger = Ledger::clone(self.publisher.ledger());
        Publisher::new(Arc::clone(&self.config), ledger, files.collect(), Vec::new, said, self.now)
    }

    fn check(&self, steps: &[Step]) {
        let afresh = self.afresh();
        let problems =
            |publisher: &Publisher| -> Vec<String> { publisher.problems().iter().map(Problem::one_line).collect() };
        assert_eq!(problems(&self.publisher), problems(&afresh), "{steps:?}");
        // Who was published keeps what it has while something is wrong; a start knows of nobody.
        if self.publisher.problems().iter().any(|problem| problem.severity == handbill::problem::Severity::Error) {
            return;
        }
        assert_same(self.publisher.site(), afresh.site(), steps);
        assert_eq!(self.publisher.ledger(), afresh.ledger(), "{steps:?}");
    }
}

fn assert_same(one: &Site, other: &Site, steps: &[Step]) {
    let addresses: BTreeSet<String> = one.addresses().collect();
    assert_eq!(addresses, other.addresses().collect(), "{steps:?}");
    let queries = ["org=neighbors-0&tag=a", "tag=b&lang=es"].map(|query| ("/combine.ics".to_owned(), Some(query)));
    for (address, query) in addresses.into_iter().map(|address| (address, None)).chain(queries) {
        let (Ok(one), Ok(other)) = (one.find(&address, query), other.find(&address, query)) else { continue };
        let seen = |found: &Found<'_>| (found.head().tag(Coding::Identity).clone(), found.head().modified);
        assert_eq!(seen(&one), seen(&other), "{address} after {steps:?}");
        let bytes = |found: &Found<'_>| found.bytes(Coding::Identity);
        assert!(bytes(&one) == bytes(&other), "{address} after {steps:?}");
    }
    let all = |site: &Site| site.find("/all.ics", None).unwrap().bytes(Coding::Gzip);
    assert!(all(one) == all(other), "all.ics, compressed, after {steps:?}");
}

fn name(file: usize) -> String {
    format!("feeds/neighbors-{file}.toml")
}

fn slug(partner: usize) -> Slug {
    Slug::parse(&format!("partner-{partner}")).unwrap()
}

fn url(partner: usize) -> String {
    format!("https://partner-{partner}.example/events.ics")
}

fn write_event(text: &mut String, id: &str, file: usize, event: &Event) {
    let Event { title, day, hour, has } = event;
    let has = |bit: u16| has & (1 << bit) > 0;
    let day = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + TimeDelta::days((*day).into());
    let _ =
        write!(text, "[[event]]\nid = \"{id}\"\ntitle = \"Gathering of many {title}\"\nstart = {day}T{hour:02}:00\n");
    let supporters: Vec<String> = (0..3).filter(|bit| has(*bit)).map(|friend| format!("Friend {friend}")).collect();
    let tags: Vec<&str> =
        ["a", "b"].into_iter().enumerate().filter(|(bit, _)| has(3 + *bit as u16)).map(|(_, tag)| tag).collect();
    let _ = write!(text, "supporters = {supporters:?}\ntags = {tags:?}\n");
    if has(5) {
        let _ = writeln!(text, "location = \"Hall {title}, Chicago\"");
    } else if has(14) {
        let _ = writeln!(text, "venue = \"hall-{file}\"");
    }
    if has(6) {
        text.push_str(if has(7) { "rrule = \"FREQ=WEEKLY\"\n" } else { "rrule = \"FREQ=MONTHLY;COUNT=5\"\n" });
    }
    if has(8) {
        let _ = writeln!(text, "former_uid = \"before-{title}@example.org\"");
    }
    if has(9) {
        text.push_str("status = \"cancelled\"\nreason = \"Snow\"\n");
    }
    if has(10) {
        let _ = writeln!(text, "description = \"{}\"", "Bring a chair. ".repeat(120));
    }
    if has(6) && has(11) {
        let _ = write!(text, "[[event.change]]\non = {day}\nstart = {}T09:00\n", day - TimeDelta::days(3));
    }
    if has(12) {
        text.push_str("[event.es]\ntitle = \"Reunión\"\n");
    }
}

/// What a partner says: some of eight events, of which the first three are like the editors'.
fn snapshot(partner: usize, events: u8, now: DateTime<Utc>) -> Snapshot {
    let mut body = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\n");
    for number in (0..8).filter(|number| events & (1 << number) > 0) {
        let title = if number < 3 { number } else { number * 10 + partner };
        let _ = write!(
            body,
            "BEGIN:VEVENT\r\nUID:{number}@partner-{partner}.example\r\nDTSTAMP:20210101T000000Z\r\n\
             DTSTART;TZID=America/Chicago:202103{:02}T{:02}0000\r\nSUMMARY:Gathering of many {title}\r\n\
             LOCATION:Hall {title}\\, Chicago\r\nEND:VEVENT\r\n",
            1 + number * 3,
            9 + number,
        );
    }
    body.push_str("END:VCALENDAR\r\n");
    let address = Digest::of(&url(partner)).to_string();
    let (fetched, confirmed, attempted) = (Some(now), Some(now), Some(now));
    Snapshot { header: Header { address, fetched, confirmed, attempted, ..Header::default() }, body: body.into() }
}
