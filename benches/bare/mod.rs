//! The same files read by toml and serde alone, into plain structures: nothing is checked, no place is kept.

use serde::Deserialize;
use toml::value::Datetime;

use super::inputs;

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read, and never used")]
pub(crate) struct File {
    organization: Option<Organization>,
    #[serde(default)]
    venue: Vec<Venue>,
    #[serde(default)]
    event: Vec<Event>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read, and never used")]
struct Organization {
    name: String,
    url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read, and never used")]
struct Venue {
    slug: String,
    name: String,
    address: String,
    latitude: f64,
    longitude: f64,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read, and never used")]
struct Event {
    id: String,
    title: String,
    start: Datetime,
    end: Option<Datetime>,
    venue: Option<String>,
    location: Option<String>,
    #[serde(default)]
    supporters: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    url: Option<String>,
    rrule: Option<String>,
    #[serde(default)]
    excluded_dates: Vec<Datetime>,
    status: Option<String>,
    reason: Option<String>,
    description: String,
    es: Option<Texts>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "read, and never used")]
struct Texts {
    title: Option<String>,
    description: Option<String>,
}

/// All files, one after another.
pub(crate) fn load(files: &[inputs::File]) -> Vec<File> {
    files.iter().map(|(_, text)| toml::from_str(text).unwrap()).collect()
}
