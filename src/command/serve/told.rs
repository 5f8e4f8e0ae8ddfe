//! What the log has said of files and feeds: each file once when something is wrong with it and once when that is mended, each feed once
//! when it nears its limit, goes past it or is back. However often a Site is built, what has not changed is not told again.

use std::collections::BTreeMap;

use crate::problem::{Problem, Severity};
use crate::publisher::Publisher;
use crate::site::Crowded;

/// What is wrong with a file, wherever in it, and how often: a problem that has only moved is none to be told.
type Faults<'p> = BTreeMap<(Severity, String), Vec<&'p Problem>>;

/// What the log said last.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// How often each problem is in each file.
    problems: BTreeMap<String, BTreeMap<(Severity, String), usize>>,
    /// Feeds near their limit or past it, by address.
    feeds: BTreeMap<String, Fullness>,
}

/// How full a feed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fullness {
    Near,
    Past,
}

impl Told {
    /// Tells what has changed since the last call.
    pub(super) fn tell(&mut self, publisher: &Publisher) {
        self.tell_problems(publisher.problems());
        self.tell_feeds(publisher.site().crowded());
    }

    fn tell_problems(&mut self, problems: &[Problem]) {
        let mut now: BTreeMap<&str, Faults<'_>> = BTreeMap::new();
        for problem in problems {
            let faults = now.entry(problem.source.name.as_str()).or_default();
            faults.entry((problem.severity, problem.message.clone())).or_default().push(problem);
        }
        let mut before = std::mem::take(&mut self.problems);
        for (file, faults) in now {
            let known = before.remove(file).unwrap_or_default();
            tell_faults(file, &faults, &known);
            let counts = faults.into_iter().map(|(fault, places)| (fault, places.len())).collect();
            self.problems.insert(file.to_owned(), counts);
        }
        for file in before.into_keys() {
            tracing::info!(target: "handbill::feeds", "{file}: mended, nothing is wrong with it any more");
        }
    }

    fn tell_feeds(&mut self, crowded: Vec<Crowded>) {
        let mut before = std::mem::take(&mut self.feeds);
        for Crowded { address, bytes, left_out } in crowded {
            let now = if left_out > 0 { Fullness::Past } else { Fullness::Near };
            match (before.remove(&address), now) {
                (before, now) if before == Some(now) => {}
                (_, Fullness::Past) => {
                    tracing::warn!(
                        feed = address,
                        left_out,
                        "a feed is past its size limit: its oldest events leave it"
                    );
                }
                (None, Fullness::Near) => tracing::warn!(feed = address, bytes, "a feed is near its size limit"),
                (Some(_), Fullness::Near) => {
                    tracing::info!(feed = address, bytes, "a feed is within its size limit again");
                }
            }
            self.feeds.insert(address, now);
        }
        for (address, fullness) in before {
            match fullness {
                Fullness::Past => tracing::info!(feed = address, "a feed is within its size limit again"),
                Fullness::Near => tracing::info!(feed = address, "a feed is no longer near its size limit"),
            }
        }
    }
}

/// One line of a file with which something is wrong, if there is news of it: the first of what is new, and how much more there is.
fn tell_faults(file: &str, faults: &Faults<'_>, known: &BTreeMap<(Severity, String), usize>) {
    let more = |(fault, places): (&(Severity, String), &Vec<&Problem>)| {
        places.len().saturating_sub(known.get(fault).copied().unwrap_or_default())
    };
    let new = faults.iter().filter(|fault| more(*fault) > 0);
    // The latest of a kind is most likely the new one; which it is nobody knows.
    let first =
        new.filter_map(|(_, places)| places.last()).min_by_key(|problem| (problem.severity, problem.span.start));
    let (wrong, was) = (faults.values().map(Vec::len).sum::<usize>(), known.values().sum::<usize>());
    match first {
        Some(first) if wrong > 1 => tracing::warn!(
            target: "handbill::feeds",
            "{} (one of {wrong} problems in this file: `handbill check` tells all)",
            first.one_line()
        ),
        Some(first) => tracing::warn!(target: "handbill::feeds", "{}", first.one_line()),
        None => {}
    }
    let has_errors = faults.keys().any(|(severity, _)| *severity == Severity::Error);
    let had_errors = known.keys().any(|(severity, _)| *severity == Severity::Error);
    if had_errors && !has_errors {
        tracing::info!(target: "handbill::feeds", "{file}: its errors are mended");
    } else if first.is_none() && wrong < was {
        tracing::info!(target: "handbill::feeds", "{file}: {} of {was} problems are mended", was - wrong);
    }
}
