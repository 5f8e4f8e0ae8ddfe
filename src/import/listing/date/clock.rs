//! The grammar of times of day within a date line, and of the zones behind them. It reads no dates.

use chrono::NaiveTime;

use super::read::{Clock, Reader, Time};
use super::tokens::Token;

/// The words for zones of the United States and for UTC.
const ZONES: [&str; 19] = [
    "cdt", "cst", "ct", "central", "edt", "est", "et", "eastern", "mdt", "mst", "mt", "mountain", "pdt", "pst", "pt",
    "pacific", "utc", "gmt", "z",
];

impl Reader<'_> {
    pub(super) fn time(&mut self) -> Option<Time> {
        let clock = self.clock()?;
        Some(Time { clock, zone: self.zone() })
    }

    fn clock(&mut self) -> Option<Clock> {
        if self.word(&["noon"]) {
            return Some(Clock::Noon);
        }
        if self.word(&["midnight"]) {
            return Some(Clock::Midnight);
        }
        let Some(Token::Number(hour, digits @ 1..=2)) = self.rest.first() else { return None };
        self.advance(1);
        let mut minute = 0;
        if let [Token::Mark(':'), Token::Number(written @ 0..=59, 2), ..] = self.rest {
            minute = *written;
            self.advance(2);
            // Of "13:00:00", as programs write it.
            if let [Token::Mark(':'), Token::Number(0, 2), ..] = self.rest {
                self.advance(2);
            }
        }
        let _ = self.word(&["o"]) && (self.mark('’') || self.mark('\'')) && self.word(&["clock"]);
        self.half_of_day(*hour, minute, *digits)
    }

    fn half_of_day(&mut self, hour: u32, minute: u32, digits: usize) -> Option<Clock> {
        let twelve = (1..=12).contains(&hour);
        let at = |hour| NaiveTime::from_hms_opt(hour, minute, 0).map(Clock::Sure);
        for (halves, add) in [(["am", "a"], 0), (["pm", "p"], 12)] {
            if twelve && self.word(&halves) {
                // "p. m."
                let _ = self.word(&["m"]);
                return at(hour % 12 + add);
            }
        }
        if (hour, minute) == (12, 0) && self.word(&["noon"]) {
            return Some(Clock::Noon);
        }
        if (hour, minute) == (12, 0) && self.word(&["midnight"]) {
            return Some(Clock::Midnight);
        }
        match hour {
            1..=12 if digits == 1 || hour >= 10 => Some(Clock::Half(hour, minute)),
            _ => at(hour),
        }
    }

    fn zone(&mut self) -> Option<String> {
        let Some(Token::Word(word)) = self.rest.first() else { return None };
        if !ZONES.contains(&word.as_str()) {
            return None;
        }
        self.advance(1);
        let _ = self.word(&["standard", "daylight"]);
        let _ = self.word(&["time"]);
        Some(word.clone())
    }
}
