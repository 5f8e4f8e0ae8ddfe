//! `config/handbill.toml` as it is written, and its JSON Schema. It checks nothing but types and keys.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};

use crate::document::Placed;

/// A text with its place.
pub(super) type Text = Option<Placed<String>>;
/// A whole number with its place.
pub(super) type Number = Option<Placed<u64>>;

/// The settings of one Handbill. Every key may be left out; each can also be set in the environment, as `HANDBILL_` and its
/// path in capitals.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Config")]
pub(super) struct RawConfig {
    /// The address and port to listen on; by default `127.0.0.1:8080`.
    #[schemars(example = &"127.0.0.1:8080", example = &"[::]:8080")]
    pub(super) listen: Text,
    /// What every link begins with, as people reach the service; by default `http://` and `listen`.
    #[schemars(extend("format" = "uri", "pattern" = "^https?://"), example = &"https://events.example.org")]
    pub(super) public_url: Text,
    /// The part of every UID after the `@`. Changing it makes every event a new one; by default the host of `public_url`.
    #[schemars(example = &"events.example.org")]
    pub(super) uid_domain: Text,
    /// The name of the combined calendar, in one line.
    #[schemars(length(min = 1, max = 200), example = &"Chicago Community Events")]
    pub(super) name: Text,
    /// What the combined calendar is, in one line.
    #[schemars(length(max = 1000))]
    pub(super) description: Text,
    /// The color of the combined calendar: a CSS name or `#RRGGBB`.
    #[schemars(example = &"firebrick", example = &"#b22222")]
    pub(super) color: Text,
    /// The zone of all wall-clock times, by its IANA name; by default `America/Chicago`.
    #[schemars(example = &"America/Chicago")]
    pub(super) timezone: Text,
    /// The languages of the feeds, the main one first; by default `["en", "es"]`.
    #[schemars(extend("examples" = [["en", "es"]], "minItems" = 1))]
    pub(super) languages: Option<Placed<Vec<Placed<String>>>>,
    /// The folder of the editors' files; by default `feeds`.
    #[schemars(example = &"feeds")]
    pub(super) feeds: Text,
    /// The folder in which Handbill remembers when events changed; by default `state`.
    #[schemars(example = &"state")]
    pub(super) state: Text,
    /// How long an event is whose end nobody announced; by default `2h`.
    #[schemars(example = &"2h", example = &"1h 30m")]
    pub(super) default_duration: Text,
    /// How a cancelled event is marked; by default `announce`.
    pub(super) cancelled: Option<Placed<RawCancelled>>,
    /// How often calendar programs are asked to come again; by default `1h`.
    #[schemars(example = &"1h")]
    pub(super) refresh: Text,
    /// The largest feed in bytes; Google drops events beyond a million. By default 1,000,000.
    #[schemars(range(min = 10000, max = 1_000_000_000))]
    pub(super) max_feed_bytes: Number,
    /// Threads that answer requests; by default one a processor core.
    #[schemars(range(min = 1, max = 1024))]
    pub(super) workers: Number,
    /// Connections at once in each worker; by default 10,000.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(super) max_connections: Number,
    /// How long a slow or silent client keeps its connection, 1s to 18s; by default `15s`.
    #[schemars(example = &"15s")]
    pub(super) client_timeout: Text,
    /// What is logged, and how.
    pub(super) log: RawLog,
    /// Reserved for the polling of partners' feeds.
    pub(super) partners: Option<Reserved>,
}

/// How a cancelled event is marked.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Cancelled")]
pub(super) enum RawCancelled {
    /// A prefix before its title and the reason first in its description.
    Announce,
    /// The same, and STATUS:CANCELLED, for which Google hides the event.
    Status,
}

/// What is logged, and how.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Log")]
pub(super) struct RawLog {
    /// Text for people or JSON for programs; by default `text`.
    pub(super) format: Option<Placed<RawLogFormat>>,
    /// A level (`error`, `warn`, `info`, `debug`, `trace`), or levels by module; by default `info`.
    #[schemars(example = &"info", example = &"warn,handbill::publisher=debug")]
    pub(super) level: Text,
    /// Whether each request is logged, in one line without the client's address; by default not.
    pub(super) requests: Option<bool>,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "LogFormat")]
pub(super) enum RawLogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// A table that a later version reads; anything may be in it.
#[derive(Debug)]
pub(super) struct Reserved;

impl<'de> Deserialize<'de> for Reserved {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_ignored_any(IgnoredAny).map(|_| Self)
    }
}

impl JsonSchema for Reserved {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Reserved".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "object" })
    }
}

/// The JSON Schema of `config/handbill.toml`, for editors that complete and check as one writes.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = crate::document::schema_for::<RawConfig>();
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".into(), "Handbill: settings".into());
    }
    schema
}
