//! Links that add one event to a calendar on the web. The shapes are those that the services take today.

use chrono::SecondsFormat;

use super::super::Around;
use super::super::shell::cut;
use super::super::subscribe::encoded;
use super::handed;
use crate::event::words::location;
use crate::event::{Details, Event, When};

/// Addresses are cut by some services past about 2,000 characters: a description gets this many.
const DESCRIPTION: usize = 600;

/// Where one event is added.
#[derive(Debug, Clone)]
pub(super) struct Add {
    pub(super) google: String,
    pub(super) outlook: String,
    pub(super) office: String,
    /// The event alone as a calendar file, with all its dates.
    pub(super) file: String,
}

impl Add {
    pub(super) fn new(event: &Event, details: &Details, when: When, around: &Around<'_>) -> Self {
        let (title, description) = handed(event, details, around);
        let place = details.place.as_ref().map(|place| location(place).replace('\n', ", ")).unwrap_or_default();
        let texts = [title, &brief(&description), &place].map(encoded);
        Self {
            google: google(&texts, when, around),
            outlook: outlook("outlook.live.com", &texts, when),
            office: outlook("outlook.office.com", &texts, when),
            file: around.link(&format!("event/{}.ics", event.id)),
        }
    }
}

/// The address of the page stays whole, and line breaks of the first lines with it.
fn brief(description: &str) -> String {
    let (address, text) = description.split_once("\n\n").unwrap_or((description, ""));
    format!("{address}\n\n{}", cut(text, DESCRIPTION)).trim_end().to_owned()
}

fn google([title, description, place]: &[String; 3], when: When, around: &Around<'_>) -> String {
    let dates = match when {
        When::Timed { start, end, .. } => {
            let utc = |moment: crate::time::Moment| moment.instant().format("%Y%m%dT%H%M%SZ").to_string();
            format!("{}/{}", utc(start), utc(end))
        }
        When::AllDay { start, end } => format!("{}/{}", start.format("%Y%m%d"), end.format("%Y%m%d")),
    };
    format!(
        "https://calendar.google.com/calendar/render?action=TEMPLATE&text={title}&dates={dates}&details={description}&location={place}&ctz={}",
        encoded(around.zone.name())
    )
}

fn outlook(host: &str, [title, description, place]: &[String; 3], when: When) -> String {
    let (start, end, all_day) = match when {
        When::Timed { start, end, .. } => {
            let utc = |moment: crate::time::Moment| moment.instant().to_rfc3339_opts(SecondsFormat::Secs, true);
            (utc(start), utc(end), "")
        }
        When::AllDay { start, end } => (start.to_string(), end.to_string(), "&allday=true"),
    };
    let (start, end) = (encoded(&start), encoded(&end));
    format!(
        "https://{host}/calendar/deeplink/compose?path=%2Fcalendar%2Faction%2Fcompose&rru=addevent&startdt={start}&enddt={end}{all_day}&subject={title}&body={description}&location={place}"
    )
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::around;
    use super::*;
    use crate::event::{Place, sample};

    #[test]
    fn a_time_is_handed_over_as_an_instant() {
        let mut event = sample::event("2021-03-20T13:00:00", "2021-03-20T15:00:00");
        event.details.place = Some(Place::Text("Federal Plaza\n50 W Adams St".into()));
        let add = Add::new(&event, &event.details, event.details.when, &around(""));
        assert!(add.google.contains("&dates=20210320T180000Z/20210320T200000Z&"), "{}", add.google);
        assert!(add.google.contains("&location=Federal%20Plaza%2C%2050%20W%20Adams%20St&ctz=America%2FChicago"));
        assert!(add.google.contains("&details=https%3A%2F%2Fcalendar.test%2Fevent%2Frally&"), "{}", add.google);
        assert!(
            add.outlook.contains("&startdt=2021-03-20T18%3A00%3A00Z&enddt=2021-03-20T20%3A00%3A00Z&subject=Rally&")
        );
        assert_eq!(add.file, "/event/rally.ics");
    }

    #[test]
    fn whole_days_end_exclusively() {
        let mut event = sample::event("2021-03-20T13:00:00", "2021-03-20T15:00:00");
        let day = |text: &str| text.parse().unwrap();
        event.details.when = When::AllDay { start: day("2021-05-01"), end: day("2021-05-02") };
        let add = Add::new(&event, &event.details, event.details.when, &around(""));
        assert!(add.google.contains("&dates=20210501/20210502&"), "{}", add.google);
        assert!(add.office.contains("startdt=2021-05-01&enddt=2021-05-02&allday=true&"), "{}", add.office);
    }
}
