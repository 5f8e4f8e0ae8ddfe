//! `config/handbill.toml` as it is written, and its JSON Schema. It checks nothing but types and keys.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::document::Placed;

/// A text with its place.
pub(super) type Text = Option<Placed<String>>;
/// A whole number with its place.
pub(super) type Number = Option<Placed<u64>>;
/// A list of texts, each with its place.
pub(super) type Texts = Option<Placed<Vec<Placed<String>>>>;

/// The settings of one Handbill. Every key may be left out; each can also be set in the environment, as `HANDBILL_` and its
/// path in capitals.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Config")]
pub(super) struct RawConfig {
    /// The address and port to listen on; by default `127.0.0.1:8080`.
    #[schemars(example = &"127.0.0.1:8080", example = &"[::]:8080")]
    pub(super) listen: Text,
    /// The address and port at which operators find `/metrics`, or `off`; by default `127.0.0.1:9464`.
    #[schemars(example = &"127.0.0.1:9464", example = &"off")]
    pub(super) metrics_listen: Text,
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
    pub(super) languages: Texts,
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
    /// Whether `handbill build` writes compressed forms, `.gz` and `.br`, beside the files; by default `true`. A host that compresses by itself
    /// needs none.
    pub(super) precompressed: Option<bool>,
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
    /// How partners are polled, and what bounds the work that they can cause.
    pub(super) partners: RawPartners,
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

/// How partners are polled, and what bounds the work that they can cause.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Partners")]
pub(super) struct RawPartners {
    /// How often to ask a partner that does not say; by default `30m`.
    #[schemars(example = &"30m")]
    pub(super) refresh: Text,
    /// The shortest time between two requests; by default `5m`.
    #[schemars(example = &"5m")]
    pub(super) refresh_floor: Text,
    /// The longest time between two requests; by default `24h`.
    #[schemars(example = &"24h")]
    pub(super) refresh_ceiling: Text,
    /// A partner that asks to be left alone (Retry-After) is left alone for at most so long; by default `24h`.
    #[schemars(example = &"24h")]
    pub(super) retry_after_ceiling: Text,
    /// The deadline of a whole fetch, redirects and body included; by default `30s`.
    #[schemars(example = &"30s")]
    pub(super) timeout: Text,
    /// The longest time that a connection may take to be made; by default `5s`.
    #[schemars(example = &"5s")]
    pub(super) connect_timeout: Text,
    /// A fetch that has been silent for so long gives its place to another; by default `500ms`.
    #[schemars(example = &"500ms")]
    pub(super) silence: Text,
    /// The most redirects of one fetch; by default 5.
    #[schemars(range(max = 20))]
    pub(super) redirects: Number,
    /// Fetches at once, the silent ones aside; by default 16.
    #[schemars(range(min = 1, max = 1024))]
    pub(super) concurrency: Number,
    /// Fetches at once from one host; by default 1.
    #[schemars(range(min = 1, max = 1024))]
    pub(super) per_host: Number,
    /// The largest calendar of a partner, in bytes after decompression; by default 10,485,760.
    #[schemars(range(min = 1000, max = 100_000_000))]
    pub(super) max_bytes: Number,
    /// The most events of one partner; by default 10,000.
    #[schemars(range(min = 1, max = 100_000))]
    pub(super) max_events: Number,
    /// The deepest nesting of components; by default 4.
    #[schemars(range(min = 2, max = 16))]
    pub(super) max_depth: Number,
    /// The longest content line, unfolded, in bytes; by default 65,536.
    #[schemars(range(min = 1000, max = 10_000_000))]
    pub(super) max_line_bytes: Number,
    /// The most properties of a component; by default 2,000.
    #[schemars(range(min = 10, max = 100_000))]
    pub(super) max_properties: Number,
    /// The most parameters of a property; by default 50.
    #[schemars(range(min = 1, max = 100))]
    pub(super) max_parameters: Number,
    /// The longest title, in characters; longer ones are cut. By default 1,000.
    #[schemars(range(min = 10, max = 10_000))]
    pub(super) max_title: Number,
    /// The longest description, in characters; longer ones are cut. By default 20,000.
    #[schemars(range(min = 100, max = 1_000_000))]
    pub(super) max_description: Number,
    /// How long a partner is asked only for what is newer, before all is asked for again; by default `8 days`.
    #[schemars(example = &"8 days")]
    pub(super) validators_for: Text,
    /// When the last good copy counts as stale; by default `24h`.
    #[schemars(example = &"24h")]
    pub(super) stale_after: Text,
    /// When the last good copy leaves the feeds; by default `30 days`.
    #[schemars(example = &"30 days")]
    pub(super) gone_after: Text,
    /// For how many polls a mass deletion is not believed; by default 3.
    #[schemars(range(max = 1000))]
    pub(super) hold_polls: Number,
    /// For how long a mass deletion is not believed, at most; by default `24h`.
    #[schemars(example = &"24h")]
    pub(super) hold_for: Text,
    /// Addresses with ports within private networks that may be asked all the same; by default none.
    #[schemars(extend("examples" = [["127.0.0.1:8900"]]))]
    pub(super) allow_addresses: Texts,
    /// The only hosts that may be asked; `.example.org` stands for it and all below it. By default any.
    #[schemars(extend("examples" = [["example.org", ".meetup.com"]]))]
    pub(super) allow_hosts: Texts,
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
