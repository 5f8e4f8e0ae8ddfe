//! The parts of arrays and tables on the way from parsed TOML to types. It decides which parts a type gets to see.

use std::borrow::Cow;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::LANGUAGES;
use super::fault::Fault;
use super::walk::{Pass, Value};

/// The elements of an array.
pub(super) struct Elements<'t, 'i> {
    pub(super) rest: std::slice::Iter<'t, Spanned<DeValue<'i>>>,
    pub(super) pass: &'t Pass<'t>,
}

impl<'de> SeqAccess<'de> for Elements<'_, '_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(value) = self.rest.find(|value| !self.pass.skips(value)) else {
            return Ok(None);
        };
        seed.deserialize(Value::of(value, self.pass)).map(Some).map_err(|fault| fault.in_part(value))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

type Entry<'t, 'i> = (&'t Spanned<Cow<'i, str>>, &'t Spanned<DeValue<'i>>);

/// The entries of a table. With the fields of a type: without those that are unknown (in a tolerant pass), and with the tables
/// that are named like a language together under [`LANGUAGES`], where the type has that field.
pub(super) struct Entries<'t, 'i> {
    table: &'t DeTable<'i>,
    rest: toml::map::Iter<'t, Spanned<Cow<'i, str>>, Spanned<DeValue<'i>>>,
    pass: &'t Pass<'t>,
    fields: Option<&'static [&'static str]>,
    languages: bool,
    has_languages: bool,
    value: Option<(&'t str, &'t Spanned<DeValue<'i>>)>,
}

impl<'t, 'i> Entries<'t, 'i> {
    pub(super) fn new(table: &'t DeTable<'i>, pass: &'t Pass<'t>, fields: Option<&'static [&'static str]>) -> Self {
        let languages = fields.is_some_and(|fields| fields.contains(&LANGUAGES));
        Self { table, rest: table.iter(), pass, fields, languages, has_languages: false, value: None }
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

    fn skips(&self, key: &Spanned<Cow<'i, str>>, value: &Spanned<DeValue<'i>>) -> bool {
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
                self.value = Some((key.get_ref(), value));
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
            Some((key, value)) => seed.deserialize(Value::of(value, self.pass)).map_err(|fault| {
                self.pass.wrong.borrow_mut().push(key.to_owned());
                fault.in_part(value)
            }),
            None => seed.deserialize(Languages { table: self.table, pass: self.pass }),
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
        visitor.visit_seq(LanguageEntries { rest: entries, pass: self.pass })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct LanguageEntries<'t, 'i> {
    rest: toml::map::Iter<'t, Spanned<Cow<'i, str>>, Spanned<DeValue<'i>>>,
    pass: &'t Pass<'t>,
}

impl<'de> SeqAccess<'de> for LanguageEntries<'_, '_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let pass = self.pass;
        let found = self.rest.find(|(key, value)| is_language(key.get_ref(), value.get_ref()) && !pass.skips(value));
        let Some((key, value)) = found else { return Ok(None) };
        seed.deserialize(Named { key, value, pass, step: 0 }).map(Some).map_err(|fault| fault.in_part(value))
    }
}

/// A pair of a placed key and its value.
struct Named<'t, 'i> {
    key: &'t Spanned<Cow<'i, str>>,
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
