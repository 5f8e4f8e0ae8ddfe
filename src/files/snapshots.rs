//! The partners' snapshots in the state folder: one file each, `partners/{slug}.snapshot`, and beside them `partners/polls.log`, a line
//! for each poll that brought no new body: a thousand of those an hour must not cost a thousand files. It does not know what is in them.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use super::{State, write_atomically};

const FOLDER: &str = "partners";
const ENDING: &str = ".snapshot";
const POLLS: &str = "polls.log";

/// The length in bytes at which the log of polls is folded to its last lines.
pub(super) const FOLD_AT: u64 = 4 * 1024 * 1024;

/// The largest snapshot that is read, in bytes: the largest body that the settings allow, and a header.
const MAX_BYTES: u64 = 200_000_000;

/// Reads what was kept of a partner; `None` when nothing was. It needs no hold on the state folder: files are replaced whole.
///
/// # Errors
/// As the file system's; [`io::ErrorKind::FileTooLarge`] for a file that cannot be ours.
pub fn read_snapshot(state: &Path, slug: &str) -> io::Result<Option<Vec<u8>>> {
    let path = path(state, slug);
    match fs::metadata(&path) {
        Ok(found) if found.len() > MAX_BYTES => Err(io::ErrorKind::FileTooLarge.into()),
        Ok(_) => fs::read(&path).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads the last line that was kept of each partner's polls; none where nothing was.
///
/// # Errors
/// As the file system's; [`io::ErrorKind::FileTooLarge`] for a file that cannot be ours.
pub fn read_polls(state: &Path) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let path = state.join(FOLDER).join(POLLS);
    let text = match fs::metadata(&path) {
        Ok(found) if found.len() > MAX_BYTES => return Err(io::ErrorKind::FileTooLarge.into()),
        Ok(_) => fs::read(&path)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(error),
    };
    let lines = text.split(|byte| *byte == b'\n').filter_map(|line| {
        let (slug, line) = line.split_at_checked(memchr::memchr(b' ', line)?)?;
        Some((String::from_utf8(slug.to_vec()).ok()?, line.get(1..)?.to_vec()))
    });
    Ok(lines.collect())
}

impl State {
    /// Keeps a line of a partner's poll. What a crash tears or loses is one line, and the line before it counts again.
    ///
    /// # Errors
    /// As the file system's.
    pub fn keep_poll(&self, slug: &str, line: &[u8]) -> io::Result<()> {
        let folder = self.folder.join(FOLDER);
        fs::create_dir_all(&folder)?;
        let mut log = OpenOptions::new().create(true).append(true).open(folder.join(POLLS))?;
        // It begins with a line break too: the line before may have been torn.
        log.write_all(&[b"\n", slug.as_bytes(), b" ", line, b"\n"].concat())?;
        if log.metadata()?.len() > self.fold_at.load(Ordering::Relaxed) {
            self.fold_polls(&folder.join(POLLS))?;
        }
        Ok(())
    }

    fn fold_polls(&self, path: &Path) -> io::Result<()> {
        let mut folded = Vec::new();
        for (slug, line) in read_polls(&self.folder)? {
            folded.extend([slug.as_bytes(), b" ", &line, b"\n"].concat());
        }
        self.fold_at.store(FOLD_AT.max(folded.len() as u64 * 2), Ordering::Relaxed);
        write_atomically(path, &folded)
    }

    /// Keeps what a partner said; see [`write_atomically`].
    ///
    /// # Errors
    /// As the file system's; the old file then stands.
    pub fn keep_snapshot(&self, slug: &str, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(self.folder.join(FOLDER))?;
        write_atomically(&path(&self.folder, slug), bytes)
    }

    /// Removes the snapshots that were written before `before` and do not stay for another reason; how many there were.
    ///
    /// # Errors
    /// As the file system's.
    pub fn retire_snapshots(&self, stays: impl Fn(&str) -> bool, before: SystemTime) -> io::Result<usize> {
        let folder = match fs::read_dir(self.folder.join(FOLDER)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            folder => folder?,
        };
        let mut removed = 0;
        for entry in folder {
            let entry = entry?;
            let name = entry.file_name();
            let slug = name.to_str().and_then(|name| name.strip_suffix(ENDING));
            let is_old = || entry.metadata().and_then(|found| found.modified()).is_ok_and(|written| written < before);
            if slug.is_some_and(|slug| !stays(slug)) && is_old() {
                fs::remove_file(entry.path())?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

fn path(state: &Path, slug: &str) -> PathBuf {
    state.join(FOLDER).join(format!("{slug}{ENDING}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_snapshot_is_kept_and_read_without_a_hold() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        assert_eq!(read_snapshot(folder.path(), "a").unwrap(), None);
        state.keep_snapshot("a", b"one").unwrap();
        state.keep_snapshot("a", b"two").unwrap();
        assert_eq!(read_snapshot(folder.path(), "a").unwrap().unwrap(), b"two");
        let left = fs::read_dir(folder.path().join(FOLDER)).unwrap().count();
        assert_eq!(left, 1, "no temporary file stays");
    }

    #[test]
    fn the_last_whole_line_of_a_poll_counts() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        assert!(read_polls(folder.path()).unwrap().is_empty());
        for (slug, line) in [("a", "1"), ("b", "{ }"), ("a", "2")] {
            state.keep_poll(slug, line.as_bytes()).unwrap();
        }
        let path = folder.path().join(FOLDER).join(POLLS);
        fs::write(&path, [&fs::read(&path).unwrap()[..], b"b"].concat()).unwrap();
        state.keep_poll("c", b"4").unwrap();
        let expected = [("a", "2"), ("b", "{ }"), ("c", "4")].map(|(slug, line)| (slug.to_owned(), line.into()));
        assert_eq!(read_polls(folder.path()).unwrap(), BTreeMap::from(expected));
    }

    #[test]
    fn the_log_of_polls_does_not_grow_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        let line = vec![b'x'; 100_000];
        (0..100).for_each(|_| state.keep_poll("a", &line).unwrap());
        let length = fs::metadata(folder.path().join(FOLDER).join(POLLS)).unwrap().len();
        assert!(length < FOLD_AT + 200_000, "{length}");
        assert_eq!(read_polls(folder.path()).unwrap().get("a"), Some(&line));
    }

    #[test]
    fn what_is_no_partners_leaves_when_it_is_old() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        let later = SystemTime::now() + Duration::from_secs(60);
        assert_eq!(state.retire_snapshots(|_| false, later).unwrap(), 0);
        for slug in ["present", "past"] {
            state.keep_snapshot(slug, b"x").unwrap();
        }
        fs::write(folder.path().join(FOLDER).join("notes.txt"), "x").unwrap();
        assert_eq!(state.retire_snapshots(|_| false, SystemTime::UNIX_EPOCH).unwrap(), 0);
        assert_eq!(state.retire_snapshots(|slug| slug == "present", later).unwrap(), 1);
        assert_eq!(fs::read_dir(folder.path().join(FOLDER)).unwrap().count(), 2);
        assert!(read_snapshot(folder.path(), "present").unwrap().is_some());
    }
}
