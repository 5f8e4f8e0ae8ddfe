//! What was mended and what was dropped, counted by reasons in plain words or told one by one, and what the body has cost. It does not
//! decide.

use std::collections::BTreeMap;

use crate::event::Start;
use crate::name::Slug;
use crate::partner::Told;

/// The days of rules that may be tried for one body beside the first ones of each: some tens of milliseconds.
const MAX_DAYS: usize = 3_000_000;

/// The counts of one body.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) repairs: BTreeMap<&'static str, usize>,
    pub(super) drops: BTreeMap<&'static str, usize>,
    days: usize,
    /// What is told one by one, if anybody wants to know.
    notes: Option<Vec<Note>>,
    /// The title and the UID of what is looked at.
    subject: (String, String),
}

/// Something that was mended or dropped.
#[derive(Debug)]
pub(super) struct Note {
    /// The place of the event among those found; `None` for one that was dropped, and for the whole body.
    pub(super) event: Option<usize>,
    /// The title and the UID, or empty.
    pub(super) subject: (String, String),
    pub(super) reason: &'static str,
    pub(super) is_dropped: bool,
    /// The occurrence that it is about.
    pub(super) on: Option<Start>,
    /// What the calendar says.
    pub(super) text: String,
}

impl Note {
    /// The same with the id that the event at its place has.
    pub(super) fn told(self, ids: &BTreeMap<usize, Slug>) -> Told {
        let (title, uid) = self.subject;
        let event = self.event.and_then(|place| ids.get(&place).cloned());
        Told { event, title, uid, reason: self.reason, is_dropped: self.is_dropped, on: self.on, text: self.text }
    }
}

impl Ledger {
    /// A ledger that tells each thing by itself too.
    pub(super) fn telling() -> Self {
        Self { notes: Some(Vec::new()), ..Self::default() }
    }

    /// Whether each thing is told by itself.
    pub(super) fn tells(&self) -> bool {
        self.notes.is_some()
    }

    /// From here on it is about something with this title and UID.
    pub(super) fn about(&mut self, title: String, uid: &str) {
        self.subject = (title, uid.to_owned());
    }

    /// How much was told so far.
    pub(super) fn mark(&self) -> usize {
        self.notes.as_ref().map_or(0, Vec::len)
    }

    /// What was told since a mark concerns the event at this place.
    pub(super) fn concern(&mut self, mark: usize, place: Option<usize>) {
        for note in self.notes.iter_mut().flatten().skip(mark) {
            note.event = place;
        }
    }

    /// What was told, in order.
    pub(super) fn notes(&mut self) -> Vec<Note> {
        self.notes.take().unwrap_or_default()
    }

    /// Tells something about an occurrence, or with the calendar's own words, without counting it.
    pub(super) fn tell(&mut self, reason: &'static str, on: Option<Start>, text: &str) {
        self.note(reason, false, on, text);
    }

    fn note(&mut self, reason: &'static str, is_dropped: bool, on: Option<Start>, text: &str) {
        if let Some(notes) = &mut self.notes {
            let (subject, text) = (self.subject.clone(), text.to_owned());
            notes.push(Note { event: None, subject, reason, is_dropped, on, text });
        }
    }

    /// Counts a repair that is told elsewhere, with more words.
    pub(super) fn counted(&mut self, reason: &'static str, times: usize) {
        if times > 0 {
            *self.repairs.entry(reason).or_default() += times;
        }
    }
    /// Takes so many days of a rule from what the body may cost; false when that is too many.
    pub(super) fn spend(&mut self, days: usize) -> bool {
        self.days = self.days.saturating_add(days);
        self.days <= MAX_DAYS
    }

    pub(super) fn repaired(&mut self, reason: &'static str) {
        self.repaired_times(reason, 1);
    }

    pub(super) fn repaired_if(&mut self, is_so: bool, reason: &'static str) {
        self.repaired_times(reason, usize::from(is_so));
    }

    pub(super) fn repaired_times(&mut self, reason: &'static str, times: usize) {
        self.counted(reason, times);
        if times > 0 {
            self.tell(reason, None, "");
        }
    }

    pub(super) fn dropped(&mut self, reason: &'static str) {
        self.dropped_times(reason, 1);
    }

    pub(super) fn dropped_times(&mut self, reason: &'static str, times: usize) {
        if times > 0 {
            *self.drops.entry(reason).or_default() += times;
        }
        for _ in 0..times {
            self.note(reason, true, None, "");
        }
    }
}
