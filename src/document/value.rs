//! The way from parsed TOML to types: a serde deserializer over the parsed values by reference. It knows places and faults; the
//! words for them are `explain`'s.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::placed::{DATE_TIME, PLACED};
use super::{LANGUAGES, Report, unknown_key};

/// One walk over a table: quick, which ends at the first fault, or tolerant, which skips what is known to be wrong.
pub(super) struct Pass<'t> {
    text: &'t str,
    tolerant: bool,
    /// The values that are left out, by their addresses.
    skipped: RefCell<HashSet<usize>>,
    unknown: RefCell<Vec<(Range<usize>, String, &'static [&'static str])>>,
}

impl<'t> Pass<'t> {
    pub(super) fn quick(text: &'t str) -> Self {
        Self {
            text,
            tolerant: false,
            skipped: RefCell::default(),
            unknown: RefCell::default(),
        }
    }

    pub(super) fn tolerant(text: &'t str) -> Self {
        Self {
            tolerant: true,
            ..Self::quick(text)
        }
    }

    /// Leaves out what was wrong from the next walk on; false when it is not known, or left out already.
    pub(super) fn skip(&self, fault: &Fault) -> bool {
        fault
            .culprit
            .is_some_and(|culprit| self.skipped.borrow_mut().insert(culprit))
    }

    pub(super) fn tell_unknown(&self, report: &mut Report) {
        for (span, key, known) in self.unknown.borrow_mut().drain(..) {
            unknown_key(report, span, &key, known);
        }
    }

    fn skips(&self, value: &Spanned<DeValue<'_>>) -> bool {
        self.tolerant && self.skipped.borrow().contains(&address(value))
    }

    fn note_unknown(
        &self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        known: &'static [&'static str],
    ) {
        if self.skipped.borrow_mut().insert(address(value)) {
            self.unknown
                .borrow_mut()
                .push((key.span(), key.get_ref().to_string(), known));
        }
    }
}

/// What tells one value of a table from all others.
fn address(value: &Spanned<DeValue<'_>>) -> usize {
    std::ptr::from_ref(value).addr()
}

/// What made a walk end.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) kind: Kind,
    /// The place of the value that is wrong.
    pub(super) span: Option<Range<usize>>,
    /// The smallest part of the table that must be left out.
    culprit: Option<usize>,
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
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            span: None,
            culprit: None,
        }
    }

    fn at(mut self, span: &Range<usize>) -> Self {
        self.span.get_or_insert_with(|| span.clone());
        self
    }

    fn in_part(mut self, value: &Spanned<DeValue<'_>>) -> Self {
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

/// One value on a walk.
pub(super) struct Value<'t, 'i> {
    value: &'t DeValue<'i>,
    span: Range<usize>,
    pass: &'t Pass<'t>,
}

impl<'t, 'i> Value<'t, 'i> {
    pub(super) fn new(value: &'t DeValue<'i>, span: Range<usize>, pass: &'t Pass<'t>) -> Self {
        Self { value, span, pass }
    }

    fn of(value: &'t Spanned<DeValue<'i>>, pass: &'t Pass<'t>) -> Self {
        Self::new(value.get_ref(), value.span(), pass)
    }

    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            DeValue::String(text) => visitor.visit_str(text),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => visitor.visit_i64(number),
                Err(_) => Err(Fault::custom("this number is too large")),
            },
            DeValue::Float(number) => match number.as_str().parse() {
                Ok(number) => visitor.visit_f64(number),
                Err(_) => Err(Fault::custom("this number cannot be read")),
            },
            DeValue::Boolean(value) => visitor.visit_bool(*value),
            // A date and time is bytes to serde: nothing but `DateTime` takes them.
            DeValue::Datetime(_) => visitor.visit_bytes(self.pass.text.get(self.span).unwrap_or_default().as_bytes()),
            DeValue::Array(array) => visitor.visit_seq(Elements {
                rest: array.iter(),
                pass: self.pass,
            }),
            DeValue::Table(table) => visitor.visit_map(Entries::new(table, self.pass, None)),
        }
    }
}

impl<'de> Deserializer<'de> for Value<'_, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let span = self.span.clone();
        self.visit(visitor).map_err(|fault| fault.at(&span))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name == PLACED {
            visitor.visit_seq(Place { value: self, step: 0 })
        } else {
            self.deserialize_any(visitor)
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        debug_assert_eq!(name, DATE_TIME);
        self.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.value {
            DeValue::Table(table) => visitor
                .visit_map(Entries::new(table, self.pass, Some(fields)))
                .map_err(|fault| fault.at(&self.span)),
            _ => Err(Fault::new(Kind::WrongType("a table".to_owned())).at(&self.span)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.value {
            DeValue::String(text) => {
                let word: StrDeserializer<'_, Fault> = text.as_ref().into_deserializer();
                visitor.visit_enum(word).map_err(|fault| fault.at(&self.span))
            }
            _ => Err(Fault::new(Kind::WrongType("a string".to_owned())).at(&self.span)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit seq tuple map identifier
    }
}

/// The three parts of a [`super::Placed`]: start, end, value.
struct Place<'t, 'i> {
    value: Value<'t, 'i>,
    step: u8,
}

impl<'de> SeqAccess<'de> for Place<'_, '_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        self.step += 1;
        let value = &self.value;
        match self.step {
            1 => seed.deserialize(value.span.start.into_deserializer()).map(Some),
            2 => seed.deserialize(value.span.end.into_deserializer()).map(Some),
            3 => seed
                .deserialize(Value::new(value.value, value.span.clone(), value.pass))
                .map(Some),
            _ => Ok(None),
        }
    }
}

/// The elements of an array.
struct Elements<'t, 'i> {
    rest: std::slice::Iter<'t, Spanned<DeValue<'i>>>,
    pass: &'t Pass<'t>,
}

impl<'de> SeqAccess<'de> for Elements<'_, '_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(value) = self.rest.find(|value| !self.pass.skips(value)) else {
            return Ok(None);
        };
        seed.deserialize(Value::of(value, self.pass))
            .map(Some)
            .map_err(|fault| fault.in_part(value))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

type Entry<'t, 'i> = (&'t Spanned<std::borrow::Cow<'i, str>>, &'t Spanned<DeValue<'i>>);

/// The entries of a table. With the fields of a type: without those that are unknown (in a tolerant pass), and with the tables
/// that are named like a language together under [`LANGUAGES`], where the type has that field.
struct Entries<'t, 'i> {
    table: &'t DeTable<'i>,
    rest: toml::map::Iter<'t, Spanned<std::borrow::Cow<'i, str>>, Spanned<DeValue<'i>>>,
    pass: &'t Pass<'t>,
    fields: Option<&'static [&'static str]>,
    languages: bool,
    has_languages: bool,
    value: Option<&'t Spanned<DeValue<'i>>>,
}

impl<'t, 'i> Entries<'t, 'i> {
    fn new(table: &'t DeTable<'i>, pass: &'t Pass<'t>, fields: Option<&'static [&'static str]>) -> Self {
        let languages = fields.is_some_and(|fields| fields.contains(&LANGUAGES));
        Self {
            table,
            rest: table.iter(),
            pass,
            fields,
            languages,
            has_languages: false,
            value: None,
        }
    }

    fn next(&mut self) -> Option<Entry<'t, 'i>> {
        loop {
            let (key, value) = self.rest.next()?;
            if self.languages && is_language(key.get_ref(), value.get_ref()) {
                self.has_languages = true;
            } else if !self.skips(key, value) {
                return Some((key, value));
            }
        }
    }

    fn skips(&self, key: &Spanned<std::borrow::Cow<'i, str>>, value: &Spanned<DeValue<'i>>) -> bool {
        let Some(fields) = self.fields.filter(|_| self.pass.tolerant) else {
            return self.pass.skips(value);
        };
        let name = key.get_ref().as_ref();
        if name == LANGUAGES || !fields.contains(&name) {
            self.pass.note_unknown(key, value, fields);
        }
        self.pass.skips(value)
    }
}

/// Whether an entry of an event holds its texts in another language: a table named like a language.
fn is_language(key: &str, value: &DeValue<'_>) -> bool {
    matches!(key.len(), 2 | 3) && matches!(value, DeValue::Table(_)) && crate::language::Language::parse(key).is_some()
}

impl<'de> MapAccess<'de> for Entries<'_, '_> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let key = match self.next() {
            Some((key, value)) => {
                self.value = Some(value);
                if key.get_ref() == LANGUAGES {
                    return Err(Fault::custom("unknown key").at(&key.span()));
                }
                key.get_ref().as_ref()
            }
            None if std::mem::take(&mut self.has_languages) => LANGUAGES,
            None => return Ok(None),
        };
        let key: StrDeserializer<'_, Fault> = key.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        match self.value.take() {
            Some(value) => seed
                .deserialize(Value::of(value, self.pass))
                .map_err(|fault| fault.in_part(value)),
            None => seed.deserialize(Languages {
                table: self.table,
                pass: self.pass,
            }),
        }
    }
}

/// The tables of a table that are named like a language: a sequence of name and table.
struct Languages<'t, 'i> {
    table: &'t DeTable<'i>,
    pass: &'t Pass<'t>,
}

impl<'de> Deserializer<'de> for Languages<'_, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let entries = self.table.iter();
        visitor.visit_seq(LanguageEntries {
            rest: entries,
            pass: self.pass,
        })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct LanguageEntries<'t, 'i> {
    rest: toml::map::Iter<'t, Spanned<std::borrow::Cow<'i, str>>, Spanned<DeValue<'i>>>,
    pass: &'t Pass<'t>,
}

impl<'de> SeqAccess<'de> for LanguageEntries<'_, '_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let pass = self.pass;
        let found = self
            .rest
            .find(|(key, value)| is_language(key.get_ref(), value.get_ref()) && !pass.skips(value));
        let Some((key, value)) = found else { return Ok(None) };
        seed.deserialize(Named {
            key,
            value,
            pass,
            step: 0,
        })
        .map(Some)
        .map_err(|fault| fault.in_part(value))
    }
}

/// A pair of a placed key and its value.
struct Named<'t, 'i> {
    key: &'t Spanned<std::borrow::Cow<'i, str>>,
    value: &'t Spanned<DeValue<'i>>,
    pass: &'t Pass<'t>,
    step: u8,
}

impl<'de> Deserializer<'de> for Named<'_, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_seq(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> SeqAccess<'de> for Named<'_, '_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        self.step += 1;
        match self.step {
            1 => {
                let key = DeValue::String(self.key.get_ref().as_ref().into());
                seed.deserialize(Value::new(&key, self.key.span(), self.pass)).map(Some)
            }
            2 => seed.deserialize(Value::of(self.value, self.pass)).map(Some),
            _ => Ok(None),
        }
    }
}
