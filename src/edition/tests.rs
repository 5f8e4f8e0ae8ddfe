use super::manifest::{Manifest, Version};
use super::plan::{Plan, Wanted};
use super::*;
use crate::digest::Digest;

#[test]
fn a_page_is_a_file_that_hosts_find_by_its_address() {
    let check = |address, expected| assert_eq!(file_name(address), expected);
    check("/", "index.html");
    check("/es/", "es/index.html");
    check("/org/chicago-dsa", "org/chicago-dsa.html");
    check("/org/chicago-dsa/2021", "org/chicago-dsa/2021.html");
    check("/es/org/chicago-dsa.ics", "es/org/chicago-dsa.ics");
    check("/embed/all.js", "embed/all.js");
    check("/es/404.html", "es/404.html");
}

#[test]
fn new_things_come_first_and_each_after_what_it_points_to() {
    let addresses = [
        ("/", Rank::Directory),
        ("/org/new", Rank::Page),
        ("/org/old", Rank::Page),
        ("/org/old.ics", Rank::Feed),
        ("/org/new.ics", Rank::Feed),
        ("/style.css", Rank::Asset),
        ("/status", Rank::Passing),
    ];
    let standing = |address: &str| if address.contains("new") { Standing::New } else { Standing::Known };
    let order: Vec<&str> = steps(addresses, standing).into_values().flatten().collect();
    assert_eq!(order, ["/org/new.ics", "/org/new", "/style.css", "/org/old.ics", "/org/old", "/", "/status"]);
}

/// Digests and what they are of, by one letter each.
fn digest(letter: &str) -> Digest {
    Digest::of(letter)
}

fn want(address: &str, inputs: &str) -> Wanted {
    let rank = if address == "/status" { Rank::Passing } else { named_rank(address) };
    Wanted { address: address.to_owned(), key: key(address), rank, inputs: digest(inputs) }
}

/// The manifest of keys with what each was made from; the content of `x` is `X`.
fn manifest(known: &[(&str, &str)]) -> Manifest {
    let mut manifest = Manifest::default();
    for (key, inputs) in known {
        let version = Version(digest(inputs), digest(&inputs.to_uppercase()));
        manifest.set(key, Some((*inputs != "?").then_some(version)));
    }
    manifest
}

/// What a plan uploads and removes, in its order.
fn planned(wanted: &[Wanted], known: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let content = |wanted: &Wanted| ["a", "b"].into_iter().find(|a| digest(a) == wanted.inputs).map(|_| digest("A"));
    let plan = Plan::new(wanted.to_vec(), &manifest(known), content);
    let uploads = plan.uploads.into_values().flatten().map(|wanted| wanted.key);
    (uploads.collect(), plan.removals.into_values().flatten().collect())
}

#[test]
fn a_plan_touches_what_differs_and_nothing_else() {
    let check = |wanted: &[Wanted], known: &[(&str, &str)], uploads: &[&str], removals: &[&str]| {
        let (up, gone) = planned(wanted, known);
        assert_eq!((up.as_slice(), gone.as_slice()), (&texts(uploads)[..], &texts(removals)[..]));
    };
    let feed = || want("/all.ics", "a");
    check(&[feed()], &[], &["all.ics"], &[]);
    check(&[feed()], &[("all.ics", "a")], &[], &[]);
    check(&[feed()], &[("all.ics", "c")], &["all.ics"], &[]);
    check(&[feed()], &[("all.ics", "?")], &["all.ics"], &[]);
    // Made from something else, and the same.
    check(&[want("/all.ics", "b")], &[("all.ics", "a")], &[], &[]);
    // Directories go first, and what they lead to last.
    let old = [("org/x", "a"), ("org/x.ics", "a"), ("es/index.html", "a"), ("old.css", "a"), ("all.ics", "a")];
    check(&[feed()], &old, &[], &["es/index.html", "org/x", "org/x.ics", "old.css"]);
    // What is true only now goes along with other things.
    let status = want("/status", "c");
    check(&[feed(), status.clone()], &[("all.ics", "a"), ("status", "a")], &[], &[]);
    check(&[feed(), status.clone()], &[("all.ics", "c"), ("status", "a")], &["all.ics", "status"], &[]);
    check(&[feed(), status], &[("all.ics", "a")], &["status"], &[]);
    // What nobody knows of yet comes before what leads to it.
    let wanted = [want("/", "c"), want("/org/new", "c"), want("/org/new.ics", "c"), want("/org/x", "c")];
    let known = [("index.html", "a"), ("org/x", "a")];
    check(&wanted, &known, &["org/new.ics", "org/new", "org/x", "index.html"], &[]);
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn a_manifest_announces_what_is_to_be_touched() {
    let known = manifest(&[("all.ics", "a"), ("org/x", "a"), ("org/y", "a")]);
    let plan = Plan::new([want("/all.ics", "a"), want("/org/x", "c"), want("/org/new", "c")], &known, |_| None);
    let announced = plan.announced(&known);
    assert_eq!(announced.unsure().collect::<Vec<_>>(), ["org/new", "org/x", "org/y"]);
    assert_eq!(announced.get("all.ics"), known.get("all.ics"));
    assert_eq!(Manifest::parse(&announced.to_bytes()).unwrap(), announced);
    assert!(Manifest::parse(b"{\"format\":99}").unwrap_err().contains("format 99"));
    assert!(Manifest::parse(b"").is_err());
}

#[test]
fn a_key_is_the_address_that_people_know() {
    let check = |address, expected| assert_eq!(key(address), expected);
    check("/", "index.html");
    check("/es/", "es/index.html");
    check("/org/chicago-dsa", "org/chicago-dsa");
    check("/org/chicago-dsa/2021", "org/chicago-dsa/2021");
    check("/404.html", "404.html");
}
