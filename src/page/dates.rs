//! Dates and times as people read them, in the calendar's zone. It knows no event.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, Timelike as _};

use super::phrases::{Clock, Phrases};
use crate::event::When;

/// `Saturday, March 20, 2021`.
#[must_use]
pub fn day(day: NaiveDate, phrases: &Phrases) -> String {
    let weekday = weekday(day, phrases);
    match phrases.clock {
        Clock::English => format!("{weekday}, {}", date(day, phrases)),
        Clock::Spanish => format!("{weekday} {}", date(day, phrases)),
    }
}

/// `March 20, 2021`.
#[must_use]
pub fn date(day: NaiveDate, phrases: &Phrases) -> String {
    let month = month(day, phrases);
    match phrases.clock {
        Clock::English => format!("{month} {}, {}", day.day(), day.year()),
        Clock::Spanish => format!("{} de {month} de {}", day.day(), day.year()),
    }
}

/// `Mar 20`.
#[must_use]
pub fn short(day: NaiveDate, phrases: &Phrases) -> String {
    let month = phrases.short_months.get(day.month0() as usize).copied().unwrap_or_default();
    match phrases.clock {
        Clock::English => format!("{month} {}", day.day()),
        Clock::Spanish => format!("{} {month}", day.day()),
    }
}

/// `Saturday`.
#[must_use]
pub fn weekday(day: NaiveDate, phrases: &Phrases) -> &'static str {
    phrases.weekdays.get(day.weekday().num_days_from_monday() as usize).copied().unwrap_or_default()
}

fn month(day: NaiveDate, phrases: &Phrases) -> &'static str {
    phrases.months.get(day.month0() as usize).copied().unwrap_or_default()
}

/// `6:00 PM`, with spaces that never break.
#[must_use]
pub fn time(local: NaiveDateTime, phrases: &Phrases) -> String {
    let half = match (phrases.clock, local.hour12().0) {
        (Clock::English, false) => "AM",
        (Clock::English, true) => "PM",
        (Clock::Spanish, false) => "a.\u{a0}m.",
        (Clock::Spanish, true) => "p.\u{a0}m.",
    };
    format!("{}\u{a0}{half}", clock(local))
}

/// `6:00`.
fn clock(local: NaiveDateTime) -> String {
    format!("{}:{:02}", local.hour12().1, local.minute())
}

/// `March 20, 2021, 6:00 PM`.
#[must_use]
pub fn moment(local: NaiveDateTime, phrases: &Phrases) -> String {
    format!("{}, {}", date(local.date(), phrases), time(local, phrases))
}

/// `6:00 – 8:00 PM`, `11:00 AM – 1:00 PM`: the half of the day once, where both times are in it.
fn between(start: NaiveDateTime, end: NaiveDateTime, phrases: &Phrases) -> String {
    let first = match start.hour12().0 == end.hour12().0 {
        true => clock(start),
        false => time(start, phrases),
    };
    format!("{first} – {}", time(end, phrases))
}

/// The time of day in a list under the day: `6:00 – 8:00 PM`, `6:00 PM` where no end was announced, `All day`.
#[must_use]
pub fn span(when: When, phrases: &Phrases) -> String {
    match when {
        When::Timed { start, end_announced: false, .. } => time(start.local(), phrases),
        When::Timed { start, end, .. } if start.local().date() == end.local().date() => {
            between(start.local(), end.local(), phrases)
        }
        When::Timed { start, end, .. } => {
            format!(
                "{} – {}, {}",
                time(start.local(), phrases),
                short(end.local().date(), phrases),
                time(end.local(), phrases)
            )
        }
        When::AllDay { start, end } => match end.pred_opt().filter(|last| *last > start) {
            Some(last) => format!("{} – {}", short(start, phrases), short(last, phrases)),
            None => phrases.all_day.to_owned(),
        },
    }
}

/// The whole of it, for an event's own page: `Saturday, March 20, 2021, 1:00 – 3:00 PM`.
#[must_use]
pub fn whole(when: When, phrases: &Phrases) -> String {
    match when {
        When::Timed { start, end, end_announced } => {
            let (start, end) = (start.local(), end.local());
            let first = format!("{}, {}", day(start.date(), phrases), time(start, phrases));
            match (end_announced, start.date() == end.date()) {
                (false, _) => first,
                (true, true) => format!("{}, {}", day(start.date(), phrases), between(start, end, phrases)),
                (true, false) => format!("{first} – {}, {}", day(end.date(), phrases), time(end, phrases)),
            }
        }
        When::AllDay { start, end } => match end.pred_opt().filter(|last| *last > start) {
            Some(last) => format!("{} – {}", day(start, phrases), day(last, phrases)),
            None => day(start, phrases),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::sample::at;
    use crate::language::Language;

    fn check(when: When, language: &str, listed: &str, whole_text: &str) {
        let phrases = Phrases::of(Language::parse(language).unwrap());
        assert_eq!(span(when, phrases).replace('\u{a0}', " "), listed);
        assert_eq!(whole(when, phrases).replace('\u{a0}', " "), whole_text);
    }

    fn timed(start: &str, end: &str, end_announced: bool) -> When {
        When::Timed { start: at(start), end: at(end), end_announced }
    }

    #[test]
    fn times_read_as_people_write_them() {
        let rally = timed("2021-03-20T13:00:00", "2021-03-20T15:30:00", true);
        check(rally, "en", "1:00 – 3:30 PM", "Saturday, March 20, 2021, 1:00 – 3:30 PM");
        check(rally, "es", "1:00 – 3:30 p. m.", "sábado 20 de marzo de 2021, 1:00 – 3:30 p. m.");
        let open = timed("2021-03-20T00:00:00", "2021-03-20T02:00:00", false);
        let late = timed("2021-03-20T11:00:00", "2021-03-20T13:00:00", true);
        check(late, "en", "11:00 AM – 1:00 PM", "Saturday, March 20, 2021, 11:00 AM – 1:00 PM");
        check(open, "en", "12:00 AM", "Saturday, March 20, 2021, 12:00 AM");
        let noon = timed("2021-03-20T12:00:00", "2021-03-20T12:05:00", true);
        check(noon, "en", "12:00 – 12:05 PM", "Saturday, March 20, 2021, 12:00 – 12:05 PM");
    }

    #[test]
    fn what_lasts_past_midnight_names_its_last_day() {
        let night = timed("2021-12-31T21:00:00", "2022-01-01T01:00:00", true);
        check(
            night,
            "en",
            "9:00 PM – Jan 1, 1:00 AM",
            "Friday, December 31, 2021, 9:00 PM – Saturday, January 1, 2022, 1:00 AM",
        );
    }

    #[test]
    fn the_end_of_whole_days_is_the_last_of_them() {
        let days = |start: &str, end: &str| When::AllDay { start: start.parse().unwrap(), end: end.parse().unwrap() };
        check(days("2021-05-01", "2021-05-02"), "en", "All day", "Saturday, May 1, 2021");
        check(days("2021-05-01", "2021-05-02"), "es", "Todo el día", "sábado 1 de mayo de 2021");
        check(days("2021-04-30", "2021-05-03"), "en", "Apr 30 – May 2", "Friday, April 30, 2021 – Sunday, May 2, 2021");
    }
}
