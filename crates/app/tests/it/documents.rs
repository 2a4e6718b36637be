//! What is found on disk, and what is said of what cannot be read.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tomoni_app::documents::{self, Documents, FILE_BYTES_MAX};
use tomoni_spec::codes;

const SERVICE: &str = "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: NAME}\nspec: {}\n";

/// A folder with these files, each a service of its own.
fn folder(files: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (i, file) in files.iter().enumerate() {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, SERVICE.replace("NAME", &format!("service-{i}"))).unwrap();
    }
    folder
}

/// Names without the folder's own, which is another in every run.
fn names(documents: &Documents, root: &Path) -> Vec<String> {
    let names = documents.files.iter().map(|file| file.name.as_ref());
    names.map(|name| short(name, root)).collect()
}

/// Files, codes and messages of findings about files. Each code is one that is explained.
fn said(documents: &Documents, root: &Path) -> Vec<String> {
    for finding in &documents.catalog.findings {
        let code = codes::ALL.iter().find(|code| code.id == finding.code);
        assert_eq!(
            code.map(|code| code.severity),
            Some(finding.severity),
            "{}",
            finding.code
        );
    }
    let findings = documents.catalog.findings.iter();
    findings
        .filter(|finding| finding.code.starts_with("file/"))
        .map(|f| format!("{} {}: {}", short(&f.place.file, root), f.code, f.message))
        .collect()
}

fn short(name: &str, root: &Path) -> String {
    let root = root.to_string_lossy();
    name.strip_prefix(root.as_ref()).unwrap_or(name).to_owned()
}

#[test]
fn folders_are_searched_in_a_stable_order() {
    let files = [
        "b.yaml",
        "a/z.yml",
        "a/y.json",
        "c.txt",
        ".git/x.yaml",
        "a/.h.yaml",
        "C.YAML",
    ];
    let folder = folder(&files);
    let documents = documents::read(&[folder.path().to_owned()]);
    assert_eq!(
        names(&documents, folder.path()),
        ["/C.YAML", "/a/y.json", "/a/z.yml", "/b.yaml"]
    );
    assert_eq!(said(&documents, folder.path()), [""; 0]);
}

#[test]
fn a_file_that_is_named_is_read_whatever_it_is_called() {
    let folder = folder(&["notes.txt", ".hidden"]);
    let paths = ["notes.txt", ".hidden"].map(|name| folder.path().join(name));
    let documents = documents::read(&paths);
    assert_eq!(names(&documents, folder.path()), ["/notes.txt", "/.hidden"]);
}

#[test]
fn what_is_named_twice_is_read_once() {
    let folder = folder(&["a/x.yaml"]);
    symlink(folder.path().join("a"), folder.path().join("b")).unwrap();
    symlink(folder.path().join("a/x.yaml"), folder.path().join("y.yaml")).unwrap();
    let file = folder.path().join("a/x.yaml");
    let documents = documents::read(&[folder.path().to_owned(), file]);
    assert_eq!(names(&documents, folder.path()), ["/a/x.yaml"]);
    assert_eq!(said(&documents, folder.path()), [""; 0]);
}

#[test]
fn links_that_go_in_circles_or_nowhere_are_findings() {
    let folder = folder(&["a/x.yaml"]);
    symlink(folder.path(), folder.path().join("a/up")).unwrap();
    symlink("gone.yaml", folder.path().join("lost.yaml")).unwrap();
    let documents = documents::read(&[folder.path().to_owned()]);
    assert_eq!(names(&documents, folder.path()), ["/a/x.yaml"]);
    assert_eq!(
        said(&documents, folder.path()),
        [
            "/a/up file/loop: this link leads back to a folder that contains it",
            "/lost.yaml file/dangling: this link leads nowhere",
        ]
    );
}

#[test]
fn missing_paths_and_empty_folders_are_findings() {
    let folder = folder(&["x.yaml", "empty/notes.txt"]);
    let paths = ["gone", "x.yaml", "empty"].map(|name| folder.path().join(name));
    let documents = documents::read(&paths);
    assert_eq!(names(&documents, folder.path()), ["/x.yaml"]);
    assert_eq!(
        said(&documents, folder.path()),
        [
            "/empty file/none: no documents below this folder",
            "/gone file/missing: no such file or folder",
        ]
    );
    assert_eq!(documents.errors(), 1);
}

#[test]
fn files_that_are_too_large_are_not_read() {
    let folder = folder(&["x.yaml"]);
    let large = folder.path().join("large.yaml");
    fs::File::create(&large)
        .unwrap()
        .set_len(FILE_BYTES_MAX + 1)
        .unwrap();
    let documents = documents::read(&[folder.path().to_owned()]);
    assert_eq!(names(&documents, folder.path()), ["/x.yaml"]);
    assert_eq!(
        said(&documents, folder.path()),
        ["/large.yaml file/too-large: larger than 8 MiB, which no document is"]
    );
}

#[test]
fn names_are_as_the_user_wrote_them() {
    let relative = PathBuf::from("../../examples/lab");
    let documents = documents::read(&[relative]);
    let names: Vec<&str> = documents
        .files
        .iter()
        .map(|file| file.name.as_ref())
        .collect();
    assert_eq!(
        names,
        [
            "../../examples/lab/home.yaml",
            "../../examples/lab/platform.yaml",
            "../../examples/lab/services.yaml",
            "../../examples/lab/work.yaml",
        ]
    );
}
