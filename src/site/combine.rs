//! `/combine`: a feed of one's own, made at request from the events in memory, with bounded work and a bounded memory of the latest.

use std::sync::Arc;

use super::leaf::Choice;
use super::shelf::Shelf;
use super::stem::{Kind, Plan, Stem, path};
use super::{Missing, Site};

/// The longest query, in bytes, and the most choices in it.
const MAX_QUERY: usize = 4096;
const MAX_CHOICES: usize = 100;

/// A combined feed.
#[derive(Debug)]
pub(super) struct Combined {
    pub(super) stem: Arc<Stem>,
    pub(super) choice: Choice,
    /// The view of the feed, where the query chose a language.
    pub(super) view: Option<usize>,
}

impl Site {
    /// The combined feed that a query chooses: `org=a&org=b&tag=c&venue=d&lang=es`. Other parameters do not count. `None` when it
    /// chooses nothing.
    pub(super) fn combine(&self, query: &str) -> Result<Option<Combined>, Missing> {
        if query.len() > MAX_QUERY {
            return Err(Missing::Unusable("The address is too long: choose fewer feeds.".into()));
        }
        let (paths, view) = self.choices(query)?;
        if paths.is_empty() {
            return Ok(None);
        }
        let mut named: Vec<String> = paths.iter().map(|path| path.replacen('/', "=", 1)).collect();
        let stem = self.combined.recall(&named.join("&"), || self.union(&paths));
        let language = view.and_then(|view| self.frame.language_of(view)).map(|language| language.to_string());
        named.extend(language.as_ref().map(|language| format!("lang={language}")));
        let choice = Choice { paths, query: named.join("&"), language };
        Ok(Some(Combined { stem, choice, view }))
    }

    /// The chosen stems, ascending, each once; and the view of the chosen language.
    fn choices(&self, query: &str) -> Result<(Vec<String>, Option<usize>), Missing> {
        let (mut choices, mut view) = (Vec::new(), None);
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let kind = match &*key {
                "org" => Kind::Organization,
                "tag" => Kind::Tag,
                "venue" => Kind::Venue,
                "partner" => Kind::Partner,
                // A form sends the empty one for "all languages".
                "lang" if !value.is_empty() => {
                    view = Some(self.frame.view_of(&value).ok_or_else(|| Missing::unknown("language", &value))?);
                    continue;
                }
                _ => continue,
            };
            let choice = path(kind, &value);
            if !self.stems.contains_key(choice.as_str()) {
                return Err(Missing::unknown(kind.word(), &value));
            }
            choices.push(choice);
        }
        choices.sort_unstable();
        choices.dedup();
        match choices.len() {
            0..=MAX_CHOICES => Ok((choices, view)),
            _ => Err(Missing::Unusable(format!("Choose at most {MAX_CHOICES} feeds."))),
        }
    }

    /// The union of the chosen feeds. It is as new as the newest of them: what leaves one of them moves that one's time.
    fn union(&self, choices: &[String]) -> Stem {
        let chosen = || choices.iter().filter_map(|choice| self.stems.get(choice.as_str()));
        let mut events: Vec<_> = chosen().flat_map(|stem| stem.plan.events.iter()).cloned().collect();
        events.sort_unstable_by(|one, other| one.order().cmp(&other.order()));
        events.dedup_by(|one, other| Arc::ptr_eq(one, other));
        let name = chosen().map(|stem| stem.plan.head.name.as_str()).collect::<Vec<_>>().join(" + ");
        let head = self.frame.head(name, String::new(), None);
        let modified = chosen().map(|stem| stem.modified).max().unwrap_or_default();
        let plan = Plan { kind: Kind::Combined, id: "combine".into(), head, events: Shelf::of(events) };
        Stem::new(plan, &self.frame, self.today, |_| modified)
    }
}
