//! One table to be written: its keys with their values and remarks, in the common order and style. It checks no value.

use super::order;
use super::style::{list, text};

/// An `[organization]`, an `[[event]]`, or a change of one, to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    keys: Vec<(&'static str, String)>,
    /// What is said of a key, in a comment before it.
    remarks: Vec<(&'static str, String)>,
    changes: Vec<Entry>,
}

impl Entry {
    /// Sets a text, unless there is none.
    pub fn text(&mut self, key: &'static str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.keys.push((key, text(value)));
        }
        self
    }

    /// Sets a date, a time or a number, as TOML writes it, unless there is none.
    pub fn bare(&mut self, key: &'static str, value: Option<String>) -> &mut Self {
        self.keys.extend(value.map(|value| (key, value)));
        self
    }

    /// Sets a list of texts, unless it is empty.
    pub fn texts(&mut self, key: &'static str, values: &[String]) -> &mut Self {
        self.bares(key, &values.iter().map(|value| text(value)).collect::<Vec<_>>())
    }

    /// Sets a list of dates or times, as TOML writes them, unless it is empty.
    pub fn bares(&mut self, key: &'static str, values: &[String]) -> &mut Self {
        if !values.is_empty() {
            self.keys.push((key, list(key, values)));
        }
        self
    }

    /// Adds a remark, which stands in a comment before its key, or before the table where the key is not set.
    pub fn remark(&mut self, key: &'static str, remark: &str) -> &mut Self {
        self.remarks.push((key, remark.to_owned()));
        self
    }

    /// Adds a change of a single occurrence.
    pub fn change(&mut self, change: Self) -> &mut Self {
        self.changes.push(change);
        self
    }

    /// The table as text, under a header such as `[[event]]`; it ends with a line break.
    #[must_use]
    pub fn written(&self, header: &str) -> String {
        let mut keys: Vec<&(&str, String)> = self.keys.iter().collect();
        keys.sort_by_key(|(key, _)| order::place(order::keys(header.trim_matches(['[', ']'])), key));
        let is_set = |key: &str| keys.iter().any(|(set, _)| *set == key);
        let mut written: String =
            self.remarks.iter().filter(|(key, _)| !is_set(key)).map(|(_, remark)| comment(remark)).collect();
        written += header;
        written.push('\n');
        for (key, value) in &keys {
            written.extend(self.remarks.iter().filter(|(of, _)| of == key).map(|(_, remark)| comment(remark)));
            written += &format!("{key} = {value}\n");
        }
        for change in &self.changes {
            written.push('\n');
            written += &change.written("[[event.change]]");
        }
        written
    }
}

/// A remark as a comment of one line.
fn comment(remark: &str) -> String {
    let line: String = remark.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("# {}\n", line.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_written_in_the_common_order() {
        let mut change = Entry::default();
        change.bare("on", Some("2021-04-13".to_owned())).text("status", Some("cancelled"));
        let mut entry = Entry::default();
        entry.text("description", Some("One.\n\nTwo \"\"\" \\ three")).text("title", Some("A “rally” \"now\""));
        entry.bare("start", Some("2021-03-23T18:00".to_owned())).text("id", Some("rally")).text("url", None);
        entry.texts("supporters", &["A".to_owned()]).texts("tags", &["b".to_owned(), "c".to_owned()]);
        entry.remark("start", "a guess\nof ours").remark("end", "none").change(change);
        let expected = r#"# none
[[event]]
id = "rally"
title = "A “rally” \"now\""
# a guess of ours
start = 2021-03-23T18:00
supporters = [
    "A",
]
tags = ["b", "c"]
description = """
One.

Two ""\" \\ three"""

[[event.change]]
on = 2021-04-13
status = "cancelled"
"#;
        assert_eq!(entry.written("[[event]]"), expected);
    }

    #[test]
    fn a_remark_never_becomes_more_than_a_comment() {
        let mut entry = Entry::default();
        entry.remark("start", "x\nid = 1\r\u{7}\u{b}y");
        let written = entry.written("[[event]]");
        assert_eq!(written.lines().count(), 2, "{written}");
    }
}
