//! Pages of the documentation that are made of code.

use std::fs;
use std::path::Path;

/// With this environment variable a test writes its page instead of comparing it.
const WRITE_VARIABLE: &str = "TOMONI_WRITE_PAGES";

/// Holds a page of the repository, by its path there, to what the code says; or writes it.
///
/// # Panics
///
/// When the two differ, or the page cannot be written.
pub fn hold(path: &str, page: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    if std::env::var_os(WRITE_VARIABLE).is_some() {
        let written = fs::write(&file, page);
        assert!(written.is_ok(), "cannot write {path}: {written:?}");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == page,
        "{path} is not what the code says: run this test with {WRITE_VARIABLE}=1"
    );
}
