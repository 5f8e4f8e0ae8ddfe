//! Colors of feeds: a CSS name for COLOR (RFC 7986 §5.9) and `#RRGGBB` for X-APPLE-CALENDAR-COLOR. It does not know whose.

mod names;

pub use names::NAMES;

/// A color.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    red: u8,
    green: u8,
    blue: u8,
}

impl Color {
    /// Reads `#1a2b3c`, `#abc` (which is `#aabbcc`) or a CSS name such as `rebeccapurple`; upper and lower case count the same.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix('#') {
            Some(digits) => Self::from_digits(digits),
            None => NAMES
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(text))
                .map(|(_, value)| Self::from_value(*value)),
        }
    }

    /// `#RRGGBB`, in upper case.
    #[must_use]
    pub fn hex(&self) -> String {
        format!("#{:02X}{:02X}{:02X}", self.red, self.green, self.blue)
    }

    /// The CSS name of the color, or else of the nearest one that has a name, by distance in RGB; of several the first.
    #[must_use]
    pub fn css_name(&self) -> &'static str {
        NAMES.iter().min_by_key(|(_, value)| self.distance(Self::from_value(*value))).map_or("black", |(name, _)| name)
    }

    fn from_digits(digits: &str) -> Option<Self> {
        // A sign would pass for a digit.
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let value = u32::from_str_radix(digits, 16).ok()?;
        match digits.len() {
            6 => Some(Self::from_value(value)),
            3 => {
                let [_, _, high, low] = value.to_be_bytes();
                Some(Self { red: high * 0x11, green: (low >> 4) * 0x11, blue: (low & 0xf) * 0x11 })
            }
            _ => None,
        }
    }

    fn from_value(value: u32) -> Self {
        let [_, red, green, blue] = value.to_be_bytes();
        Self { red, green, blue }
    }

    /// The square of the distance.
    fn distance(self, other: Self) -> u32 {
        let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        square(self.red, other.red) + square(self.green, other.green) + square(self.blue, other.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, hex: &str, name: &str) {
        let color = Color::parse(text).unwrap();
        assert_eq!((color.hex().as_str(), color.css_name()), (hex, name), "{text}");
    }

    #[test]
    fn colors_are_read() {
        check("#663399", "#663399", "rebeccapurple");
        check("RebeccaPurple", "#663399", "rebeccapurple");
        check("#FfF", "#FFFFFF", "white");
        check("#1a2b3c", "#1A2B3C", "darkslategray");
        check("#08f", "#0088FF", "dodgerblue");
        check("#fe0000", "#FE0000", "red");
        check("cyan", "#00FFFF", "aqua");
    }

    #[test]
    fn what_is_no_color_is_refused() {
        for bad in
            ["", "#", "#12", "#1234", "#12345", "#1234567", "#+12345", "#ggg", "#é1", "123456", "redd", " red", "#ÀÀÀ"]
        {
            assert_eq!(Color::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn every_name_is_its_own_color_or_an_alias() {
        for (name, value) in NAMES {
            let color = Color::parse(name).unwrap();
            assert_eq!(color, Color::from_value(value));
            assert_eq!(Color::parse(color.css_name()), Some(color));
        }
        assert!(NAMES.is_sorted());
    }
}
