//! Findings beside the data.

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
