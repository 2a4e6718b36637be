//! Findings beside the data.

use std::path::Path;

use tomoni_spec::{Finding, Severity, SourceFile, report};

use crate::draw::{self, Screen};
use crate::print;

/// Says what was found on standard error; how many of it are errors, which keep something from being
/// made.
pub(crate) fn tell(findings: &[Finding], files: &[SourceFile]) -> usize {
    if let Some(summary) = report::summary(findings) {
        print::drawn(&draw::findings(findings, files, Screen::stderr()));
        print::say(&format!("\n{summary}"));
    }
    let errors = findings.iter().filter(|f| f.severity == Severity::Error);
    errors.count()
}

/// Says why a file stays as it is.
pub(crate) fn tell_unwritten(path: &Path, why: &str) {
    print::say(&format!(
        "{} is not written, since {why}: mend them, or write the others with --keep-going",
        path.display()
    ));
}

/// Says how much was written, where nobody sees it: into a file, or not all of it. The errors have been told.
pub(crate) fn tell_written(what: &str, file: Option<&Path>, errors: usize) {
    if file.is_none() && errors == 0 {
        return;
    }
    let into = file.map_or_else(String::new, |path| format!(" to {}", path.display()));
    let left_out = match errors {
        0 => String::new(),
        1 => "; the error above says what is left out".to_owned(),
        n => format!("; the {n} errors above say what is left out"),
    };
    print::say(&format!("{what} written{into}{left_out}"));
}
