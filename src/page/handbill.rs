//! The handbill: one printable page with what is next and a large QR code of the page that subscribes. It holds what fits on a sheet.

use askama::Template;

use super::list::{self, Day};
use super::phrases::Phrases;
use super::qr::{self, Drawing};
use super::shell::{Shell, cut};
use super::{Around, Item, text};

/// How many dates fit on the sheet beside everything else.
const NEXT: usize = 6;
/// The longest name, title and place on it, in characters.
const NAME: usize = 80;
const TITLE: usize = 90;
const PLACE: usize = 60;

/// What the sheet has room for below its frame, and what its parts take, in CSS pixels: a line of so many characters each, and of each
/// date what stands around them. Generous, for wide letters; the style hides what still would not fit.
const SHEET: usize = 800;
const NAME_LINE: (usize, usize) = (56, 22);
const TITLE_LINE: (usize, usize) = (23, 38);
const DETAILS_LINE: (usize, usize) = (19, 46);
const AROUND: usize = 40;

#[derive(Template)]
#[template(path = "handbill.html")]
struct Page<'a> {
    shell: Shell<'a>,
    p: &'static Phrases,
    name: &'a str,
    heading: String,
    days: Vec<Day>,
    ahead: bool,
    qr: Option<Drawing>,
    /// The address in words: without the scheme, whole.
    words: String,
    address: String,
    back: String,
}

/// The page for the feed of a name at `path`, in HTML.
#[must_use]
pub fn html<'a>(name: &'a str, path: &str, items: impl Iterator<Item = Item<'a>>, around: &Around<'a>) -> Vec<u8> {
    let phrases = around.phrases();
    let (mut days, ahead) = list::next(items, around, NEXT);
    for row in days.iter_mut().flat_map(|day| &mut day.rows) {
        row.title = cut(&row.title, TITLE);
        row.place = row.place.as_deref().map(|place| cut(place, PLACE));
    }
    let heading = cut(name, NAME);
    fit(&mut days, &heading);
    let address = around.address(path);
    let page = Page {
        shell: Shell::new(around, &format!("{path}/handbill"), name, phrases.handbill).unlisted(),
        p: phrases,
        name,
        heading,
        days,
        ahead,
        qr: qr::draw(&address),
        words: text::bare(&address).to_owned(),
        address,
        back: around.link(path),
    };
    super::rendered(&page)
}

/// Leaves out the last dates for which the sheet has no room.
fn fit(days: &mut Vec<Day>, heading: &str) {
    let height = |(line, characters): (usize, usize), text: usize| line * text.div_ceil(characters);
    let mut taken = height(NAME_LINE, heading.chars().count());
    for day in days.iter_mut() {
        day.rows.retain(|row| {
            let place = row.place.as_ref().map_or(0, |place| place.chars().count() + 3);
            let details = height(DETAILS_LINE, row.time.chars().count() + place);
            taken += AROUND + height(TITLE_LINE, row.title.chars().count()) + details;
            taken <= SHEET
        });
    }
    days.retain(|day| !day.rows.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of six dates fit below a name of a length, with titles of a length.
    fn check(name: usize, title: usize, expected: usize) {
        let row = list::Row {
            time: "6:00 PM – 8:00 PM".to_owned(),
            date: String::new(),
            machine: String::new(),
            title: "m".repeat(title),
            language: None,
            link: String::new(),
            place: Some("Unity Park".to_owned()),
            by: None,
            mark: None,
            repeats: false,
        };
        let day = Day { heading: String::new(), date: String::new(), nearness: None, rows: vec![row; 2] };
        let mut days = vec![day; 3];
        fit(&mut days, &"m".repeat(name));
        assert_eq!(days.iter().map(|day| day.rows.len()).sum::<usize>(), expected, "{name} {title}");
        assert!(days.iter().all(|day| !day.rows.is_empty()));
    }

    #[test]
    fn what_has_no_room_on_the_sheet_is_left_out_from_the_end() {
        check(20, 30, 6);
        check(80, 30, 6);
        check(20, 90, 5);
        check(80, 90, 4);
    }
}
