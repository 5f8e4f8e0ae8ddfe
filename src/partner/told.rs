//! What is told of a body one by one: what was mended and what was dropped. It does not decide.

use crate::event::Start;
use crate::name::Slug;

/// Something that was mended or dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The id of the event that it is about; `None` where that is not among those adopted, and for the whole body.
    pub event: Option<Slug>,
    /// The title that the body gives it; may be empty.
    pub title: String,
    /// The UID that it has in the body, as it is written; may be empty.
    pub uid: String,
    /// In plain words.
    pub reason: &'static str,
    /// Whether something was dropped, not mended.
    pub is_dropped: bool,
    /// The occurrence that it is about.
    pub on: Option<Start>,
    /// What the body says there; may be empty.
    pub text: String,
}

/// The reasons that somebody may act on, beyond telling them.
pub(crate) mod reasons {
    /// A change with RANGE=THISANDFUTURE (RFC 5545 §3.2.13).
    pub(crate) const ALL_LATER: &str = "a change of all later occurrences, taken for one";
    /// An EXRULE (RFC 2445 §4.8.5.2).
    pub(crate) const EXCLUSION_RULE: &str = "an EXRULE, which is obsolete";
    /// A DTSTART that the rule does not yield.
    pub(crate) const OTHER_START: &str = "a start that is no occurrence of its rule";
    /// A second RRULE, of few dates.
    pub(crate) const SECOND_RULE: &str = "a second recurrence rule, as single dates";
    /// A second RRULE, of too many.
    pub(crate) const NO_SECOND_RULE: &str = "a second recurrence rule, left out";
    /// An RDATE with an end (RFC 5545 §3.8.5.2).
    pub(crate) const PERIOD: &str = "an extra date with a length of its own";
    /// A TZID that means nothing.
    pub(crate) const UNEXPLAINED: &str = "a time zone that is not explained";
    /// A property of which there may be one.
    pub(crate) const TWICE: &str = "a property that is there twice";
    /// A DTEND before DTSTART.
    pub(crate) const END_BEFORE_START: &str = "an end before the start";
}
