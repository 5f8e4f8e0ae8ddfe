//! Whose wall clock a time of a partner means: by the name of its zone, by the calendar's own VTIMEZONE, or by the rules for times
//! without a zone. It does not read time values.

use std::rc::Rc;

use chrono::{DateTime, Days, NaiveDateTime, TimeDelta, Utc};
use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};

use super::offsets::Offsets;
use super::stamp::Stamp;
use crate::partner::Partner;
use crate::partner::decode::Lines;
use crate::partner::scan::{Block, Scanned};
use crate::text::Line;
use crate::time::Zone;

/// The names of zones, and the VTIMEZONEs, that one body may make us look at; beyond them times count as without a zone.
const MAX_NAMES: usize = 500;
const MAX_OWN: usize = 50;
/// Two zones are the same for a series when their clocks agree, looked at every few days, until the end of this year.
const AGREEMENT_STEP: TimeDelta = TimeDelta::days(3);
const AGREEMENT_UNTIL: i64 = 2_208_988_800; // 2040-01-01T00:00:00Z

/// A wall clock.
#[derive(Debug, Clone)]
pub(super) enum Clock {
    /// That of a zone.
    Zone(Zone),
    /// One that only the partner's own VTIMEZONE describes.
    Own(Rc<Own>),
}

/// What a VTIMEZONE says.
#[derive(Debug)]
pub(super) struct Own {
    offsets: Offsets,
    /// The zone that its name suggests.
    named: Option<Zone>,
}

impl Clock {
    /// The instant of a value.
    pub(super) fn instant(&self, stamp: Stamp) -> DateTime<Utc> {
        match (stamp, self) {
            (Stamp::Instant(instant), _) => instant,
            (stamp, Self::Zone(zone)) => zone.resolve_leniently(local(stamp)).instant(),
            (stamp, Self::Own(own)) => own.offsets.instant(local(stamp)),
        }
    }
}

fn local(stamp: Stamp) -> NaiveDateTime {
    match stamp {
        Stamp::Day(day) => day.and_time(chrono::NaiveTime::MIN),
        Stamp::Wall(local) => local,
        Stamp::Instant(instant) => instant.naive_utc(),
    }
}

/// The clocks of one body.
pub(super) struct Clocks<'a> {
    /// The zone of the calendar that we publish.
    pub(super) home: Zone,
    forced: Option<Zone>,
    /// The zone of times without one, for each calendar of the body.
    floating: Vec<Zone>,
    zones: &'a [Block<'a>],
    /// The lines of each VTIMEZONE by its calendar and TZID; made when first needed.
    own: Option<HashMap<(usize, &'a str), Lines<'a>>>,
    known: HashMap<String, Vec<(Option<usize>, Clock)>>,
    names: usize,
    read: usize,
    agreeing: HashMap<(&'static str, i32), bool>,
    /// Zone names that nothing explained.
    pub(super) unexplained: usize,
    /// These names.
    guesses: HashSet<String>,
    /// One of them that was met since it was last asked for, with the zone that it is taken for.
    guess: Option<String>,
}

impl<'a> Clocks<'a> {
    pub(super) fn new(partner: &Partner, home: Zone, scanned: &'a Scanned<'a>) -> Self {
        let stated = |lines: &[&str]| {
            let line = lines.iter().filter_map(|line| Line::split(line)).find(|line| line.is("X-WR-TIMEZONE"))?;
            Zone::foreign(line.value)
        };
        let floating = scanned.calendars.iter();
        let floating = floating.map(|calendar| partner.timezone.or_else(|| stated(&calendar.lines)).unwrap_or(home));
        Self {
            home,
            forced: partner.timezone.filter(|_| partner.zone_is_wrong),
            floating: floating.collect(),
            zones: &scanned.zones,
            own: None,
            known: HashMap::new(),
            names: 0,
            read: 0,
            agreeing: HashMap::new(),
            unexplained: 0,
            guesses: HashSet::new(),
            guess: None,
        }
    }

    /// The clock for a TZID in the calendar with that number.
    pub(super) fn clock(&mut self, calendar: usize, tzid: Option<&str>) -> Clock {
        if let Some(zone) = self.forced {
            return Clock::Zone(zone);
        }
        let Some(name) = tzid.filter(|name| !name.trim().is_empty()) else {
            return Clock::Zone(self.floating(calendar));
        };
        let known = self.known.get(name).into_iter().flatten();
        if let Some((_, clock)) = known.into_iter().find(|(of, _)| of.is_none_or(|of| of == calendar)) {
            let clock = clock.clone();
            if self.guesses.contains(name) {
                self.guessed(name, &clock);
            }
            return clock;
        }
        self.names += 1;
        if self.names > MAX_NAMES {
            let clock = Clock::Zone(self.floating(calendar));
            self.guessed(name, &clock);
            return clock;
        }
        let unexplained = self.unexplained;
        let (of, clock) = self.find(calendar, name);
        self.known.entry(name.to_owned()).or_default().push((of, clock.clone()));
        if self.unexplained > unexplained {
            self.guesses.insert(name.to_owned());
            self.guessed(name, &clock);
        }
        clock
    }

    fn guessed(&mut self, name: &str, clock: &Clock) {
        if let Clock::Zone(zone) = clock {
            self.guess = Some(format!("{name:?}, taken for {}", zone.name()));
        }
    }

    /// A zone name that nothing explained and that was met since this was last asked, with what it is taken for.
    pub(super) fn take_guess(&mut self) -> Option<String> {
        self.guess.take()
    }

    fn floating(&self, calendar: usize) -> Zone {
        self.floating.get(calendar).copied().unwrap_or(self.home)
    }

    /// The clock, and for which calendar alone it is meant.
    fn find(&mut self, calendar: usize, name: &str) -> (Option<usize>, Clock) {
        if let Some(zone) = Zone::parse(name.trim().trim_matches('"')) {
            return (None, Clock::Zone(zone));
        }
        // A name that is not IANA's means what the calendar itself says of it (RFC 5545 §3.2.19).
        if let Some(clock) = self.own(calendar, name) {
            return (Some(calendar), clock);
        }
        if let Some(zone) = Zone::foreign(name) {
            return (Some(calendar), Clock::Zone(zone));
        }
        self.unexplained += 1;
        let zone = Zone::guessed(name).unwrap_or_else(|| self.floating(calendar));
        (Some(calendar), Clock::Zone(zone))
    }

    /// What the calendar's VTIMEZONE of that name says.
    fn own(&mut self, calendar: usize, name: &str) -> Option<Clock> {
        let zones = self.zones;
        let own = self.own.get_or_insert_with(|| index(zones));
        let lines = *own.get(&(calendar, name.trim().trim_matches('"')))?;
        self.read += 1;
        if self.read > MAX_OWN {
            return None;
        }
        let location = lines.iter().filter_map(Line::split).find(|line| line.is("X-LIC-LOCATION"));
        match location.and_then(|line| Zone::foreign(line.value)) {
            Some(zone) => Some(Clock::Zone(zone)),
            None => {
                Some(Clock::Own(Rc::new(Own { offsets: Offsets::read(lines.iter())?, named: Zone::foreign(name) })))
            }
        }
    }

    /// The zone by whose clock a series goes on that begins at an instant, and whether it is exactly the clock that was given.
    pub(super) fn series_zone(&self, clock: &Clock, start: DateTime<Utc>) -> (Zone, bool) {
        match clock {
            Clock::Zone(zone) => (*zone, true),
            Clock::Own(own) => {
                let days = (0..3_u64 * 365).step_by(10);
                let instants = days.filter_map(|day| start.checked_add_days(Days::new(day)));
                let shown: Vec<_> = instants.map(|instant| (instant, own.offsets.offset(instant))).collect();
                let preferred = own.named.into_iter().chain([self.home]).chain(self.floating.first().copied());
                let preferred: Vec<Zone> = preferred.collect();
                Zone::nearest(&shown, &preferred)
            }
        }
    }

    /// Whether a zone's clock agrees with our own from an instant on.
    pub(super) fn agrees(&mut self, zone: Zone, start: DateTime<Utc>) -> bool {
        let home = self.home;
        let same = |instant| zone.offset(instant) == home.offset(instant);
        if zone == home || !same(start) {
            return zone == home;
        }
        let year = i32::try_from(start.timestamp() / 31_557_600).unwrap_or_default();
        *self.agreeing.entry((zone.name(), year)).or_insert_with(|| {
            let mut instants = std::iter::successors(Some(start), |instant| instant.checked_add_signed(AGREEMENT_STEP))
                .take_while(|instant| instant.timestamp() < AGREEMENT_UNTIL);
            instants.all(same)
        })
    }
}

/// The first VTIMEZONE of each name in each calendar.
fn index<'a>(zones: &'a [Block<'a>]) -> HashMap<(usize, &'a str), Lines<'a>> {
    let mut index = HashMap::new();
    for block in zones {
        if let Some(name) = block.lines.iter().filter_map(Line::split).find(|line| line.is("TZID")) {
            index.entry((block.calendar, name.value.trim().trim_matches('"'))).or_insert(block.lines);
        }
    }
    index
}
