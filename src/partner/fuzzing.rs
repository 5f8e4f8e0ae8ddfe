//! What the fuzzer alone may call. It is compiled for the fuzzer only.

use super::decode::decode;
use super::scan::scan;
use super::{Fault, Limits};

/// How many events the first look at a body finds.
///
/// # Errors
/// When the body is refused as a whole.
pub fn scanned(body: &[u8], content_type: Option<&str>, limits: &Limits) -> Result<usize, Fault> {
    let decoded = decode(body, content_type);
    scan(decoded.lines(), limits).map(|scanned| scanned.events.len())
}
