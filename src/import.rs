//! Events that exist already, as something else: read out of a text, and put into the editors' files, each event once. What is uncertain is
//! said in the files and told. It reads and writes no file.

use crate::event::{Start, Status};
use crate::name::Slug;

pub mod calendar;
mod known;
pub mod listing;
pub mod page;
mod plan;
mod written;

pub use known::Known;
pub use plan::{Outcome, Plan, Written, plan};

/// An event that was found, with what is not certain about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The line of the source at which it begins, from 1; 0 where that is not known.
    pub line: usize,
    /// One line; not empty.
    pub title: String,
    /// When it starts.
    pub start: Start,
    /// When it ends, of the kind of `start` and after it; of whole days the last day itself.
    pub end: Option<Start>,
    /// Where it is, in words.
    pub place: Option<String>,
    /// The names of the organizations, the host first.
    pub organizations: Vec<String>,
    /// The organizers' page.
    pub url: Option<String>,
    /// Where to sign up.
    pub signup: Option<String>,
    /// Whom to ask; one line.
    pub contact: Option<String>,
    /// Plain text with LF line breaks; may be empty.
    pub description: String,
    /// Topics.
    pub tags: Vec<Slug>,
    /// Whether it takes place.
    pub status: Status,
    /// The UID that it has in the system that it comes from.
    pub former_uid: Option<String>,
    /// How it repeats, as an RRULE.
    pub rule: Option<String>,
    /// Further dates.
    pub extra: Vec<Start>,
    /// Dates of the rule on which it does not take place.
    pub excluded: Vec<Start>,
    /// Single occurrences that differ.
    pub changes: Vec<Changed>,
    /// What is not certain.
    pub doubts: Vec<Doubt>,
}

/// One occurrence that differs: what is `None` is as in the series.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The start that it would have.
    pub on: Start,
    /// See [`Found`].
    pub title: Option<String>,
    /// See [`Found`].
    pub start: Option<Start>,
    /// See [`Found`].
    pub end: Option<Start>,
    /// See [`Found`].
    pub place: Option<String>,
    /// See [`Found`].
    pub description: Option<String>,
    /// See [`Found`].
    pub url: Option<String>,
    /// See [`Found`].
    pub contact: Option<String>,
    /// See [`Found`].
    pub status: Option<Status>,
}

/// Something that is not certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The key of the event's table that it is about.
    pub key: &'static str,
    /// A sentence without a full stop.
    pub text: String,
}

impl Found {
    /// An event that has only a title and a start.
    #[must_use]
    pub fn new(title: &str, start: Start) -> Self {
        Self {
            line: 0,
            title: title.to_owned(),
            start,
            end: None,
            place: None,
            organizations: Vec::new(),
            url: None,
            signup: None,
            contact: None,
            description: String::new(),
            tags: Vec::new(),
            status: Status::Confirmed,
            former_uid: None,
            rule: None,
            extra: Vec::new(),
            excluded: Vec::new(),
            changes: Vec::new(),
            doubts: Vec::new(),
        }
    }

    fn doubt(&mut self, key: &'static str, text: impl Into<String>) {
        let doubt = Doubt { key, text: text.into() };
        if !self.doubts.contains(&doubt) {
            self.doubts.push(doubt);
        }
    }
}

/// What a source holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Source {
    /// The events, in the source's order.
    pub found: Vec<Found>,
    /// What could not be read, each with its line (from 1; 0 where that is not known) and a sentence.
    pub left: Vec<(usize, String)>,
    /// What else people should know of the source, a sentence each: nothing is left out for it.
    pub told: Vec<String>,
}

#[cfg(test)]
mod tests;
