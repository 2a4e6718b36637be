//! A file that gets its name when it is complete and on the disk.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::StoreError;

/// A file that is being made beside its place. Dropped before it is published, it is removed.
pub(crate) struct Partial {
    pub(crate) path: PathBuf,
}

impl Partial {
    /// For a file that is not there yet.
    pub(crate) fn of(file: &Path) -> Result<Self, StoreError> {
        if file.exists() {
            return Err(exists(file));
        }
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.partial", std::process::id()));
        let path = file.with_file_name(name);
        // What another process with our number left behind.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(failed("make room for", &path)(error))
            }
            _ => Ok(Self { path }),
        }
    }

    /// Gives it its name, unless somebody else has taken that meanwhile.
    pub(crate) fn publish(self, file: &Path) -> Result<(), StoreError> {
        let opened = File::options().read(true).write(true).open(&self.path);
        opened
            .and_then(|opened| opened.sync_all())
            .map_err(failed("write", &self.path))?;
        match fs::hard_link(&self.path, file) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(exists(file));
            }
            // Not every file system has links; renaming would overwrite, so it is looked at again.
            Err(_) if file.exists() => return Err(exists(file)),
            Err(_) => fs::rename(&self.path, file).map_err(failed("write", file))?,
        }
        let folder = match file.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        // The name is on the disk when the folder is. Where folders cannot be opened, it has to do.
        if let Ok(folder) = File::open(folder) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Published under another name, or of no use.
        let _ = fs::remove_file(&self.path);
    }
}

/// Copies a file, byte by byte.
pub(crate) fn copied(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::copy(from, to)
        .map(drop)
        .map_err(failed("copy the backup to", to))
}

fn exists(file: &Path) -> StoreError {
    let file = file.to_owned();
    StoreError::Exists { file }
}

fn failed(what: &'static str, file: &Path) -> impl FnOnce(io::Error) -> StoreError + use<> {
    let file = file.to_owned();
    move |source| StoreError::File { what, file, source }
}
