//! `handbill fmt`: puts files of events into the common style, or tells which are not in it. It does not check what they say.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;

use super::{complain, folder, say};
use crate::config::Config;
use crate::files;
use crate::manuscript;
use crate::problem::{self, Problem, Source};
use crate::publisher::FileText;

/// Styles these files, or all files of events where none is named; only tells which would change if `check`.
pub(super) fn fmt(config: &Config, files: &[PathBuf], check: bool) -> anyhow::Result<ExitCode> {
    let texts: Vec<(String, FileText)> = match files {
        [] => folder(config)?.1.into_iter().map(|change| (change.name, change.text)).collect(),
        files => files.iter().map(|path| (path.display().to_string(), files::read_text(path))).collect(),
    };
    let (mut changed, mut wrong, count) = (0, 0, texts.len());
    for (name, text) in texts {
        match style(&name, text, check)? {
            Styled::Same => {}
            Styled::Changed => changed += 1,
            Styled::Wrong => wrong += 1,
        }
    }
    let would = if check { "not in the common style" } else { "changed" };
    say(&format!("{count} files, {changed} {would}, {wrong} that cannot be read\n"));
    let is_well = wrong == 0 && !(check && changed > 0);
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

enum Styled {
    Same,
    Changed,
    Wrong,
}

fn style(name: &str, text: FileText, check: bool) -> anyhow::Result<Styled> {
    let text = match text {
        FileText::Is(text) => text,
        FileText::Gone => return Ok(tell(name, String::new(), 0, "there is no such file")),
        FileText::Unreadable(why) => return Ok(tell(name, String::new(), 0, &why)),
    };
    match manuscript::styled(&text) {
        Ok(styled) if styled == text => Ok(Styled::Same),
        Ok(styled) => {
            say(&format!("{name}\n"));
            if !check {
                files::write_atomically(Path::new(name), styled.as_bytes())
                    .with_context(|| format!("{name} cannot be written"))?;
            }
            Ok(Styled::Changed)
        }
        Err(fault) => Ok(tell(name, text, fault.at, &format!("this is not TOML: {}", fault.message))),
    }
}

/// Tells what is wrong with a file, which is left as it is.
fn tell(name: &str, text: String, at: usize, message: &str) -> Styled {
    let source = Arc::new(Source { name: name.to_owned(), text });
    complain(&problem::render(&[Problem::error(&source, at..at, message)], problem::Format::Human, false));
    Styled::Wrong
}
