//! `handbill check`: every problem of all files in one run.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use std::sync::Arc;

use super::{Format, errors, folder, now, say};
use crate::config::Config;
use crate::problem::{self, Problem, Source};
use crate::publisher::Publisher;
use crate::revision::Ledger;

pub(super) fn check(config: &Arc<Config>, format: Format) -> anyhow::Result<ExitCode> {
    let (_, files) = folder(config)?;
    let count = files.len();
    let publisher = Publisher::new(Arc::clone(config), Ledger::default(), files, Vec::new, |_| Vec::new(), now());
    let mut problems = publisher.problems().to_vec();
    problems.extend(crowded(&publisher, config));
    let form = match format {
        Format::Human => problem::Format::Human,
        Format::Json => problem::Format::Json,
        Format::Github => problem::Format::Github,
    };
    say(&problem::render(&problems, form, io::stdout().is_terminal()));
    if matches!(format, Format::Human) {
        let (events, organizations) = publisher.site().counts();
        let summary = problem::summary(&problems, count);
        say(&format!(
            "{events} events of {organizations} organizations; {summary}
"
        ));
    }
    Ok(if errors(&problems) == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A warning for each feed that Google will soon cut, or that we have to.
fn crowded(publisher: &Publisher, config: &Config) -> Vec<Problem> {
    let limit = config.max_feed_bytes;
    let warn = |feed: crate::site::Crowded| {
        let source = Arc::new(Source { name: feed.address, text: String::new() });
        let message = match feed.left_out {
            0 => format!("this feed has {} of the {limit} bytes it may have", feed.bytes),
            left_out => format!("this feed is full ({limit} bytes): its {left_out} oldest events are left out"),
        };
        let mut problem = Problem::warning(&source, 0..0, message);
        problem.help("calendar programs silently drop events of larger feeds");
        problem
    };
    publisher.site().crowded().into_iter().map(warn).collect()
}
