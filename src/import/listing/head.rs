//! The lines between an event's date and its text: place, organizations, contact, the organizers' page. It does not know what the names mean.

use super::names;
use crate::name::folded;

/// The longest place line, in characters.
const PLACE: usize = 160;

/// What stands after a date line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) place: Option<String>,
    /// What is said of organizations, with its headings; lines separated by LF.
    pub(super) names: String,
    pub(super) contact: Option<String>,
    pub(super) url: Option<String>,
    /// How many lines are before the text.
    pub(super) before_text: usize,
    /// The rest, without blank lines at its ends and with at most one between others.
    pub(super) text: String,
}

/// The lines of the form that are known by how they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Organizations,
    Contact,
    Page,
}

const CONTACT: [&str; 4] = ["contact info:", "contact information:", "contact:", "contacts:"];
const PAGE: [&str; 2] = ["visit organizers' event webpage", "visit organizer's event webpage"];

fn marker(line: &str) -> Option<Marker> {
    // No marker is longer; a line may be.
    let start = folded(line.get(..line.floor_char_boundary(120)).unwrap_or_default());
    let begins = |marks: &[&str]| marks.iter().any(|mark| start.starts_with(mark));
    if begins(&CONTACT) {
        Some(Marker::Contact)
    } else if begins(&PAGE) {
        Some(Marker::Page)
    } else {
        names::heading_at_start(line).then_some(Marker::Organizations)
    }
}

/// Whether a line is one of the form, known by how it begins.
pub(super) fn is_marker(line: &str) -> bool {
    marker(line).is_some()
}

/// The kind of a line that only the form has: one within a text belongs to an event that was not found. Texts have headings of
/// their own, such as "Endorsing organizations:".
pub(super) fn proof(line: &str) -> Option<Marker> {
    const PROOFS: [&str; 4] = ["supporting organizations:", "contact info:", "contact information:", "visit organizer"];
    let start = folded(line.get(..line.floor_char_boundary(120)).unwrap_or_default());
    marker(line).filter(|_| PROOFS.iter().any(|proof| start.starts_with(proof)))
}

/// Reads the lines after a date line.
pub(super) fn head(lines: &[&str]) -> Head {
    let mut head = Head::default();
    let mut rest = skip_blank(lines);
    rest = head.take_place(rest);
    while let Some((line, after)) = rest.split_first() {
        let Some(marker) = marker(line) else { break };
        let (more, next) = paragraph(after);
        rest = match marker {
            Marker::Organizations => head.take_names(line, more, next),
            Marker::Contact => head.take_contact(line, more, next),
            Marker::Page => head.take_page(line, after),
        };
    }
    head.before_text = lines.len() - rest.len();
    head.text = text(rest);
    head
}

impl Head {
    fn take_place<'l>(&mut self, lines: &'l [&'l str]) -> &'l [&'l str] {
        let Some((line, after)) = lines.split_first() else { return lines };
        let next = skip_blank(after);
        let before_form = next.first().is_some_and(|line| is_marker(line));
        let like_a_place = line.chars().count() <= PLACE && !line.ends_with(['.', '!', '?', ':', '…']);
        if is_marker(line) || !(before_form || like_a_place) {
            return lines;
        }
        self.place = Some((*line).to_owned());
        next
    }

    /// Names on the heading's line and on those right after it; or, where there are none, in the next paragraph, if the form goes on
    /// after that.
    fn take_names<'l>(&mut self, line: &str, more: &[&str], after: &'l [&'l str]) -> &'l [&'l str] {
        let mut lines = vec![line];
        lines.extend(more);
        let mut after = after;
        if line.ends_with(':') && more.is_empty() && after.first().is_some_and(|line| !is_marker(line)) {
            let (list, rest) = paragraph(after);
            if rest.first().is_some_and(|line| is_marker(line)) {
                lines.extend(list);
                after = rest;
            }
        }
        self.names += &lines.join("\n");
        self.names.push('\n');
        after
    }

    fn take_contact<'l>(&mut self, line: &str, more: &[&str], after: &'l [&'l str]) -> &'l [&'l str] {
        let said = line.split_once(':').map_or("", |(_, said)| said.trim());
        let parts = std::iter::once(said).chain(more.iter().copied()).filter(|part| !part.is_empty());
        let contact = parts.collect::<Vec<_>>().join(", ");
        self.contact = self.contact.take().or(Some(contact).filter(|contact| !contact.is_empty()));
        after
    }

    /// The address on the line or right under it.
    fn take_page<'l>(&mut self, line: &str, after: &'l [&'l str]) -> &'l [&'l str] {
        let under = after.first().filter(|line| line.starts_with("http"));
        let (on_line, under_it) = (link(line), under.and_then(|line| link(line)));
        let taken = usize::from(on_line.is_none() && under_it.is_some());
        self.url = on_line.or(under_it);
        skip_blank(after.get(taken..).unwrap_or_default())
    }
}

/// The lines until a blank one or one of the form, and what comes after them and after blank lines.
fn paragraph<'l>(lines: &'l [&'l str]) -> (&'l [&'l str], &'l [&'l str]) {
    let end = lines.iter().position(|line| line.is_empty() || is_marker(line)).unwrap_or(lines.len());
    let (paragraph, rest) = lines.split_at_checked(end).unwrap_or((lines, &[]));
    (paragraph, skip_blank(rest))
}

fn skip_blank<'l>(lines: &'l [&'l str]) -> &'l [&'l str] {
    let blank = lines.iter().take_while(|line| line.is_empty()).count();
    lines.get(blank..).unwrap_or_default()
}

fn text(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        if !line.is_empty() || !text.ends_with("\n\n") {
            text += line;
            text.push('\n');
        }
    }
    text.trim().to_owned()
}

/// The first web address of a line.
fn link(line: &str) -> Option<String> {
    let at = line.find("https://").or_else(|| line.find("http://"))?;
    let link: String = line.get(at..)?.chars().take_while(|c| !c.is_whitespace() && !"<>\"”)".contains(*c)).collect();
    let link = link.trim_end_matches(['.', ',', ';']);
    url::Url::parse(link).ok().map(|_| link.to_owned())
}

/// The address of a line of the text that asks people to sign up.
pub(super) fn signup(text: &str) -> Option<String> {
    const WORDS: [&str; 4] = ["sign up", "signup", "register", "rsvp"];
    let asks = |line: &&str| {
        let start = folded(line.get(..line.floor_char_boundary(80)).unwrap_or_default());
        WORDS.iter().any(|word| start.contains(word))
    };
    text.lines().filter(asks).find_map(link)
}
