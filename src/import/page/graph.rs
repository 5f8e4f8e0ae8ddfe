//! The events among the nodes of a page's JSON-LD: in arrays, graphs and lists, as parts of others, and by reference. It does not read what
//! an event says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// A node of JSON-LD.
pub(super) type Node = Map<String, Value>;

/// Where other nodes stand that may be events.
const PLACES: [&str; 9] =
    ["@graph", "itemListElement", "item", "event", "events", "mainEntity", "hasPart", "subEvent", "subEvents"];

/// The nodes of a page that others refer to.
pub(super) struct Graph<'v> {
    by_id: BTreeMap<&'v str, &'v Node>,
}

/// An event, and the one that it is a part of.
pub(super) struct Part<'v> {
    pub(super) event: &'v Node,
    pub(super) of: Option<&'v Node>,
}

impl<'v> Graph<'v> {
    /// Gathers the nodes that have an `@id` and say something.
    pub(super) fn of(blocks: &'v [Value]) -> Self {
        let mut by_id = BTreeMap::new();
        let mut rest: Vec<&Value> = blocks.iter().rev().collect();
        while let Some(value) = rest.pop() {
            match value {
                Value::Array(values) => rest.extend(values.iter().rev()),
                Value::Object(node) => {
                    if let Some(id) = node.get("@id").and_then(Value::as_str).filter(|_| !is_reference(node)) {
                        by_id.entry(id).or_insert(node);
                    }
                    rest.extend(node.values());
                }
                _ => {}
            }
        }
        Self { by_id }
    }

    /// The node that a value is or refers to.
    pub(super) fn node(&self, value: &'v Value) -> Option<&'v Node> {
        match value {
            Value::Object(node) if is_reference(node) => Some(self.referred(node).unwrap_or(node)),
            Value::Object(node) => Some(node),
            _ => None,
        }
    }

    fn referred(&self, node: &Node) -> Option<&'v Node> {
        self.by_id.get(node.get("@id")?.as_str()?).copied()
    }

    /// All events, each once, in the page's order.
    pub(super) fn events(&self, blocks: &'v [Value]) -> Vec<Part<'v>> {
        let mut events = Vec::new();
        let mut seen = BTreeSet::new();
        // By hand instead of by recursion: references may lead on and on, and in a circle.
        let mut rest: Vec<(&Value, Option<&Node>)> = blocks.iter().rev().map(|block| (block, None)).collect();
        while let Some((value, of)) = rest.pop() {
            if let Value::Array(values) = value {
                rest.extend(values.iter().rev().map(|value| (value, of)));
            }
            let Some(node) = self.node(value).filter(|node| seen.insert(std::ptr::from_ref(*node))) else { continue };
            let is_event = is_event(node);
            if is_event && !is_reference(node) {
                events.push(Part { event: node, of });
            }
            let of = is_event.then_some(node).or(of);
            rest.extend(PLACES.iter().rev().filter_map(|key| Some((node.get(*key)?, of))));
        }
        events
    }
}

/// Whether a node says nothing but which one it means.
pub(super) fn is_reference(node: &Node) -> bool {
    node.contains_key("@id") && node.keys().all(|key| matches!(key.as_str(), "@id" | "@type" | "@context"))
}

/// Whether a node has others that are its parts.
pub(super) fn has_parts(node: &Node) -> bool {
    ["subEvent", "subEvents"].iter().any(|key| match node.get(*key) {
        Some(Value::Array(parts)) => !parts.is_empty(),
        Some(Value::Object(_)) => true,
        _ => false,
    })
}

fn is_event(node: &Node) -> bool {
    let is = |kind: &str| {
        let kind = last_segment(kind).to_ascii_lowercase();
        kind.ends_with("event") || matches!(kind.as_str(), "eventseries" | "festival" | "hackathon")
    };
    match node.get("@type") {
        Some(Value::String(kind)) => is(kind),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(is),
        _ => false,
    }
}

/// What names a term: the end of its address, or what follows a prefix.
pub(super) fn last_segment(term: &str) -> &str {
    term.trim().trim_end_matches('/').rsplit(['/', '#', ':']).next().unwrap_or_default()
}
