//! Tables with mistakes, and what is told about them.

use std::sync::Arc;

use serde::Deserialize;
use toml::de::DeValue;

use super::*;

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
struct Outer {
    text: Option<Placed<String>>,
    number: Option<u8>,
    share: Option<f64>,
    truth: Option<bool>,
    time: Option<Placed<DateTime>>,
    list: Vec<Placed<String>>,
    inner: Vec<Inner>,
    word: Option<Word>,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
struct Inner {
    name: Option<String>,
    #[serde(rename = "[language]")]
    languages: Vec<(Placed<String>, Texts)>,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
struct Texts {
    title: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Word {
    Yes,
    No,
}

fn read_outer(text: &str) -> (Outer, Vec<String>, bool) {
    let source = Arc::new(Source { name: "x".into(), text: text.into() });
    let mut report = Report::new(&source);
    let parsed = parse(&source, &mut report);
    let outer = read(&DeValue::Table(parsed.table), 0..text.len(), &mut report);
    let told = report.into_problems().iter().map(|problem| problem.one_line()).collect();
    (outer, told, parsed.broken)
}

fn check(text: &str, expected: &[&str]) -> Outer {
    let (outer, told, _) = read_outer(text);
    let told: Vec<_> = told.iter().map(|line| line.trim_start_matches("x:").replacen(" error:", "", 1)).collect();
    assert_eq!(told, expected, "{text}");
    outer
}

#[test]
fn a_table_is_read_with_places() {
    let outer =
        check("text = \"é\"\nnumber = 0x10\nshare = 1_0.5\ntruth = true\ntime = 2021-03-04 10:00\nword = \"no\"", &[]);
    assert_eq!(outer.text, Some(Placed { value: "é".into(), span: 7..11 }));
    assert_eq!(
        (outer.number, outer.share, outer.truth, outer.word),
        (Some(16), Some(10.5), Some(true), Some(Word::No))
    );
    assert_eq!(
        outer.time.map(|time| (time.value.0.to_string(), time.span)).unwrap(),
        ("2021-03-04T10:00".into(), 60..76)
    );
    assert_eq!(check("share = 41", &[]).share, Some(41.0));
}

#[test]
fn every_fault_is_told_and_costs_only_itself() {
    let text = "text = 1\nnumber = -3\nshare = \"1.5\"\ntruth = \"true\"\ntime = \"2021-03-04\"\nlist = [\"a\", 1, \"b\", true]\nwrod = 1\nword = \"yess\"\n[[inner]]\nname = []\n[[inner]]\nname = \"n\"\nx.y = 1\n";
    let outer = check(
        text,
        &[
            "1:8: expected a text in quotes, found the number 1; write \"1\"",
            "2:10: expected a whole number from 0 up, found the number -3",
            "3:9: expected a number, found the text \"1.5\"; write 1.5 without quotes",
            "4:9: expected `true` or `false`, found the text \"true\"; write true without quotes",
            "5:8: expected a date or a date with a time, found the text \"2021-03-04\"; write 2021-03-04 without quotes",
            "6:14: expected a text in quotes, found the number 1; write \"1\"",
            "6:22: expected a text in quotes, found true; write \"true\"",
            "7:1: unknown key `wrod`; write `word`",
            "8:8: “yess” is none of the words known here; write \"yes\"",
            "10:8: expected a text in quotes, found a list",
            "13:1: unknown key `x`; the keys here are `name`",
        ],
    );
    assert_eq!(outer.list.iter().map(|text| text.value.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(outer.inner.len(), 2);
    assert_eq!(outer.inner[1].name.as_deref(), Some("n"));
}

#[test]
fn shapes_of_tables_and_lists() {
    check("inner = 1", &["1:9: expected a list in square brackets, found the number 1; write [1]"]);
    check(
        "[inner]\nname = \"x\"",
        &[
            "1:1: expected a list in square brackets, found a table; write its name in two pairs of brackets, `[[…]]`, once for each",
        ],
    );
    check("inner = [1]", &["1:10: expected a table, found the number 1"]);
    check("[[text]]", &["1:1: expected a text in quotes, found a list of tables"]);
    check("text = {}", &["1:8: expected a text in quotes, found a table"]);
    check("text = 10:00", &["1:8: expected a text in quotes, found the date or time 10:00; write \"10:00\""]);
    check("number = 99999999999999999999", &["1:10: this number is too large"]);
    check("word = 1", &["1:8: expected a text in quotes, found the number 1; write \"1\""]);
    check("word = \"perhaps\"", &["1:8: “perhaps” is none of the words known here; write one of \"yes\", \"no\""]);
}

#[test]
fn tables_named_like_languages_are_taken_together() {
    let outer = check("[[inner]]\nname = \"x\"\nes = { title = \"a\" }\n[inner.fr]\ntitle = \"b\"\n", &[]);
    let codes: Vec<_> =
        outer.inner[0].languages.iter().map(|(code, _)| (code.value.as_str(), code.span.clone())).collect();
    assert_eq!(codes, [("es", 21..23), ("fr", 49..51)]);
    check("[[inner]]\nes = 1", &["2:1: unknown key `es`; write a table named like the language, with its texts in it"]);
    check("[[inner]]\n\"[language]\" = []", &["2:1: unknown key `[language]`; the keys here are `name`"]);
    check(
        "[[inner]]\nes.titel = 1\nes.title = 2",
        &[
            "2:4: unknown key `titel`; write `title`",
            "3:12: expected a text in quotes, found the number 2; write \"2\"",
        ],
    );
    check(
        "es.title = 1",
        &[
            "1:1: unknown key `es`; the keys here are `text`, `number`, `share`, `truth`, `time`, `list`, `inner`, `word`",
        ],
    );
}

#[test]
fn a_date_that_does_not_exist_is_no_syntax_error() {
    let (_, told, broken) = read_outer("time = 2021-02-30\ntext = 2021-13-01\n");
    assert!(!broken);
    assert_eq!(told.len(), 2);
    let (_, told, broken) = read_outer("time = 2021-02-30\ntext = x\n");
    assert!(broken);
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn near_words_are_found_and_far_ones_are_not() {
    let known = ["title", "start", "description", "url"];
    for (word, near) in
        [("titel", Some("title")), ("Title", Some("title")), ("desc", Some("description")), ("ulr", Some("url"))]
    {
        assert_eq!(nearest(word, known), near, "{word}");
    }
    for far in ["", "x", "zzzz", "organization", &"x".repeat(1_000)] {
        assert_eq!(nearest(far, known), None, "{far}");
    }
}
