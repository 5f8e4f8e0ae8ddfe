//! The editors' folder under watch: which of its files are new, changed or gone. Native events make it quick; looking at the folder every
//! second makes it sure on every file system.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::read_text;
use crate::publisher::{FileChange, FileText};

/// How often the folder is looked at when nothing is heard of it.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Files are read once they have been at rest for this long: an editor that is still writing is waited for.
const REST: Duration = Duration::from_millis(20);

/// But not for longer than this: whoever writes on and on is read in between.
const LONGEST_WAIT: Duration = Duration::from_millis(1500);

/// The most files that one folder may have; one with more counts as one that cannot be read.
const MAX_FILES: usize = 20_000;

/// The editors' folder, and what was last seen of each of its files.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    seen: BTreeMap<String, Trace>,
    /// When all files were last looked at; `None` before the first time.
    looked: Option<Instant>,
    /// What the system told of since.
    told: Arc<Mutex<Told>>,
    heard: Receiver<()>,
    /// Kept so that the watch goes on; `None` where the system offers none.
    _watcher: Option<RecommendedWatcher>,
    /// Kept so that waiting never ends for want of a sender, and so that others may end it.
    sender: Sender<()>,
}

/// What the system told of the folder.
#[derive(Debug, Default)]
struct Told {
    /// These files may have changed …
    files: BTreeSet<String>,
    /// … or any.
    any: bool,
}

/// What tells a file from its next version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trace {
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Folder {
    /// Watches a folder from now on; nothing in it has been seen yet.
    #[must_use]
    pub fn watch(path: &Path) -> Self {
        let (sender, heard) = channel();
        let told = Arc::new(Mutex::new(Told::default()));
        let watcher = watcher(path, sender.clone(), Arc::clone(&told));
        if let Err(error) = &watcher {
            tracing::warn!(%error, "changes are found by looking once a second");
        }
        let (seen, looked) = (BTreeMap::new(), None);
        Self { path: path.to_owned(), seen, looked, told, heard, _watcher: watcher.ok(), sender }
    }

    /// The files that are new, changed or gone since the last call. Where the folder itself cannot be read, nothing counts as gone. Where
    /// the system tells which files changed, the others are looked at only once in a while.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn changes(&mut self) -> io::Result<Vec<FileChange>> {
        let told = std::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner));
        let is_due = self.looked.is_none_or(|looked| looked.elapsed() >= LOOK_EVERY);
        if !is_due && !told.any && !told.files.is_empty() {
            let now = self.at_rest(Some(&told.files))?;
            // A file that is gone may be there under another name, of which nothing was told yet.
            if told.files.iter().all(|name| now.contains_key(name) || !self.seen.contains_key(name)) {
                return Ok(self.take_in(Vec::new(), now));
            }
        }
        let now = self.at_rest(None)?;
        self.looked = Some(Instant::now());
        let gone = self.seen.keys().filter(|name| !now.contains_key(*name)).cloned().collect();
        Ok(self.take_in(gone, now))
    }

    /// What changed, where these files are gone and others have these traces.
    fn take_in(&mut self, gone: Vec<String>, now: BTreeMap<String, Trace>) -> Vec<FileChange> {
        let mut changes = Vec::new();
        for name in gone.iter().filter(|name| self.seen.remove(*name).is_some()) {
            changes.push(FileChange { name: self.path.join(name).display().to_string(), text: FileText::Gone });
        }
        for (name, trace) in now {
            if self.seen.get(&name) != Some(&trace) {
                let path = self.path.join(&name);
                changes.push(FileChange { name: path.display().to_string(), text: read_text(&path) });
                self.seen.insert(name, trace);
            }
        }
        changes
    }

    /// Ends a wait from elsewhere, as a change would.
    #[must_use]
    pub fn waker(&self) -> Sender<()> {
        self.sender.clone()
    }

    /// Waits until something may have changed, or for `at_most`.
    pub fn wait(&self, at_most: Duration) {
        let quiet = self.heard.recv_timeout(at_most.min(LOOK_EVERY));
        if quiet != Err(RecvTimeoutError::Timeout) {
            while self.heard.try_recv().is_ok() {}
        }
    }

    /// The traces of these files, or of all, once two looks in a row agree. What is as it was last seen needs no second look.
    fn at_rest(&self, files: Option<&BTreeSet<String>>) -> io::Result<BTreeMap<String, Trace>> {
        let look = || files.map_or_else(|| look(&self.path), |files| Ok(look_at(&self.path, files)));
        let is_as_seen = |traces: &BTreeMap<String, Trace>| match files {
            None => *traces == self.seen,
            Some(files) => files.iter().all(|name| traces.get(name) == self.seen.get(name)),
        };
        let since = Instant::now();
        let mut traces = look()?;
        while !is_as_seen(&traces) && !self.seen.is_empty() && since.elapsed() < LONGEST_WAIT {
            std::thread::sleep(REST);
            let again = look()?;
            if again == traces {
                break;
            }
            traces = again;
        }
        Ok(traces)
    }
}

/// Tells of everything but reading, which would tell of our own looks.
fn watcher(path: &Path, sender: Sender<()>, told: Arc<Mutex<Told>>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if !matches!(event, Ok(notify::Event { kind: EventKind::Access(_), .. })) {
            told.lock().unwrap_or_else(PoisonError::into_inner).note(event.ok());
            // Nobody listens any more when the program ends.
            let _ = sender.send(());
        }
    })?;
    watcher.watch(path, RecursiveMode::NonRecursive)?;
    Ok(watcher)
}

impl Told {
    /// Notes what an event is about; `None` is one that was lost.
    fn note(&mut self, event: Option<notify::Event>) {
        let Some(event) = event.filter(|event| !event.need_rescan() && !event.paths.is_empty()) else {
            self.any = true;
            return;
        };
        for path in event.paths {
            match path.file_name().and_then(|name| name.to_str()) {
                Some(name) if is_ours(name) => drop(self.files.insert(name.to_owned())),
                // Editors' own files, and those of others. What has no such ending may be the folder itself.
                Some(name) if name.contains('.') => {}
                _ => self.any = true,
            }
        }
    }
}

/// Whether a name is that of a file of events. Hidden ones are editors' own.
fn is_ours(name: &str) -> bool {
    name.ends_with(".toml") && !name.starts_with('.')
}

/// The traces of those of these files that are there.
fn look_at(path: &Path, files: &BTreeSet<String>) -> BTreeMap<String, Trace> {
    files.iter().filter_map(|name| Some((name.clone(), trace_of(&path.join(name))?))).collect()
}

/// The traces of the folder's `.toml` files, hidden ones (editors' own) aside.
pub(super) fn look(path: &Path) -> io::Result<BTreeMap<String, Trace>> {
    let mut traces = BTreeMap::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if !is_ours(&name) {
            continue;
        }
        if traces.len() == MAX_FILES {
            return Err(io::Error::other(format!("the folder has more than {MAX_FILES} files")));
        }
        traces.extend(trace_of(&entry.path()).map(|trace| (name, trace)));
    }
    Ok(traces)
}

/// The trace of a file; `None` where there is none. Links are followed.
fn trace_of(path: &Path) -> Option<Trace> {
    match fs::metadata(path) {
        Ok(metadata) => metadata.is_file().then(|| trace(&metadata)),
        // A file that vanishes between two calls is gone.
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        // Reading it will tell why it cannot be read; it is not gone.
        Err(_) => Some(UNSEEN),
    }
}

/// The trace of a file that is there and cannot be looked at.
const UNSEEN: Trace = Trace { inode: 0, bytes: 0, modified: (0, 0), changed: (0, 0) };

fn trace(metadata: &fs::Metadata) -> Trace {
    Trace {
        inode: metadata.ino(),
        bytes: metadata.len(),
        modified: (metadata.mtime(), metadata.mtime_nsec()),
        changed: (metadata.ctime(), metadata.ctime_nsec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(folder: &mut Folder, expected: &[(&str, Option<&str>)]) {
        let changes = folder.changes().unwrap();
        let found: Vec<(String, Option<String>)> = changes
            .into_iter()
            .map(|change| {
                let name = Path::new(&change.name).file_name().unwrap().to_str().unwrap().to_owned();
                (name, if let FileText::Is(text) = change.text { Some(text) } else { None })
            })
            .collect();
        let expected: Vec<(String, Option<String>)> =
            expected.iter().map(|(name, text)| ((*name).to_owned(), text.map(str::to_owned))).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn changes_are_what_is_new_changed_or_gone() {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(directory.path().join(name), text).unwrap();
        write("a.toml", "1");
        write("b.toml", "2");
        write("notes.txt", "no");
        write(".a.toml.swp", "no");
        write(".hidden.toml", "no");
        let mut folder = Folder::watch(directory.path());
        check(&mut folder, &[("a.toml", Some("1")), ("b.toml", Some("2"))]);
        check(&mut folder, &[]);
        write("a.toml", "3");
        check(&mut folder, &[("a.toml", Some("3"))]);
        fs::rename(directory.path().join("a.toml"), directory.path().join("c.toml")).unwrap();
        check(&mut folder, &[("a.toml", None), ("c.toml", Some("3"))]);
    }

    #[test]
    fn a_folder_that_cannot_be_read_loses_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let inner = directory.path().join("feeds");
        fs::create_dir(&inner).unwrap();
        fs::write(inner.join("a.toml"), "1").unwrap();
        let mut folder = Folder::watch(&inner);
        check(&mut folder, &[("a.toml", Some("1"))]);
        fs::rename(&inner, directory.path().join("away")).unwrap();
        assert!(folder.changes().is_err());
        fs::rename(directory.path().join("away"), &inner).unwrap();
        check(&mut folder, &[]);
    }

    #[test]
    fn what_is_no_text_is_told() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("a.toml"), b"ok\n\xff").unwrap();
        let FileText::Unreadable(why) = read_text(&directory.path().join("a.toml")) else { panic!() };
        assert!(why.contains("line 2"), "{why}");
    }
}
