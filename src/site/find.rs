//! What an address names: language, stem and form. It makes nothing that a 304 does without.

use std::sync::Arc;

use super::fixed::Fixed;
use super::leaf::{self, Leaf, Recipe};
use super::published::Published;
use super::shelf::Shelf;
use super::stem::{Form, Kind, Plan, Stem};
use super::{Found, Missing, Site, Target};
use crate::page::embed;

impl Site {
    /// What a path and a query name, GET or HEAD. Allocates nothing for a fixed path or a feed that was asked for before.
    ///
    /// # Errors
    /// When they name nothing.
    pub fn find(&self, path: &str, query: Option<&str>) -> Result<Found<'_>, Missing> {
        if let Some(fixed) = self.fixed.get(path) {
            return Ok(self.found(Target::Fixed(fixed)));
        }
        let path = path.strip_prefix('/').ok_or_else(Missing::address)?;
        let (view, path) = self.view(path);
        if let Some((stem, form)) = feed(path) {
            return self.find_feed(stem, form, view, query);
        }
        match path {
            "" => self.leaf(self.all(), leaf::Form::Front, view),
            "oembed" => self.oembed(query.unwrap_or_default()),
            "sitemap.xml" if view == 0 => self.leaf(self.all(), leaf::Form::Sitemap, view),
            "combine" => self.find_chooser(view, query),
            _ => self.find_leaf(path, view, query),
        }
    }

    /// The page that says so when a path names nothing, with the reason; `None` for a path that a program asked for.
    #[must_use]
    pub fn missing_page(&self, path: &str, missing: &Missing) -> Option<Found<'_>> {
        let (view, path) = self.view(path.strip_prefix('/').unwrap_or(path));
        if path.rsplit('/').next().is_some_and(|last| last.contains('.')) || path == "oembed" {
            return None;
        }
        if path != "combine" {
            return self.leaf(self.all(), leaf::Form::Missing, view).ok();
        }
        let recipe = Recipe { stem: Arc::clone(self.all()?), form: leaf::Form::Chooser, view, choice: None };
        let html = recipe.chooser(self, Some(missing.text()), &self.around(view));
        Some(self.found(Target::Made(Box::new(Fixed::passing_page(html)))))
    }

    fn found<'s>(&'s self, target: Target<'s>) -> Found<'s> {
        Found { site: self, target }
    }

    /// The view that a path's first part names, and the rest of the path.
    fn view<'p>(&self, path: &'p str) -> (usize, &'p str) {
        let named = path.split_once('/').and_then(|(code, rest)| Some((self.frame.view_of(code)?, rest)));
        named.unwrap_or((0, path))
    }

    fn all(&self) -> Option<&Arc<Stem>> {
        self.stems.get("all")
    }

    /// The stem at a path, those of single events among them.
    fn stem(&self, path: &str) -> Option<Arc<Stem>> {
        let Some(id) = path.strip_prefix("event/") else {
            return self.stems.get(path).cloned();
        };
        let event = self.events.find(id)?;
        Some(self.singles.recall(path, || self.single(event)))
    }

    /// The stem of an event. There are thousands of them and few are asked for, so each is made when it is. It is as new as the event, or
    /// as what all feeds have in common.
    fn single(&self, event: &Arc<Published>) -> Stem {
        let plan = Plan {
            kind: Kind::Event,
            id: event.id().into(),
            head: self.frame.head(event.event.details.title.clone(), String::new(), None),
            events: Shelf::of(vec![Arc::clone(event)]),
        };
        Stem::new(plan, &self.frame, self.today, |_| event.changed.max(self.layout.modified))
    }

    fn find_feed(&self, stem: &str, form: Form, view: usize, query: Option<&str>) -> Result<Found<'_>, Missing> {
        if stem == "combine" {
            let combined = self.combine(query.unwrap_or_default())?.ok_or_else(Missing::choice)?;
            let view = combined.view.unwrap_or(view);
            return Ok(self.found(Target::Stem(combined.stem, view, form)));
        }
        let stem = self.stem(stem).ok_or_else(|| missing_stem(stem))?;
        Ok(self.found(Target::Stem(stem, view, form)))
    }

    /// The page that combines feeds; of what was chosen, if something was.
    fn find_chooser(&self, view: usize, query: Option<&str>) -> Result<Found<'_>, Missing> {
        match self.combine(query.unwrap_or_default())? {
            None => self.leaf(self.all(), leaf::Form::Chooser, view),
            Some(combined) => Ok(self.remembered(Recipe {
                stem: combined.stem,
                form: leaf::Form::Page,
                view,
                choice: Some(combined.choice),
            })),
        }
    }

    /// A form whose address is a stem's with something before or after it.
    fn find_leaf(&self, path: &str, view: usize, query: Option<&str>) -> Result<Found<'_>, Missing> {
        if let Some(stem) = self.stem(path) {
            return self.leaf(Some(&stem), leaf::Form::Page, view);
        }
        if let Some(path) = path.strip_prefix("embed/") {
            let (path, form) = match path.strip_suffix(".js") {
                Some(path) => (path, leaf::Form::Data),
                None => (path, leaf::Form::Frame),
            };
            if path == "combine" {
                let combined = self.combine(query.unwrap_or_default())?.ok_or_else(Missing::choice)?;
                let view = combined.view.unwrap_or(view);
                let recipe = Recipe { stem: combined.stem, form, view, choice: Some(combined.choice) };
                return Ok(self.remembered(recipe));
            }
            return self.leaf(Some(&self.stem(path).ok_or_else(|| missing_stem(path))?), form, view);
        }
        let (stem, form) = if let Some(stem) = path.strip_suffix(".atom") {
            (stem, leaf::Form::Atom)
        } else if let Some(stem) = path.strip_suffix("/handbill") {
            (stem, leaf::Form::Handbill)
        } else if let Some((stem, year)) = year(path) {
            (stem, leaf::Form::Year(year))
        } else {
            return Err(missing_stem(path));
        };
        if stem == "combine" && form == leaf::Form::Atom {
            let combined = self.combine(query.unwrap_or_default())?.ok_or_else(Missing::choice)?;
            let view = combined.view.unwrap_or(view);
            return Ok(self.remembered(Recipe { stem: combined.stem, form, view, choice: Some(combined.choice) }));
        }
        let stem = self.stem(stem).ok_or_else(|| missing_stem(stem))?;
        if let leaf::Form::Year(year) = form
            && !stem.years().contains(&year)
        {
            return Err(Missing::address());
        }
        self.leaf(Some(&stem), form, view)
    }

    fn leaf(&self, stem: Option<&Arc<Stem>>, form: leaf::Form, view: usize) -> Result<Found<'_>, Missing> {
        let stem = Arc::clone(stem.ok_or_else(Missing::address)?);
        Ok(self.remembered(Recipe { stem, form, view, choice: None }))
    }

    fn remembered(&self, recipe: Recipe) -> Found<'_> {
        let (digest, modified) = (recipe.digest(self), recipe.modified(self));
        // What is again as it was before is newer than it was then.
        let key = format!("{digest} {}", modified.timestamp());
        let leaf = self.leaves.recall(&key, || Leaf::new(&recipe, digest, modified, self));
        self.found(Target::Leaf(leaf, Box::new(recipe)))
    }

    /// The answer to a site that asks how to show a page of ours (oEmbed 1.0 §2).
    fn oembed(&self, query: &str) -> Result<Found<'_>, Missing> {
        let (mut address, mut most) = (None, (None, None));
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "url" => address = Some(value.into_owned()),
                "maxwidth" => most.0 = value.parse().ok(),
                "maxheight" => most.1 = value.parse().ok(),
                "format" if value != "json" => {
                    return Err(Missing::Unsupported("Only format=json is there.".to_owned()));
                }
                _ => {}
            }
        }
        let address = address.ok_or_else(|| {
            Missing::Unusable("Say which page: /oembed?url=ADDRESS, the address percent-encoded.".to_owned())
        })?;
        let path = address.strip_prefix(self.frame.public_url()).and_then(|path| path.strip_prefix('/'));
        let path = path.ok_or_else(Missing::address)?.split(['#', '?']).next().unwrap_or_default();
        let (view, path) = self.view(path);
        let path = if path.is_empty() { "all" } else { path.trim_end_matches('/') };
        let stem = self.stem(path).ok_or_else(|| missing_stem(path))?;
        let json = embed::oembed(&stem.plan.head.name, path, most, &self.around(view));
        Ok(self.found(Target::Made(Box::new(Fixed::made("application/json; charset=utf-8", json)))))
    }
}

/// The stem and the form of a feed's address.
fn feed(path: &str) -> Option<(&str, Form)> {
    Form::ALL.into_iter().find_map(|form| Some((path.strip_suffix(form.ending())?.strip_suffix('.')?, form)))
}

/// The stem and the year of `org/chicago-dsa/2021`.
fn year(path: &str) -> Option<(&str, i32)> {
    let (stem, year) = path.rsplit_once('/')?;
    let shaped = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    Some((stem, year.parse().ok().filter(|_| shaped)?))
}

fn missing_stem(stem: &str) -> Missing {
    match stem.split_once('/') {
        Some((kind @ ("org" | "tag" | "venue" | "partner" | "event"), id)) => Missing::unknown(kind, id),
        _ => Missing::address(),
    }
}
