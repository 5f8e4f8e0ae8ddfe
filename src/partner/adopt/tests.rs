//! The proofs of adoption: each quirk of real calendars, and that no bytes make it panic.
use super::*;

pub(super) fn limits() -> Limits {
    Limits::default()
}
