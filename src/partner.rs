//! What a partner last said: prepares the conditional request, interprets the response, adopts its events, and says when to come
//! again. It does no I/O; whoever calls sends the request, keeps the snapshot and knows the time.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::event::{Event, Organization};
use crate::language::Language;
use crate::name::Slug;
use crate::time::Zone;

pub mod adopt;
mod changes;
mod decode;
#[cfg(fuzzing)]
pub mod fuzzing;
mod overrules;
pub mod poll;
mod scan;
mod snapshot;
mod told;

pub use crate::config::Limits;
use adopt::Identities;
pub use adopt::{Context, Names, adopt, adopt_and_tell};
pub use changes::Changes;
pub use overrules::Overrules;
pub use told::Told;
pub(crate) use told::reasons;

/// A partner as the editors describe it: one `[[partner]]` table, complete and checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Partner {
    /// The last part of `/partner/{slug}`; unique.
    pub slug: Slug,
    /// Its name; one line.
    pub name: String,
    /// Where its calendar is: http or https, with the secrets of the environment filled in. Never shown.
    pub address: Address,
    /// Its site, for people; for attribution. Without secrets.
    pub url: Option<String>,
    /// Whose file it stands in: the organization that its events belong to.
    pub organization: Option<Arc<Organization>>,
    /// The language of its texts.
    pub language: Language,
    /// Tags that each of its events gets.
    pub tags: Vec<Slug>,
    /// Of copies of one event the partner with the higher priority has the better one.
    pub priority: i32,
    /// An event must match one of these, if there are any …
    pub include: Vec<Filter>,
    /// … and none of these.
    pub exclude: Vec<Filter>,
    /// Events that end before this day, or start on or after the other, are left out.
    pub from: Option<NaiveDate>,
    /// See `from`.
    pub until: Option<NaiveDate>,
    /// The zone of its floating times; where `zone_is_wrong`, of all its wall-clock times.
    pub timezone: Option<Zone>,
    /// Whether its own statements about zones are to be ignored in favor of `timezone`.
    pub zone_is_wrong: bool,
    /// Before each title.
    pub prefix: String,
    /// How often to ask; `None` for the operator's default.
    pub refresh: Option<TimeDelta>,
    /// Whether its events go into the combined feed.
    pub combined: bool,
}

impl Partner {
    /// A partner without any wishes: all of its events, as they are.
    #[must_use]
    pub fn new(slug: Slug, name: String, address: Address, language: Language) -> Self {
        Self {
            slug,
            name,
            address,
            url: None,
            organization: None,
            language,
            tags: Vec::new(),
            priority: 0,
            include: Vec::new(),
            exclude: Vec::new(),
            from: None,
            until: None,
            timezone: None,
            zone_is_wrong: false,
            prefix: String::new(),
            refresh: None,
            combined: true,
        }
    }
}

/// An address that may hold secrets: it is used, and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// With the secrets.
    pub(crate) url: url::Url,
    /// For people: without user, password, query and the values of the environment.
    pub(crate) shown: String,
}

impl Address {
    /// An address; `bare` is the same without the values of the environment, of which people are shown no more than host and path.
    #[must_use]
    pub fn with_secrets(url: url::Url, bare: &str) -> Self {
        let mut shown = url::Url::parse(bare).unwrap_or_else(|_| url.clone());
        // A URL without a host has neither; ours have one.
        let _ = (shown.set_username(""), shown.set_password(None));
        shown.set_query(None);
        shown.set_fragment(None);
        Self { url, shown: shown.into() }
    }

    /// For people, logs and pages.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }
}

/// What an event must match: each part that is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// One of these words in title, place or categories, whatever the case.
    pub words: Vec<String>,
    /// A regular expression over title, place and categories, a line each.
    pub pattern: Option<Pattern>,
    /// One of these categories, whatever the case.
    pub categories: Vec<String>,
}

/// A regular expression, compared by its text.
#[derive(Debug, Clone)]
pub struct Pattern(pub regex_lite::Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Address {
    /// An address that holds no values of the environment; its user, password and query are not shown.
    #[must_use]
    pub fn new(url: url::Url) -> Self {
        let mut shown = url.clone();
        shown.set_query(None);
        // Both fail only where there is neither user nor password.
        let _ = (shown.set_username(""), shown.set_password(None));
        Self { url, shown: shown.into() }
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

/// What is kept of a partner between polls, and over a restart.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// What is known about the body and the polls.
    pub header: Header,
    /// The last good body as it came, decompressed; empty before the first.
    pub body: Bytes,
}

/// The header line of a kept snapshot. Everything has a default, so that older files can be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Header {
    /// The digest of the address that the body came from: another address means another partner.
    pub address: String,
    /// ETag and Last-Modified exactly as received with the body.
    pub etag: Option<String>,
    /// See `etag`.
    pub last_modified: Option<String>,
    /// The digest of the body.
    pub digest: Option<Digest>,
    /// Content-Type as received with the body: it may tell the charset.
    pub content_type: Option<String>,
    /// When the body came.
    pub fetched: Option<DateTime<Utc>>,
    /// When the partner last confirmed it (a 200 or a 304).
    pub confirmed: Option<DateTime<Utc>>,
    /// When it was last asked.
    pub attempted: Option<DateTime<Utc>>,
    /// How long the last poll took from its first request to the end of the answer, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took: Option<u64>,
    /// When to ask again.
    pub next: Option<DateTime<Utc>>,
    /// How often it failed since it last answered well.
    pub failures: u32,
    /// What went wrong last, in plain words without secrets; empty after a good answer.
    pub fault: Option<Fault>,
    /// A much smaller answer that is not believed yet.
    pub held: Option<Held>,
    /// How many events the body before this one had.
    pub events_before: Option<usize>,
    /// The names that events were given under earlier UIDs of theirs, so that a site that gives the same event a new UID each night
    /// does not churn calendars: the key by which an event is known again, to the part of our UID before the `@`.
    pub identities: Arc<Names>,
    /// Of the events without their stamps: whether anything changed.
    pub content: Option<String>,
    /// How many events the body has.
    pub events: Option<usize>,
    /// How often the body asks to be fetched (REFRESH-INTERVAL), in seconds.
    pub interval: Option<i64>,
    /// Until when the partner asked to be left alone (Retry-After), within our bounds.
    pub not_before: Option<DateTime<Utc>>,
}

/// A mass deletion under observation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// Since when.
    pub since: DateTime<Utc>,
    /// How many polls have said so.
    pub polls: u32,
}

/// Why a partner's answer was of no use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What kind it is.
    pub class: Class,
    /// In plain words, without secrets.
    pub text: String,
}

/// Kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The name has no address.
    Dns,
    /// The address is one that may not be asked.
    Refused,
    /// Nobody answers there.
    Connect,
    /// The certificate is not right.
    Tls,
    /// The answer took too long.
    Timeout,
    /// The answer is too large.
    TooLarge,
    /// The answer leads elsewhere, too often or where it must not.
    Redirect,
    /// The answer is an error.
    HttpStatus,
    /// The answer is no calendar.
    NotCalendar,
    /// The answer is cut.
    Truncated,
    /// The answer breaks a limit.
    Limits,
    /// The answer is suddenly empty, or nearly.
    SuddenlyEmpty,
    /// It is our own: what was received could not be worked with.
    Internal,
}

impl Class {
    /// Its name, as it is kept and as programs are told it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Refused => "refused",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::TooLarge => "too-large",
            Self::Redirect => "redirect",
            Self::HttpStatus => "http-status",
            Self::NotCalendar => "not-calendar",
            Self::Truncated => "truncated",
            Self::Limits => "limits",
            Self::SuddenlyEmpty => "suddenly-empty",
            Self::Internal => "internal",
        }
    }
}

/// A request to be sent: GET with these fields, nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Where to.
    pub address: Address,
    /// Conditions, and what is accepted.
    pub fields: Vec<(&'static str, String)>,
}

/// What came of a request.
#[derive(Debug, Clone)]
pub enum Response {
    /// An answer, its body complete, decompressed and within bounds.
    Answered {
        /// The status code of the last answer, redirects followed.
        status: u16,
        /// Its fields, names in lower case.
        fields: Vec<(String, String)>,
        /// Its body.
        body: Bytes,
    },
    /// None.
    Failed(Fault),
}

/// What an interpretation made of a response.
#[derive(Debug)]
pub struct Interpretation {
    /// What is to be kept now.
    pub snapshot: Snapshot,
    /// Whether its body is another than before. If not, only its times are to be kept.
    pub has_new_body: bool,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing has changed.
    NotModified,
    /// There is a new body; how many events it has.
    Modified(usize),
    /// The answer is kept out, the last good body stays.
    Rejected,
    /// The answer has lost most events; the last good body stays for now.
    Held,
}

/// What a body holds, adopted into our own terms.
#[derive(Debug, Clone, Default)]
pub struct Adopted {
    /// The events that may be published, in the body's order; their organizations, tags and origin are set.
    pub events: Vec<Arc<Event>>,
    /// What was mended, and what was dropped, each by its reason in plain words.
    pub repairs: BTreeMap<&'static str, usize>,
    /// See `repairs`.
    pub drops: BTreeMap<&'static str, usize>,
    /// The same one by one, where that was wanted.
    pub told: Vec<Told>,
    identities: Identities,
    /// How often the calendar wants to be asked (REFRESH-INTERVAL, else X-PUBLISHED-TTL).
    pub refresh: Option<TimeDelta>,
    /// What the calendar calls itself; one line.
    pub name: Option<String>,
}

impl Adopted {
    /// Without what only whoever keeps the body needs: by what its events will be known again.
    #[must_use]
    pub fn without_identities(self) -> Self {
        Self { identities: Identities::default(), ..self }
    }

    /// What is to be kept in [`Header::identities`] beside this body; `before` is what was kept there when it was adopted.
    #[must_use]
    pub fn identities(&self, before: &Names) -> Names {
        let events = self.events.iter().map(|event| (event.start(), event.details.title.as_str()));
        self.identities.map(events, before)
    }
}
