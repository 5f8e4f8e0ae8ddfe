//! Colors of feeds: a CSS3 name for COLOR (RFC 7986 §5.9) and `#RRGGBB` for X-APPLE-CALENDAR-COLOR.

/// A color.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    red: u8,
    green: u8,
    blue: u8,
}
