//! QR codes (ISO/IEC 18004) as SVG: one path, no style. It knows no page.

use std::fmt::Write as _;

use qrcode::types::Color;
use qrcode::{EcLevel, QrCode};

/// A QR code to be drawn: `path` in a square of `size` units, its quiet zone of four included.
#[derive(Debug, Clone, Default)]
pub(super) struct Drawing {
    pub(super) size: usize,
    pub(super) path: String,
}

/// The width of the light border that scanners need, in modules (ISO/IEC 18004 §9.1).
const QUIET: usize = 4;

/// The code of an address; `None` where it is longer than a code can hold (about 2,300 bytes).
pub(super) fn draw(address: &str) -> Option<Drawing> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let dark = row.iter().skip(x).take_while(|module| **module == Color::Dark).count();
            if dark > 0 {
                // Writing to a text cannot fail.
                let _ = write!(path, "M{} {}h{dark}v1h-{dark}z", x + QUIET, y + QUIET);
            }
            x += dark.max(1);
        }
    }
    Some(Drawing { size: width + 2 * QUIET, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_drawn_within_its_quiet_zone() {
        let drawing = draw("https://calendar.example.org/org/chicago-dsa").unwrap();
        // Version 3 (29 modules) holds 42 bytes at level M, version 4 (33 modules) 62.
        assert_eq!(drawing.size, 33 + 8);
        // The finder pattern of the upper left begins with seven dark modules.
        assert!(drawing.path.starts_with("M4 4h7v1h-7z"), "{}", drawing.path);
    }

    #[test]
    fn what_no_code_can_hold_is_not_drawn() {
        assert!(draw(&"x".repeat(3_000)).is_none());
    }
}
