//! The command line: wiring, the clock, exit codes. The shells round the Site: `serve`, `check`, `build`, and `schema`.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand, ValueEnum};

use crate::config::{self, Config};
use crate::difference::Form;
use crate::files::{self, Folder, State};
use crate::name::Slug;
use crate::partner::Snapshot;
use crate::problem::{self, Problem, Severity, Source};
use crate::publisher::FileText;
use crate::{catalog, revision::Ledger};

mod build;
mod check;
mod diff;
mod fetch;
mod health;
mod import;
mod kept;
mod line;
mod merge;
mod new;
mod out;
mod publish;
mod serve;
mod style;

/// Publishes community events, kept in TOML files, as calendar feeds.
#[derive(Debug, Parser)]
#[command(version, after_help = AFTER_HELP, disable_help_subcommand = true)]
struct Arguments {
    /// The operator's settings [default: config/handbill.toml, if it is there].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

const AFTER_HELP: &str = "Without a command, handbill serves.\n\n\
Every setting can also come from the environment, which goes before the file:\n\
HANDBILL_ and its path in capitals, such as HANDBILL_LISTEN, HANDBILL_PUBLIC_URL, HANDBILL_FEEDS or HANDBILL_LOG_LEVEL.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the feeds over HTTP, and publish each change of a file within two seconds.
    Serve {
        /// Publish each change there too, in the background; as for `handbill publish`.
        #[arg(long, value_name = "URL")]
        publish: Option<String>,
    },
    /// Tell every problem in the files of events. Exit status: 0 none, 1 problems, 2 usage.
    Check {
        /// The form of the report.
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
    /// Tell what the present files mean for subscribers, compared with those of a revision in git. Exit status: 0, whether or not anything
    /// differs.
    Diff {
        /// A commit, branch or tag.
        #[arg(value_name = "REV", default_value = "HEAD", allow_hyphen_values = true)]
        revision: String,
        /// The form of the report.
        #[arg(long, value_enum, default_value_t = DiffFormat::Human)]
        format: DiffFormat,
    },
    /// Write every feed as a file, for a site without a server of ours.
    Build {
        /// The folder to write; what an earlier build left there and this one has no more is removed.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Publish every feed and page to an object store, for a site without a server of ours. Only what changed is uploaded.
    Publish {
        /// s3://BUCKET/PATH, gs://BUCKET/PATH, az://CONTAINER/PATH or file:///FOLDER. Keys come from the environment (AWS_…, GOOGLE_…, AZURE_…).
        #[arg(value_name = "URL")]
        url: String,
    },
    /// Ask partners once for their calendars, without a server, and keep what they say. Exit status: 0 all well, 1 some failed.
    Fetch {
        /// Which partners; all by default.
        #[arg(value_name = "SLUG")]
        partners: Vec<String>,
        /// The form of the report.
        #[arg(long, value_enum, default_value_t = fetch::Form::Human)]
        format: fetch::Form,
    },
    /// Ask the service of these settings whether it lives. Exit status: 0 it does, 1 it does not.
    Health,
    /// Put events that exist already into the files of events. Exit status: 0 all of them, 1 some were left out.
    Import {
        /// What they are imported from.
        #[command(subcommand)]
        from: import::From,
    },
    /// Ask for one event, show what would be written, and append it to the file of its organization.
    New {
        /// The folder of events [default: that of the settings].
        #[arg(long, value_name = "DIR")]
        into: Option<PathBuf>,
    },
    /// Put files of events into the common style; comments stay. Exit status: 0 all well, 1 some are not in it or cannot be read.
    Fmt {
        /// Which files; all files of events by default.
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Change nothing, and tell which files are not in the common style.
        #[arg(long)]
        check: bool,
    },
    /// Merge a folder of calendars into one file, each calendar as that of a partner: to measure what merging costs.
    #[command(hide = true)]
    Merge {
        /// The folder; its files that end in `.ics` are read.
        from: PathBuf,
        /// The file to write.
        to: PathBuf,
    },
    /// Print the JSON Schema of a kind of file, for editors that complete and check as you type.
    Schema {
        /// Which files.
        #[arg(value_enum, default_value_t = Kind::Feeds)]
        of: Kind,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For people, with the source lines.
    Human,
    /// For programs.
    Json,
    /// For GitHub Actions, which shows them beside the lines of a pull request.
    Github,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DiffFormat {
    /// For people.
    Human,
    /// For a comment on a pull request.
    Markdown,
    /// For programs.
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// The files of events.
    Feeds,
    /// The operator's settings.
    Config,
}

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let config = arguments.config.as_deref();
    let done = match arguments.command.unwrap_or(Command::Serve { publish: None }) {
        Command::Serve { publish } => {
            settings(config).and_then(|config| serve::serve(&Arc::new(config), publish.as_deref()))
        }
        Command::Check { format } => settings(config).and_then(|config| check::check(&Arc::new(config), format)),
        Command::Diff { revision, format } => {
            let form = match format {
                DiffFormat::Human => Form::Human,
                DiffFormat::Markdown => Form::Markdown,
                DiffFormat::Json => Form::Json,
            };
            settings(config).and_then(|config| diff::diff(&config, &revision, form))
        }
        Command::Build { out } => settings(config).and_then(|config| build::build(&Arc::new(config), &out)),
        Command::Publish { url } => settings(config).and_then(|config| publish::publish(&Arc::new(config), &url)),
        Command::Fetch { partners, format } => {
            settings(config).and_then(|config| fetch::fetch(&Arc::new(config), &partners, format))
        }
        Command::Health => settings(config).and_then(|config| health::health(&config)),
        Command::Import { from } => settings(config).and_then(|config| import::import(config, &from)),
        Command::New { into } => settings(config).and_then(|config| new::new(config, import::Options::into(into))),
        Command::Fmt { files, check } => settings(config).and_then(|config| style::fmt(&config, &files, check)),
        Command::Merge { from, to } => settings(config).and_then(|config| merge::merge(&config, &from, &to)),
        Command::Schema { of } => schema(of),
    };
    done.unwrap_or_else(|error| {
        complain(&format!("handbill: {error:#}\n"));
        ExitCode::FAILURE
    })
}

/// Writes to standard output. Whoever closed it (`handbill check | head`) has heard enough: that is no fault.
fn say(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}

/// Writes to standard error, on the same terms.
fn complain(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Writes a sentence of what went wrong and ends nothing to standard error.
fn mention(text: &str) {
    complain(&format!("handbill: {text}\n"));
}

/// The clock's door.
#[allow(clippy::disallowed_methods, reason = "this is the clock's door")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

const DEFAULT_CONFIG: &str = "config/handbill.toml";

/// Reads the settings; what is wrong with them is told in full.
fn settings(path: Option<&Path>) -> anyhow::Result<Config> {
    let text = match (files::read_text(path.unwrap_or(Path::new(DEFAULT_CONFIG))), path) {
        (FileText::Is(text), _) => text,
        (FileText::Gone, None) => String::new(),
        (FileText::Gone, Some(path)) => bail!("there is no file {}", path.display()),
        (FileText::Unreadable(why), path) => bail!("{}: {why}", path.unwrap_or(Path::new(DEFAULT_CONFIG)).display()),
    };
    let name = path.map_or_else(|| DEFAULT_CONFIG.to_owned(), |path| path.display().to_string());
    let environment: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(key, _)| key.starts_with("HANDBILL_"))
        .collect();
    let (config, problems) = config::parse(Arc::new(Source { name, text }), &environment);
    if !problems.is_empty() {
        complain(&problem::render(&problems, problem::Format::Human, io::stderr().is_terminal()));
    }
    match config {
        Some(config) if problems.iter().all(|problem| problem.severity == Severity::Warning) => Ok(config),
        _ => bail!("the settings cannot be used"),
    }
}

/// The files of events, watched from now on, and their present texts.
fn folder(config: &Config) -> anyhow::Result<(Folder, Vec<crate::publisher::FileChange>)> {
    let mut folder = Folder::watch(&config.feeds);
    let files = folder.changes().with_context(|| {
        format!(
            "the folder of events, {}, cannot be read; `feeds` in the settings names another",
            config.feeds.display()
        )
    })?;
    Ok((folder, files))
}

/// What was kept of the partners of a catalog.
fn kept(config: &Config, catalog: &catalog::Catalog, tell: kept::Tell) -> Vec<(Slug, Snapshot)> {
    let partners = catalog.partners.values();
    let snapshots = kept::read(config, partners.clone().map(Arc::as_ref), tell);
    partners.map(|partner| partner.slug.clone()).zip(snapshots).collect()
}

/// The state folder, held.
fn state(config: &Config) -> anyhow::Result<State> {
    State::open(&config.state).with_context(|| {
        format!("the state folder, {}, cannot be used (is another handbill running?)", config.state.display())
    })
}

/// The ledger as it was kept; a fresh one where nothing was. What cannot be read is told and laid aside: it costs history, not service.
fn ledger(kept: Option<Vec<u8>>, tell: kept::Tell, set_aside: impl FnOnce() -> io::Result<()>) -> Ledger {
    let Some(kept) = kept else { return Ledger::default() };
    Ledger::parse(&kept).unwrap_or_else(|error| {
        tell(&format!(
            "the ledger of revisions cannot be read ({error}); it is set aside and begun anew: events that changed count as new"
        ));
        if let Err(error) = set_aside() {
            tell(&format!("the ledger cannot be set aside: {error}"));
        }
        Ledger::default()
    })
}

fn schema(of: Kind) -> anyhow::Result<ExitCode> {
    let schema = match of {
        Kind::Feeds => catalog::schema(),
        Kind::Config => config::schema(),
    };
    say(&format!("{}\n", serde_json::to_string_pretty(&schema)?));
    Ok(ExitCode::SUCCESS)
}

/// The problems that are errors.
fn errors(problems: &[Problem]) -> usize {
    problems.iter().filter(|problem| problem.severity == Severity::Error).count()
}
