//! The tolerant reader and the strict checker of content lines, and the writer between them.
#![no_main]

use handbill::text::{Component, Writer, clean, defects, parse, unescape};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let _ = defects(body);
    for component in parse(body).unwrap_or_default() {
        reads_back(&component);
    }
});

/// Whatever was read can be written, and is then read again as it was cleaned.
fn reads_back(component: &Component) {
    let mut writer = Writer::new();
    writer.raw("BEGIN:X");
    for property in &component.properties {
        writer.text("DESCRIPTION", &property.text());
    }
    writer.raw("END:X");
    let written = writer.into_bytes();
    let again = parse(&written).expect("what was written is within all limits");
    let values = again.iter().flat_map(|component| &component.properties).map(|property| unescape(&property.value));
    let expected = component.properties.iter().map(|property| clean(&property.text()).into_owned());
    assert!(values.eq(expected), "{}", String::from_utf8_lossy(&written));
    component.components.iter().for_each(reads_back);
}
