//! `handbill import`: events that exist already, put into the files of events. It tells what it made of each, and writes all or nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};

use super::{complain, folder, say};
use crate::catalog::{self, ParsedFile};
use crate::config::Config;
use crate::files;
use crate::import::{self, Found, Known, Outcome, Plan};
use crate::problem::{self, Source};
use crate::publisher::FileText;

mod calendar;

/// What events are imported from.
#[derive(Debug, Subcommand)]
pub(super) enum From {
    /// A text with a title, a date line, a place line, the organizations and a description for each event.
    Listing {
        /// The text.
        file: PathBuf,
        #[command(flatten)]
        options: Options,
    },
    /// An iCalendar export or feed of Google, Outlook, The Events Calendar, Meetup and others.
    Ics {
        /// The file, or its address (http, https or webcal).
        from: String,
        #[command(flatten)]
        options: Options,
    },
    /// A web page with events as JSON-LD (schema.org).
    Page {
        /// The page, or its address.
        from: String,
        #[command(flatten)]
        options: Options,
    },
}

/// What all kinds of import have in common.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The folder of events [default: that of the settings].
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// Write nothing, and show what would be written.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// The organization of all events, whichever they name.
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
}

impl Options {
    /// None but the folder.
    pub(super) fn into(into: Option<PathBuf>) -> Self {
        Self { into, dry_run: false, organization: None }
    }
}

/// Imports, and tells what became of each event.
pub(super) fn import(config: Config, from: &From) -> anyhow::Result<ExitCode> {
    match from {
        From::Listing { file, options } => {
            let text = read(file)?;
            let (config, files) = present(config, options)?;
            let mut known = Known::of(&files, &catalog::assemble(&files, &config, None));
            let source = import::listing::read(&text, &mut known, config.timezone);
            put(&source, &files, &config, options)
        }
        From::Page { from, options } => {
            let (config, files) = present(config, options)?;
            let page = calendar::page(from, &config)?;
            let source = import::page::read(&page, options.organization.as_deref(), config.timezone);
            put(&source, &files, &config, options)
        }
        From::Ics { from, options } => {
            let (config, files) = present(config, options)?;
            let source = calendar::read(from, options.organization.as_deref(), &config)?;
            put(&source, &files, &config, options)
        }
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    match files::read_text(path) {
        FileText::Is(text) => Ok(text),
        FileText::Gone => bail!("there is no file {}", path.display()),
        FileText::Unreadable(why) => bail!("{}: {why}", path.display()),
    }
}

/// The files of events, by their names.
pub(super) type Files = BTreeMap<String, Arc<ParsedFile>>;

/// The files that are there.
pub(super) fn present(mut config: Config, options: &Options) -> anyhow::Result<(Config, Files)> {
    config.feeds = options.into.clone().unwrap_or(config.feeds);
    let (_, changes) = folder(&config)?;
    let mut files = Files::new();
    for change in changes {
        match change.text {
            FileText::Is(text) => {
                let source = Arc::new(Source { name: change.name.clone(), text });
                files.insert(change.name, Arc::new(catalog::parse(source, &config)));
            }
            FileText::Unreadable(why) => bail!("{}: {why}", change.name),
            FileText::Gone => {}
        }
    }
    Ok((config, files))
}

/// Puts what was found into the files, and tells it.
pub(super) fn put(
    source: &import::Source,
    files: &Files,
    config: &Config,
    options: &Options,
) -> anyhow::Result<ExitCode> {
    let folder = config.feeds.join("").display().to_string();
    let plan = import::plan(&source.found, files, config, &folder, options.organization.as_deref());
    for (found, outcome) in source.found.iter().zip(&plan.outcomes) {
        say(&told(found, outcome));
    }
    for (line, reason) in &source.left {
        let place = if *line > 0 { format!(", line {line}") } else { String::new() };
        say(&format!("left out{place}: {}\n", printable(reason)));
    }
    for note in &source.told {
        say(&format!("note: {}\n", printable(note)));
    }
    if !plan.problems.is_empty() {
        complain(&problem::render(&plan.problems, problem::Format::Human, false));
        bail!("nothing was written: `handbill check` would refuse it");
    }
    if options.dry_run {
        say(&difference(&plan));
    } else {
        write(&plan)?;
    }
    say(&summary(source, &plan, options.dry_run));
    let left = plan.outcomes.iter().any(|outcome| matches!(outcome, Outcome::Left(_)));
    Ok(if left || !source.left.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn told(found: &Found, outcome: &Outcome) -> String {
    let title = printable(&found.title);
    let place = if found.line > 0 { format!(" (line {})", found.line) } else { String::new() };
    match outcome {
        Outcome::New { id, file, doubts } => {
            let mut told = format!("new: {title}{place}: {id} in {file}\n");
            told.extend(doubts.iter().map(|doubt| format!("  check {}: {}\n", doubt.key, printable(&doubt.text))));
            told
        }
        Outcome::Known { id, reason } => format!("there already: {title}{place}: {id} ({reason})\n"),
        Outcome::Left(reason) => format!("left out: {title}{place}: {reason}\n"),
    }
}

/// A text in one line, without what could ring a terminal.
fn printable(text: &str) -> String {
    crate::text::clean(text).replace('\n', " ")
}

/// What would be written, as a unified diff.
fn difference(plan: &Plan) -> String {
    let of = |written: &import::Written| {
        let names = (if written.before.is_empty() { "/dev/null" } else { &written.file }, written.file.as_str());
        let difference = similar::TextDiff::from_lines(&written.before, &written.after);
        difference.unified_diff().header(names.0, names.1).to_string()
    };
    plan.written.iter().map(of).collect()
}

fn write(plan: &Plan) -> anyhow::Result<()> {
    for written in &plan.written {
        let path = Path::new(&written.file);
        files::write_atomically(path, written.after.as_bytes())
            .with_context(|| format!("{} cannot be written", written.file))?;
    }
    Ok(())
}

fn summary(source: &import::Source, plan: &Plan, dry: bool) -> String {
    let count = |is: fn(&Outcome) -> bool| plan.outcomes.iter().filter(|outcome| is(outcome)).count();
    let new = count(|outcome| matches!(outcome, Outcome::New { .. }));
    let known = count(|outcome| matches!(outcome, Outcome::Known { .. }));
    let left = count(|outcome| matches!(outcome, Outcome::Left(_))) + source.left.len();
    let files = plan.written.len();
    let would = if dry { "would be written into" } else { "written into" };
    format!("{new} new, {would} {files} files; {known} there already; {left} left out\n")
}
