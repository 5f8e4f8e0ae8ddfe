//! One walk over a parsed table: the values on it, what it leaves out, and what it notes on the way. It turns nothing into types.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use super::fault::{Fault, address};
use super::{Report, unknown_key};

/// A key that a type does not know: its place, its name, and the keys that are known.
type UnknownKey = (Range<usize>, String, &'static [&'static str]);

/// One walk over a table: quick, which ends at the first fault, or tolerant, which skips what is known to be wrong.
pub(super) struct Pass<'t> {
    pub(super) text: &'t str,
    pub(super) tolerant: bool,
    /// The values that are left out, by their addresses.
    skipped: RefCell<HashSet<usize>>,
    unknown: RefCell<Vec<UnknownKey>>,
    /// The keys whose values were wrong.
    pub(super) wrong: RefCell<Vec<String>>,
}

impl<'t> Pass<'t> {
    pub(super) fn quick(text: &'t str) -> Self {
        Self {
            text,
            tolerant: false,
            skipped: RefCell::default(),
            unknown: RefCell::default(),
            wrong: RefCell::default(),
        }
    }

    pub(super) fn tolerant(text: &'t str) -> Self {
        Self { tolerant: true, ..Self::quick(text) }
    }

    /// Leaves out what was wrong from the next walk on; false when it is not known, or left out already.
    pub(super) fn skip(&self, fault: &Fault) -> bool {
        fault.culprit.is_some_and(|culprit| self.skipped.borrow_mut().insert(culprit))
    }

    /// Tells the unknown keys, and lets the report know which keys were told to be wrong.
    pub(super) fn finish(&self, report: &mut Report) {
        let mut told = self.wrong.take();
        for (span, key, known) in self.unknown.take() {
            told.extend(unknown_key(report, span, &key, known).map(str::to_owned));
        }
        report.set_told_keys(told);
    }

    pub(super) fn skips(&self, value: &Spanned<DeValue<'_>>) -> bool {
        self.tolerant && self.skipped.borrow().contains(&address(value))
    }

    pub(super) fn note_unknown(
        &self,
        key: &Spanned<Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        known: &'static [&'static str],
    ) {
        if self.skipped.borrow_mut().insert(address(value)) {
            self.unknown.borrow_mut().push((key.span(), key.get_ref().to_string(), known));
        }
    }
}

/// One value on a walk.
pub(super) struct Value<'t, 'i> {
    pub(super) value: &'t DeValue<'i>,
    pub(super) span: Range<usize>,
    pub(super) pass: &'t Pass<'t>,
}

impl<'t, 'i> Value<'t, 'i> {
    pub(super) fn new(value: &'t DeValue<'i>, span: Range<usize>, pass: &'t Pass<'t>) -> Self {
        Self { value, span, pass }
    }

    pub(super) fn of(value: &'t Spanned<DeValue<'i>>, pass: &'t Pass<'t>) -> Self {
        Self::new(value.get_ref(), value.span(), pass)
    }
}
