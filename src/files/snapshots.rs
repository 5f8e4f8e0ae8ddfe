//! The partners' snapshots in the state folder: one file each, `partners/{slug}.snapshot`. It does not know what is in them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{State, write_atomically};

const FOLDER: &str = "partners";
const ENDING: &str = ".snapshot";

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

impl State {
    /// Keeps what a partner said; see [`write_atomically`].
    ///
    /// # Errors
    /// As the file system's; the old file then stands.
    pub fn keep_snapshot(&self, slug: &str, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(self.folder.join(FOLDER))?;
        write_atomically(&path(&self.folder, slug), bytes)
    }

    /// Removes the snapshots of partners that are no more, written before `before`; how many there were.
    ///
    /// # Errors
    /// As the file system's.
    pub fn retire_snapshots(&self, is_partner: impl Fn(&str) -> bool, before: SystemTime) -> io::Result<usize> {
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
            if slug.is_some_and(|slug| !is_partner(slug)) && is_old() {
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
