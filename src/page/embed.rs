//! What other sites show of ours: the codes to paste, the frame, the widget's data, oEmbed. Only this may be framed elsewhere.

use askama::Template;
use serde_json::json;

use super::list::{self, Day};
use super::phrases::Phrases;
use super::shell::Shell;
use super::subscribe::{encoded, webcal};
use super::text;
use super::{Around, Item, assets, with_ending};

/// How many dates a frame shows and the widget is given.
const MOST: usize = 20;

/// The height of a frame that is not told otherwise, and the width that oEmbed offers, in CSS pixels.
const HEIGHT: u32 = 480;
const WIDTH: u32 = 600;

/// The codes that show a feed on another site.
#[derive(Debug, Clone)]
pub(super) struct Codes {
    pub(super) widget: String,
    pub(super) frame: String,
    pub(super) link: String,
}

impl Codes {
    /// For the stem at `path`, such as `org/chicago-dsa`.
    pub(super) fn new(path: &str, name: &str, around: &Around<'_>) -> Self {
        Self::of(path, &around.address(&format!("embed/{path}")), &around.address(path), name, around)
    }

    /// For a combined feed by its query.
    pub(super) fn combined(query: &str, name: &str, around: &Around<'_>) -> Self {
        let at = |path: &str| around.address(&format!("{path}?{query}"));
        Self::of(&format!("combine?{query}"), &at("embed/combine"), &at("combine"), name, around)
    }

    fn of(feed: &str, frame: &str, page: &str, name: &str, around: &Around<'_>) -> Self {
        let [feed, frame, page, name] = [feed, frame, page, name].map(text::escaped);
        let (script, icon) = (around.whole_link(assets::WIDGET.path), around.whole_link(assets::ICON.path));
        let (language, subscribe) = (around.language(), around.phrases().subscribe);
        Self {
            widget: format!(
                "<script async src=\"{script}\"></script>\n<handbill-events feed=\"{feed}\" limit=\"5\" lang=\"{language}\" theme=\"auto\"><a href=\"{page}\">{name}</a></handbill-events>"
            ),
            frame: frame_code(&frame, &name, "100%", HEIGHT),
            link: format!(
                "<a href=\"{page}\"><img src=\"{icon}\" alt=\"\" width=\"16\" height=\"16\"> {name}: {}</a>",
                subscribe.to_lowercase()
            ),
        }
    }
}

fn frame_code(address: &str, title: &str, width: &str, height: u32) -> String {
    format!(
        "<iframe src=\"{address}\" title=\"{title}\" width=\"{width}\" height=\"{height}\" style=\"border:0\" loading=\"lazy\"></iframe>"
    )
}

#[derive(Template)]
#[template(path = "embed.html")]
struct Frame<'a> {
    shell: Shell<'a>,
    p: &'static Phrases,
    name: &'a str,
    days: Vec<Day>,
    ahead: bool,
    style: String,
    page: String,
    webcal: String,
}

/// What a frame shows of the feed at `path` (with its query, if it has one), in HTML.
#[must_use]
pub fn frame<'a>(name: &'a str, path: &str, items: impl Iterator<Item = Item<'a>>, around: &Around<'a>) -> Vec<u8> {
    let (days, ahead) = list::next(items, around, MOST);
    let frame = Frame {
        shell: Shell::new(around, path, name, "").unlisted(),
        p: around.phrases(),
        name,
        days,
        ahead,
        style: around.plain_link(assets::FRAME_STYLE.versioned()),
        page: around.address(path),
        webcal: webcal(&around.address(&with_ending(path, "ics"))),
    };
    super::rendered(&frame)
}

/// What the widget shows of the feed at `path`: a script module, which a strict policy lets in where it lets the widget itself in.
#[must_use]
pub fn data<'a>(name: &str, path: &str, items: impl Iterator<Item = Item<'a>>, around: &Around<'_>) -> Vec<u8> {
    let phrases = around.phrases();
    let (days, ahead) = list::next(items, around, MOST);
    let day = |day: &Day| {
        let row = |row: &list::Row| {
            json!({
                "title": row.title, "time": row.time, "machine": row.machine, "place": row.place, "lang": row.language,
                "mark": row.mark.map(|mark| mark.word), "cancelled": row.mark.is_some_and(|mark| mark.class == "cancelled"),
                "url": format!("{}{}", around.origin(), row.link),
            })
        };
        json!({"heading": day.heading, "date": day.date, "rows": day.rows.iter().map(row).collect::<Vec<_>>()})
    };
    let data = json!({
        "name": name, "lang": around.language(), "ahead": ahead,
        "page": around.address(path), "webcal": webcal(&around.address(&with_ending(path, "ics"))),
        "nothing": phrases.nothing_upcoming, "past": phrases.latest_past, "subscribe": phrases.subscribe, "all": phrases.all_events,
        "days": days.iter().map(day).collect::<Vec<_>>(),
    });
    format!("export default {};\n", text::json(&data)).into_bytes()
}

/// The answer to a site that asks how to show a page of ours (oEmbed 1.0, `rich`), no larger than it wants, in CSS pixels.
#[must_use]
pub fn oembed(name: &str, path: &str, most: (Option<u32>, Option<u32>), around: &Around<'_>) -> Vec<u8> {
    let (width, height) =
        (most.0.map_or(WIDTH, |most| most.min(WIDTH)), most.1.map_or(HEIGHT, |most| most.min(HEIGHT)));
    let frame = text::escaped(&around.address(&format!("embed/{path}")));
    let answer = json!({
        "version": "1.0", "type": "rich", "title": name, "provider_name": around.name, "provider_url": around.address(""),
        "cache_age": 86400, "width": width, "height": height,
        "html": frame_code(&frame, &text::escaped(name), &width.to_string(), height),
    });
    format!("{}\n", text::json(&answer)).into_bytes()
}

impl Around<'_> {
    /// Where a site asks how to show the page at `path`.
    pub(super) fn oembed(&self, path: &str) -> String {
        self.whole_link(&format!("oembed?format=json&url={}", encoded(&self.address(path))))
    }
}
