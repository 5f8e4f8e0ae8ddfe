//! The page for an address that names nothing, with a way on. It repeats nothing of the request.

use askama::Template;

use super::Around;
use super::phrases::Phrases;
use super::shell::Shell;

#[derive(Template)]
#[template(path = "missing.html")]
struct Page<'a> {
    shell: Shell<'a>,
    p: &'static Phrases,
}

/// The page, in HTML.
#[must_use]
pub fn html(around: &Around<'_>) -> Vec<u8> {
    let mut shell = Shell::new(around, "missing", around.phrases().missing_title, "").unlisted();
    // Nobody should be led from one language's missing page to another's.
    shell.languages.iter_mut().for_each(|language| language.link = around.in_language(around.language()).link(""));
    super::rendered(&Page { p: around.phrases(), shell })
}
