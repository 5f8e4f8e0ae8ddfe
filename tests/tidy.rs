//! The rules of the house, read off the sources: floors, and one door for each outside thing.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test reads files and may panic"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms of each floor, from the ground up. A room may use only rooms of floors below its own.
const FLOORS: &[&[&str]] = &[
    &["digest", "name", "language", "color", "problem", "text", "time", "background"],
    &["document", "recurrence", "manuscript", "metrics"],
    &["config"],
    &["event"],
    &["partner", "revision", "feed"],
    &["catalog", "merge"],
    &["page", "import"],
    &["site", "difference"],
    &["publisher", "server", "edition"],
    &["files", "fetcher"],
    &["store"],
    &["command"],
];

/// What only one room may name.
const DOORS: &[(&str, &[&str])] = &[
    ("actix", &["server"]),
    ("chrono_tz", &["time"]),
    ("std::fs", &["files"]),
    ("fs::", &["files"]),
    ("notify::", &["files"]),
    ("tempfile::", &["files"]),
    ("toml_edit", &["manuscript"]),
    ("prometheus_client", &["metrics"]),
    ("Utc::now", &["command"]),
    ("SystemTime::now", &["command"]),
    ("std::env", &["command"]),
    ("clap::", &["command"]),
    ("anyhow::", &["command"]),
    ("rustix", &["background"]),
    ("thread::Builder", &["background", "fetcher"]),
    ("reqwest", &["fetcher"]),
    ("rustls", &["fetcher"]),
    ("object_store", &["store"]),
    ("tokio", &["fetcher", "store"]),
];

/// What the core never does: no async, no sleeping.
const SHELL: &[&str] = &["publisher", "server", "files", "fetcher", "store", "command"];
const NOT_IN_CORE: &[&str] = &["async fn", ".await", "thread::sleep", "println!", "std::net::Tcp"];

#[test]
fn rooms_use_only_floors_below() {
    let floor: BTreeMap<&str, usize> =
        FLOORS.iter().enumerate().flat_map(|(floor, rooms)| rooms.iter().map(move |room| (*room, floor))).collect();
    let mut faults = Vec::new();
    for (path, room, text) in sources() {
        let own = *floor.get(room.as_str()).unwrap_or_else(|| panic!("{room} has no floor in tests/tidy.rs"));
        for used in used_rooms(&text) {
            match floor.get(used.as_str()) {
                Some(other) if *other >= own && used != room => faults.push(format!("{}: {used}", path.display())),
                Some(_) => {}
                None => faults.push(format!("{}: {used} has no floor", path.display())),
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new(), "imports that do not go down");
}

#[test]
fn every_outside_thing_has_one_door() {
    let mut faults = Vec::new();
    for (path, room, text) in sources() {
        for (word, rooms) in DOORS {
            if text.contains(word) && !rooms.contains(&room.as_str()) {
                faults.push(format!("{}: {word}", path.display()));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new(), "outside things used beside their door");
}

#[test]
fn the_core_does_no_input_or_output() {
    let mut faults = Vec::new();
    for (path, room, text) in sources() {
        for word in NOT_IN_CORE {
            if !SHELL.contains(&room.as_str()) && text.contains(word) {
                faults.push(format!("{}: {word}", path.display()));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new(), "input, output or waiting in the core");
}

#[test]
fn every_file_opens_with_what_it_knows() {
    for (path, _, text) in sources() {
        assert!(text.starts_with("//! "), "{} does not open with a sentence on what it knows", path.display());
    }
}

/// Every source file with its room, without comments and unit tests; the front page and the binary have no floor.
fn sources() -> Vec<(PathBuf, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 20, "the sources were not found");
    files
        .into_iter()
        .filter_map(|path| {
            let inside = path.strip_prefix(&root).unwrap();
            let room = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
            (!is_test && room != "lib" && room != "main").then(|| (path, room, code(&text)))
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

/// The code: the opening line, then whatever is neither comment nor unit test.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    let mut lines = text.lines();
    let opening = lines.next().unwrap_or_default();
    let rest = lines.filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    format!("{opening}\n{rest}")
}

/// The rooms that a file names as `crate::room`, also within braces.
fn used_rooms(text: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for after in text.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            Some(list) => rooms.extend(top_level(list)),
            None => rooms.push(word(after)),
        }
    }
    rooms
}

fn top_level(list: &str) -> Vec<String> {
    let mut depth = 1;
    let mut rooms = vec![word(list.trim_start())];
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => rooms.push(word(list[at + 1..].trim_start())),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    rooms.into_iter().filter(|room| !room.is_empty()).collect()
}

fn word(text: &str) -> String {
    text.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect()
}
