//! What a date line means by the calendar's clock, and where that is not certain. It reads no text.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::read::{Clock, Day, Joint, Time, Written};
use super::{Dated, Unusable};
use crate::event::{Start, Status};
use crate::time::{Moment, Unresolved, Zone};

const MINUTES_OF_DAY: i64 = 24 * 60;

/// The zones that words name, with the hours from UTC that the word promises, where it does.
const ZONES: [(&[&str], &str); 5] = [
    (&["cdt", "cst", "ct", "central"], "America/Chicago"),
    (&["edt", "est", "et", "eastern"], "America/New_York"),
    (&["mdt", "mst", "mt", "mountain"], "America/Denver"),
    (&["pdt", "pst", "pt", "pacific"], "America/Los_Angeles"),
    (&["utc", "gmt", "z"], "Etc/UTC"),
];
const HOURS: [(&str, i32); 8] =
    [("cdt", -5), ("cst", -6), ("edt", -4), ("est", -5), ("mdt", -6), ("mst", -7), ("pdt", -7), ("pst", -8)];

/// The longest event of one day, in minutes, that is not doubted.
const LONG: i64 = 16 * 60;
/// The most days on which daily hours are written each by itself.
const DAYS: i64 = 31;

/// What a date line means.
pub(super) fn resolve(written: &Written, zone: Zone) -> Result<Dated, Unusable> {
    let mut resolving = Resolving { zone, doubts: Vec::new() };
    let first = resolving.date(&written.day)?;
    let second = written.second_day.map(|(joint, day)| Ok((joint, resolving.date(&day)?))).transpose()?;
    let more = written.more_days.iter().map(|day| resolving.date(day)).collect::<Result<Vec<_>, _>>()?;
    resolving.status(written.status);
    let daily = second.and_then(|(joint, last)| daily(written, joint, first, last));
    let (start, end) = match &written.time {
        None => resolving.whole_days(first, second, written.all_day),
        Some(time) if daily.is_some() => resolving.timed(first, None, time, written.second_time.as_ref())?,
        Some(time) => resolving.timed(first, second, time, written.second_time.as_ref())?,
    };
    let mut days: Vec<NaiveDate> =
        second.filter(|(joint, _)| *joint == Joint::And).map(|(_, day)| day).into_iter().collect();
    days.extend(more);
    if let Some(daily) = daily {
        resolving.doubt("the listing has several days and two times: they are taken as the hours of each day");
        days.extend(daily);
    }
    let also = days.into_iter().map(|day| resolving.also(start, day));
    let also = also.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    Ok(Dated { start, end, also, status: written.status, doubts: resolving.doubts })
}

/// The days after the first, where a line tells the hours of each: "March 20 - 22, 2021 - 9 AM - 5 PM".
fn daily(written: &Written, joint: Joint, first: NaiveDate, last: NaiveDate) -> Option<Vec<NaiveDate>> {
    let (begin, (until, end)) = (written.time.as_ref()?, written.second_time.as_ref()?);
    let (begin, end) = shortest(&choices(begin.clock, 0), &choices(end.clock, MINUTES_OF_DAY))?;
    let length = (last - first).num_days();
    let is_daily = written.days_first && joint == Joint::Until && *until == Joint::Until;
    let is_within_a_day = end > begin && end <= MINUTES_OF_DAY && (1..=DAYS).contains(&length);
    (is_daily && is_within_a_day).then(|| first.iter_days().skip(1).take_while(|day| *day <= last).collect())
}

struct Resolving {
    zone: Zone,
    doubts: Vec<String>,
}

impl Resolving {
    fn doubt(&mut self, text: impl Into<String>) {
        self.doubts.push(text.into());
    }

    fn date(&mut self, day: &Day) -> Result<NaiveDate, Unusable> {
        let year = day.year.ok_or(Unusable::YearMissing)?;
        let date = NaiveDate::from_ymd_opt(year, day.month, day.day).ok_or(Unusable::UnknownDay)?;
        if let Some(weekday) = day.weekday
            && weekday != chrono::Datelike::weekday(&date)
        {
            self.doubt(format!("the listing names another weekday: {} is a {}", date, date.format("%A")));
        }
        if day.numbers_only {
            self.doubt(format!("the date is in numbers only; it is read as {}", date.format("%B %-d, %Y")));
        }
        Ok(date)
    }

    fn status(&mut self, status: Option<Status>) {
        let said = match status {
            Some(Status::Cancelled) => "is cancelled",
            Some(Status::Postponed) => "is postponed",
            Some(Status::Tentative) => "is tentative",
            Some(Status::Confirmed) | None => return,
        };
        self.doubt(format!("the date line says that the event {said}"));
    }

    fn whole_days(
        &mut self,
        first: NaiveDate,
        second: Option<(Joint, NaiveDate)>,
        is_said: bool,
    ) -> (Start, Option<Start>) {
        if !is_said {
            self.doubt("the listing names no time: it is written as a whole day");
        }
        let end = match second {
            Some((Joint::Until, last)) if last > first => Some(Start::AllDay(last)),
            Some((Joint::Until, _)) => {
                self.doubt("the listing's last day is not after the first: it is left out");
                None
            }
            _ => None,
        };
        (Start::AllDay(first), end)
    }

    fn timed(
        &mut self,
        first: NaiveDate,
        second: Option<(Joint, NaiveDate)>,
        time: &Time,
        second_time: Option<&(Joint, Time)>,
    ) -> Result<(Start, Option<Start>), Unusable> {
        let until = second_time.filter(|(joint, _)| *joint == Joint::Until).map(|(_, time)| time);
        let last = second.filter(|(joint, _)| *joint == Joint::Until).map(|(_, day)| day);
        // A zone that is said once holds for both times, two hold each for its own.
        let other_zone = second_time.and_then(|(_, other)| other.zone.as_deref());
        let zone = time.zone.as_deref().or(other_zone);
        if let Some((Joint::And, other)) = second_time {
            self.two_times(first, time, other);
        }
        let (begin, end) = self.minutes(time.clock, until.map(|time| time.clock), last.is_some());
        let start = self.moment(after(first, begin), zone)?;
        let end = match (last, end) {
            (None, None) => None,
            (None, Some(end)) => self.usual_end(begin, end).map(|end| after(first, end)),
            (Some(last), Some(end)) => Some(after(last, end)),
            (Some(last), None) => {
                self.doubt(format!("the listing runs until {last} without a time there: the end is left out"));
                None
            }
        };
        let end = end.map(|end| self.end(end, other_zone.or(zone)));
        let kept = end.filter(|end| *end > start);
        if end.is_some() && kept.is_none() {
            self.doubt("the listing's end is not after its start: it is left out");
        }
        Ok((Start::Timed(start), kept.map(Start::Timed)))
    }

    /// Two times with an "and" between them, unless they are one in two zones: "6 PM CT / 7 PM ET".
    fn two_times(&mut self, day: NaiveDate, one: &Time, other: &Time) {
        let instant = |time: &Time| {
            let zone = self.named(time.zone.as_deref()?)?;
            let minute = *choices(time.clock, 0).first().filter(|_| !matches!(time.clock, Clock::Half(..)))?;
            zone.moment(after(day, minute)).ok().map(|moment| moment.instant())
        };
        let is_one = instant(one).is_some_and(|one| instant(other) == Some(one));
        if !is_one {
            let (one, other) = (shown(one.clock), shown(other.clock));
            self.doubt(format!("the listing has two times on the line, {one} and {other}: the first is taken"));
        }
    }

    /// The end of an event of one date, in minutes of that day, unless it is more likely a slip.
    fn usual_end(&mut self, begin: i64, end: i64) -> Option<i64> {
        let length = end - begin;
        if length <= LONG {
            return Some(end);
        }
        if end > MINUTES_OF_DAY {
            let (from, until) = (shown_minute(begin), shown_minute(end));
            self.doubt(format!("the listing's end, {until}, is not after its start, {from}: it is left out"));
            return None;
        }
        self.doubt(format!("by the listing it lasts {} hours", length / 60));
        Some(end)
    }

    /// The moment of an end. The clocks may jump over it: then it is as long as by the clock before.
    fn end(&mut self, local: NaiveDateTime, word: Option<&str>) -> Moment {
        self.moment(local, word).unwrap_or_else(|unusable| {
            let zone = word.and_then(|word| self.named(word)).unwrap_or(self.zone);
            let end = self.zone.moment_of(zone.resolve_leniently(local).instant());
            self.doubt(format!("{}: the end is written as {}", unusable.words(), end.local().format("%-I:%M %p")));
            end
        })
    }

    /// The minutes of the day at which it begins and ends; an end of the same line on the next day is past the day's last.
    fn minutes(&mut self, time: Clock, until: Option<Clock>, other_day: bool) -> (i64, Option<i64>) {
        let begins = choices(time, 0);
        let ends = until.map(|clock| choices(clock, MINUTES_OF_DAY)).unwrap_or_default();
        let unsure = |choices: &[i64]| choices.len() > 1;
        if time == Clock::Midnight {
            self.doubt("midnight is taken as the one that begins the day");
        }
        if unsure(&begins) && (ends.is_empty() || unsure(&ends) || other_day) {
            let begin = likely(&begins);
            self.doubt(format!("the listing says neither AM nor PM: {} is a guess", shown_minute(begin)));
            let end = if other_day { ends.last().copied() } else { shortest(&[begin], &ends).map(|(_, end)| end) };
            return (begin, end);
        }
        if let (Clock::Half(hour, minute), Some(Clock::Sure(end))) = (time, until)
            && Some(end) == NaiveTime::from_hms_opt(12, 0, 0)
            && !other_day
        {
            self.doubt(format!("the listing ends at 12 PM, which is noon: {hour}:{minute:02} is taken as AM"));
        }
        let begin = begins.first().copied().unwrap_or_default();
        match until {
            None => (begin, None),
            Some(_) if other_day => (begin, self.end_of_other_day(&ends)),
            Some(_) => shortest(&begins, &ends).map_or((begin, None), |(begin, end)| (begin, Some(end))),
        }
    }

    fn end_of_other_day(&mut self, ends: &[i64]) -> Option<i64> {
        if ends.len() > 1 {
            self.doubt("the listing says neither AM nor PM of its end: PM is a guess");
        }
        ends.last().copied()
    }

    /// The zone that a word names.
    fn named(&self, word: &str) -> Option<Zone> {
        ZONES.iter().find(|(words, _)| words.contains(&word)).and_then(|(_, name)| Zone::parse(name))
    }

    /// The moment, by the zone that the line names or by the calendar's.
    fn moment(&mut self, local: NaiveDateTime, word: Option<&str>) -> Result<Moment, Unusable> {
        let foreign = word.and_then(|word| self.named(word)).filter(|zone| *zone != self.zone);
        let zone = foreign.unwrap_or(self.zone);
        let promised = word.and_then(|word| HOURS.iter().find(|(known, _)| *known == word)).map(|(_, hours)| *hours);
        let promised = promised.and_then(|hours| FixedOffset::east_opt(hours * 3600));
        let moment = match (zone.moment(local), promised) {
            (Ok(moment), _) => moment,
            (Err(Unresolved::Gap { .. }), _) => return Err(Unusable::SkippedTime(local)),
            (Err(Unresolved::Overlap { second, .. }), Some(offset)) if offset == second => {
                zone.moment_of(at(local, second))
            }
            (Err(Unresolved::Overlap { first, .. }), promised) => {
                if promised != Some(first) {
                    self.doubt("the clocks show this time twice; the first is taken");
                }
                zone.moment_of(at(local, first))
            }
        };
        let offset = zone.offset(moment.instant());
        if let (Some(promised), Some(word)) = (promised, word)
            && promised != offset
        {
            let word = word.to_uppercase();
            self.doubt(format!("the listing says {word}, which is not in force on that day; the clock's time is kept"));
        }
        if foreign.is_none() {
            return Ok(moment);
        }
        let here = self.zone.moment_of(moment.instant());
        let (there, now) = (local.format("%-I:%M %p"), here.local().format("%-I:%M %p"));
        let word = word.unwrap_or_default().to_uppercase();
        self.doubt(format!("the listing says {there} {word}, which is {now} here"));
        Ok(here)
    }

    /// The same time on another day.
    fn also(&mut self, start: Start, day: NaiveDate) -> Result<Option<Start>, Unusable> {
        if day == start.day() {
            return Ok(None);
        }
        Ok(Some(match start {
            Start::AllDay(_) => Start::AllDay(day),
            Start::Timed(moment) => {
                let local = day.and_time(moment.local().time());
                let other = match self.zone.moment(local) {
                    Err(Unresolved::Gap { .. }) => return Err(Unusable::SkippedTime(local)),
                    other => other,
                };
                Start::Timed(other.unwrap_or_else(|_| {
                    self.doubt("the clocks show the second date’s time twice; the first is taken");
                    self.zone.resolve_leniently(local)
                }))
            }
        }))
    }
}

fn at(local: NaiveDateTime, offset: FixedOffset) -> DateTime<chrono::Utc> {
    local.checked_sub_offset(offset).unwrap_or(local).and_utc()
}

fn after(day: NaiveDate, minutes: i64) -> NaiveDateTime {
    let (days, minutes) = (minutes.div_euclid(MINUTES_OF_DAY), minutes.rem_euclid(MINUTES_OF_DAY));
    let day = day.checked_add_days(Days::new(days.unsigned_abs())).unwrap_or(day);
    day.and_time(NaiveTime::MIN) + TimeDelta::minutes(minutes)
}

/// The minutes of the day that a time may mean, the earlier first; `midnight` is the minute for that word.
fn choices(clock: Clock, midnight: i64) -> Vec<i64> {
    let minute = |time: NaiveTime| i64::from(chrono::Timelike::num_seconds_from_midnight(&time) / 60);
    match clock {
        Clock::Sure(time) => vec![minute(time)],
        Clock::Noon => vec![MINUTES_OF_DAY / 2],
        Clock::Midnight => vec![midnight],
        Clock::Half(hour, minute) => {
            let morning = i64::from(hour % 12 * 60 + minute);
            vec![morning, morning + MINUTES_OF_DAY / 2]
        }
    }
}

/// Of a time before noon and one after it, the one at which events are.
fn likely(choices: &[i64]) -> i64 {
    let decent = choices.iter().find(|minute| **minute >= 7 * 60).or(choices.last());
    decent.copied().unwrap_or_default()
}

/// The begin and the end that lie closest together, the end after the begin, perhaps on the next day.
fn shortest(begins: &[i64], ends: &[i64]) -> Option<(i64, i64)> {
    let pairs = begins.iter().flat_map(|begin| ends.iter().map(move |end| (*begin, *end)));
    let later = |(begin, end): (i64, i64)| (begin, if end > begin { end } else { end + MINUTES_OF_DAY });
    pairs.map(later).min_by_key(|(begin, end)| end - begin)
}

fn shown(clock: Clock) -> String {
    match clock {
        Clock::Sure(time) => time.format("%-I:%M %p").to_string(),
        Clock::Noon => "noon".to_owned(),
        Clock::Midnight => "midnight".to_owned(),
        Clock::Half(hour, minute) => format!("{hour}:{minute:02}"),
    }
}

fn shown_minute(minute: i64) -> String {
    let time = NaiveTime::MIN + TimeDelta::minutes(minute.rem_euclid(MINUTES_OF_DAY));
    time.format("%-I:%M %p").to_string()
}
