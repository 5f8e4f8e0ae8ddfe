//! Tests of lists of names.

use super::*;

fn known(names: &[&str]) -> Known {
    let mut known = Known::default();
    for name in names {
        known.learn(name);
    }
    known
}

/// The names of a text, with a mark where there is a doubt.
fn read(text: &str, names: &[&str]) -> Vec<String> {
    let sections = sections(text, &known(names));
    let mut read: Vec<String> = sections.iter().flat_map(|section| section.names.clone()).collect();
    read.extend(sections.iter().flat_map(|section| &section.doubts).map(|_| "?".to_owned()));
    read
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(read(text, &[]), expected, "{text}");
}

#[test]
fn separators_set_names_apart() {
    check(
        "Supporting Organizations: Block Club, Tenants Union, Garden Project,",
        &["Block Club", "Tenants Union", "Garden Project"],
    );
    check(
        "Supporting Organizations:\nBlock Club\nTenants Union\n\n- Garden Project",
        &["Block Club", "Tenants Union", "Garden Project"],
    );
    check(
        "Supporting Organizations: Block Club; Tenants Union, and Garden Project.",
        &["Block Club", "Tenants Union", "Garden Project"],
    );
    check(
        "Supporting Organizations: Neighbors (North, South), U.S. Network",
        &["Neighbors (North, South)", "U.S. Network"],
    );
    check("Supporting Organizations: Assata's Daughters", &["Assata’s Daughters"]);
    check("Supporting Organizations:", &[]);
    check("Supporting Organizations: , ,", &[]);
}

#[test]
fn more_of_them_are_no_name() {
    for more in [
        ", many more.",
        " & Others - see graphic",
        " and many others (see organizer's link)",
        " & Many Others (see post details)",
        " and others",
        ", and more!",
        " and 40 other organizations",
        " and over 40+ organizations",
        " plus many more!",
        ", plus dozens of other groups (updated daily)",
        ", TBD",
    ] {
        check(&format!("Supporting Organizations: Block Club, Tenants Union{more}"), &["Block Club", "Tenants Union"]);
        check(&format!("Supporting Organizations: Block Club{more}"), &["Block Club"]);
    }
    check("Supporting Organizations: Mothers and Others for Peace", &["Mothers and Others for Peace"]);
    check("Supporting Organizations: One More Voice", &["One More Voice"]);
    check("Supporting Organizations: Mothers & More", &["Mothers & More"]);
    check("Supporting Organizations: No More", &["No More"]);
}

#[test]
fn and_separates_names_or_belongs_to_one() {
    check("Supporting Organizations: HEART Women & Girls", &["HEART Women & Girls"]);
    check("Supporting Organizations: Committee Against War and Racism", &["Committee Against War and Racism"]);
    check(
        "Supporting Organizations: Coalition for Immigrant and Refugee Rights",
        &["Coalition for Immigrant and Refugee Rights"],
    );
    let and = "Supporting Organizations: Block Club and Tenants Union";
    check(and, &["Block Club and Tenants Union", "?"]);
    assert_eq!(read(and, &["Block Club"]), ["Block Club", "Tenants Union"]);
    assert_eq!(read(and, &["Tenants Union"]), ["Block Club", "Tenants Union"]);
    assert_eq!(read(and, &["Block Club and Tenants Union", "Block Club"]), ["Block Club and Tenants Union"]);
    check(
        "Supporting Organizations: Garden Project, Block Club and Tenants Union",
        &["Garden Project", "Block Club", "Tenants Union", "?"],
    );
}

#[test]
fn nobody_is_no_name() {
    for nobody in ["TBD", "None", "N/A", "tba.", "To be announced", "-"] {
        check(&format!("Supporting Organizations: {nobody}"), &[]);
    }
    check("Supporting Organizations: None of the Above", &["None of the Above"]);
}

#[test]
fn a_legal_form_belongs_to_the_name_before_it() {
    check("Supporting Organizations: Block Club, Inc., Tenants Union", &["Block Club, Inc.", "Tenants Union"]);
    check("Supporting Organizations: Block Club, Inc.", &["Block Club, Inc."]);
    check("Supporting Organizations: Block Club, LLC; Incredible Edible", &["Block Club, LLC", "Incredible Edible"]);
}

#[test]
fn and_before_the_last_of_a_list_separates_with_a_doubt() {
    let text = "Supporting Organizations: Alpha, Beta and Gamma";
    check(text, &["Alpha", "Beta", "Gamma", "?"]);
    assert_eq!(read(text, &["Beta and Gamma"]), ["Alpha", "Beta and Gamma"]);
    check(
        "Supporting Organizations: Alpha, Committee for Peace and Justice",
        &["Alpha", "Committee for Peace and Justice"],
    );
    check("Supporting Organizations:\nAlpha\nPeace and Justice", &["Alpha", "Peace and Justice"]);
}

#[test]
fn other_marks_between_names_are_doubted() {
    check("Supporting Organizations: Alpha / Beta", &["Alpha", "Beta", "?"]);
    check("Supporting Organizations: Alpha + Beta, Gamma", &["Alpha", "Beta", "Gamma", "?"]);
    assert_eq!(read("Supporting Organizations: Alpha / Beta", &["Alpha / Beta"]), ["Alpha / Beta"]);
}

#[test]
fn headings_say_who_is_who() {
    let text = "Supporting Organizations: Host Organizations: Block Club Additional sponsoring organizations (updated daily): Tenants Union";
    let sections = sections(text, &known(&[]));
    let roles: Vec<_> = sections.iter().map(|section| (section.role, section.names.clone())).collect();
    let expected = [(Role::Hosts, vec!["Block Club".to_owned()]), (Role::Sponsors, vec!["Tenants Union".to_owned()])];
    assert_eq!(roles, expected);
    check(
        "Supporting Organizations: Co-Sponsoring Organizations (in formation): Block Club, Tenants Union",
        &["Block Club", "Tenants Union"],
    );
    check(
        "Supporting Organizations: Neighborhoods for Equality: Northside",
        &["Neighborhoods for Equality: Northside"],
    );
    for heading in ["Supporting Organizations:", "HOST ORGANIZATIONS: x", "Sponsors:", "Hosted by: x", "Co-hosted by:"]
    {
        assert!(heading_at_start(heading), "{heading}");
    }
    for line in ["We need: organizers", "Stand by: it begins", "Demands:", "", ":", "12:30"] {
        assert!(!heading_at_start(line), "{line}");
    }
}

#[test]
fn names_that_run_together_are_split_with_a_doubt() {
    let names = ["Hana House", "KAN-WIN", "Tenants Union"];
    let text = "Host Organizations: Apna Place Hana House KAN-WIN Healing Now Tenants Union";
    assert_eq!(read(text, &names), ["Apna Place", "Hana House", "KAN-WIN", "Healing Now", "Tenants Union", "?"]);
    let unknown = "Host Organizations: Hanul Family Alliance Arab American Action Network Cambodian Association of Illinois Planned Homes - Illinois The Lobby";
    let expected = [
        "Hanul Family Alliance",
        "Arab American Action Network",
        "Cambodian Association of Illinois",
        "Planned Homes - Illinois",
        "The Lobby",
        "?",
    ];
    assert_eq!(read(unknown, &[]), expected);
    let short = "Supporting Organizations: Alpha Group (AG) Beta Group (BG) Gamma Group (GG)";
    assert_eq!(read(short, &[]), ["Alpha Group (AG)", "Beta Group (BG)", "Gamma Group (GG)", "?"]);
    assert_eq!(read("Host Organizations: Alpha Group Beta Group", &[]), ["Alpha Group", "Beta Group", "?"]);
    assert_eq!(read("Host Organizations: Alpha Union Foundation", &[]), ["Alpha Union Foundation"]);
    // A name within a name, once, is no proof.
    assert_eq!(read("Host Organizations: Tenants Union Labor Branch", &names), ["Tenants Union Labor Branch"]);
}

#[test]
fn no_text_takes_long() {
    for text in [
        ":".repeat(100_000),
        "a, ".repeat(100_000),
        "A and ".repeat(100_000),
        "A B and ".repeat(100_000),
        "others ".repeat(100_000),
        "Host Organizations: ".repeat(20_000),
        "(".repeat(100_000),
    ] {
        assert!(
            sections(&text, &known(&["A B"])).iter().map(|section| section.names.len()).sum::<usize>() <= 20_000_000
        );
    }
}
