//! Values with their places in the text, and dates and times as TOML has them. They do not check what they hold.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

/// The names by which [`super::walk::Value`] knows the two types of this file.
pub(super) const PLACED: &str = "handbill::Placed";
pub(super) const DATE_TIME: &str = "handbill::DateTime";
/// What a [`DateTime`] expects, in the words that problems use.
pub(super) const DATE_TIME_EXPECTED: &str = "a date or a date with a time";

/// What is wrong with a date or time that TOML cannot hold.
pub(super) const NO_SUCH_TIME: &str = "this date or time does not exist";

/// A value, and where it stands in the text. Read it only with [`super::read`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its place: bytes, the end exclusive.
    pub span: Range<usize>,
}

/// A date, a time or both, as TOML has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime(pub toml::value::Datetime);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple_struct(PLACED, 3, PlacedVisitor(PhantomData))
    }
}

struct PlacedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for PlacedVisitor<T> {
    type Value = Placed<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value with its place")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
        let missing = || A::Error::custom("a value without its place");
        let start = parts.next_element()?.ok_or_else(missing)?;
        let end = parts.next_element()?.ok_or_else(missing)?;
        let value = parts.next_element()?.ok_or_else(missing)?;
        Ok(Placed { value, span: start..end })
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_unit_struct(DATE_TIME, DateTimeVisitor)
    }
}

struct DateTimeVisitor;

impl Visitor<'_> for DateTimeVisitor {
    type Value = DateTime;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(DATE_TIME_EXPECTED)
    }

    fn visit_bytes<E: Error>(self, written: &[u8]) -> Result<DateTime, E> {
        let parsed = std::str::from_utf8(written).ok().and_then(|written| written.parse().ok());
        parsed.map(DateTime).ok_or_else(|| E::custom(NO_SUCH_TIME))
    }
}

impl<T: JsonSchema> JsonSchema for Placed<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl JsonSchema for DateTime {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "DateTime".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // Editors hand TOML's dates to the schema as texts; a local date-time is no `date-time` of JSON Schema, which wants an
        // offset.
        schemars::json_schema!({
            "anyOf": [
                { "type": "string", "format": "date" },
                { "type": "string", "format": "date-time" },
                { "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}.*)?$" },
            ],
            "$comment": "In TOML without quotes: 2021-03-23T18:00 or 2021-03-23.",
        })
    }
}
