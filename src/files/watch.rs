//! The editors' folder under watch: which of its files are new, changed or gone. Native events make it quick; looking at the folder every
//! second makes it sure on every file system.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
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
    heard: Receiver<()>,
    /// Kept so that the watch goes on; `None` where the system offers none.
    _watcher: Option<RecommendedWatcher>,
    /// Kept so that waiting never ends for want of a sender, and so that others may end it.
    sender: Sender<()>,
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
        let watcher = watcher(path, sender.clone());
        if let Err(error) = &watcher {
            tracing::warn!(%error, "changes are found by looking once a second");
        }
        let seen = BTreeMap::new();
        Self { path: path.to_owned(), seen, heard, _watcher: watcher.ok(), sender }
    }

    /// The files that are new, changed or gone since the last call. Where the folder itself cannot be read, nothing counts as gone.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn changes(&mut self) -> io::Result<Vec<FileChange>> {
        let now = self.at_rest()?;
        let gone = self.seen.keys().filter(|name| !now.contains_key(*name)).cloned();
        let gone: Vec<FileChange> =
            gone.map(|name| FileChange { name: self.shown(&name), text: FileText::Gone }).collect();
        let fresh: Vec<&String> =
            now.iter().filter(|(name, trace)| self.seen.get(*name) != Some(trace)).map(|(name, _)| name).collect();
        let read = |name: &String| FileChange { name: self.shown(name), text: read_text(&self.path.join(name)) };
        let changes = gone.into_iter().chain(fresh.into_iter().map(read)).collect();
        self.seen = now;
        Ok(changes)
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

    /// The traces of all files, once two looks in a row agree. A folder as it was last seen needs no second look.
    fn at_rest(&self) -> io::Result<BTreeMap<String, Trace>> {
        let since = Instant::now();
        let mut traces = look(&self.path)?;
        while traces != self.seen && !self.seen.is_empty() && since.elapsed() < LONGEST_WAIT {
            std::thread::sleep(REST);
            let again = look(&self.path)?;
            if again == traces {
                break;
            }
            traces = again;
        }
        Ok(traces)
    }

    fn shown(&self, name: &str) -> String {
        self.path.join(name).display().to_string()
    }
}

/// Tells of everything but reading, which would tell of our own looks.
fn watcher(path: &Path, sender: Sender<()>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if !matches!(event, Ok(notify::Event { kind: EventKind::Access(_), .. })) {
            // Nobody listens any more when the program ends.
            let _ = sender.send(());
        }
    })?;
    watcher.watch(path, RecursiveMode::NonRecursive)?;
    Ok(watcher)
}

/// The traces of the folder's `.toml` files, hidden ones (editors' own) aside.
pub(super) fn look(path: &Path) -> io::Result<BTreeMap<String, Trace>> {
    let mut traces = BTreeMap::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if !name.ends_with(".toml") || name.starts_with('.') {
            continue;
        }
        if traces.len() == MAX_FILES {
            return Err(io::Error::other(format!("the folder has more than {MAX_FILES} files")));
        }
        // A file that vanishes between two calls is gone; links are followed.
        match fs::metadata(entry.path()) {
            Ok(metadata) if metadata.is_file() => drop(traces.insert(name, trace(&metadata))),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // Reading it will tell why it cannot be read; it is not gone.
            Err(_) => drop(traces.insert(name, UNSEEN)),
        }
    }
    Ok(traces)
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
