//! A file that is replaced as a whole.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// Writes a file so that whoever reads it meanwhile, such as a Prometheus that is told to, finds the
/// old or the new one, and may read it as before.
pub(crate) fn replace(
    path: &Path,
    pieces: impl Iterator<Item = impl AsRef<str>>,
) -> io::Result<()> {
    let old = fs::metadata(path).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return write_all(&mut OpenOptions::new().write(true).open(path)?, pieces);
    }
    // A symbolic link stays one.
    let path = if old.is_some() {
        &fs::canonicalize(path)?
    } else {
        path
    };
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let mut new = fresh(folder.unwrap_or(Path::new(".")))?;
    write_all(new.as_file_mut(), pieces)?;
    if let Some(old) = &old {
        give_rights(new.as_file(), old)?;
    }
    new.as_file().sync_all()?;
    new.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Whether two paths lead to the same file, which is there.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    real(one).is_some_and(|one| real(other) == Some(one))
}

/// Writes a text that comes in pieces.
pub(crate) fn write_all(
    out: &mut impl Write,
    mut pieces: impl Iterator<Item = impl AsRef<str>>,
) -> io::Result<()> {
    pieces.try_for_each(|piece| out.write_all(piece.as_ref().as_bytes()))
}

/// A file beside, with the rights of any new one; it is gone when it is dropped.
fn fresh(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tomoni-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Lets those read a file who may read the old one.
#[cfg(unix)]
fn give_rights(new: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    const OTHERS_READ: u32 = 0o004;
    let is = new.metadata()?;
    if (is.uid(), is.gid()) != (old.uid(), old.gid()) {
        match fchown(new, Some(old.uid()), Some(old.gid())) {
            // It cannot be given away, and everybody may read it anyhow.
            Err(_) if old.mode() & OTHERS_READ != 0 => {}
            given => given?,
        }
    }
    new.set_permissions(old.permissions())
}

#[cfg(not(unix))]
fn give_rights(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}
