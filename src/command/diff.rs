//! `handbill diff`: what the change from a revision in git to the present files means for subscribers. Git is asked for what it has, and
//! changes nothing.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};

use super::{errors, folder, mention, now, say};
use crate::catalog::{self, Catalog, ParsedFile};
use crate::config::Config;
use crate::difference::{self, Form};
use crate::problem::Source;
use crate::publisher::FileText;

/// The files of one version, parsed, by their names as they are shown.
type Parsed = BTreeMap<String, Arc<ParsedFile>>;

pub(super) fn diff(config: &Config, revision: &str, form: Form) -> anyhow::Result<ExitCode> {
    let (_, files) = folder(config)?;
    let old: Parsed = texts_at(&config.feeds, revision)?
        .into_iter()
        .map(|(name, text)| parsed(config, config.feeds.join(name).display().to_string(), text))
        .collect();
    let mut new = Parsed::new();
    let mut unreadable = 0;
    for file in files {
        match file.text {
            FileText::Is(text) => new.extend([parsed(config, file.name, text)]),
            FileText::Unreadable(why) => {
                unreadable += 1;
                mention(&format!("{}: {why}", file.name));
                new.extend(old.get_key_value(&file.name).map(|(name, file)| (name.clone(), Arc::clone(file))));
            }
            FileText::Gone => {}
        }
    }
    let before = catalog::assemble(&old, config, None);
    let after = catalog::assemble(&new, config, Some(&before));
    tell_problems(&before, &after, revision, unreadable);
    let difference = difference::between(&before, &after, config.timezone, now());
    say(&difference::render(&difference, form));
    Ok(ExitCode::SUCCESS)
}

fn parsed(config: &Config, name: String, text: String) -> (String, Arc<ParsedFile>) {
    let source = Arc::new(Source { name: name.clone(), text });
    (name, Arc::new(catalog::parse(source, config)))
}

/// What is wrong keeps its last good version when serving, and so it does here.
fn tell_problems(before: &Catalog, after: &Catalog, revision: &str, unreadable: usize) {
    let (old, new) = (errors(&before.problems), errors(&after.problems) + unreadable);
    if new > 0 {
        mention(&format!(
            "{new} problems in the files: what is wrong counts as it was at {revision}. `handbill check` tells them"
        ));
    }
    if old > 0 {
        mention(&format!("{old} problems in the files at {revision}: what was wrong there counts as missing"));
    }
}

/// The files of events at a revision: names below the folder, and texts. A folder that was not there yet had none.
fn texts_at(feeds: &Path, revision: &str) -> anyhow::Result<Vec<(String, String)>> {
    if revision.is_empty() || revision.starts_with('-') {
        bail!("{revision:?} is no revision: name a branch, a tag or a commit, such as HEAD~1 or origin/main");
    }
    // In git's own words: that there is no repository, or that it is another user's.
    git(feeds, &["rev-parse", "--is-inside-work-tree"], "")
        .with_context(|| format!("there is nothing to compare {} with", feeds.display()))?;
    let commit = format!("{revision}^{{commit}}");
    let commit = git(feeds, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit], "")
        .map_err(|_| anyhow!("git knows no revision {revision}"))?;
    let commit = String::from_utf8(commit)?.trim().to_owned();
    let listed = git(feeds, &["ls-tree", "-z", &commit], "")?;
    let listed = String::from_utf8_lossy(&listed).into_owned();
    let files: Vec<(&str, &str)> = listed.split('\0').filter_map(blob).collect();
    let wanted: String = files.iter().map(|(digest, _)| format!("{digest}\n")).collect();
    let texts = contents(&git(feeds, &["cat-file", "--batch"], &wanted)?)?;
    if texts.len() != files.len() {
        bail!("git gave {} of {} files at {revision}", texts.len(), files.len());
    }
    Ok(files.into_iter().map(|(_, name)| name.to_owned()).zip(texts).collect())
}

/// A line of `ls-tree`: the digest and the name of a file of events.
fn blob(line: &str) -> Option<(&str, &str)> {
    let (entry, name) = line.split_once('\t')?;
    let mut parts = entry.split(' ');
    let (mode, kind, digest) = (parts.next()?, parts.next()?, parts.next()?);
    let is_file = kind == "blob" && mode != "120000" && name.ends_with(".toml") && !name.starts_with('.');
    is_file.then_some((digest, name))
}

/// What `cat-file --batch` says: for each file a line that ends in its size in bytes, then its text and a line break.
fn contents(mut said: &[u8]) -> anyhow::Result<Vec<String>> {
    let mut texts = Vec::new();
    while let Some(end) = said.iter().position(|byte| *byte == b'\n') {
        let (head, rest) = said.split_at_checked(end).unwrap_or_default();
        let size = String::from_utf8_lossy(head).rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
        let size = size.with_context(|| format!("git says {}", String::from_utf8_lossy(head)))?;
        let text = rest.get(1..=size).context("git’s answer is cut")?;
        texts.push(String::from_utf8_lossy(text).into_owned());
        said = rest.get(size + 2..).unwrap_or_default();
    }
    Ok(texts)
}

/// What git answers in a folder when it is told `input`.
fn git(folder: &Path, arguments: &[&str], input: &str) -> anyhow::Result<Vec<u8>> {
    let mut command = Command::new("git");
    // Set while a hook runs, relative to another folder.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    command.arg("-C").arg(folder).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context("git cannot be run: `handbill diff` needs it")?;
    let (mut stdin, input) = (child.stdin.take(), input.to_owned());
    // Both ends talk at once: neither may wait for the other to have read.
    let writer = std::thread::spawn(move || stdin.as_mut().map(|stdin| stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output()?;
    let _ = writer.join();
    if !output.status.success() {
        bail!("git {}: {}", arguments.first().unwrap_or(&""), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout)
}
