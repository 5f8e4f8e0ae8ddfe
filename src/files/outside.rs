//! A folder for others to read: that of a built site. Whoever reads a file of it finds the old bytes or the new ones, and may read them
//! whatever the umask is; for what is kept there for the next build see [`State`].

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::{State, readable_by_all};

/// Where files lie until they are whole, in the folder that is kept for the next build.
const UNFINISHED: &str = "unfinished";

/// The folder, held against a second process for as long as this value lives.
#[derive(Debug)]
pub struct Outside {
    folder: PathBuf,
    kept: State,
    unfinished: PathBuf,
}

impl Outside {
    /// Opens the folder, made if it is not there; what is kept for the next build lies in its folder `kept`. Of what an earlier process left
    /// unfinished nothing stays.
    ///
    /// # Errors
    /// When it cannot be written, or another process holds it ([`io::ErrorKind::WouldBlock`]).
    pub fn open(folder: &Path, kept: &str) -> io::Result<Self> {
        make_folder(folder)?;
        let own = folder.join(kept);
        let kept = State::open(&own)?;
        let unfinished = own.join(UNFINISHED);
        match fs::remove_dir_all(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir(&unfinished)?,
        }
        Ok(Self { folder: folder.to_owned(), kept, unfinished })
    }

    /// What is kept for the next build.
    #[must_use]
    pub fn kept(&self) -> &State {
        &self.kept
    }

    /// The path of a name; one that would lead out of the folder leads into it all the same.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect::<PathBuf>())
    }

    /// Whether a file holds just these bytes.
    #[must_use]
    pub fn holds(&self, name: &str, bytes: &[u8]) -> bool {
        let path = self.path(name);
        fs::metadata(&path).is_ok_and(|found| found.len() == bytes.len() as u64)
            && fs::read(path).is_ok_and(|found| found == bytes)
    }

    /// The bytes of a file; `None` where there is none that can be read.
    #[must_use]
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.path(name)).ok()
    }

    /// Writes a file whole. Without fsync: there are many, and the next build finds what is not as it should be.
    ///
    /// # Errors
    /// As the file system's.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(name);
        make_folder(path.parent().unwrap_or(&self.folder))?;
        let mut file = tempfile::NamedTempFile::new_in(&self.unfinished)?;
        file.write_all(bytes)?;
        readable_by_all(file.as_file())?;
        file.persist(path)?;
        Ok(())
    }

    /// Removes a file; that it is gone already is no error.
    ///
    /// # Errors
    /// As the file system's.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Removes the folders that a file was in, as far as nothing is in them now. Nobody may write there meanwhile.
    pub fn prune(&self, name: &str) {
        let path = self.path(name);
        let folders = path.ancestors().skip(1).take_while(|folder| **folder != self.folder);
        let _ = folders.take_while(|folder| fs::remove_dir(folder).is_ok()).count();
    }
}

/// Makes a folder and those that it is in, for everyone to read.
fn make_folder(folder: &Path) -> io::Result<()> {
    const READABLE: u32 = 0o755;
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    folder.parent().map_or(Ok(()), make_folder)?;
    match DirBuilder::new().mode(READABLE).create(folder) {
        // Another thread was first.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(error),
        // The umask took its part.
        Ok(()) => File::open(folder)?.set_permissions(fs::Permissions::from_mode(READABLE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_empty_goes_and_what_is_unfinished_too() {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("a/site");
        let outside = Outside::open(&site, ".kept").unwrap();
        for name in ["org/a/b.ics", "org/c.ics", "all.ics"] {
            outside.write(name, b"x").unwrap();
        }
        assert!(outside.holds("org/a/b.ics", b"x") && !outside.holds("org/a/b.ics", b"y"));
        outside.remove("org/a/b.ics").unwrap();
        outside.remove("org/a/b.ics").unwrap();
        outside.prune("org/a/b.ics");
        assert!(!site.join("org/a").exists() && site.join("org/c.ics").exists());
        assert_eq!(outside.path("../../etc/passwd"), site.join("etc/passwd"));
        assert_eq!(Outside::open(&site, ".kept").unwrap_err().kind(), io::ErrorKind::WouldBlock);

        fs::write(outside.unfinished.join("half"), "x").unwrap();
        drop(outside);
        let outside = Outside::open(&site, ".kept").unwrap();
        assert!(fs::read_dir(&outside.unfinished).unwrap().next().is_none());
    }
}
