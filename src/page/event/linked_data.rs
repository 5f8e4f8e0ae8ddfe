//! An event as schema.org Event in JSON-LD, for search engines. It knows no page.

use serde_json::{Map, Value, json};

use super::super::Around;
use crate::event::words::Texts;
use crate::event::{Details, Event, Place, Status, When};

/// The event on the dates of one occurrence.
pub(super) fn event(event: &Event, details: &Details, when: When, around: &Around<'_>) -> Value {
    let texts = Texts::of(details, around.main(), around.language());
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| {
        object.insert(key.to_owned(), value);
    };
    put("@context", json!("https://schema.org"));
    put("@type", json!("Event"));
    put("name", json!(texts.title));
    let (start, end) = dates(when, around);
    put("startDate", json!(start));
    if let Some(end) = end {
        put("endDate", json!(end));
    }
    put("eventStatus", json!(status(details.status)));
    put("url", json!(around.canonical(&format!("event/{}", event.id))));
    if !texts.description.is_empty() {
        put("description", json!(texts.description));
    }
    if let Some(place) = &details.place {
        put("eventAttendanceMode", json!(attendance(place)));
        put("location", location(place));
    }
    let organizations = event.organizations.iter();
    let organizers: Vec<Value> = organizations
        .map(|organization| {
            let page = around.canonical(&format!("org/{}", organization.slug));
            json!({"@type": "Organization", "name": organization.name, "url": organization.url.as_ref().unwrap_or(&page)})
        })
        .collect();
    if !organizers.is_empty() {
        put("organizer", Value::Array(organizers));
    }
    let pages: Vec<&String> = details.url.iter().chain(&details.signup).collect();
    if !pages.is_empty() {
        put("sameAs", json!(pages));
    }
    Value::Object(object)
}

/// The start and, where it was announced, the end; of whole days the last one, inclusive, as schema.org has it.
fn dates(when: When, around: &Around<'_>) -> (String, Option<String>) {
    match when {
        When::Timed { start, end, end_announced } => {
            (around.zone.rfc3339(&start), end_announced.then(|| around.zone.rfc3339(&end)))
        }
        When::AllDay { start, end } => (start.to_string(), end.pred_opt().map(|last| last.to_string())),
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Confirmed | Status::Tentative => "https://schema.org/EventScheduled",
        Status::Postponed => "https://schema.org/EventPostponed",
        Status::Cancelled => "https://schema.org/EventCancelled",
    }
}

fn online(place: &Place) -> Option<&str> {
    match place {
        Place::Text(text) => {
            text.split_whitespace().find(|word| word.starts_with("https://") || word.starts_with("http://"))
        }
        Place::Venue(_) => None,
    }
}

fn attendance(place: &Place) -> &'static str {
    match online(place) {
        Some(_) => "https://schema.org/OnlineEventAttendanceMode",
        None => "https://schema.org/OfflineEventAttendanceMode",
    }
}

fn location(place: &Place) -> Value {
    match (place, online(place)) {
        (_, Some(url)) => json!({"@type": "VirtualLocation", "url": url}),
        (Place::Venue(venue), _) => {
            let mut location = json!({"@type": "Place", "name": venue.name});
            let Some(object) = location.as_object_mut() else { return location };
            if let Some(address) = &venue.address {
                object.insert("address".into(), json!(address));
            }
            if let Some((latitude, longitude)) = venue.position {
                object.insert(
                    "geo".into(),
                    json!({"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}),
                );
            }
            location
        }
        (Place::Text(text), None) => {
            let (name, address) = text.split_once('\n').unwrap_or((text, text));
            json!({"@type": "Place", "name": name, "address": address.replace('\n', ", ")})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::around;
    use super::*;
    use crate::event::sample;

    #[test]
    fn an_event_says_when_where_and_whether() {
        let mut rally = sample::event("2021-03-20T13:00:00", "2021-03-20T15:00:00");
        rally.details.status = Status::Cancelled;
        rally.details.place = Some(Place::Text("Federal Plaza\n50 W Adams St".into()));
        let data = event(&rally, &rally.details, rally.details.when, &around("es"));
        assert_eq!(data["startDate"], "2021-03-20T13:00:00-05:00");
        assert_eq!(data["endDate"], "2021-03-20T15:00:00-05:00");
        assert_eq!(data["eventStatus"], "https://schema.org/EventCancelled");
        assert_eq!(data["location"], json!({"@type": "Place", "name": "Federal Plaza", "address": "50 W Adams St"}));
        assert_eq!(data["url"], "https://calendar.test/es/event/rally");
    }
}
