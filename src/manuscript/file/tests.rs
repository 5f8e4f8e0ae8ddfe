//! Tests of the common style.

use super::*;

fn check(file: &str, expected: &str) {
    let found = styled(file).unwrap();
    assert_eq!(found, expected, "{file}");
    assert_eq!(styled(&found).unwrap(), found, "not the same when it is styled again");
    let data = |text: &str| text.trim_start_matches('\u{feff}').parse::<toml::Table>().unwrap();
    assert_eq!(data(file), data(expected), "the style changes what is said");
}

#[test]
fn keys_stand_in_order_with_their_comments() {
    check(
        "[[event]]\n# why\ntitle='A' # b\n\n\n  description = \"x\"\nid =  \"a\"\nunknown = 1\nstart=2021-03-20T12:00",
        "[[event]]\nid = \"a\"\n# why\ntitle = 'A' # b\nstart = 2021-03-20T12:00\n\ndescription = \"x\"\nunknown = 1\n",
    );
}

#[test]
fn one_blank_line_stands_between_tables() {
    check(
        "#:schema x\n\n\n\n[organization] # ours\nname = \"A\"\n[[event]]\nid = \"a\"\n\n\n# about b\n[[event]]\nid = \"b\"\n[event.es]\ntitle = \"B\"\n[[event.change]]\non = 2021-03-20\n# the end\n\n\n# of it",
        "#:schema x\n\n[organization] # ours\nname = \"A\"\n\n[[event]]\nid = \"a\"\n\n# about b\n[[event]]\nid = \"b\"\n\n[event.es]\ntitle = \"B\"\n\n[[event.change]]\non = 2021-03-20\n# the end\n\n# of it\n",
    );
}

#[test]
fn lists_are_wrapped_where_they_are_long() {
    let long = "x".repeat(60);
    check(
        &format!("[[event]]\ntags = [ \"a\",\n \"b\" ,]\nsupporters = [\"A\"]\nsame_as = [\"{long}\", \"{long}\"]\n"),
        &format!(
            "[[event]]\nsupporters = [\n    \"A\",\n]\ntags = [\"a\", \"b\"]\nsame_as = [\n    \"{long}\",\n    \"{long}\",\n]\n"
        ),
    );
    let with_comment = "[[event]]\ntags = [\n  \"a\", # why\n  \"b\"\n]\n";
    check(with_comment, with_comment);
}

#[test]
fn texts_of_several_lines_stand_in_several_lines() {
    check(
        "[[event]]\ndescription = \"One\\n\\nTwo \\\"\\\"\\\" \\\\\"\n",
        "[[event]]\ndescription = \"\"\"\nOne\n\nTwo \"\"\\\" \\\\\"\"\"\n",
    );
    let wrapped = "[[event]]\ndescription = \"\"\"\nOne \\\n    line\"\"\"\n";
    check(wrapped, wrapped);
}

#[test]
fn line_ends_and_marks_of_other_programs_are_left_out() {
    check("\u{feff}[organization]\r\nname = \"A\"\r\n", "[organization]\nname = \"A\"\n");
    check("", "");
}

#[test]
fn what_is_no_toml_is_told() {
    assert!(styled("[event]\nid = ").unwrap_err().at > 0);
}

#[test]
fn the_bundled_files_are_in_the_common_style() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("feeds");
    #[allow(clippy::disallowed_methods, reason = "a test reads files")]
    let read = |entry: std::io::Result<std::fs::DirEntry>| std::fs::read_to_string(entry.unwrap().path()).unwrap();
    #[allow(clippy::disallowed_methods, reason = "a test reads files")]
    let files: Vec<String> = std::fs::read_dir(folder).unwrap().map(read).collect();
    assert!(files.len() > 5);
    for file in files {
        assert_eq!(styled(&file).unwrap(), file);
    }
}
