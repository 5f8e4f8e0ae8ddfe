//! The order in which the keys of a table are written. It writes nothing.

/// The keys of `[organization]`.
pub(super) const ORGANIZATION: &[&str] = &["slug", "name", "aliases", "url", "description", "color"];
/// The keys of `[[venue]]`.
pub(super) const VENUE: &[&str] = &["slug", "name", "address", "latitude", "longitude"];
/// The keys of `[[event]]`, its changes and its texts in other languages.
pub(super) const EVENT: &[&str] = &[
    "id",
    "on",
    "former_uid",
    "title",
    "start",
    "end",
    "duration",
    "rrule",
    "extra_dates",
    "excluded_dates",
    "status",
    "reason",
    "venue",
    "location",
    "supporters",
    "url",
    "signup",
    "contact",
    "tags",
    "updated",
    "same_as",
    "distinct_from",
    "description",
];
/// The keys of `[[partner]]`.
pub(super) const PARTNER: &[&str] = &["slug", "name", "url", "site"];

/// The keys of a top-level table, in their order.
pub(super) fn keys(table: &str) -> &'static [&'static str] {
    match table {
        "organization" => ORGANIZATION,
        "venue" => VENUE,
        "partner" => PARTNER,
        _ => EVENT,
    }
}

/// The place of a key; keys without one come last.
pub(super) fn place(order: &[&str], key: &str) -> usize {
    order.iter().position(|known| *known == key).unwrap_or(order.len())
}
