//! The grammar of what stands around the date and the times of a date line: labels, "CANCELLED", remarks.

use super::read::{Reader, Written};
use super::tokens::Token;
use crate::event::Status;

/// What may stand before a date and a colon.
const LABELS: [&[&str]; 8] = [
    &["when"],
    &["date"],
    &["dates"],
    &["day"],
    &["new", "date"],
    &["rescheduled"],
    &["date", "and", "time"],
    &["date", "time"],
];
/// What says nothing that a calendar could say.
const IDLE: [&str; 6] = ["sharp", "prompt", "promptly", "onwards", "onward", "start"];

impl Reader<'_> {
    /// Passes over what stands before a date: "When:", "Postponed:".
    pub(super) fn label(&mut self) -> Option<Status> {
        self.ornaments();
        if let [Token::Word(word), Token::Mark(':' | '-'), ..] = self.rest
            && let Some(status) = status(word)
        {
            self.advance(2);
            return Some(status);
        }
        if let Some(length) = LABELS.iter().find_map(|label| self.is_labelled(label)) {
            self.advance(length);
            self.ornaments();
        }
        None
    }

    /// The number of tokens of a label, with its colon.
    fn is_labelled(&self, label: &[&str]) -> Option<usize> {
        let colon = self.rest.iter().take(5).position(|token| *token == Token::Mark(':'))?;
        let words = self.rest.get(..colon)?.iter().filter_map(|token| match token {
            Token::Word(word) => Some(word.as_str()),
            Token::Mark('&' | '/') => None,
            // No label, whatever it is.
            _ => Some(""),
        });
        words.eq(label.iter().copied()).then_some(colon + 1)
    }

    /// Passes over bullets, asterisks and pictures before a date.
    fn ornaments(&mut self) {
        while matches!(self.rest.first(), Some(Token::Mark(c)) if !"(\"“‘'".contains(*c)) {
            self.advance(1);
        }
    }

    /// What stands where a time could: that there is none, or none yet.
    pub(super) fn no_time(&mut self, written: &mut Written) -> bool {
        let before = self.rest;
        if self.word(&["all"]) && self.word(&["day"]) {
            written.all_day = true;
            return true;
        }
        self.rest = before;
        let has_status = matches!(self.rest.first(), Some(Token::Word(word)) if status(word).is_some());
        has_status || self.word(&["tba", "tbd"])
    }

    /// Whether all that is left is a remark in parentheses.
    pub(super) fn ends_with_note(&self) -> bool {
        self.rest.first() == Some(&Token::Mark('(')) && self.rest.last() == Some(&Token::Mark(')'))
    }

    /// What stands after the date and the times. `None` where that is no remark; `all` is the number of the line's tokens.
    pub(super) fn ending(&mut self, written: &mut Written, all: usize) -> Option<()> {
        if self.ends_with_note() && written.time.is_none() && !self.is_status_note() {
            written.remark = Some(all - self.rest.len());
            return Some(());
        }
        loop {
            let mark = matches!(self.rest.first(), Some(Token::Mark(c)) if "!,;.*)]…-–|".contains(*c));
            let note = self.is_status_note();
            let said = match self.rest.first() {
                Some(Token::Word(word)) => status(word),
                _ => None,
            };
            if let Some(status) = said {
                written.status = Some(status);
            }
            if mark || note || said.is_some() {
                self.advance(1);
            } else if !self.word(&IDLE) {
                break;
            }
        }
        match self.rest.first() {
            None => return Some(()),
            // A time or a date that is not understood is none.
            Some(Token::Number(..) | Token::Mark(':' | '+' | '\'' | '’' | '.')) => return None,
            Some(_) if written.time.is_none() => return None,
            Some(_) => written.remark = Some(all - self.rest.len()),
        }
        Some(())
    }

    fn is_status_note(&self) -> bool {
        matches!(self.rest, [Token::Mark('('), Token::Word(word), Token::Mark(')'), ..] if status(word).is_some())
    }
}

fn status(word: &str) -> Option<Status> {
    match word {
        "cancelled" | "canceled" => Some(Status::Cancelled),
        "postponed" => Some(Status::Postponed),
        "tentative" | "tentatively" => Some(Status::Tentative),
        _ => None,
    }
}
