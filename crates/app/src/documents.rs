//! Documents on disk, as a catalog. What cannot be read is a finding with a place, not the end.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use tomoni_spec::{Catalog, Finding, Place, Severity, SourceFile};

/// The largest file that is read, in bytes.
pub const FILE_BYTES_MAX: u64 = 8 << 20;
/// How much is read of all files together, in bytes.
pub const BYTES_MAX: u64 = 256 << 20;
/// How many files are read at most.
pub const FILES_MAX: usize = 20_000;
/// How deep folders are searched.
pub const FOLDER_DEPTH_MAX: usize = 64;
/// Which files of a folder are documents. A file that is named itself may have any ending.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// What was found under some paths.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    /// The files as they were read, in the order in which they were found.
    pub files: Vec<SourceFile>,
    /// What they define, with everything that is wrong or unwise, the files themselves included.
    pub catalog: Catalog,
}

impl Documents {
    /// How many of the findings keep something from being used.
    pub fn errors(&self) -> usize {
        let findings = self.catalog.findings.iter();
        findings.filter(|f| f.severity == Severity::Error).count()
    }
}

/// Files as they were found under some paths, not read as documents yet.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// The files, in the order in which they were found.
    pub files: Vec<SourceFile>,
    /// What keeps files from being read.
    pub findings: Vec<Finding>,
}

/// What tells that a file may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    bytes: u64,
    changed: Option<SystemTime>,
    /// Which file it is, where the system tells: a link that leads elsewhere now shows by it.
    file: u64,
}

/// Reads files, and folders with everything below them.
///
/// In folders `*.yaml`, `*.yml` and `*.json` are documents; what is hidden is passed over. Files
/// are called as the caller wrote them, are read once even where several paths lead to them, and
/// come in a stable order: paths as given, names within a folder sorted.
pub fn read(paths: &[PathBuf]) -> Documents {
    let Files { files, findings } = files(paths);
    let mut catalog = tomoni_spec::read(&files);
    catalog.findings.extend(findings);
    catalog.findings.sort_by(|a, b| a.place.cmp(&b.place));
    Documents { files, catalog }
}

/// Whether [`read`] would read a file that is written into this path from then on.
pub fn would_read(paths: &[PathBuf], file: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    let folder = file.parent().filter(|folder| *folder != Path::new(""));
    let (Some(folder), Some(name)) = (real(folder.unwrap_or(Path::new("."))), file.file_name())
    else {
        return false;
    };
    let file = real(file).unwrap_or_else(|| folder.join(name));
    let is_found = |below: &Path| {
        let mut names = below.iter().map(|name| name.to_string_lossy());
        is_document(below) && names.all(|name| !name.starts_with('.'))
    };
    let given = paths.iter().filter_map(|path| real(path));
    let mut below = given.filter_map(|path| file.strip_prefix(path).ok().map(Path::to_owned));
    // Nothing is below a file but itself.
    below.any(|below| below == Path::new("") || is_found(&below))
}

/// Whether a file of a folder is one of documents by its name.
fn is_document(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ENDINGS.iter().any(|e| ending.eq_ignore_ascii_case(e)))
}

/// Finds files as [`read`] does, without reading them as documents.
pub fn files(paths: &[PathBuf]) -> Files {
    let walk = Walk::over(paths, Walk::new(BYTES_MAX));
    Files {
        files: walk.files,
        findings: walk.findings,
    }
}

/// The files that [`files`] would read, and what tells that they may have changed; and what cannot be
/// read.
pub fn stamps(paths: &[PathBuf]) -> (Vec<(Arc<str>, Stamp)>, Vec<Finding>) {
    let mut walk = Walk::new(BYTES_MAX);
    walk.stamps = Some(Vec::new());
    let walk = Walk::over(paths, walk);
    (walk.stamps.unwrap_or_default(), walk.findings)
}

struct Walk {
    files: Vec<SourceFile>,
    findings: Vec<Finding>,
    /// Real paths of files and folders that were met, so that nothing is read twice.
    met: BTreeSet<PathBuf>,
    /// Real paths of the folders that we are in.
    within: Vec<PathBuf>,
    /// How many bytes may still be read.
    bytes_left: u64,
    is_full: bool,
    /// Where files are stamped and not read.
    stamps: Option<Vec<(Arc<str>, Stamp)>>,
}

impl Walk {
    fn over(paths: &[PathBuf], mut walk: Self) -> Self {
        for path in paths {
            walk.given(path);
        }
        walk
    }

    const fn new(bytes_max: u64) -> Self {
        Self {
            files: Vec::new(),
            findings: Vec::new(),
            met: BTreeSet::new(),
            within: Vec::new(),
            bytes_left: bytes_max,
            is_full: false,
            stamps: None,
        }
    }

    fn given(&mut self, path: &Path) {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                let before = self.found();
                self.folder(path);
                if before == self.found() {
                    self.find(
                        path,
                        "file/none",
                        Severity::Warning,
                        "no documents below this folder".to_owned(),
                        "documents end in .yaml, .yml or .json; hidden folders are passed over",
                    );
                }
            }
            Ok(metadata) => self.file(path, &metadata, path.canonicalize().ok()),
            Err(error) => self.unreadable(path, &error),
        }
    }

    /// How much was found.
    fn found(&self) -> (usize, usize, usize) {
        let stamps = self.stamps.as_ref().map_or(0, Vec::len);
        (self.files.len(), stamps, self.findings.len())
    }

    fn folder(&mut self, path: &Path) {
        let real = match path.canonicalize() {
            Ok(real) => real,
            Err(error) => return self.unreadable(path, &error),
        };
        if self.within.contains(&real) {
            return self.find(
                path,
                "file/loop",
                Severity::Warning,
                "this link leads back to a folder that contains it".to_owned(),
                "remove the link; it was not followed",
            );
        }
        if self.within.len() >= FOLDER_DEPTH_MAX {
            return self.find(
                path,
                "file/too-deep",
                Severity::Error,
                format!("folders are nested more than {FOLDER_DEPTH_MAX} deep"),
                "name a folder further down; this one was not searched",
            );
        }
        if !self.met.insert(real.clone()) {
            return;
        }
        self.within.push(real);
        match entries(path) {
            Ok(entries) => entries.iter().for_each(|entry| self.entry(entry)),
            Err(error) => self.unreadable(path, &error),
        }
        self.within.pop();
    }

    /// Something within a folder; links are followed.
    fn entry(&mut self, path: &Path) {
        let name = path.file_name().map(|name| name.to_string_lossy());
        if name.is_none_or(|name| name.starts_with('.')) {
            return;
        }
        let is_document = is_document(path);
        let of_entry = fs::symlink_metadata(path);
        let is_link = of_entry.as_ref().is_ok_and(fs::Metadata::is_symlink);
        let metadata = if is_link {
            fs::metadata(path)
        } else {
            of_entry
        };
        match metadata {
            Ok(metadata) if metadata.is_dir() => self.folder(path),
            Ok(metadata) if metadata.is_file() && is_document => {
                let real = match self.within.last().zip(path.file_name()) {
                    // What is no link is where its folder is: a thousand files are looked at every
                    // other second.
                    Some((folder, name)) if !is_link => Some(folder.join(name)),
                    _ => path.canonicalize().ok(),
                };
                self.file(path, &metadata, real);
            }
            Err(error) if is_document => self.unreadable(path, &error),
            Ok(_) | Err(_) => {}
        }
    }

    /// A file, and where it really is.
    fn file(&mut self, path: &Path, metadata: &fs::Metadata, real: Option<PathBuf>) {
        if self.is_full {
            return;
        }
        let (files, stamps, _) = self.found();
        if files + stamps >= FILES_MAX {
            return self.full(path, &format!("more than {FILES_MAX} files"));
        }
        if real.is_some_and(|real| !self.met.insert(real)) {
            return;
        }
        if let Some(stamps) = &mut self.stamps {
            stamps.push((name(path), stamp(metadata)));
            return;
        }
        match read_limited(path) {
            Ok(Some(bytes)) => match self.bytes_left.checked_sub(bytes.len() as u64) {
                Some(left) => {
                    self.bytes_left = left;
                    let name = name(path);
                    self.files.push(SourceFile { name, bytes });
                }
                None => self.full(path, &format!("more than {} MiB in all", BYTES_MAX >> 20)),
            },
            Ok(None) => self.find(
                path,
                "file/too-large",
                Severity::Error,
                format!(
                    "larger than {} MiB, which no document is",
                    FILE_BYTES_MAX >> 20
                ),
                "split the documents over several files, or move this file elsewhere",
            ),
            Err(error) => self.unreadable(path, &error),
        }
    }

    /// Nothing is read from here on.
    fn full(&mut self, path: &Path, what: &str) {
        self.is_full = true;
        self.find(
            path,
            "file/too-many",
            Severity::Error,
            format!("{what}; this file and later ones were not read"),
            "name the folders that hold your documents, not one above them",
        );
    }

    fn unreadable(&mut self, path: &Path, error: &io::Error) {
        let (code, message, help) = match error.kind() {
            io::ErrorKind::NotFound if fs::symlink_metadata(path).is_ok() => (
                "file/dangling",
                "this link leads nowhere".to_owned(),
                "remove the link, or put back what it leads to",
            ),
            io::ErrorKind::NotFound => (
                "file/missing",
                "no such file or folder".to_owned(),
                "check the path and the folder you are in",
            ),
            io::ErrorKind::PermissionDenied => (
                "file/unreadable",
                "permission denied".to_owned(),
                "allow yourself to read it",
            ),
            _ => (
                "file/unreadable",
                format!("cannot be read: {error}"),
                "check the file system",
            ),
        };
        self.find(path, code, Severity::Error, message, help);
    }

    fn find(
        &mut self,
        path: &Path,
        code: &'static str,
        severity: Severity,
        message: String,
        help: &str,
    ) {
        let place = Place {
            file: name(path),
            line: 0,
            column: 0,
            bytes: (0, 0),
        };
        self.findings.push(Finding {
            code,
            severity,
            place,
            message,
            help: Some(help.to_owned()),
            object: None,
        });
    }
}

fn stamp(metadata: &fs::Metadata) -> Stamp {
    #[cfg(unix)]
    let file = std::os::unix::fs::MetadataExt::ino(metadata);
    #[cfg(not(unix))]
    let file = 0;
    Stamp {
        bytes: metadata.len(),
        changed: metadata.modified().ok(),
        file,
    }
}

fn name(path: &Path) -> Arc<str> {
    path.to_string_lossy().into()
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}

/// The file's bytes; `None` when there are too many. Works for pipes, whose length nobody knows.
fn read_limited(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= FILE_BYTES_MAX).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_together_have_a_limit() {
        let folder = tempfile::TempDir::new().unwrap();
        for (name, bytes) in [("a.yaml", 60), ("b.yaml", 50), ("c.yaml", 1)] {
            fs::write(folder.path().join(name), " ".repeat(bytes)).unwrap();
        }
        let read = |limit| {
            let mut walk = Walk::new(limit);
            walk.given(folder.path());
            walk
        };
        let enough = read(111);
        assert_eq!((enough.files.len(), enough.findings.len()), (3, 0));
        let full = read(109);
        assert_eq!(full.files.len(), 1);
        let [finding] = full.findings.as_slice() else {
            panic!("{:?}", full.findings);
        };
        assert_eq!(finding.code, "file/too-many");
        assert!(finding.place.file.ends_with("b.yaml"));
        assert_eq!(
            finding.message,
            "more than 256 MiB in all; this file and later ones were not read"
        );
    }
}
