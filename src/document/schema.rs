//! JSON Schema (draft 7, which editors of TOML read) of the types that [`super::read`] reads. It adds nothing to their own words.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use super::LANGUAGES;

/// Two or three letters, but not the keys `id`, `on`, `end` and `url`, which a pattern must not take in; without lookahead, which not
/// every editor's patterns have.
const LANGUAGE: &str =
    "^([a-hj-np-z][a-z]|i[a-ce-z]|o[a-mo-z]|[a-df-tv-z][a-z]{2}|e[a-mo-z][a-z]|en[a-ce-z]|u[a-qs-z][a-z]|ur[a-km-z])$";

/// The schema of a type.
pub(crate) fn schema_for<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft07().with_transform(Tidy);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// Makes the schema say what TOML can hold: no null, no defaults that nobody writes, and tables named like languages.
#[derive(Clone)]
struct Tidy;

impl Transform for Tidy {
    fn transform(&mut self, schema: &mut Schema) {
        let Some(object) = schema.as_object_mut() else { return };
        object.remove("default");
        without_null(object);
        let languages = object.get_mut("properties").and_then(|all| all.as_object_mut()?.shift_remove(LANGUAGES));
        if let Some(languages) = languages {
            let description = languages.get("description").cloned().unwrap_or_default();
            let texts = json!({ "allOf": [{ "$ref": "#/definitions/Texts" }], "description": description });
            object.insert("patternProperties".into(), json!({ LANGUAGE: texts }));
        }
        transform_subschemas(self, schema);
    }
}

/// TOML has no null: an optional key is one that may be missing.
fn without_null(object: &mut serde_json::Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    let null = json!({ "type": "null" });
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| *choice != null);
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            if only.contains_key("$ref") {
                object.insert("allOf".into(), json!([only]));
            } else {
                object.extend(only);
            }
        }
    }
}
