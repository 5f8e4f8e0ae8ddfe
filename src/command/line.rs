//! The line on a terminal that says how far a long piece of work is; nothing where nobody looks.

use std::cell::Cell;
use std::io::{self, IsTerminal as _};

use super::{complain, mention};
use crate::store::Progress;

/// The line.
pub(super) struct Line {
    is_shown: bool,
    is_waiting: Cell<bool>,
}

impl Line {
    pub(super) fn new() -> Self {
        Self { is_shown: io::stderr().is_terminal(), is_waiting: Cell::new(false) }
    }

    /// One on which nothing is ever shown.
    pub(super) fn hidden() -> Self {
        Self { is_shown: false, is_waiting: Cell::new(false) }
    }

    /// Shows how far publishing is. That it waits for another publisher is told where nobody looks, too: once.
    pub(super) fn tell(&self, progress: Progress) {
        match progress {
            Progress::Waiting if !self.is_shown => {
                if !self.is_waiting.replace(true) {
                    mention("another publisher is at work, or was stopped a moment ago: waiting");
                }
            }
            Progress::Waiting => self.show("another publisher is at work, or was stopped a moment ago: waiting"),
            Progress::Looking(left) => self.show(&format!("looking at what an earlier publisher left: {left}")),
            Progress::Done(done, of) => self.show(&format!("{done} of {of} objects")),
        }
    }

    /// Shows a text in the place of the one before.
    pub(super) fn show(&self, text: &str) {
        if self.is_shown {
            complain(&format!("\r\x1b[K{text}"));
        }
    }

    pub(super) fn clear(&self) {
        self.show("");
    }
}
