//! When to ask again: what the partner wishes, within our bounds; after failures less and less often, and never never. It reads no
//! clock and throws no dice: both are arguments.

use chrono::{DateTime, TimeDelta, Utc};

use crate::partner::{Header, Limits, Partner};

use super::answer::{Answer, later};

/// How old a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staleness {
    /// The partner confirmed it lately.
    Fresh,
    /// It is old, and still shown.
    Stale,
    /// It is so old that it is shown no more, or there is none.
    Gone,
}

/// How old the copy is that the header speaks of.
#[must_use]
pub fn staleness(header: &Header, now: DateTime<Utc>, limits: &Limits) -> Staleness {
    match header.confirmed.map(|confirmed| now.signed_duration_since(confirmed)) {
        Some(age) if age < limits.stale_after.min(limits.gone_after) => Staleness::Fresh,
        Some(age) if age < limits.gone_after => Staleness::Stale,
        _ => Staleness::Gone,
    }
}

/// Whether a partner is to be asked at `now`. A time further ahead than any that we set was written under another clock.
#[must_use]
pub fn is_due(header: &Header, now: DateTime<Utc>, limits: &Limits) -> bool {
    waits_until(header, now, limits).is_none() && header.next.is_none_or(|next| !is_ahead(next, now, limits))
}

/// Until when the partner asked to be left alone, if that is not over: even who polls by hand waits so long.
#[must_use]
pub fn waits_until(header: &Header, now: DateTime<Utc>, limits: &Limits) -> Option<DateTime<Utc>> {
    header.not_before.filter(|until| is_ahead(*until, now, limits))
}

fn is_ahead(time: DateTime<Utc>, now: DateTime<Utc>, limits: &Limits) -> bool {
    let ceiling = limits.refresh_ceiling.max(limits.retry_after_ceiling);
    (TimeDelta::zero()..=ceiling).contains(&time.signed_duration_since(now)) && time != now
}

/// When to ask again after a good answer: the editors' wish, or the body's (RFC 7986 §5.7), or ours, but not before the answer
/// itself goes stale (RFC 9111 §5.2.2.1).
pub(super) fn after_success(
    partner: &Partner,
    header: &Header,
    answer: &Answer,
    now: DateTime<Utc>,
    limits: &Limits,
) -> DateTime<Utc> {
    let wished = partner.refresh.or_else(|| header.interval.and_then(TimeDelta::try_seconds));
    let delay = wished.unwrap_or_else(|| limits.refresh.max(answer.max_age().unwrap_or_default()));
    later(now, within(delay, limits))
}

/// When to ask again after the failure that is the last of `header.failures`: each doubles the delay, up to a day. `chance` moves it by
/// up to a fifth, so that partners which failed together do not come back together.
pub(super) fn after_failure(
    partner: &Partner,
    header: &Header,
    now: DateTime<Utc>,
    chance: u64,
    limits: &Limits,
) -> DateTime<Utc> {
    let wished = partner.refresh.or_else(|| header.interval.and_then(TimeDelta::try_seconds));
    let base = within(wished.unwrap_or(limits.refresh), limits).num_milliseconds();
    let doublings = header.failures.saturating_sub(1).min(20);
    let delay = base.saturating_mul(1 << doublings).min(limits.refresh_ceiling.num_milliseconds());
    let spread = i64::try_from(chance % 401).unwrap_or(200) - 200;
    let delay = delay.saturating_add(delay / 1_000 * spread);
    later(now, within(TimeDelta::milliseconds(delay), limits))
}

/// When to ask one that said to be gone for good: as seldom as anyone.
pub(super) fn after_farewell(now: DateTime<Utc>, limits: &Limits) -> DateTime<Utc> {
    later(now, limits.refresh_ceiling)
}

fn within(delay: TimeDelta, limits: &Limits) -> TimeDelta {
    delay.max(limits.refresh_floor).min(limits.refresh_ceiling)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partner::poll::sample;

    fn minutes(from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
        (to - from).num_minutes()
    }

    #[test]
    fn the_next_poll_is_as_wished_within_bounds() {
        let check = |wish: Option<i64>, interval: Option<i64>, control: Option<&str>, expected: i64| {
            let mut partner = sample::partner("https://example.org/");
            partner.refresh = wish.map(TimeDelta::minutes);
            let header = Header { interval, ..Header::default() };
            let fields: Vec<_> = control.iter().map(|text| ("cache-control".to_owned(), (*text).to_owned())).collect();
            let next = after_success(&partner, &header, &Answer(&fields), sample::at(0), &Limits::default());
            assert_eq!(minutes(sample::at(0), next), expected, "{wish:?} {interval:?} {control:?}");
        };
        check(None, None, None, 30);
        check(Some(60), Some(7_200), Some("max-age=10800"), 60);
        check(None, Some(7_200), Some("max-age=10800"), 120);
        check(None, None, Some("max-age=10800"), 180);
        check(None, None, Some("max-age=60"), 30);
        check(Some(1), None, None, 5);
        check(None, Some(1), None, 5);
        check(None, Some(-1), None, 5);
        check(None, Some(i64::MAX), None, 30);
        check(None, Some(36_500 * 86_400), None, 24 * 60);
        check(None, None, Some("max-age=504921600"), 24 * 60);
        check(Some(3 * 24 * 60), None, None, 24 * 60);
    }

    #[test]
    fn failures_double_the_delay_up_to_a_day_and_never_end_it() {
        let check = |failures: u32, chance: u64, expected: i64| {
            let header = Header { failures, ..Header::default() };
            let partner = sample::partner("https://example.org/");
            let next = after_failure(&partner, &header, sample::at(0), chance, &Limits::default());
            assert_eq!(minutes(sample::at(0), next), expected, "{failures} {chance}");
        };
        check(1, 200, 30);
        check(2, 200, 60);
        check(5, 200, 480);
        check(6, 200, 960);
        check(7, 200, 24 * 60);
        check(u32::MAX, 200, 24 * 60);
        check(0, 200, 30);
        check(1, 0, 24);
        check(1, 400, 36);
        check(1, 401, 24);
        check(9, 0, 24 * 60 * 4 / 5);
        check(9, 400, 24 * 60);
    }

    #[test]
    fn the_floor_holds_after_failures_too() {
        let mut partner = sample::partner("https://example.org/");
        partner.refresh = Some(TimeDelta::seconds(1));
        let header = Header { failures: 1, ..Header::default() };
        let next = after_failure(&partner, &header, sample::at(0), 0, &Limits::default());
        assert_eq!(minutes(sample::at(0), next), 5);
    }

    #[test]
    fn a_partner_is_due_when_its_time_has_come() {
        let check = |next: Option<i64>, not_before: Option<i64>, expected: bool| {
            let [next, not_before] = [next, not_before].map(|minutes| minutes.map(|m| sample::at(m * 60)));
            let header = Header { next, not_before, ..Header::default() };
            assert_eq!(is_due(&header, sample::at(0), &Limits::default()), expected, "{next:?} {not_before:?}");
        };
        check(None, None, true);
        check(Some(0), None, true);
        check(Some(-1), None, true);
        check(Some(1), None, false);
        check(Some(-1), Some(1), false);
        check(Some(1), Some(-1), false);
        check(Some(-1), Some(-1), true);
        check(Some(24 * 60), None, false);
        check(Some(24 * 60 + 1), None, true);
        check(None, Some(24 * 60 + 1), true);
    }

    #[test]
    fn a_copy_grows_stale_and_then_leaves() {
        let check = |hours: Option<i64>, expected: Staleness| {
            let header = Header { confirmed: hours.map(|hours| sample::at(-hours * 3_600)), ..Header::default() };
            assert_eq!(staleness(&header, sample::at(0), &Limits::default()), expected, "{hours:?}");
        };
        check(Some(-1), Staleness::Fresh);
        check(Some(23), Staleness::Fresh);
        check(Some(24), Staleness::Stale);
        check(Some(30 * 24 - 1), Staleness::Stale);
        check(Some(30 * 24), Staleness::Gone);
        check(None, Staleness::Gone);
    }
}
