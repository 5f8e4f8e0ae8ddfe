//! What an answer of a partner changed against the one before. It knows no time.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Adopted;
use crate::event::Event;
use crate::name::Slug;

/// What an answer changed: how many events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// New ones.
    pub added: usize,
    /// Those that are another now.
    pub changed: usize,
    /// Those that are no more.
    pub removed: usize,
}

impl Changes {
    /// The difference of two answers.
    #[must_use]
    pub fn between(before: &Adopted, after: &Adopted) -> Self {
        let (before, after) = (by_id(before), by_id(after));
        let kept = after.iter().filter_map(|(id, event)| Some((event, before.get(id)?)));
        let (mut stayed, mut changed) = (0, 0);
        for (event, was) in kept {
            stayed += 1;
            changed += usize::from(event != was);
        }
        Self { added: after.len() - stayed, changed, removed: before.len() - stayed }
    }
}

fn by_id(adopted: &Adopted) -> BTreeMap<&Slug, &Event> {
    adopted.events.iter().map(|event| (&event.id, &**event)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::sample;

    fn answer(events: &[(&str, &str)]) -> Adopted {
        let event = |(id, start): &(&str, &str)| {
            let event = sample::event(start, "2021-03-20T20:00:00");
            Arc::new(Event { id: Slug::parse(id).unwrap(), ..event })
        };
        Adopted { events: events.iter().map(event).collect(), ..Adopted::default() }
    }

    #[test]
    fn new_changed_and_gone_events_are_counted() {
        let before = answer(&[("march", "2021-03-20T13:00:00"), ("vigil", "2021-03-20T18:00:00")]);
        let after = answer(&[
            ("hearing", "2021-03-20T09:00:00"),
            ("march", "2021-03-20T14:00:00"),
            ("rally", "2021-03-20T10:00:00"),
        ]);
        let changes = Changes::between(&before, &after);
        assert_eq!(changes, Changes { added: 2, changed: 1, removed: 1 });
        assert_eq!(Changes::between(&after, &after), Changes::default());
    }
}
