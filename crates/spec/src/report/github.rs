//! Findings as workflow commands, which show up beside the lines of a change.

use std::fmt::Write;

use super::is_harmful;
use crate::finding::{Finding, Severity};

/// The findings as workflow commands, one a line.
pub fn github(findings: &[Finding]) -> String {
    let mut out = String::new();
    for finding in findings {
        let place = &finding.place;
        let level = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        // Writing to a String cannot fail.
        let _ = write!(out, "::{level} file={}", property(&place.file));
        if place.line > 0 {
            let _ = write!(out, ",line={},col={}", place.line, place.column);
        }
        let title = match &finding.object {
            Some(object) => format!("{} ({object})", finding.code),
            None => finding.code.to_owned(),
        };
        let help = finding
            .help
            .as_deref()
            .map_or(String::new(), |help| format!("\n{help}"));
        let message = data(&format!("{}{help}", finding.message));
        let _ = writeln!(out, ",title={}::{message}", property(&title));
    }
    out
}

/// A command's message: one line, in which a percent sign begins an escape.
fn data(text: &str) -> String {
    let seen = |c: char| c == '\n' || c == '\r' || !is_harmful(c);
    let text: String = text
        .chars()
        .map(|c| if seen(c) { c } else { '\u{fffd}' })
        .collect();
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A command's property, which also ends at a comma or colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
