//! Files for tests.

use std::path::{Path, PathBuf};

use tomoni_spec::codes::EXAMPLE;
use tomoni_spec::report::{self, Style};
use tomoni_spec::{SourceFile, read};

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

/// A file with a name and a text.
pub(crate) fn file(name: &str, text: &str) -> SourceFile {
    SourceFile {
        name: name.into(),
        bytes: text.as_bytes().to_vec(),
    }
}

/// What people see of a text's findings.
pub(crate) fn seen(text: &str) -> String {
    let files = [file("slo.yaml", text)];
    report::human(&read(&files).findings, &files, Style::default())
}

/// The documents of the examples with one thing put for another.
pub(crate) fn changed(right: &str, wrong: &str) -> String {
    let times = EXAMPLE.matches(right).count();
    assert_eq!(times, 1, "what is changed stands there once: {right}");
    EXAMPLE.replacen(right, wrong, 1)
}
