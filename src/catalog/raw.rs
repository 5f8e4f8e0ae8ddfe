//! The tables of `feeds/*.toml` as they are written, and their JSON Schema. It checks nothing but types and keys.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::document::{DateTime, Placed};

/// A text with its place.
pub(super) type Text = Option<Placed<String>>;
/// A date or time with its place.
pub(super) type Time = Option<Placed<DateTime>>;

/// An organization that hosts or supports events.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Organization", extend("required" = ["name"]))]
pub(super) struct RawOrganization {
    /// The last part of its address, `/org/{slug}`; by default made from the name. The file's own organization has the file's name.
    #[schemars(with = "Option<String>", extend("pattern" = SLUG, "maxLength" = 80))]
    pub(super) slug: Text,
    /// Its full name, in one line.
    #[schemars(length(min = 1, max = 1000), example = &"Chicago Democratic Socialists of America")]
    pub(super) name: Text,
    /// Other names by which events may call it.
    #[schemars(extend("examples" = [["Chicago DSA", "CDSA"]]))]
    pub(super) aliases: Vec<Placed<String>>,
    /// Its website.
    #[schemars(extend("format" = "uri", "pattern" = "^https?://"), example = &"https://example.org")]
    pub(super) url: Text,
    /// What it is, in plain text.
    #[schemars(length(max = 20000))]
    pub(super) description: Text,
    /// The color of its feed: a CSS name or `#RRGGBB`.
    #[schemars(example = &"firebrick", example = &"#b22222")]
    pub(super) color: Text,
}

/// A place that several events may name.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Venue", extend("required" = ["slug", "name"]))]
pub(super) struct RawVenue {
    /// The word by which events name it, and the last part of its address, `/venue/{slug}`.
    #[schemars(extend("pattern" = SLUG, "maxLength" = 80), example = &"unity-park")]
    pub(super) slug: Text,
    /// Its name, in one line.
    #[schemars(length(min = 1, max = 1000), example = &"Unity Park")]
    pub(super) name: Text,
    /// Its street address, in one line.
    #[schemars(length(max = 1000), example = &"2636 N Kimball Ave, Chicago, IL 60647")]
    pub(super) address: Text,
    /// Degrees north of the equator, WGS 84; together with `longitude`.
    #[schemars(range(min = -90, max = 90))]
    pub(super) latitude: Option<Placed<f64>>,
    /// Degrees east of Greenwich, WGS 84, in Chicago about -87.6; together with `latitude`.
    #[schemars(range(min = -180, max = 180))]
    pub(super) longitude: Option<Placed<f64>>,
}

/// One event, or a series of them.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Event", extend("required" = ["id", "title", "start"]))]
pub(super) struct RawEvent {
    /// The event's name for programs. It never changes; no two events have the same.
    #[schemars(extend("pattern" = SLUG, "maxLength" = 80), example = &"cares-rally")]
    pub(super) id: Text,
    /// The title, in one line.
    #[schemars(length(min = 1, max = 1000))]
    pub(super) title: Text,
    /// When it begins: a date and time of the wall clock, or a date for an event of whole days. Without quotes.
    #[schemars(extend("examples" = ["2021-03-23T18:00", "2021-03-23"]))]
    pub(super) start: Time,
    /// When it ends, written like `start`; for whole days the last day itself.
    #[schemars(extend("examples" = ["2021-03-23T20:00", "2021-03-24"]))]
    pub(super) end: Time,
    /// How long it is, instead of `end`.
    #[schemars(example = &"1h 30m", example = &"3 days")]
    pub(super) duration: Text,
    /// The slug of a venue.
    #[schemars(extend("pattern" = SLUG), example = &"unity-park")]
    pub(super) venue: Text,
    /// Where it is, in words, instead of `venue`.
    #[schemars(length(max = 1000))]
    pub(super) location: Text,
    /// The organizations that support it, by name, alias or slug.
    #[schemars(extend("examples" = [["32nd Ward United", "Chicago DSA"]]))]
    pub(super) supporters: Vec<Placed<String>>,
    /// The organizers' page about it.
    #[schemars(extend("format" = "uri", "pattern" = "^https?://"))]
    pub(super) url: Text,
    /// Where to sign up.
    #[schemars(extend("format" = "uri", "pattern" = "^https?://"))]
    pub(super) signup: Text,
    /// Whom to ask, in one line.
    #[schemars(length(max = 1000), example = &"Ana, ana@example.org")]
    pub(super) contact: Text,
    /// What it is about, in plain text.
    #[schemars(length(max = 20000))]
    pub(super) description: Text,
    /// Topics: lower-case words with hyphens.
    #[schemars(extend("examples" = [["budget", "housing"]], "items" = {"type": "string", "pattern": SLUG}))]
    pub(super) tags: Vec<Placed<String>>,
    /// Whether it takes place; `confirmed` by default.
    pub(super) status: Option<Placed<RawStatus>>,
    /// Why it is cancelled or postponed, in one line.
    #[schemars(length(max = 1000))]
    pub(super) reason: Text,
    /// How it repeats, as an RRULE of iCalendar (RFC 5545). `start` is its first occurrence.
    #[schemars(example = &"FREQ=WEEKLY;BYDAY=TU;COUNT=10")]
    pub(super) rrule: Text,
    /// Further occurrences: dates, or dates with times.
    pub(super) extra_dates: Vec<Placed<DateTime>>,
    /// Occurrences of the rule that do not take place: dates, or dates with times.
    pub(super) excluded_dates: Vec<Placed<DateTime>>,
    /// Single occurrences that differ.
    pub(super) change: Vec<Placed<RawChange>>,
    /// When it was last changed, if not when the file was.
    pub(super) updated: Time,
    /// Ids of partners' events that are this one too, where that is not seen by itself.
    #[schemars(extend("items" = {"type": "string", "pattern": SLUG}))]
    pub(super) same_as: Vec<Placed<String>>,
    /// Ids of partners' events that are not this one, although they look like it.
    #[schemars(extend("items" = {"type": "string", "pattern": SLUG}))]
    pub(super) distinct_from: Vec<Placed<String>>,
    /// The UID that the event had in another system before it moved here.
    #[schemars(length(max = 255))]
    pub(super) former_uid: Text,
    /// The texts in another language of the calendar: a table named like the language, `[event.es]`.
    #[serde(rename = "[language]")]
    pub(super) languages: Vec<(Placed<String>, RawTexts)>,
}

/// One occurrence of a series that differs from the others. What is not written stays as it is.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Change", extend("required" = ["on"]))]
pub(super) struct RawChange {
    /// Which occurrence: its date, or its date and time.
    pub(super) on: Time,
    /// Its own title.
    #[schemars(length(min = 1, max = 1000))]
    pub(super) title: Text,
    /// Its own description.
    #[schemars(length(max = 20000))]
    pub(super) description: Text,
    /// Why it is cancelled or postponed.
    #[schemars(length(max = 1000))]
    pub(super) reason: Text,
    /// When it begins instead.
    pub(super) start: Time,
    /// When it ends instead.
    pub(super) end: Time,
    /// How long it is instead.
    pub(super) duration: Text,
    /// The slug of its own venue.
    #[schemars(extend("pattern" = SLUG))]
    pub(super) venue: Text,
    /// Where it is instead, in words.
    #[schemars(length(max = 1000))]
    pub(super) location: Text,
    /// The organizers' page about it.
    #[schemars(extend("format" = "uri", "pattern" = "^https?://"))]
    pub(super) url: Text,
    /// Where to sign up for it.
    #[schemars(extend("format" = "uri", "pattern" = "^https?://"))]
    pub(super) signup: Text,
    /// Whom to ask about it.
    #[schemars(length(max = 1000))]
    pub(super) contact: Text,
    /// Whether it takes place.
    pub(super) status: Option<Placed<RawStatus>>,
    /// Its texts in another language of the calendar: `[event.change.es]`.
    #[serde(rename = "[language]")]
    pub(super) languages: Vec<(Placed<String>, RawTexts)>,
}

/// The texts of an event in another language; what is not written is shown in the main one.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Texts")]
pub(super) struct RawTexts {
    /// The title, in one line.
    #[schemars(length(min = 1, max = 1000))]
    pub(super) title: Text,
    /// What it is about, in plain text.
    #[schemars(length(max = 20000))]
    pub(super) description: Text,
    /// Why it is cancelled or postponed, in one line.
    #[schemars(length(max = 1000))]
    pub(super) reason: Text,
}

/// Whether an event takes place.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Status")]
pub(super) enum RawStatus {
    /// It does.
    Confirmed,
    /// It may.
    Tentative,
    /// Not at this time; a new one is not known yet.
    Postponed,
    /// It does not.
    Cancelled,
}

/// A calendar that the organization publishes elsewhere, and that is merged into its feed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Partner", extend("required" = ["url", "name"]))]
pub(super) struct RawPartner {
    /// Where its calendar is: http, https or webcal. `${KEY}` stands for the variable HANDBILL_SECRET_KEY of the environment.
    #[schemars(extend("pattern" = "^(https?|webcals?)://"), example = &"https://example.org/events.ics")]
    pub(super) url: Text,
    /// Its name, in one line.
    #[schemars(length(min = 1, max = 1000))]
    pub(super) name: Text,
    /// The last part of its address, `/partner/{slug}`; by default made from the name.
    #[schemars(extend("pattern" = SLUG, "maxLength" = 80))]
    pub(super) slug: Text,
    /// Its website, for people.
    #[schemars(extend("format" = "uri", "pattern" = "^https?://"))]
    pub(super) site: Text,
    /// The language of its texts; by default the calendar's main one.
    #[schemars(example = &"es")]
    pub(super) language: Text,
    /// Tags that each of its events gets.
    #[schemars(extend("items" = {"type": "string", "pattern": SLUG}))]
    pub(super) tags: Vec<Placed<String>>,
    /// Of copies of one event, the partner with the higher priority has the better one; 0 by default.
    pub(super) priority: Option<i32>,
    /// Only events that match one of these.
    pub(super) include: Vec<RawFilter>,
    /// No events that match one of these.
    pub(super) exclude: Vec<RawFilter>,
    /// No events that end before this day.
    pub(super) from: Time,
    /// No events that start on this day or later.
    pub(super) until: Time,
    /// The zone of times that name none, by its IANA name.
    #[schemars(example = &"America/New_York")]
    pub(super) timezone: Text,
    /// Whether what it says of zones itself is wrong: all its wall-clock times are then of `timezone`.
    pub(super) zone_is_wrong: bool,
    /// Before each of its titles.
    #[schemars(length(max = 100))]
    pub(super) prefix: Text,
    /// How often to ask it.
    #[schemars(example = &"30m", example = &"6h")]
    pub(super) refresh: Text,
    /// Pairs of ids of events that are one, where that is not seen by itself.
    #[schemars(extend("items" = {"type": "array", "items": {"type": "string", "pattern": SLUG}, "minItems": 2, "maxItems": 2}))]
    pub(super) same_as: Vec<Vec<Placed<String>>>,
    /// Pairs of ids of events that are two, although they look alike.
    #[schemars(extend("items" = {"type": "array", "items": {"type": "string", "pattern": SLUG}, "minItems": 2, "maxItems": 2}))]
    pub(super) distinct_from: Vec<Vec<Placed<String>>>,
    /// Whether its events are in the combined feed; they are by default.
    pub(super) combined: Option<bool>,
}

/// What an event must match: each key that is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Filter")]
pub(super) struct RawFilter {
    /// One of these words in title, place or categories.
    pub(super) words: Vec<String>,
    /// A regular expression over title, place and categories.
    #[schemars(with = "Option<String>")]
    pub(super) pattern: Text,
    /// One of these categories.
    pub(super) categories: Vec<String>,
}

/// The shape of a slug.
const SLUG: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";

/// A whole file; read table by table, so that one mistake costs only one table.
#[derive(JsonSchema)]
#[schemars(rename = "Feed", deny_unknown_fields)]
#[expect(dead_code, reason = "the shape of a file, for its schema")]
struct RawFile {
    /// The organization of this file, or several in a directory of names.
    organization: Option<OneOrMany>,
    /// Places that events name.
    venue: Option<Vec<RawVenue>>,
    /// The events.
    event: Option<Vec<RawEvent>>,
    /// Feeds that the organization publishes elsewhere.
    partner: Option<Vec<RawPartner>>,
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
#[expect(dead_code, reason = "the shape of a key, for its schema")]
enum OneOrMany {
    /// `[organization]`: the file's own.
    One(RawOrganization),
    /// `[[organization]]`: several.
    Many(Vec<RawOrganization>),
}

/// The keys of a file.
pub(super) const FILE_KEYS: [&str; 4] = ["organization", "venue", "event", "partner"];

/// The JSON Schema of `feeds/*.toml`, for editors that complete and check as one writes.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = crate::document::schema_for::<RawFile>();
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".into(), "Handbill: the events of an organization".into());
        root.insert("description".into(), "One file in `feeds/`; its name is the organization's slug.".into());
    }
    schema
}
