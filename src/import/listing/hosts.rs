//! Who hosts an event and who supports it, by the lists of a listing and, where they name no host, by its text.

use std::collections::BTreeSet;

use super::super::{Found, Known};
use super::names::{NAMES, Role, Section, sections};
use crate::name::folded;

/// What a list in the text is headed by, in lower case.
const LISTS: [&str; 3] = ["endorsing organizations:", "co-sponsoring organizations:", "sponsoring organizations:"];
/// The longest line of such a list, in characters, and how many it has at least.
const LINE: usize = 120;
const LINES: usize = 2;

/// Sets the organizations of an event, the host first.
pub(super) fn name(found: &mut Found, names: &str, text: &str, known: &Known) {
    let mut sections = sections(names, known);
    let is_hostless = !sections.is_empty() && sections.iter().all(|section| section.role == Role::Sponsors);
    if is_hostless {
        match inviting(text, known) {
            Some(hosts) => {
                found
                    .doubt("supporters", "the hosts are those who invite in the text; the listing names only sponsors");
                sections.insert(0, Section { role: Role::Hosts, names: hosts, doubts: Vec::new() });
            }
            None => found.doubt("supporters", "the listing names no host: the first sponsor is taken as one"),
        }
    }
    if let Some(list) = list_in_text(text, known) {
        found.doubt("supporters", "the last of these are from a list in the text");
        sections.push(list);
    }
    // The hosts first, else in the listing's order.
    sections.sort_by_key(|section| section.role != Role::Hosts);
    let mut seen = BTreeSet::new();
    for section in sections {
        for doubt in section.doubts {
            found.doubt("supporters", doubt);
        }
        for name in section.names {
            if found.organizations.len() < NAMES && seen.insert(folded(&name)) {
                found.organizations.push(name);
            }
        }
    }
}

/// Those who "invite" in the first paragraph: "The A and the B in collaboration with others invite you".
fn inviting(text: &str, known: &Known) -> Option<Vec<String>> {
    let first = text.lines().next()?;
    let end = first.find(" invite ").or_else(|| first.find(" invites "))?;
    let mut hosts = first.get(..end)?;
    for with in [" in collaboration with ", " together with ", " along with ", " with "] {
        hosts = hosts.split(with).next().unwrap_or(hosts);
    }
    if hosts.contains(['.', ',']) || hosts.chars().count() > 2 * LINE {
        return None;
    }
    let hosts = match known.organization(hosts) {
        Some(_) => vec![hosts],
        None => hosts.split(" and the ").collect(),
    };
    let hosts =
        hosts.into_iter().map(|host| host.trim().trim_start_matches("The ").trim_start_matches("the ").to_owned());
    let hosts: Vec<String> = hosts.collect();
    let is_name = |host: &String| host.starts_with(char::is_uppercase) && host.split_whitespace().count() >= 2;
    hosts.iter().all(is_name).then_some(hosts)
}

/// A list in the text: a heading by itself, and a name a line under it.
fn list_in_text(text: &str, known: &Known) -> Option<Section> {
    let lines: Vec<&str> = text.lines().collect();
    let heading = lines.iter().position(|line| LISTS.contains(&line.trim().to_ascii_lowercase().as_str()))?;
    let list = lines.get(heading + 1..)?.iter().skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty());
    let list: Vec<&str> = list.copied().collect();
    let fits =
        list.len() >= LINES && list.iter().all(|line| line.chars().count() <= LINE && !line.ends_with(['.', '!']));
    let text = format!("{}\n{}", lines.get(heading)?, list.join("\n"));
    if fits { sections(&text, known).into_iter().next() } else { None }
}
