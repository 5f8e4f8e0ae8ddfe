//! What the log has said of files and feeds: each problem once when it appears and once when it is mended, each feed once when it nears its
//! limit, goes past it or is back. However often a Site is built, what has not changed is not told again.

use std::collections::{BTreeMap, BTreeSet};

use crate::problem::{Problem, Severity};
use crate::publisher::Publisher;
use crate::site::Crowded;

/// What a problem is, wherever in its file: the file, and what is wrong.
type Known = (String, Severity, String);

/// What the log said last.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Of each problem the lines with its places: one that has only moved within its file is none to be told.
    problems: BTreeMap<Known, BTreeSet<String>>,
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
        let mut now: BTreeMap<Known, BTreeSet<String>> = BTreeMap::new();
        for problem in problems {
            let known = (problem.source.name.clone(), problem.severity, problem.message.clone());
            now.entry(known).or_default().insert(problem.one_line());
        }
        for line in now.iter().flat_map(|(known, lines)| more(lines, self.problems.get(known))) {
            tracing::warn!(target: "handbill::feeds", "{line}");
        }
        for line in self.problems.iter().flat_map(|(known, lines)| more(lines, now.get(known))) {
            tracing::info!(target: "handbill::feeds", "mended: {line}");
        }
        self.problems = now;
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

/// As many of these lines as there are more than before, and those first that were not there.
fn more<'l>(lines: &'l BTreeSet<String>, before: Option<&'l BTreeSet<String>>) -> impl Iterator<Item = &'l String> {
    let more = lines.len().saturating_sub(before.map_or(0, BTreeSet::len));
    lines.iter().filter(move |line| !before.is_some_and(|before| before.contains(*line))).take(more)
}
