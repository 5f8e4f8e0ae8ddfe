//! iCalendar content lines (RFC 5545 §3.1): written escaped and folded, read tolerantly, and checked strictly. It does not
//! know what any property means to an event.

mod check;
mod clean;
mod line;
mod read;
mod write;

pub use check::defects;
pub use clean::clean;
pub use line::Line;
pub use read::{Component, Property, Unreadable, lines, parse, unescape};
pub use write::Writer;

/// The longest content line in octets, its line break excluded (RFC 5545 §3.1).
pub const MAX_LINE: usize = 75;

#[cfg(test)]
mod tests;
