//! An event with the stem that is its own. There are thousands of them and few are asked for, so each is made when it first is.

use std::sync::{Arc, OnceLock};

use super::frame::{Frame, Today};
use super::published::Published;
use super::stem::{Kind, Plan, Stem};
use crate::revision::Stamp;

/// An event as a Site publishes it by itself.
#[derive(Debug)]
pub(super) struct Single {
    pub(super) published: Arc<Published>,
    stem: OnceLock<Arc<Stem>>,
}

impl Single {
    pub(super) fn new(published: Published) -> Self {
        Self { published: Arc::new(published), stem: OnceLock::new() }
    }

    /// The same for the Site of a day, with the stem if that was made and is still right.
    pub(super) fn taken_over(&self, today: Today) -> Self {
        let stem = self.stem.get().filter(|stem| stem.is_of(today)).cloned();
        Self { published: Arc::clone(&self.published), stem: stem.map_or_else(OnceLock::new, OnceLock::from) }
    }

    /// Its stem. It is as new as the event, or as `layout`, what all feeds have in common.
    pub(super) fn stem(&self, frame: &Frame, layout: Stamp, today: Today) -> &Arc<Stem> {
        self.stem.get_or_init(|| {
            let event = &self.published.event;
            let plan = Plan {
                kind: Kind::Event,
                id: event.id.as_str().into(),
                head: frame.head(event.details.title.clone(), String::new(), None),
                events: vec![Arc::clone(&self.published)],
            };
            Arc::new(Stem::new(plan, frame, today, |_| self.published.changed.max(layout.modified)))
        })
    }
}
