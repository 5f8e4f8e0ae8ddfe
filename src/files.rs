//! The file system: reads and watches the editors' folder, keeps the state folder, writes a built site. The only room that touches files;
//! it knows nothing of what they hold.
#![allow(clippy::disallowed_methods, reason = "this is the file system's door")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

mod outside;
mod snapshots;
mod watch;

pub use outside::Outside;
pub use snapshots::{read_polls, read_snapshot};
pub use watch::Folder;

use crate::publisher::{FileChange, FileText};

/// The largest file of events, in bytes: far above what an editor writes, far below what hurts.
pub const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// Reads a text file of at most [`MAX_FILE_BYTES`].
#[must_use]
pub fn read_text(path: &Path) -> FileText {
    match read_bounded(path) {
        Ok(bytes) if bytes.len() as u64 > MAX_FILE_BYTES => {
            FileText::Unreadable(format!("the file is larger than {MAX_FILE_BYTES} bytes: split it"))
        }
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => FileText::Is(text),
            Err(error) => FileText::Unreadable(format!(
                "the file is not UTF-8 text (line {}): save it as UTF-8",
                1 + error
                    .as_bytes()
                    .iter()
                    .take(error.utf8_error().valid_up_to())
                    .filter(|byte| **byte == b'\n')
                    .count()
            )),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => FileText::Gone,
        Err(error) => FileText::Unreadable(format!("the file cannot be read: {error}")),
    }
}

fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    // The text stays for as long as the file does: without the room for growth that reading leaves.
    let size = file.metadata().map_or(0, |known| known.len().min(MAX_FILE_BYTES));
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    bytes.shrink_to_fit();
    Ok(bytes)
}

/// Reads a whole file of ours.
///
/// # Errors
/// As the file system's, [`io::ErrorKind::NotFound`] among them.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path)
}

/// The files in a folder whose names end in `.ics`, by name.
///
/// # Errors
/// As the file system's.
pub fn calendars(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "ics"));
    paths.sort_unstable();
    Ok(paths)
}

/// A new file, to be written piece by piece.
///
/// # Errors
/// As the file system's.
pub fn create(path: &Path) -> io::Result<impl io::Write> {
    File::create(path)
}

/// Writes a file so that whoever reads it, after a crash too, finds the old bytes or the new ones: a temporary file beside it, fsync,
/// rename, fsync of the folder. A file that is there keeps its permissions, and a symbolic link leads where it led: its target is written.
///
/// # Errors
/// As the file system's; the old file then stands.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    match fs::metadata(&target) {
        Ok(before) => file.as_file().set_permissions(before.permissions())?,
        Err(_) => readable_by_all(file.as_file())?,
    }
    file.as_file().sync_all()?;
    file.persist(&target)?;
    File::open(folder)?.sync_all()
}

/// A temporary file is its owner's alone; what is published is everyone's to read.
fn readable_by_all(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

/// The last good versions of the files of events, for a start with a broken one.
const COPIES: &str = "feeds";

/// The folder of what Handbill keeps for itself, held against a second process for as long as this value lives.
#[derive(Debug)]
pub struct State {
    folder: PathBuf,
    /// The length at which the log of polls is folded next.
    fold_at: AtomicU64,
    _lock: File,
}

impl State {
    /// Opens the folder, made if it is not there.
    ///
    /// # Errors
    /// When it cannot be written, or another process holds it ([`io::ErrorKind::WouldBlock`]).
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("lock"))?;
        lock.try_lock().map_err(io::Error::from)?;
        Ok(Self { folder: folder.to_owned(), fold_at: AtomicU64::new(snapshots::FOLD_AT), _lock: lock })
    }

    /// What was kept under a name; `None` when nothing was.
    ///
    /// # Errors
    /// As the file system's.
    pub fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.folder.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps bytes under a name; see [`write_atomically`].
    ///
    /// # Errors
    /// As the file system's.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        write_atomically(&self.folder.join(name), bytes)
    }

    /// Keeps a copy of a file of events, if it is not there already. A copy that a crash tears is only not of use.
    ///
    /// # Errors
    /// As the file system's.
    pub fn keep_copy(&self, shown: &str, text: &str) -> io::Result<()> {
        let folder = self.folder.join(COPIES);
        let Some(name) = Path::new(shown).file_name() else { return Ok(()) };
        let path = folder.join(name);
        if fs::metadata(&path).is_ok_and(|old| old.len() == text.len() as u64)
            && fs::read(&path).is_ok_and(|old| old == text.as_bytes())
        {
            return Ok(());
        }
        fs::create_dir_all(&folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(path)?;
        Ok(())
    }

    /// The copies that were kept of the files of `folder`, under the names that those are shown by.
    #[must_use]
    pub fn copies(&self, folder: &Path) -> Vec<FileChange> {
        let kept = watch::look(&self.folder.join(COPIES)).unwrap_or_default();
        let copy = |name: String| FileChange {
            text: read_text(&self.folder.join(COPIES).join(&name)),
            name: folder.join(&name).display().to_string(),
        };
        kept.into_keys().map(copy).collect()
    }

    /// Lays what is kept under a name aside, so that a person can look at it.
    ///
    /// # Errors
    /// As the file system's.
    pub fn set_aside(&self, name: &str) -> io::Result<()> {
        fs::rename(self.folder.join(name), self.folder.join(format!("{name}.unreadable")))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_link_leads_where_it_led_and_permissions_stay() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target.toml"), folder.path().join("link.toml"));
        fs::write(&target, "old").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o664)).unwrap();
        symlink("target.toml", &link).unwrap();
        write_atomically(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o664);
    }

    #[test]
    fn a_new_file_is_everyones_to_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new.toml");
        write_atomically(&path, b"new").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
    }
}
