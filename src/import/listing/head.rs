//! The lines between an event's date and its text: place, organizations, contact, the organizers' page. It does not know what the names mean.

use super::date::{self, Signs};
use super::names;
use crate::name::folded;

/// The most lines of dates.
const DATES: usize = 100;
/// The longest place line, in characters.
const PLACE: usize = 160;
/// The most lines of a place.
const PLACES: usize = 3;
/// The longest line of a list of names, in characters, and the most words of one that ends as a sentence does.
const NAMES: usize = 160;
const WORDS: usize = 4;
/// The fewest digits of a telephone number.
const DIGITS: usize = 7;

/// What stands after a date line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// Date lines below the first.
    pub(super) dates: Vec<String>,
    pub(super) place: Option<String>,
    /// What is said of organizations, with its headings; lines separated by LF.
    pub(super) names: String,
    pub(super) contact: Option<String>,
    pub(super) url: Option<String>,
    /// What is not certain, each with its key.
    pub(super) doubts: Vec<(&'static str, &'static str)>,
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
    let mut rest = head.take_dates(skip_blank(lines));
    rest = head.take_place(rest);
    let mut seen = Vec::new();
    while let Some((line, after)) = rest.split_first() {
        let Some(marker) = marker(line) else { break };
        // A line that the form has once is, the second time, of another event.
        let again = proof(line);
        if again.is_some_and(|kind| seen.contains(&kind)) {
            break;
        }
        seen.extend(again);
        rest = match marker {
            Marker::Organizations => head.take_names(line, after),
            Marker::Contact => head.take_contact(line, after),
            Marker::Page => head.take_page(line, after),
        };
    }
    head.before_text = lines.len() - rest.len();
    head.text = format!("{}\n\n{}", head.text, text(rest)).trim().to_owned();
    head
}

impl Head {
    /// Further date lines below the first.
    fn take_dates<'l>(&mut self, lines: &'l [&'l str]) -> &'l [&'l str] {
        let dates = lines.iter().take_while(|line| line.is_empty() || date::is_date_line(line));
        let dates: Vec<&str> = dates.copied().take(DATES).collect();
        self.dates = dates.iter().filter(|line| !line.is_empty()).map(|line| (*line).to_owned()).collect();
        lines.get(dates.len()..).unwrap_or_default()
    }

    fn take_place<'l>(&mut self, lines: &'l [&'l str]) -> &'l [&'l str] {
        let Some((line, after)) = lines.split_first() else { return lines };
        let form = lines.iter().position(|line| is_marker(line));
        let (before, rest) = lines.split_at_checked(form.unwrap_or(0)).unwrap_or_default();
        let places: Vec<&str> = before.iter().copied().filter(|line| !line.is_empty()).collect();
        match places.as_slice() {
            [place] => self.place = Some(without_label(place).to_owned()),
            [_, more @ ..] if places.len() <= PLACES && places.iter().all(|line| is_like_a_place(line)) => {
                if !more.iter().all(|line| line.contains(|c: char| c.is_ascii_digit() || c == ',')) {
                    self.doubts.push(("location", "all lines above the organizations are taken as the place"));
                }
                self.place = Some(without_label(&places.join(", ")).to_owned());
            }
            _ if is_like_a_place(line) && !is_marker(line) => {
                if !is_surely_a_place(line) {
                    self.doubts.push(("location", "the first line below the date is taken as the place"));
                }
                self.place = Some(without_label(line).to_owned());
                return skip_blank(after);
            }
            _ => return lines,
        }
        rest
    }

    /// Names on the heading's line and below it. What stands below them and is more likely text goes into the text.
    fn take_names<'l>(&mut self, heading: &str, after: &'l [&'l str]) -> &'l [&'l str] {
        let (below, next) = paragraph(after);
        self.names += heading;
        self.names.push('\n');
        let is_alone = heading.ends_with(':');
        let goes_on = next.first().is_some_and(|line| is_marker(line));
        let sure = if is_alone {
            below.iter().take_while(|line| is_like_a_name(line)).count()
        } else {
            let above = std::iter::once(&heading).chain(below);
            below.iter().zip(above).take_while(|(line, above)| is_bullet(line) || is_open(above)).count()
        };
        let (names, others) = below.split_at_checked(sure).unwrap_or_default();
        self.add_names(names);
        if goes_on && others.iter().all(|line| is_like_a_name(line)) {
            if !others.is_empty() {
                self.doubts.push(("supporters", "the lines below the organizations are taken as organizations too"));
            }
            self.add_names(others);
        } else if !others.is_empty() {
            self.doubts.push(("supporters", "the lines below the organizations are taken as text"));
            // Where there may be the head of another event among them, the form that goes on is that one's.
            if !goes_on || others.iter().any(|line| Signs::of(line).count() > 0) {
                return after.get(sure..).unwrap_or_default();
            }
            self.text = [self.text.as_str(), others.join("\n").as_str()].join("\n").trim().to_owned();
            return next;
        }
        let bullets = is_alone && below.iter().all(|line| is_bullet(line));
        if bullets { self.take_spaced_names(next, below.is_empty()) } else { next }
    }

    /// Names with blank lines between them: as long as they have bullets, or, where they `begin` the list, all lines until the form
    /// goes on.
    fn take_spaced_names<'l>(&mut self, lines: &'l [&'l str], begin: bool) -> &'l [&'l str] {
        let form = lines.iter().position(|line| is_marker(line));
        let (before, rest) = lines.split_at_checked(form.unwrap_or(0)).unwrap_or_default();
        if begin && before.iter().all(|line| line.is_empty() || is_like_a_name(line)) {
            self.add_names(before);
            return if form.is_some() { rest } else { self.take_bullets(lines) };
        }
        self.take_bullets(lines)
    }

    fn take_bullets<'l>(&mut self, lines: &'l [&'l str]) -> &'l [&'l str] {
        let bullets = lines.iter().take_while(|line| line.is_empty() || is_bullet(line)).count();
        let (names, rest) = lines.split_at_checked(bullets).unwrap_or_default();
        self.add_names(names);
        rest
    }

    fn add_names(&mut self, lines: &[&str]) {
        for line in lines {
            self.names += line;
            self.names.push('\n');
        }
    }

    /// Whom to ask: on the line, or below it; below what is on the line only further addresses and numbers.
    fn take_contact<'l>(&mut self, line: &str, after: &'l [&'l str]) -> &'l [&'l str] {
        let said = line.split_once(':').map_or("", |(_, said)| said.trim());
        let is_address = |line: &str| line.contains('@') || line.chars().filter(char::is_ascii_digit).count() >= DIGITS;
        let belongs = |line: &&&str| if said.is_empty() { is_like_a_name(line) } else { is_address(line) };
        let (paragraph, _) = paragraph(after);
        let count = paragraph.iter().take_while(belongs).count();
        let (more, after) = after.split_at_checked(count).unwrap_or_default();
        let parts = std::iter::once(said).chain(more.iter().copied()).filter(|part| !part.is_empty());
        let contact = parts.collect::<Vec<_>>().join(", ");
        self.contact = self.contact.take().or(Some(contact).filter(|contact| !contact.is_empty()));
        skip_blank(after)
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

/// A place without "Where:".
fn without_label(place: &str) -> &str {
    let is_label = |label: &&(&str, &str)| matches!(folded(label.0).as_str(), "where" | "location" | "place" | "venue");
    place.split_once(':').as_ref().filter(is_label).map_or(place, |(_, place)| place.trim())
}

fn is_like_a_place(line: &str) -> bool {
    line.chars().count() <= PLACE && !line.ends_with(['.', '!', '?', ':', '…']) && !Signs::of(line).are_clear()
}

/// Whether a line by itself tells a place: a house number, or words that are names.
fn is_surely_a_place(line: &str) -> bool {
    let is_name = |word: &str| word.chars().count() <= 3 || word.starts_with(|c: char| !c.is_lowercase());
    line.contains(|c: char| c.is_ascii_digit()) || line.split_whitespace().all(is_name)
}

/// Whether a line may be one of a list of names, and no sentence.
fn is_like_a_name(line: &str) -> bool {
    let is_list = line.contains([',', ';']);
    let is_sentence = line.ends_with(['.', '!', '?', ':', '…']) && line.split_whitespace().count() > WORDS;
    (is_list || (line.chars().count() <= NAMES && !is_sentence)) && !Signs::of(line).are_clear()
}

fn is_bullet(line: &str) -> bool {
    line.starts_with(['-', '*', '•', '·', '–'])
}

/// Whether a list goes on in the next line.
fn is_open(line: &str) -> bool {
    line.ends_with([',', ';', '&', '+']) || line.ends_with(" and") || line.ends_with(':')
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
