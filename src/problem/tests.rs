//! Problems as people and programs read them.

use super::*;

fn source(name: &str, text: &str) -> Arc<Source> {
    Arc::new(Source { name: name.into(), text: text.into() })
}

fn three() -> Vec<Problem> {
    let one = source(
        "feeds/chicago-dsa.toml",
        "[[event]]\nid = \"rally\"\ntitel = \"Rally\"\n\tstart = 2021-03-14T02:30 # ñandú\n",
    );
    let other = source("feeds/pilsen-alliance.toml", "[[event]]\r\nid = \"rally\"\r\n");
    let mut unknown = Problem::error(&one, 23..28, "unknown key `titel`");
    unknown.label("unknown key").help("write `title`");
    let mut gap = Problem::warning(&one, 48..64, "this time is skipped");
    gap.help("write 2021-03-14T03:30").help("or another time");
    let mut twice = Problem::error(&other, 16..23, "a second event has the id “rally”");
    twice.related(&one, 15..22, "the first one");
    vec![unknown, gap, twice]
}

#[test]
fn people_read_them_in_the_manner_of_rustc() {
    let expected = "\
error: unknown key `titel`
 --> feeds/chicago-dsa.toml:3:1
  |
3 | titel = \"Rally\"
  | ^^^^^ unknown key
  |
  = help: write `title`

warning: this time is skipped
 --> feeds/chicago-dsa.toml:4:10
  |
4 |     start = 2021-03-14T02:30 # ñandú
  |             ^^^^^^^^^^^^^^^^
  |
  = help: write 2021-03-14T03:30
  = help: or another time

error: a second event has the id “rally”
 --> feeds/pilsen-alliance.toml:2:6
  |
2 | id = \"rally\"
  |      ^^^^^^^
  |
 ::: feeds/chicago-dsa.toml:2:6
  |
2 | id = \"rally\"
  |      ------- the first one

";
    assert_eq!(render(&three(), Format::Human, false), expected);
}

#[test]
fn color_is_only_for_people_who_want_it() {
    assert!(render(&three(), Format::Human, true).contains("\u{1b}["));
    assert!(!render(&three(), Format::Human, false).contains('\u{1b}'));
    assert!(!render(&three(), Format::Json, true).contains('\u{1b}'));
}

#[test]
fn programs_read_json() {
    let told: serde_json::Value = serde_json::from_str(&render(&three(), Format::Json, false)).unwrap();
    assert_eq!(
        told[1],
        serde_json::json!({
            "file": "feeds/chicago-dsa.toml", "line": 4, "column": 10, "end_line": 4, "end_column": 26, "severity": "warning",
            "message": "this time is skipped", "help": ["write 2021-03-14T03:30", "or another time"],
        })
    );
    assert_eq!(render(&[], Format::Json, false), "[]\n");
}

#[test]
fn workflows_read_one_line_each() {
    let odd = source("a,b:c%.toml", "x");
    let mut problem = Problem::error(&odd, 0..1, "100%\r\nwrong\u{1b}");
    problem.help("::set-env::");
    assert_eq!(
        render(&[problem], Format::Github, false),
        "::error file=a%2Cb%3Ac%25.toml,line=1,col=1::100%25%0D%0Awrong␛%0A::set-env::\n"
    );
    assert!(
        render(&three(), Format::Github, false)
            .contains("\n::warning file=feeds/chicago-dsa.toml,line=4,col=10::this time")
    );
}

#[test]
fn any_text_at_any_place_can_be_shown() {
    let long = format!("{}é{}", "x".repeat(100_000), "ñ\t".repeat(100_000));
    let texts = [
        "",
        "\n",
        "a",
        "a\n",
        "\r\n\r\n",
        "\u{1b}[2J\u{7}\u{202e}\u{0}x",
        "\u{feff}é\u{301}👩‍👩‍👧",
        "a\tb\n\tc\n\n\nd\ne\nf",
        &long,
    ];
    for text in texts {
        let source = source("\u{1b}]0;x", text);
        for start in [0, 1, 2, 3, text.len() / 2, text.len(), text.len() + 5] {
            for end in [start, start + 1, text.len(), text.len() + 9] {
                let mut problem = Problem::error(&source, start..end, "\u{1b}m");
                problem.label("\u{7}\n").help("\r").related(&source, end..start, "\u{9b}");
                let told = render(&[problem.clone()], Format::Human, false) + &problem.one_line();
                assert!(!told.chars().any(|c| c.is_control() && c != '\n'), "{told:?}");
                assert!(told.len() < 60_000);
                let _ = render(&[problem.clone()], Format::Json, false);
                let _ = render(&[problem], Format::Github, false);
            }
        }
    }
}

#[test]
fn a_long_line_is_shown_around_the_place() {
    let text = format!("description = \"{}BAD{}\"\n", "x".repeat(5_000), "y".repeat(5_000));
    let told = render(&[Problem::error(&source("x.toml", &text), 5_015..5_018, "bad")], Format::Human, false);
    assert!(told.contains("x.toml:1:5016"), "{told}");
    assert!(told.contains("BAD") && told.contains("^^^"), "{told}");
    assert!(told.lines().all(|line| line.chars().count() < 200), "{told}");
}

#[test]
fn the_summary_counts() {
    let clean: &[Problem] = &[];
    assert_eq!(summary(clean, 14), "no problems in 14 files");
    assert_eq!(summary(&three(), 14), "2 problems, 1 warning in 2 of 14 files");
    assert_eq!(summary(&three()[..1], 1), "1 problem in 1 of 1 file");
    assert_eq!(summary(&three()[1..2], 3), "1 warning in 1 of 3 files");
}

fn position(text: &str, byte: usize) -> (usize, usize) {
    Source { name: String::new(), text: text.into() }.position(byte)
}

#[test]
fn positions_count_lines_and_characters_from_one() {
    assert_eq!(position("", 0), (1, 1));
    assert_eq!(position("", 9), (1, 1));
    assert_eq!(position("a\nb", 1), (1, 2));
    assert_eq!(position("a\nb", 2), (2, 1));
    assert_eq!(position("a\r\nb", 3), (2, 1));
    assert_eq!(position("añb", 3), (1, 3));
    assert_eq!(position("añb", 2), (1, 2), "inside a character");
    assert_eq!(position("a\n", 2), (2, 1));
    assert_eq!(position("\u{feff}ab", 4), (1, 2), "a byte order mark is no column");
}

#[test]
fn one_line_tells_all_and_breaks_no_line() {
    let source = Arc::new(Source { name: "feeds/x.toml".into(), text: "a = 1\nb = 2\n".into() });
    let mut problem = Problem::error(&source, 6..7, "bad\nkey\u{1b}[31m");
    problem.help("write `c`");
    assert_eq!(problem.one_line(), "feeds/x.toml:2:1: error: bad\\nkey\\u{1b}[31m; write `c`");
}
