//! `handbill new`: asks for the few fields of one event, shows what it would write, and appends it. It reads lines, so that a pipe serves as
//! well as a terminal.

use std::collections::BTreeSet;
use std::io::{self, BufRead as _};
use std::process::ExitCode;

use anyhow::bail;

use super::import::{Files, Options, present, put};
use super::say;
use crate::config::Config;
use crate::import::{Found, Source, listing};
use crate::name::Slug;

/// The longest answer, in bytes.
const ANSWER: u64 = 20_000;
/// How often one thing is asked.
const TIMES: usize = 5;

/// Asks, and appends the event if that is wanted.
pub(super) fn new(config: Config, mut options: Options) -> anyhow::Result<ExitCode> {
    let (config, files) = present(config, &options)?;
    let source = Source { found: vec![asked(&config, &files)?], ..Source::default() };
    options.dry_run = true;
    put(&source, &files, &config, &options)?;
    if !answer("Append it? (yes or no)")?.to_lowercase().starts_with('y') {
        say("nothing was written\n");
        return Ok(ExitCode::FAILURE);
    }
    options.dry_run = false;
    put(&source, &files, &config, &options)
}

fn asked(config: &Config, files: &Files) -> anyhow::Result<Found> {
    let organization = organization(files)?;
    let title =
        until("Title", |title| if title.is_empty() { Err("an event needs a title".to_owned()) } else { Ok(title) })?;
    let when = |line: String| listing::when(&line, config.timezone);
    let (start, end, doubts) = until("When, such as March 20, 2021 - 1 PM – 3 PM", when)?;
    let mut found = Found::new(&title, start);
    found.end = end;
    found.organizations = vec![organization];
    found.doubts = doubts;
    found.place = Some(answer("Place")?).filter(|place| !place.is_empty());
    found.description = paragraphs("Description; an empty line ends it")?;
    found.tags = until("Topics, with commas", |line| tags(&line))?;
    Ok(found)
}

/// One of the organizations that have files, by its number, or any other by its name.
fn organization(files: &Files) -> anyhow::Result<String> {
    let own = files.values().flat_map(|file| file.organizations()).filter(|(_, own, _)| *own);
    let names: BTreeSet<String> = own.map(|(organization, ..)| organization.name.clone()).collect();
    let names: Vec<String> = names.into_iter().collect();
    for (number, name) in names.iter().enumerate() {
        say(&format!("{:>3}  {name}\n", number + 1));
    }
    until("Organization, by its number or name", |line| match line.parse::<usize>() {
        Ok(number) => {
            let name = number.checked_sub(1).and_then(|at| names.get(at));
            name.cloned().ok_or_else(|| format!("there is no number {number}"))
        }
        Err(_) if line.is_empty() => Err("an event needs an organization".to_owned()),
        Err(_) => Ok(line),
    })
}

fn tags(line: &str) -> Result<Vec<Slug>, String> {
    let words = line.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| Slug::from_name(word).ok_or_else(|| format!("{word:?} has no letter or digit"))).collect()
}

/// Asks until the answer can be used, a few times.
fn until<T>(question: &str, read: impl Fn(String) -> Result<T, String>) -> anyhow::Result<T> {
    for _ in 0..TIMES {
        match read(answer(question)?) {
            Ok(answer) => return Ok(answer),
            Err(why) => say(&format!("{why}\n")),
        }
    }
    bail!("nothing was written")
}

fn answer(question: &str) -> anyhow::Result<String> {
    say(&format!("{question}: "));
    match line()? {
        Some(line) => Ok(line),
        None => bail!("the input ends here: nothing was written"),
    }
}

fn paragraphs(question: &str) -> anyhow::Result<String> {
    let mut text = answer(question)?;
    while !text.is_empty()
        && let Some(line) = line()?.filter(|line| !line.is_empty())
    {
        text.push('\n');
        text += &line;
    }
    Ok(text)
}

/// A line without spaces at its ends; `None` at the end of the input.
fn line() -> anyhow::Result<Option<String>> {
    let mut line = String::new();
    let read = io::Read::take(io::stdin().lock(), ANSWER).read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim().to_owned()))
}
