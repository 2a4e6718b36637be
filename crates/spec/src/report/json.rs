//! Findings as JSON, for programs.

use serde_json::{Value, json};

use crate::finding::Finding;

/// The findings as one array; each has `code`, `severity`, `file`, `line`, `column`, `message`,
/// `help` and `object`. What is not known is `null`.
pub fn json(findings: &[Finding]) -> Value {
    findings
        .iter()
        .map(|f| {
            json!({
                "code": f.code,
                "severity": f.severity.as_str(),
                "file": f.place.file.as_ref(),
                "line": known(f.place.line),
                "column": known(f.place.column),
                "message": f.message,
                "help": f.help,
                "object": f.object,
            })
        })
        .collect()
}

/// A line or column; 0 stands for none.
fn known(number: usize) -> Option<usize> {
    Some(number).filter(|n| *n > 0)
}
