//! What tells one list of events from another: what goes and what comes. It compares no contents: an event that is the same allocation
//! is the same.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

use super::Event;

/// So many differences are made one by one; of more, the list is made anew.
const FEW: usize = 200;

/// The difference between two lists of events, each ascending by id.
#[derive(Debug, Clone, Default)]
pub struct Difference {
    /// What is only in the old list, ascending by id.
    pub going: Vec<Arc<Event>>,
    /// What is only in the new list, ascending by id.
    pub coming: Vec<Arc<Event>>,
}

impl Difference {
    /// What makes `old` to `new`. Events that are in both are not looked at.
    #[must_use]
    pub fn between(old: &[Arc<Event>], new: &[Arc<Event>]) -> Self {
        let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
        let mut difference = Self::default();
        loop {
            let order = match (old.peek(), new.peek()) {
                (Some(one), Some(other)) if Arc::ptr_eq(one, other) => {
                    old.next();
                    new.next();
                    continue;
                }
                (Some(one), Some(other)) => one.id.cmp(&other.id),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return difference,
            };
            if order.is_le() {
                difference.going.extend(old.next().cloned());
            }
            if order.is_ge() {
                difference.coming.extend(new.next().cloned());
            }
        }
    }

    /// Makes the old list the new one, in place: what is in both is not looked at.
    pub fn apply(&self, events: &mut Vec<Arc<Event>>) {
        if self.going.len() + self.coming.len() > FEW {
            let gone: HashSet<_> = self.going.iter().map(Arc::as_ptr).collect();
            events.retain(|event| !gone.contains(&Arc::as_ptr(event)));
            events.extend(self.coming.iter().cloned());
            events.sort_by(|one, other| one.id.cmp(&other.id));
            return;
        }
        for gone in &self.going {
            if let Ok(place) = events.binary_search_by(|event| event.id.cmp(&gone.id)) {
                events.remove(place);
            }
        }
        for come in &self.coming {
            let place = events.partition_point(|event| event.id < come.id);
            events.insert(place, Arc::clone(come));
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.going.is_empty() && self.coming.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::name::Slug;

    #[test]
    fn what_goes_and_what_comes() {
        let event = |id: &str| {
            let sample = sample::event("2021-03-20T13:00:00", "2021-03-20T15:00:00");
            Arc::new(Event { id: Slug::parse(id).unwrap(), ..sample })
        };
        let [a, b, c, d, other] = ["a", "b", "c", "d", "c"].map(event);
        let check = |old: &[&Arc<Event>], new: &[&Arc<Event>], going: &[&Arc<Event>], coming: &[&Arc<Event>]| {
            let list = |events: &[&Arc<Event>]| events.iter().map(|event| Arc::clone(event)).collect::<Vec<_>>();
            let found = Difference::between(&list(old), &list(new));
            let same = |one: &[Arc<Event>], other: &[&Arc<Event>]| {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| Arc::ptr_eq(one, other))
            };
            assert!(same(&found.going, going) && same(&found.coming, coming), "{found:?}");
            let mut applied = list(old);
            found.apply(&mut applied);
            assert!(same(&applied, new), "{applied:?}");
        };
        check(&[], &[], &[], &[]);
        check(&[&a, &b], &[&a, &b], &[], &[]);
        check(&[&a, &b, &c], &[&a, &b, &other], &[&c], &[&other]);
        check(&[&b, &c], &[&a, &c, &d], &[&b], &[&a, &d]);
        check(&[&d], &[&a], &[&d], &[&a]);
    }
}
