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
const TITLE: usize = 70;
const PLACE: usize = 50;

#[derive(Template)]
#[template(path = "handbill.html")]
struct Page<'a> {
    shell: Shell<'a>,
    p: &'static Phrases,
    name: &'a str,
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
    let address = around.address(path);
    let page = Page {
        shell: Shell::new(around, &format!("{path}/handbill"), name, phrases.handbill).unlisted(),
        p: phrases,
        name,
        days,
        ahead,
        qr: qr::draw(&address),
        words: text::bare(&address).to_owned(),
        address,
        back: around.link(path),
    };
    super::rendered(&page)
}
