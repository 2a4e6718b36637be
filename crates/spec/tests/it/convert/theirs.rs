//! Documents that others wrote come back as they were.

use tomoni_spec::{Severity, Target, read, split};

use super::hold;
use crate::fixtures::fixtures;
use crate::support::folder;

/// Converts every file of a folder there and back. Those with errors must not come out.
fn come_back(path: &str, target: Target, of: &[&str]) -> usize {
    let Some(path) = fixtures().map(|f| f.join(path)) else {
        return usize::MAX;
    };
    let mut count = 0;
    for source in folder(&path) {
        let catalog = read(std::slice::from_ref(&source));
        let is_wrong = catalog
            .findings
            .iter()
            .any(|f| f.severity == Severity::Error);
        let documents: Vec<String> = split(&source)
            .documents
            .into_iter()
            .filter(|d| d.identity.as_ref().is_some_and(|i| of.contains(&i.kind())))
            .map(|d| d.text)
            .collect();
        if is_wrong || documents.is_empty() {
            continue;
        }
        hold(&documents, target);
        count += documents.len();
    }
    count
}

#[test]
fn sloth_s() {
    let count = come_back("sloth", Target::Sloth, &["PrometheusServiceLevel"]);
    assert!(count >= 8, "{count}");
}

#[test]
fn pyrra_s() {
    assert!(come_back("pyrra", Target::Pyrra, &["ServiceLevelObjective"]) >= 10);
}

#[test]
fn those_of_v1alpha() {
    let count = come_back(
        "openslo/v1alpha",
        Target::OpenSloV1Alpha,
        &["SLO", "Service"],
    );
    assert!(count >= 3, "{count}");
}
