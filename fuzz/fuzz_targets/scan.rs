//! The first look at a partner's body: bytes to text to components, within the limits, whatever the bytes.
#![no_main]

use handbill::partner::{Limits, fuzzing::scanned};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let limits = Limits { max_events: 100, ..Limits::default() };
    for content_type in [None, Some("text/calendar; charset=iso-8859-1")] {
        if let Ok(events) = scanned(body, content_type, &limits) {
            assert!(events <= limits.max_events);
        }
    }
});
