//! What a partner's body holds, adopted into our own terms: event by event, so that a bad one costs only itself. It is a pure
//! function of its arguments, does nothing without bounds, and takes over no zone, no property and no name of the partner's.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::decode::decode;
use super::reasons::{EXCLUSION_RULE, TWICE, UNEXPLAINED};
use super::scan::{Calendar, Scanned, scan};
use super::{Adopted, Class, Fault, Header, Limits, Partner};
use crate::event::{Details, Event, Organization, Origin, Place, Status};
use crate::time::Zone;

mod changes;
mod clocks;
mod fields;
mod filter;
mod groups;
mod head;
mod html;
mod identity;
mod ledger;
mod names;
mod offsets;
mod series;
mod stamp;
mod when;
mod words;

use clocks::Clocks;
use fields::Fields;
use groups::{Group, groups};
pub(super) use identity::Identities;
use identity::Known;
use ledger::Ledger;
pub use names::{Names, Part};
use when::Begin;
use words::Tags;

const WITHOUT_START: &str = "an event without DTSTART";
const BAD_START: &str = "an event whose start cannot be read";
/// The drops that tell that a body may be no calendar at all.
const UNREADABLE: [&str; 2] = [WITHOUT_START, BAD_START];

/// What adopting depends on beside the partner.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The calendar's zone.
    pub zone: Zone,
    /// The part after the `@` of every UID.
    pub uid_domain: &'a str,
}

/// Adopts what a body holds.
///
/// # Errors
/// When the body is no calendar, is cut, or breaks a limit of `limits` as a whole; nothing of it may be used then.
pub fn adopt(
    partner: &Partner,
    header: &Header,
    body: &[u8],
    context: &Context<'_>,
    limits: &Limits,
) -> Result<Adopted, Fault> {
    adopt_with(Ledger::default(), partner, header, body, context, limits)
}

/// Adopts what a body holds, and tells each thing that was mended or dropped by itself: for what is done once, and looked through.
///
/// # Errors
/// As those of [`adopt()`].
pub fn adopt_and_tell(
    partner: &Partner,
    header: &Header,
    body: &[u8],
    context: &Context<'_>,
    limits: &Limits,
) -> Result<Adopted, Fault> {
    adopt_with(Ledger::telling(), partner, header, body, context, limits)
}

fn adopt_with(
    ledger: Ledger,
    partner: &Partner,
    header: &Header,
    body: &[u8],
    context: &Context<'_>,
    limits: &Limits,
) -> Result<Adopted, Fault> {
    let decoded = decode(body, header.content_type.as_deref());
    let scanned = scan(decoded.lines(), limits)?;
    let mut adoption = Adoption::new(partner, limits, Clocks::new(partner, context.zone, &scanned));
    adoption.ledger = ledger;
    adoption.ledger.repaired_times("a line that is not UTF-8", decoded.recoded);
    adoption.ledger.repaired_if(scanned.preceded, "text before the calendar");
    adoption.ledger.dropped_times("an event without END:VEVENT", scanned.unclosed);
    adoption.ledger.repaired_times("an event without END:VEVENT", scanned.ended_late);
    let found = adoption.events(&scanned);
    adoption.check_readable(&scanned)?;
    Ok(adoption.finish(found, header, context, &scanned.calendars))
}

/// An event that has no name of its own in our feeds yet.
struct Found<'t> {
    /// Nobody else's yet. It is large, and made where it stays.
    event: Arc<Event>,
    /// Its UID, or what stands for it.
    uid: Cow<'t, str>,
}

/// The work on one body.
struct Adoption<'a> {
    partner: &'a Partner,
    limits: &'a Limits,
    clocks: Clocks<'a>,
    ledger: Ledger,
    tags: Tags,
    /// What all its events share.
    organizations: Arc<[Arc<Organization>]>,
    origins: Arc<[Arc<Origin>]>,
}

impl<'a> Adoption<'a> {
    fn new(partner: &'a Partner, limits: &'a Limits, clocks: Clocks<'a>) -> Self {
        let origin = Origin { partner: partner.slug.clone(), name: partner.name.clone(), url: partner.url.clone() };
        Self {
            partner,
            limits,
            clocks,
            ledger: Ledger::default(),
            tags: Tags::default(),
            organizations: partner.organization.iter().cloned().collect(),
            origins: Arc::new([Arc::new(origin)]),
        }
    }

    fn events<'t>(&mut self, scanned: &Scanned<'t>) -> Vec<Found<'t>> {
        let mut read = Vec::with_capacity(scanned.events.len());
        for block in &scanned.events {
            // They are large: made where they stay.
            read.push(Fields::default());
            if let Some(Err(reason)) = read.last_mut().map(|fields| fields.read(block, self.limits))
                && let Some(fields) = read.pop()
            {
                groups::subject(&fields, &mut self.ledger);
                self.ledger.dropped(reason);
            }
        }
        let groups = groups(&read, &mut self.ledger);
        let mut found = Vec::with_capacity(groups.len());
        groups.into_iter().for_each(|(uid, group)| self.group(uid, &group, &mut found));
        found
    }

    /// Refuses a body of which nothing can be read: it is no calendar that anybody meant.
    fn check_readable(&self, scanned: &Scanned<'_>) -> Result<(), Fault> {
        let unreadable = UNREADABLE.iter().filter_map(|reason| self.ledger.drops.get(reason)).sum::<usize>();
        if scanned.events.is_empty() || unreadable < scanned.events.len() {
            return Ok(());
        }
        Err(Fault { class: Class::NotCalendar, text: format!("none of its {unreadable} events can be read") })
    }

    /// The events that a group becomes: one, or each change by itself where there is no event that it changes.
    fn group<'t>(&mut self, uid: Option<&'t str>, group: &Group<'_, 't>, found: &mut Vec<Found<'t>>) {
        if uid.is_none() {
            self.ledger.counted("an event without a UID", 1);
        }
        let recurs = |fields: &&&Fields<'_>| !(fields.rules.is_empty() && fields.extra.is_empty());
        let series = group.masters.iter().find(recurs).or(group.masters.first()).copied();
        for (number, master) in group.masters.iter().enumerate() {
            let changes =
                if series.is_some_and(|series| std::ptr::eq(series, *master)) { &*group.changes } else { &[] };
            let start = master.start.map(|line| line.value).unwrap_or_default();
            let uid =
                uid.map(|uid| if number == 0 { Cow::Borrowed(uid) } else { Cow::Owned(format!("{uid} {start}")) });
            self.master(uid, master, changes, found);
        }
        if series.is_none() {
            self.orphans(uid, &group.changes, found);
        }
    }

    /// The event that a UID names, or, where it cannot be held, its changed occurrences.
    fn master<'t>(
        &mut self,
        uid: Option<Cow<'t, str>>,
        master: &Fields<'_>,
        changes: &[&Fields<'_>],
        found: &mut Vec<Found<'t>>,
    ) {
        let mark = self.ledger.mark();
        groups::subject(master, &mut self.ledger);
        if master.is_private() {
            return self.ledger.dropped_times("a private event", 1 + changes.len());
        }
        match self.whole(master, changes) {
            Ok(event) => {
                let place = found.len();
                found.extend(self.found(uid, event, master));
                self.ledger.concern(mark, (found.len() > place).then_some(place));
            }
            Err(reason) => {
                self.ledger.dropped(reason);
                self.orphans(uid.as_deref(), changes, found);
            }
        }
    }

    /// Changed occurrences of a series that is not there.
    fn orphans<'t>(&mut self, uid: Option<&str>, changes: &[&Fields<'_>], found: &mut Vec<Found<'t>>) {
        for change in changes {
            let mark = self.ledger.mark();
            groups::subject(change, &mut self.ledger);
            if let Some(orphan) = self.orphan(uid, change) {
                self.ledger.concern(mark, Some(found.len()));
                found.push(orphan);
            }
        }
    }

    /// A changed occurrence of a series that is not there: an event of its own.
    fn orphan<'t>(&mut self, uid: Option<&str>, change: &Fields<'_>) -> Option<Found<'t>> {
        if change.is_private() {
            self.ledger.dropped("a private event");
            return None;
        }
        let of = change.recurrence_id.map(|line| line.value).unwrap_or_default();
        match self.whole(change, &[]) {
            Ok(event) => {
                self.ledger.repaired("a changed occurrence without its series");
                self.found(uid.map(|uid| Cow::Owned(format!("{uid} {of}"))), event, change)
            }
            Err(reason) => {
                self.ledger.dropped(reason);
                None
            }
        }
    }

    /// The event, if the partner's filters let it pass.
    fn found<'t>(&mut self, uid: Option<Cow<'t, str>>, event: Arc<Event>, fields: &Fields<'_>) -> Option<Found<'t>> {
        if !filter::passes(self.partner, &event, fields, self.clocks.home, &mut self.ledger) {
            self.ledger.dropped("an event that the filters leave out");
            return None;
        }
        let uid = uid.unwrap_or_else(|| Cow::Owned(format!("{} {}", event.start().local(), event.details.title)));
        Some(Found { event, uid })
    }

    /// An event with its recurrence and its changed occurrences; its names are those of nobody yet.
    fn whole(&mut self, fields: &Fields<'_>, changed: &[&Fields<'_>]) -> Result<Arc<Event>, &'static str> {
        self.clocks.take_guess();
        let line = fields.start.as_ref().ok_or(WITHOUT_START)?;
        let begin = Begin::read(line, fields.calendar, &mut self.clocks).ok_or(BAD_START)?;
        let mut when = when::when(fields, &begin, &mut self.clocks, &mut self.ledger);
        let mut start = when.start();
        let begins = start;
        let is_change = fields.recurrence_id.is_some();
        let mut series = match is_change {
            true => None,
            false => series::adopt(fields, &begin, &mut start, &mut self.clocks, &mut self.ledger)?,
        };
        if when.start() != start {
            when = when.starting(start, self.clocks.home);
        }
        if let Some(rule) = fields.exclusion_rule {
            self.ledger.counted(EXCLUSION_RULE, 1);
            self.ledger.tell(EXCLUSION_RULE, Some(begins), rule);
        }
        let categories = words::categories(fields);
        let tags = self.tags.of(&self.partner.tags, &categories);
        let details = self.details(fields, when, None);
        let changes = self.changes(changed, series.as_mut(), &details, fields.sequence());
        let has_own = |change: &&Fields<'_>| {
            let own = words::categories(change);
            !own.is_empty() && own != categories
        };
        if self.ledger.tells() && changed.iter().any(has_own) {
            self.ledger.tell("topics of a single date, which only a whole series can have", None, "");
        }
        if fields.repeated > 0 {
            self.ledger.tell(TWICE, None, "");
        }
        if let Some(guess) = self.clocks.take_guess() {
            self.ledger.tell(UNEXPLAINED, None, &guess);
        }
        Ok(Arc::new(Event {
            id: self.partner.slug.clone(),
            uid: String::new(),
            details,
            organizations: Arc::clone(&self.organizations),
            tags,
            recurrence: series.map(|series| Box::new(series.recurrence)),
            changes,
            updated: None,
            origins: Arc::clone(&self.origins),
            apart: !self.partner.combined,
        }))
    }

    /// The texts of an event; a change without a title has its series'.
    fn details(&mut self, fields: &Fields<'_>, when: crate::event::When, series: Option<&Details>) -> Details {
        let title = words::title(fields, self.limits.max_title);
        self.ledger.repaired_if(title.is_none() && series.is_none(), "an event without a title");
        let title = match (title, series) {
            (Some(title), _) if self.partner.prefix.is_empty() => title,
            (Some(title), _) => format!("{}{title}", self.partner.prefix),
            (None, Some(series)) => series.title.clone(),
            (None, None) => format!("{}{}", self.partner.prefix, words::untitled(self.partner.language)),
        };
        let status = words::status(fields);
        self.ledger.repaired_if(status.is_none(), "a status that nobody knows");
        let url = words::page(fields);
        self.ledger.repaired_if(
            url.is_none() && fields.url.is_some_and(|url| !url.trim().is_empty()),
            "a link that is no web address",
        );
        Details {
            title: words::cut(title, self.limits.max_title),
            description: words::description(fields, self.limits.max_description),
            reason: None,
            translations: Vec::new(),
            when,
            place: words::place(fields).map(Place::Text),
            url,
            signup: None,
            contact: words::contact(fields),
            status: status.unwrap_or(Status::Confirmed),
        }
    }

    /// Names the events, and adds what is known of the calendar.
    fn finish(
        mut self,
        found: Vec<Found<'_>>,
        header: &Header,
        context: &Context<'_>,
        calendars: &[Calendar<'_>],
    ) -> Adopted {
        let known =
            found.iter().map(|Found { event, uid }| Known { uid, start: event.start(), title: &event.details.title });
        let known: Vec<Known<'_>> = known.collect();
        let (parts, identities) = identity::parts(&self.partner.slug, &known, &header.identities);
        // Not collected: that would keep the room of what was found, many times that of the events' places.
        let mut events = Vec::with_capacity(found.len());
        let mut ids = BTreeMap::new();
        events.extend(found.into_iter().zip(parts).enumerate().filter_map(
            |(place, (Found { mut event, .. }, part))| {
                let named = Arc::get_mut(&mut event)?;
                named.id = names::slug(&self.partner.slug, part)?;
                named.uid = [named.id.as_str(), "@", context.uid_domain].concat();
                if self.ledger.tells() {
                    ids.insert(place, named.id.clone());
                }
                Some(event)
            },
        ));
        self.ledger.counted(UNEXPLAINED, self.clocks.unexplained);
        let told = self.ledger.notes().into_iter().map(|note| note.told(&ids)).collect();
        Adopted {
            events,
            told,
            repairs: self.ledger.repairs,
            drops: self.ledger.drops,
            identities,
            refresh: head::refresh(calendars),
            name: head::name(calendars),
        }
    }
}

#[cfg(test)]
mod tests;
