//! Dates and times as pages write them (ISO 8601). It knows no events.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};

use crate::event::Start;
use crate::time::{Unresolved, Zone};

/// A date or time of ISO 8601, in the calendar's zone; with a doubt where there is one.
pub(super) fn date(text: &str, zone: Zone) -> Result<(Start, Option<&'static str>), String> {
    let text = text.trim();
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok((Start::AllDay(day), None));
    }
    let with_offset = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%z"))
        .or_else(|_| DateTime::<FixedOffset>::parse_from_rfc3339(&text.replace('Z', ":00Z")));
    if let Ok(instant) = with_offset {
        return Ok((Start::Timed(zone.moment_of(instant.to_utc())), None));
    }
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"];
    let local = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let local =
        local.ok_or_else(|| format!("its date {:?} cannot be read", text.chars().take(60).collect::<String>()))?;
    match zone.moment(local) {
        Ok(moment) => Ok((Start::Timed(moment), None)),
        Err(Unresolved::Gap { .. }) => Err(format!("the clocks jump over {local}")),
        Err(Unresolved::Overlap { .. }) => Ok((
            Start::Timed(zone.resolve_leniently(local)),
            Some("the clocks show this time twice; the first is taken"),
        )),
    }
}
