//! Findings as people and machines want to read them.
//!
//! Every function takes the findings and gives back a text; nothing is printed here. Texts from
//! documents are made harmless first: a file's name or key cannot draw colours, move the cursor or
//! end an annotation.

mod github;
mod human;
mod json;
mod sarif;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::finding::{Finding, Severity};

pub use github::github;
pub use human::{Style, human};
pub use json::json;
pub use sarif::sarif;

/// How many findings there are, in words: "2 errors and 1 warning"; `None` where there is none.
///
/// ```
/// use tomoni_spec::{SourceFile, read, report};
/// let file = SourceFile { name: "a.yaml".into(), bytes: b"apiVersion: openslo/v2".to_vec() };
/// assert_eq!(report::summary(&read(&[file]).findings).as_deref(), Some("1 error"));
/// assert_eq!(report::summary(&[]), None);
/// ```
pub fn summary(findings: &[Finding]) -> Option<String> {
    let errors = count(findings, Severity::Error);
    let warnings = count(findings, Severity::Warning);
    let words = |count: usize, word: &str| {
        let ending = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {word}{ending}"))
    };
    match (words(errors, "error"), words(warnings, "warning")) {
        (Some(errors), Some(warnings)) => Some(format!("{errors} and {warnings}")),
        (one, other) => one.or(other),
    }
}

/// How many findings there are of each code, errors first, and of those the most frequent first.
///
/// ```
/// use tomoni_spec::{SourceFile, read, report};
/// let file = |name: &str| SourceFile { name: name.into(), bytes: b"apiVersion: openslo/v2".to_vec() };
/// let findings = read(&[file("a.yaml"), file("b.yaml")]).findings;
/// let counted = report::by_code(&findings);
/// assert_eq!(counted.len(), 1);
/// assert_eq!((counted[0].0.as_str(), counted[0].2), ("error", 2));
/// ```
pub fn by_code(findings: &[Finding]) -> Vec<(Severity, &'static str, usize)> {
    let mut counts: BTreeMap<(Severity, &'static str), usize> = BTreeMap::new();
    for finding in findings {
        *counts.entry((finding.severity, finding.code)).or_default() += 1;
    }
    let counts = counts.into_iter();
    let mut counts: Vec<_> = counts
        .map(|((severity, code), n)| (severity, code, n))
        .collect();
    counts.sort_by_key(|(severity, _, n)| (*severity, Reverse(*n)));
    counts
}

fn count(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().filter(|f| f.severity == severity).count()
}

/// Whether a character would do something to a terminal rather than be seen: controls, and marks
/// that turn the direction of writing.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text with what is harmful in it made visible.
fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| if is_harmful(c) { '\u{fffd}' } else { c })
        .collect()
}
