//! How single values are written in the common style: texts and lists. It knows no tables.

/// The longest list in one line, in characters, its key included.
const WIDTH: usize = 100;
/// Lists that always stand one item a line: what is added to them later is a line of its own in a comparison.
const TALL: [&str; 1] = ["supporters"];

/// A text as TOML writes it: in one line, or as several lines between triple quotes.
pub(super) fn text(value: &str) -> String {
    let mut written = String::with_capacity(value.len() + 2);
    let lines = value.contains('\n');
    let quotes = if lines { "\"\"\"" } else { "\"" };
    written.push_str(quotes);
    if lines {
        written.push('\n');
    }
    let mut quoted = 0;
    for c in value.chars() {
        quoted = if c == '"' { quoted + 1 } else { 0 };
        match c {
            '\n' if lines => written.push('\n'),
            // Two in a row are only quotes; a third would end the text.
            '"' if lines && quoted % 3 != 0 => written.push('"'),
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            c if c.is_control() => written.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => written.push(c),
        }
    }
    // A quote at the end would belong to the closing ones.
    if lines && written.ends_with('"') && !written.ends_with("\\\"") {
        written.pop();
        written.push_str("\\\"");
    }
    written.push_str(quotes);
    written
}

/// A list of values that are written already: in one line where it fits, else one item a line.
pub(super) fn list(key: &str, values: &[String]) -> String {
    let line = format!("[{}]", values.join(", "));
    let width = key.chars().count() + 3 + line.chars().count();
    if width <= WIDTH && !TALL.contains(&key) {
        return line;
    }
    let items: String = values.iter().map(|value| format!("    {value},\n")).collect();
    format!("[\n{items}]")
}
