//! The documents that the guides tell people to write: read without a finding.

use std::fs;

use tomoni_spec::{Losses, SourceFile, Target, convert, read};

use crate::support::root;

/// The YAML blocks of a page.
fn documents(page: &str) -> Vec<SourceFile> {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let blocks = text.split("```yaml\n").skip(1);
    blocks
        .enumerate()
        .map(|(number, rest)| SourceFile {
            name: format!("{page}, block {}", number + 1).into(),
            bytes: rest.split("```").next().unwrap().as_bytes().to_vec(),
        })
        .collect()
}

#[test]
fn what_getting_started_says_can_be_copied() {
    let documents = documents("docs/getting-started.md");
    assert_eq!(documents.len(), 2);
    let catalog = read(&documents);
    assert_eq!(catalog.findings, []);
    assert_eq!(catalog.slos.len(), 2);
}

#[test]
fn what_the_page_of_rules_says_can_be_copied() {
    let documents = documents("docs/rules.md");
    assert_eq!(documents.len(), 1);
    let catalog = read(&documents);
    assert_eq!(catalog.findings, []);
    assert_eq!(catalog.alert_windows.len(), 1);
}

#[test]
fn what_the_page_of_converting_shows_is_what_comes_out() {
    let documents = documents("docs/convert.md");
    let [sloth, openslo] = documents.as_slice() else {
        panic!("{documents:?}");
    };
    let out = |from: &SourceFile, target| {
        let out = convert(std::slice::from_ref(from), target, Losses::Refused);
        assert_eq!(out.findings, []);
        out.documents.join("---\n")
    };
    let text = |file: &SourceFile| String::from_utf8(file.bytes.clone()).unwrap();
    assert_eq!(out(sloth, Target::OpenSloV1), text(openslo));
    assert_eq!(out(openslo, Target::Sloth), text(sloth));
}
