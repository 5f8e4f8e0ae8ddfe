//! The proofs of adoption: each quirk of real calendars, and that no bytes make it panic.
use super::*;

pub(super) fn limits() -> Limits {
    Limits {
        refresh: TimeDelta::minutes(30),
        refresh_floor: TimeDelta::minutes(5),
        refresh_ceiling: TimeDelta::hours(24),
        max_bytes: 10 << 20,
        max_events: 10_000,
        max_depth: 4,
        max_line_bytes: 64 << 10,
        max_properties: 2_000,
        max_parameters: 50,
        max_title: 1_000,
        max_description: 20_000,
        validators_for: TimeDelta::days(8),
        stale_after: TimeDelta::hours(24),
        gone_after: TimeDelta::days(30),
        hold_polls: 3,
        hold_for: TimeDelta::hours(24),
    }
}
