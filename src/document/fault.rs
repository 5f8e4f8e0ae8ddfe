//! What makes a walk over a table end, with its place. The words for it are `explain`'s.

use std::fmt;
use std::ops::Range;

use serde::de::{Error, Expected, Unexpected};
use toml::Spanned;
use toml::de::DeValue;

/// What made a walk end.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) kind: Kind,
    /// The place of the value that is wrong.
    pub(super) span: Option<Range<usize>>,
    /// The smallest part of the table that must be left out.
    pub(super) culprit: Option<usize>,
}

/// The kinds of faults.
#[derive(Debug)]
pub(super) enum Kind {
    /// A value of the wrong type; what was expected instead, in serde's words.
    WrongType(String),
    /// A word that is none of these.
    UnknownWord(String, &'static [&'static str]),
    /// Anything else, in its own words.
    Other(String),
}

impl Fault {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, span: None, culprit: None }
    }

    pub(super) fn at(mut self, span: &Range<usize>) -> Self {
        self.span.get_or_insert_with(|| span.clone());
        self
    }

    pub(super) fn in_part(mut self, value: &Spanned<DeValue<'_>>) -> Self {
        self.culprit.get_or_insert_with(|| address(value));
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)
    }
}

impl std::error::Error for Fault {}

impl Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(Kind::Other(message.to_string()))
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Kind::WrongType(expected.to_string()))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Kind::WrongType(expected.to_string()))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Kind::UnknownWord(variant.to_owned(), expected))
    }
}

/// What tells one value of a table from all others.
pub(super) fn address(value: &Spanned<DeValue<'_>>) -> usize {
    std::ptr::from_ref(value).addr()
}
