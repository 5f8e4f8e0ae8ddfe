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
use crate::files;
use crate::publisher::Publisher;
use crate::site::{Coding, Site};

/// What a build keeps for the next one, beside the files of the site.
const LEDGER: &str = ".handbill/ledger.json";
const LIST: &str = ".handbill/files.txt";

pub(super) fn build(config: &Arc<Config>, out: &Path) -> anyhow::Result<ExitCode> {
    let (_, texts) = folder(config)?;
    let path = out.join(LEDGER);
    let ledger_kept = read_if_there(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let publisher = Publisher::new(
        Arc::clone(config),
        ledger(ledger_kept, || files::remove(&path)),
        texts,
        Vec::new,
        |catalog| kept(config, catalog, mention),
        now(),
    );
    let errors = errors(publisher.problems());
    if errors > 0 {
        bail!("{errors} problems in the files of events: nothing was written. `handbill check` tells them");
    }
    let (written, removed) = write(publisher.site(), out)?;
    let ledger = publisher.ledger().to_bytes();
    if read_if_there(&path)?.as_ref() != Some(&ledger) {
        files::write_atomically(&path, &ledger)?;
    }
    say(&format!("{}: {written} files written, {removed} removed\n", out.display()));
    Ok(ExitCode::SUCCESS)
}

/// Writes what is new, then removes what is no more, so that no link leads nowhere in between.
fn write(site: &Site, out: &Path) -> anyhow::Result<(usize, usize)> {
    let before = read_if_there(&out.join(LIST))?.unwrap_or_default();
    let before: BTreeSet<String> = String::from_utf8_lossy(&before).lines().map(str::to_owned).collect();
    let addresses: Vec<String> = site.addresses().collect();
    let written = write_all(site, out, &addresses)?;
    let names: BTreeSet<String> = addresses.iter().map(|address| file_name(address)).collect();
    let gone: Vec<&String> = before.difference(&names).collect();
    for name in &gone {
        files::remove(&inside(out, name))?;
    }
    let list: String = names.iter().map(|name| format!("{name}\n")).collect();
    files::write_if_changed(&out.join(LIST), list.as_bytes())?;
    Ok((written, gone.len()))
}

/// Writes the files of all addresses, shared out among the cores; how many were new or other than before.
fn write_all(site: &Site, out: &Path, addresses: &[String]) -> anyhow::Result<usize> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut written = 0;
        while let Some(address) = addresses.get(next.fetch_add(1, Ordering::Relaxed)) {
            written += usize::from(write_one(site, out, address)?);
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

fn write_one(site: &Site, out: &Path, address: &str) -> anyhow::Result<bool> {
    let Ok(found) = site.find(address, None) else { bail!("the site has no {address}") };
    let path = inside(out, &file_name(address));
    let changed = files::write_if_changed(&path, &found.bytes(Coding::Identity));
    changed.with_context(|| format!("{} cannot be written", path.display()))
}

/// A page is a file that static hosts find by the page's address: `org/chicago-dsa.html`, `es/index.html`.
fn file_name(address: &str) -> String {
    let name = address.trim_start_matches('/');
    match name.rsplit('/').next().unwrap_or_default() {
        "" => format!("{name}index.html"),
        last if last.contains('.') => name.to_owned(),
        _ => format!("{name}.html"),
    }
}

/// A name in the folder. The list of an earlier build is a file like any other: what it says cannot lead out of the folder.
fn inside(out: &Path, name: &str) -> PathBuf {
    out.join(name.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect::<PathBuf>())
}

fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match files::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
