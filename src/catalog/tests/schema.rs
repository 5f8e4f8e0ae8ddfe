//! The JSON Schema of the files.

use super::*;

#[test]
fn the_schema_names_every_key_and_nothing_that_toml_lacks() {
    let schema = schema();
    let event = &schema["definitions"]["Event"];
    assert_eq!(event["required"], serde_json::json!(["id", "title", "start"]));
    assert_eq!(event["additionalProperties"], false);
    assert!(event["properties"].get("[language]").is_none());
    assert_eq!(event["properties"]["title"]["description"], "The title, in one line.");
    assert!(event["patternProperties"].is_object());
    assert!(!schema.to_string().contains("null"));
}
