//! A whole file in the common style: the order of keys, one blank line between tables, texts and lists. Comments keep their keys and tables.

use toml_edit::{DocumentMut, Item, RawString, Table, Value};

use super::order;
use super::style::{list, text};

/// Why a text cannot be put into the common style: it is not TOML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotToml {
    /// Where, in bytes from the start.
    pub at: usize,
    /// What is wrong, in the parser's words.
    pub message: String,
}

/// A file's text in the common style. What is in it already stays as it is, byte by byte.
///
/// # Errors
/// When it is not TOML.
pub fn styled(file: &str) -> Result<String, NotToml> {
    let file = file.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut document: DocumentMut = file.parse().map_err(|error: toml_edit::TomlError| NotToml {
        at: error.span().map_or(0, |span| span.start),
        message: error.message().to_owned(),
    })?;
    let first = first_table(document.as_table());
    for (key, item) in document.as_table_mut().iter_mut() {
        style_item(item, order::keys(key.get()), first);
    }
    let trailing = spaced(document.trailing().as_str().unwrap_or_default(), false);
    document.set_trailing(trailing.trim_end().to_owned() + if trailing.trim().is_empty() { "" } else { "\n" });
    Ok(document.to_string())
}

/// The position of the table that is written first.
fn first_table(root: &Table) -> Option<isize> {
    let positions = root.iter().filter_map(|(_, item)| match item {
        Item::Table(table) => table.position(),
        Item::ArrayOfTables(tables) => tables.iter().filter_map(Table::position).min(),
        _ => None,
    });
    let first = positions.min();
    // Values before all tables are the file's head.
    first.filter(|_| root.iter().all(|(_, item)| !item.is_value()))
}

fn style_item(item: &mut Item, keys: &[&str], first: Option<isize>) {
    match item {
        Item::Table(table) => style_table(table, keys, first),
        Item::ArrayOfTables(tables) => tables.iter_mut().for_each(|table| style_table(table, keys, first)),
        _ => {}
    }
}

fn style_table(table: &mut Table, keys: &[&str], first: Option<isize>) {
    if table.is_dotted() {
        return;
    }
    table.sort_values_by(|one, _, other, _| order::place(keys, one.get()).cmp(&order::place(keys, other.get())));
    let is_first = first.is_some() && table.position() == first;
    let decor = table.decor_mut();
    let before = comments(decor.prefix());
    decor.set_prefix(spaced(&before, !is_first));
    let after = comments(decor.suffix());
    decor.set_suffix(remark(&after));
    let mut is_first_key = true;
    for (mut key, item) in table.iter_mut() {
        let name = key.get().to_owned();
        if let Item::Value(value) = item {
            let before = comments(key.leaf_decor().prefix());
            let before = spaced(&before, false);
            let blank = if !is_first_key && comments(key.leaf_decor().prefix()).starts_with('\n') { "\n" } else { "" };
            key.leaf_decor_mut().set_prefix(format!("{blank}{before}"));
            key.leaf_decor_mut().set_suffix(" ");
            style_value(&name, value);
            is_first_key = false;
        }
        style_item(item, keys, first);
    }
}

fn style_value(key: &str, value: &mut Value) {
    let after = remark(&comments(value.decor().suffix()));
    let better = match value {
        Value::String(string) => {
            let is_tall = string.display_repr().starts_with("\"\"\"") || string.display_repr().starts_with("'''");
            (string.value().contains('\n') && !is_tall).then(|| text(string.value()))
        }
        Value::Array(array) if !has_comments(array) && !array.is_empty() => {
            let items: Vec<String> = array.iter().map(|item| item.to_string().trim().to_owned()).collect();
            Some(list(key, &items))
        }
        _ => None,
    };
    if let Some(better) = better.and_then(|better| better.parse::<Value>().ok()) {
        *value = better;
    }
    value.decor_mut().set_prefix(" ");
    value.decor_mut().set_suffix(after);
}

/// Whether there are comments between the items of a list: it then stays as it was written.
fn has_comments(array: &toml_edit::Array) -> bool {
    let has = |text: Option<&RawString>| comments(text).contains('#');
    let around = |item: &Value| has(item.decor().prefix()) || has(item.decor().suffix());
    has(Some(array.trailing())) || array.iter().any(around)
}

fn comments(text: Option<&RawString>) -> String {
    text.and_then(RawString::as_str).unwrap_or_default().to_owned()
}

/// Comment lines before a key or a table: without indentation, with at most one blank line between them and at their end; with one at
/// their begin if `apart`.
fn spaced(text: &str, apart: bool) -> String {
    let mut spaced = if apart { "\n".to_owned() } else { String::new() };
    let mut blank = true;
    let mut lines: Vec<&str> = text.split('\n').map(str::trim).collect();
    // What follows the last line end is indentation, or, at the end of a file, perhaps a comment.
    lines.pop_if(|last| last.is_empty());
    for line in lines {
        if !line.is_empty() || !blank {
            spaced += line;
            spaced.push('\n');
        }
        blank = line.is_empty();
    }
    spaced
}

/// A comment behind a value or a header.
fn remark(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() { String::new() } else { format!(" {text}") }
}

#[cfg(test)]
mod tests;
