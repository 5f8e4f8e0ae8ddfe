//! What stands around the content of every page: head, links to other forms and languages, foot. It knows no event.

use super::{Around, assets};

/// The frame of a page.
#[derive(Debug, Clone)]
pub(super) struct Shell<'a> {
    pub(super) around: Around<'a>,
    pub(super) language: &'a str,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) canonical: String,
    /// The same page in each language of the Site.
    pub(super) languages: Vec<InLanguage<'a>>,
    /// The same events in other forms.
    pub(super) forms: Vec<Form>,
    pub(super) style: String,
    pub(super) script: String,
    pub(super) icon: String,
    /// Whether search engines are asked to leave it out.
    pub(super) unlisted: bool,
}

/// A link to the page in a language.
#[derive(Debug, Clone)]
pub(super) struct InLanguage<'a> {
    pub(super) code: &'a str,
    pub(super) name: &'a str,
    pub(super) link: String,
    pub(super) address: String,
    pub(super) current: bool,
}

/// A link to another form of the same events.
#[derive(Debug, Clone)]
pub(super) struct Form {
    pub(super) media_type: &'static str,
    pub(super) name: &'static str,
    pub(super) address: String,
}

impl<'a> Shell<'a> {
    /// The frame of the page at `path` (below the Site's root, without a language), with a title and a description for search
    /// results, each one line.
    pub(super) fn new(around: &Around<'a>, path: &str, title: &str, description: &str) -> Self {
        let around = *around;
        let language = around.languages.iter().find(|language| **language == around.language());
        let title = if path.is_empty() { title.to_owned() } else { format!("{title} · {}", around.name) };
        Self {
            around,
            language: language.map_or("en", |language| language.code()),
            title,
            description: cut(description, 200),
            canonical: around.canonical(path),
            languages: around
                .languages
                .iter()
                .map(|language| {
                    let other = around.in_language(*language);
                    InLanguage {
                        code: language.code(),
                        name: language.name(),
                        link: other.link(path),
                        address: other.address(path),
                        current: *language == around.language(),
                    }
                })
                .collect(),
            forms: Vec::new(),
            style: around.plain_link(assets::STYLE.versioned()),
            script: around.plain_link(assets::SCRIPT.versioned()),
            icon: around.plain_link(assets::ICON.path),
            unlisted: false,
        }
    }

    /// With links to the calendar, Atom and JSON forms of the stem at `path`, whose query stays behind the ending.
    pub(super) fn with_forms(mut self, path: &str) -> Self {
        let form = |media_type, name, ending: &str| Form {
            media_type,
            name,
            address: self.around.address(&super::with_ending(path, ending)),
        };
        let forms = [
            ("text/calendar", "iCalendar", "ics"),
            ("application/atom+xml", "Atom", "atom"),
            ("application/json", "JSON", "json"),
        ];
        self.forms = forms.map(|(media_type, name, ending)| form(media_type, name, ending)).into();
        self
    }

    /// Not to be found by search engines.
    pub(super) fn unlisted(mut self) -> Self {
        self.unlisted = true;
        self
    }

    pub(super) fn link(&self, path: &str) -> String {
        self.around.link(path)
    }
}

/// A text of at most so many characters, on one line.
pub(super) fn cut(text: &str, characters: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(characters) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default().trim_end()),
        None => line,
    }
}
