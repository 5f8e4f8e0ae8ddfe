//! The folder that a site is written to. Only what changed is written, what is no more is removed, and the ledger of revisions is kept in
//! the folder itself.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, anyhow, bail};

use super::line::Line;
use super::mention;
use crate::edition::{self, Rank, Standing, headers};
use crate::files::{Outside, State};
use crate::site::{Coding, Site, packed, unpacks_to};

/// What a build keeps for the next one, beside the files of the site.
const KEPT: &str = ".handbill";
pub(super) const LEDGER: &str = "ledger.json";
const LIST: &str = "files.txt";

/// The compressed forms beside a file, by what servers append to its name (nginx's `gzip_static` and `brotli_static`, Caddy's
/// `precompressed`).
const FORMS: [(Coding, &str); 2] = [(Coding::Gzip, ".gz"), (Coding::Brotli, ".br")];

/// In bytes: what fits into one packet gains nothing by being smaller.
const FORMS_PAY_FROM: usize = 1_400;

/// After how many files the line shows how far it is.
const SHOWN_EACH: usize = 32;

/// The folder, held: two that write to one would spoil it.
pub(super) struct Out {
    outside: Outside,
    /// Whether compressed forms lie beside the files.
    precompressed: bool,
}

/// How much of the site was looked at, of how much, and where that is shown.
struct Progress<'l> {
    done: AtomicUsize,
    of: usize,
    line: &'l Line,
}

impl Out {
    /// Opens the folder, made if it is not there.
    ///
    /// # Errors
    /// When it cannot be written to, or somebody else writes there.
    pub(super) fn open(path: &Path, precompressed: bool) -> anyhow::Result<Self> {
        let outside = Outside::open(path, KEPT).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => anyhow!("another handbill writes to {} at this moment", path.display()),
            _ => anyhow::Error::new(error).context(format!("{} cannot be written to", path.display())),
        })?;
        Ok(Self { outside, precompressed })
    }

    /// What is kept for the next build.
    pub(super) fn kept(&self) -> &State {
        self.outside.kept()
    }

    /// Writes what is new, then what is other than before, then removes what is no more, so that no link leads nowhere in between; how many
    /// files were written and removed. How far it is shows on the line.
    pub(super) fn write(&self, site: &Site, ledger: &[u8], line: &Line) -> anyhow::Result<(usize, usize)> {
        let before = self.kept().read(LIST)?.unwrap_or_default();
        let before: BTreeSet<String> = String::from_utf8_lossy(&before).lines().map(str::to_owned).collect();
        let addresses = edition::addresses(site);
        let mut names: BTreeSet<String> = addresses.iter().map(|address| edition::file_name(address)).collect();
        names.insert(headers::FILE.to_owned());
        let gone = edition::removals(before.difference(&names).map(String::as_str));
        // Whatever a build that is stopped leaves behind is known to the next, which has the same revisions, and so the same bytes.
        self.keep(LIST, list(before.union(&names)).as_bytes())?;
        self.keep(LEDGER, ledger)?;
        let mut written = usize::from(self.write_headers(site, &addresses)?);
        let standing = |address: &str| match before.contains(&edition::file_name(address)) {
            true => Standing::Known,
            false => Standing::New,
        };
        let progress = Progress { done: AtomicUsize::new(0), of: addresses.len(), line };
        let ranked = addresses.iter().filter_map(|address| Some((address.as_str(), rank(site, address)?)));
        for (step, addresses) in edition::steps(ranked, standing) {
            let is_due = step.rank != Rank::Passing || step.standing == Standing::New || written + gone.len() > 0;
            if is_due {
                written += self.write_all(site, &addresses, &progress)?;
            }
        }
        for name in &gone {
            self.remove(name).with_context(|| format!("{} cannot be removed", self.outside.path(name).display()))?;
            self.outside.prune(name);
        }
        self.keep(LIST, list(&names).as_bytes())?;
        Ok((written, gone.len()))
    }

    /// Writes the files of addresses, shared out among the cores; how many were new or other than before.
    fn write_all(&self, site: &Site, addresses: &[&str], progress: &Progress<'_>) -> anyhow::Result<usize> {
        let (next, done) = (AtomicUsize::new(0), &progress.done);
        let one = || -> anyhow::Result<Option<bool>> {
            let Some(address) = addresses.get(next.fetch_add(1, Ordering::Relaxed)) else { return Ok(None) };
            let written = self.write_one(site, address)?;
            done.fetch_add(1, Ordering::Relaxed);
            Ok(Some(written))
        };
        let work = || -> anyhow::Result<usize> {
            std::iter::from_fn(|| one().transpose()).try_fold(0, |sum, written| Ok(sum + usize::from(written?)))
        };
        std::thread::scope(|scope| {
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut written = 0;
            while let Some(is_written) = one()? {
                written += usize::from(is_written);
                let done = done.load(Ordering::Relaxed);
                if done.is_multiple_of(SHOWN_EACH) {
                    progress.line.show(&format!("{done} of {} files", progress.of));
                }
            }
            for other in others {
                written += other.join().map_err(|_| anyhow!("a part of the site could not be made"))??;
            }
            Ok(written)
        })
    }

    /// Writes a file and its compressed forms; whether the file was new or other than before. While the file changes it has no forms, so
    /// that none is ever that of another version, wherever a build is stopped; and what lies there is unpacked before it is believed.
    fn write_one(&self, site: &Site, address: &str) -> anyhow::Result<bool> {
        let Some(found) = edition::find(site, address) else { bail!("the site has no {address}") };
        let name = edition::file_name(address);
        let bytes = found.bytes(Coding::Identity);
        let cannot = || format!("{} cannot be written", self.outside.path(&name).display());
        let is_there = self.outside.holds(&name, &bytes);
        if !is_there {
            self.remove_forms(&name).with_context(cannot)?;
            self.outside.write(&name, &bytes).with_context(cannot)?;
        }
        if !self.precompressed || bytes.len() < FORMS_PAY_FROM {
            if is_there {
                self.remove_forms(&name).with_context(cannot)?;
            }
            return Ok(!is_there);
        }
        for (coding, ending) in FORMS {
            let form = format!("{name}{ending}");
            if is_there && self.outside.read(&form).is_some_and(|form| unpacks_to(&form, coding, &bytes)) {
                continue;
            }
            let packed = packed(&bytes, coding);
            let done = match packed.len() < bytes.len() {
                true => self.outside.write(&form, &packed),
                false => self.outside.remove(&form),
            };
            done.with_context(cannot)?;
        }
        Ok(!is_there)
    }

    fn write_headers(&self, site: &Site, addresses: &[String]) -> anyhow::Result<bool> {
        let (text, left_out) = headers::text(site, addresses);
        if left_out > 0 {
            let most = headers::MOST_RULES;
            mention(&format!(
                "{} has {most} rules, the most that hosts read: {left_out} more for the last languages are left out",
                headers::FILE
            ));
        }
        let is_there = self.outside.holds(headers::FILE, text.as_bytes());
        if !is_there {
            let cannot = || format!("{} cannot be written", self.outside.path(headers::FILE).display());
            self.outside.write(headers::FILE, text.as_bytes()).with_context(cannot)?;
        }
        Ok(!is_there)
    }

    /// Removes a file; its compressed forms first, which nobody would find without it.
    fn remove(&self, name: &str) -> io::Result<()> {
        self.remove_forms(name)?;
        self.outside.remove(name)
    }

    fn remove_forms(&self, name: &str) -> io::Result<()> {
        FORMS.iter().try_for_each(|(_, ending)| self.outside.remove(&format!("{name}{ending}")))
    }

    /// Keeps bytes under a name, if something else is kept there.
    fn keep(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        match self.kept().read(name)?.is_some_and(|kept| kept == bytes) {
            true => Ok(()),
            false => self.kept().write(name, bytes),
        }
    }
}

/// The names of the files that are ours, a line for each.
fn list<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    names.into_iter().map(|name| format!("{name}\n")).collect()
}

fn rank(site: &Site, address: &str) -> Option<Rank> {
    Some(edition::rank(address, &edition::find(site, address)?))
}
