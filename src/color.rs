//! Stub: to be replaced by the room's own file.

/// A color.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color(u32);

/// Stub.
pub const NAMES: [(&str, u32); 3] = [("red", 0xff_0000), ("green", 0x00_8000), ("blue", 0xff)];

impl Color {
    /// Stub.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(hex) = text.strip_prefix('#') {
            return (hex.len() == 6)
                .then(|| u32::from_str_radix(hex, 16).ok().map(Self))
                .flatten();
        }
        NAMES
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, value)| Self(*value))
    }
}
