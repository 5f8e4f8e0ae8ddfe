//! `handbill build`: the Site as files. Only what changed is written, what is no more is removed, and the ledger of revisions is kept
//! in the folder itself.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, anyhow, bail};

use super::{errors, folder, kept, ledger, mention, now, say};
use crate::config::Config;
use crate::edition::{self, Rank, Standing, headers};
use crate::files::{self, State};
use crate::publisher::Publisher;
use crate::site::{Coding, Site, packed};

/// What a build keeps for the next one, beside the files of the site.
const KEPT: &str = ".handbill";
const LEDGER: &str = "ledger.json";
const LIST: &str = "files.txt";

/// The compressed forms beside a file, by what servers append to its name (nginx's `gzip_static` and `brotli_static`, Caddy's
/// `precompressed`).
const FORMS: [(Coding, &str); 2] = [(Coding::Gzip, ".gz"), (Coding::Brotli, ".br")];

/// In bytes: what fits into one packet gains nothing by being smaller.
const FORMS_PAY_FROM: usize = 1_400;

pub(super) fn build(config: &Arc<Config>, out: &Path) -> anyhow::Result<ExitCode> {
    let (_, texts) = folder(config)?;
    let own = hold(out)?;
    let ledger_kept =
        own.read(LEDGER).with_context(|| format!("{KEPT}/{LEDGER} in {} cannot be read", out.display()))?;
    let publisher = Publisher::new(
        Arc::clone(config),
        ledger(ledger_kept, || own.set_aside(LEDGER)),
        texts,
        Vec::new,
        |catalog| kept(config, catalog, mention),
        now(),
    );
    let errors = errors(publisher.problems());
    if errors > 0 {
        bail!("{errors} problems in the files of events: nothing was written. `handbill check` tells them");
    }
    let folder = Out { path: out, own: &own, precompressed: config.precompressed };
    let (written, removed) = folder.write(publisher.site(), &publisher.ledger().to_bytes())?;
    say(&format!("{}: {written} files written, {removed} removed\n", out.display()));
    Ok(ExitCode::SUCCESS)
}

/// What a build keeps for itself, held: two that write to one folder would spoil it.
pub(super) fn hold(out: &Path) -> anyhow::Result<State> {
    let cannot = || format!("{} cannot be written to (does another handbill write there?)", out.display());
    State::open(&out.join(KEPT)).with_context(cannot)
}

/// The folder that a site is written to.
#[derive(Clone, Copy)]
pub(super) struct Out<'o> {
    pub(super) path: &'o Path,
    /// What a build keeps there for itself, held.
    pub(super) own: &'o State,
    /// Whether compressed forms lie beside the files.
    pub(super) precompressed: bool,
}

impl Out<'_> {
    /// Writes what is new, then what is other than before, then removes what is no more, so that no link leads nowhere in between; how many
    /// files were written and removed.
    pub(super) fn write(self, site: &Site, ledger: &[u8]) -> anyhow::Result<(usize, usize)> {
        let Self { path: out, own, .. } = self;
        let before = own.read(LIST)?.unwrap_or_default();
        let before: BTreeSet<String> = String::from_utf8_lossy(&before).lines().map(str::to_owned).collect();
        let addresses = edition::addresses(site);
        let mut names: BTreeSet<String> = addresses.iter().map(|address| edition::file_name(address)).collect();
        names.insert(headers::FILE.to_owned());
        let gone: Vec<&String> = before.difference(&names).collect();
        // Whatever a build that is stopped leaves behind is known to the next, which has the same revisions, and so the same bytes.
        keep(own, LIST, list(before.union(&names)).as_bytes())?;
        keep(own, LEDGER, ledger)?;
        let mut written = usize::from(write_headers(site, out, &addresses)?);
        let standing = |address: &str| match before.contains(&edition::file_name(address)) {
            true => Standing::Known,
            false => Standing::New,
        };
        let ranked = addresses.iter().filter_map(|address| Some((address.as_str(), rank(site, address)?)));
        for (step, addresses) in edition::steps(ranked, standing) {
            let is_due = step.rank != Rank::Passing || step.standing == Standing::New || written + gone.len() > 0;
            if is_due {
                written += self.write_all(site, &addresses)?;
            }
        }
        for name in &gone {
            remove(&inside(out, name))?;
        }
        keep(own, LIST, list(&names).as_bytes())?;
        Ok((written, gone.len()))
    }

    /// Writes the files of addresses, shared out among the cores; how many were new or other than before.
    fn write_all(self, site: &Site, addresses: &[&str]) -> anyhow::Result<usize> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut written = 0;
            while let Some(address) = addresses.get(next.fetch_add(1, Ordering::Relaxed)) {
                written += usize::from(self.write_one(site, address)?);
            }
            anyhow::Ok(written)
        };
        std::thread::scope(|scope| {
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut written = work()?;
            for other in others {
                written += other.join().map_err(|_| anyhow!("a part of the site could not be made"))??;
            }
            Ok(written)
        })
    }

    /// Writes a file and its compressed forms; whether the file was new or other than before. The forms go first: a file that is as it should
    /// be has the right ones beside it, wherever an earlier build was stopped.
    fn write_one(self, site: &Site, address: &str) -> anyhow::Result<bool> {
        let Some(found) = edition::find(site, address) else { bail!("the site has no {address}") };
        let path = inside(self.path, &edition::file_name(address));
        let bytes = found.bytes(Coding::Identity);
        let cannot = || format!("{} cannot be written", path.display());
        let is_there = files::holds(&path, &bytes);
        for (coding, ending) in FORMS {
            let path = form(&path, ending);
            if self.precompressed && is_there && files::is_filled(&path) {
                continue;
            }
            let pays = self.precompressed && bytes.len() >= FORMS_PAY_FROM;
            let packed = pays.then(|| packed(&bytes, coding));
            let done = match packed.filter(|packed| packed.len() < bytes.len()) {
                Some(packed) => files::write_if_changed(&path, &packed).map(drop),
                None => files::remove(&path),
            };
            done.with_context(cannot)?;
        }
        if !is_there {
            files::write_if_changed(&path, &bytes).with_context(cannot)?;
        }
        Ok(!is_there)
    }
}

/// Keeps bytes under a name, if something else is kept there.
fn keep(own: &State, name: &str, bytes: &[u8]) -> io::Result<()> {
    match own.read(name)?.is_some_and(|kept| kept == bytes) {
        true => Ok(()),
        false => own.write(name, bytes),
    }
}

/// The names of the files that are ours, a line for each.
fn list<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    names.into_iter().map(|name| format!("{name}\n")).collect()
}

fn rank(site: &Site, address: &str) -> Option<Rank> {
    Some(edition::rank(address, &edition::find(site, address)?))
}

fn write_headers(site: &Site, out: &Path, addresses: &[String]) -> anyhow::Result<bool> {
    let (text, left_out) = headers::text(site, addresses);
    if left_out > 0 {
        let most = headers::MOST_RULES;
        mention(&format!(
            "{} has {most} rules, the most that hosts read: {left_out} more for the last languages are left out",
            headers::FILE
        ));
    }
    Ok(files::write_if_changed(&out.join(headers::FILE), text.as_bytes())?)
}

/// Removes a file; its compressed forms first, which nobody would find without it.
fn remove(path: &Path) -> io::Result<()> {
    FORMS.iter().try_for_each(|(_, ending)| files::remove(&form(path, ending)))?;
    files::remove(path)
}

/// The path of a compressed form of a file.
fn form(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// A name in the folder. The list of an earlier build is a file like any other: what it says cannot lead out of the folder.
fn inside(out: &Path, name: &str) -> PathBuf {
    out.join(name.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect::<PathBuf>())
}
