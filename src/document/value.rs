//! The way from parsed TOML to types: a serde deserializer over the parsed values by reference. It knows places and faults; the
//! words for them are `explain`'s.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use toml::de::DeValue;

use super::fault::{Fault, Kind};
use super::parts::{Elements, Entries};
use super::placed::{DATE_TIME, PLACED};
use super::walk::Value;

impl Value<'_, '_> {
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
            DeValue::Datetime(_) => Err(Fault::invalid_type(Unexpected::Other("date or time"), &visitor)),
            DeValue::Array(array) => visitor.visit_seq(Elements { rest: array.iter(), pass: self.pass }),
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
        if name == PLACED { visitor.visit_seq(Place { value: self, step: 0 }) } else { self.deserialize_any(visitor) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        let DeValue::Datetime(_) = self.value else { return self.deserialize_any(visitor) };
        debug_assert_eq!(name, DATE_TIME);
        let written = self.pass.text.get(self.span.clone()).unwrap_or_default();
        visitor.visit_bytes(written.as_bytes()).map_err(|fault: Fault| fault.at(&self.span))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.value {
            DeValue::Table(table) => {
                visitor.visit_map(Entries::new(table, self.pass, Some(fields))).map_err(|fault| fault.at(&self.span))
            }
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
            3 => seed.deserialize(Value::new(value.value, value.span.clone(), value.pass)).map(Some),
            _ => Ok(None),
        }
    }
}
