//! Partners as files declare them.

use super::*;

/// A file with one partner of these keys.
fn partner(keys: &str) -> String {
    format!("[organization]\nname = \"X\"\n[[partner]]\nname = \"The Site\"\n{keys}")
}

/// What is wrong with a partner of these keys, from `error` on.
fn check_wrong(keys: &str, expected: &str) {
    let problems = told(&catalog(&[("x.toml", &partner(keys))]));
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains(expected), "{problems:?}");
}

const URL: &str = "url = \"https://example.org/events.ics\"\n";

#[test]
fn a_partner_belongs_to_its_file() {
    let keys = "url = \"webcal://user:secret@example.org/events.ics?key=1\"\ntags = [\"music\"]\nlanguage = \"es\"\nrefresh = \"6h\"\nuntil = 2027-01-01\n[[partner.exclude]]\nwords = [\"private\"]\n";
    let catalog = catalog(&[("x.toml", &partner(keys))]);
    assert_eq!(told(&catalog), [""; 0]);
    let partner = &catalog.partners["the-site"];
    assert_eq!(partner.organization.as_ref().unwrap().slug.as_str(), "x");
    assert_eq!(partner.address.shown(), "https://example.org/events.ics");
    assert_eq!(partner.refresh, Some(chrono::TimeDelta::hours(6)));
    assert!(partner.combined);
    assert_eq!(partner.exclude[0].words, ["private"]);
}

#[test]
fn what_is_wrong_with_a_partner_is_told() {
    check_wrong("", "the partner has no `url`");
    check_wrong("url = \"ftp://example.org/\"", "is no http, https or webcal link");
    check_wrong(
        "url = \"https://example.org/${NO_SUCH}\"",
        "there is no secret “NO_SUCH”; set the variable HANDBILL_SECRET_NO_SUCH",
    );
    check_wrong(&format!("{URL}timezone = \"Mars/Base\""), "there is no time zone “Mars/Base”");
    check_wrong(&format!("{URL}refresh = \"often\""), "error: ");
    check_wrong(&format!("{URL}[[partner.include]]\npattern = \"(\""), "this pattern cannot be read");
    check_wrong(&format!("{URL}same_as = [[\"one\"]]"), "this is no pair of two ids");
}

#[test]
fn two_partners_have_two_slugs() {
    let both = format!("{}{}", partner(URL), "[[partner]]\nname = \"the site!\"\nurl = \"https://example.com/\"\n");
    let catalog = catalog(&[("x.toml", &both)]);
    assert_eq!(catalog.partners.len(), 1);
    assert!(told(&catalog)[0].contains("a second partner has the slug “the-site”"));
}

#[test]
fn a_partner_that_is_wrong_stays_as_it_was() {
    let good = catalog(&[("x.toml", &partner(URL))]);
    let bad = after(&good, &[("x.toml", &partner(&format!("{URL}prefixx = \"A\"")))]);
    assert_eq!(told(&bad).len(), 1);
    assert!(Arc::ptr_eq(&good.partners["the-site"], &bad.partners["the-site"]));
}

#[test]
fn editors_overrule_joins() {
    let event = "[[event]]\nid = \"a\"\ntitle = \"A\"\nstart = 2021-03-01\ndescription = \"A\"\nsame_as = [\"b\"]\ndistinct_from = [\"c\"]\n";
    let catalog = catalog(&[("x.toml", event)]);
    assert_eq!(told(&catalog), [""; 0]);
    let slug = |text| crate::name::Slug::parse(text).unwrap();
    assert_eq!(catalog.overrules.of(&slug("b"), &slug("a")), Some(true));
    assert_eq!(catalog.overrules.of(&slug("a"), &slug("c")), Some(false));
    assert_eq!(catalog.overrules.of(&slug("b"), &slug("c")), None);
}
