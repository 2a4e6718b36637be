//! Files for tests.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its files has failed"
)]

use std::path::{Path, PathBuf};

use tomoni_spec::SourceFile;

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The YAML files of a folder and those below it, sorted, named from the folder on.
pub(crate) fn folder(path: &Path) -> Vec<SourceFile> {
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap().path();
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e == "yaml" || e == "yml") {
                let name = entry.strip_prefix(path).unwrap().to_string_lossy();
                files.push(SourceFile {
                    name: name.as_ref().into(),
                    bytes: std::fs::read(&entry).unwrap(),
                });
            }
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}
