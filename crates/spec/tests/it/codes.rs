//! Every code: its example has it, and the pages that explain them are what the code says.

use std::path::Path;

use tomoni_spec::codes::{self, Example};
use tomoni_spec::{Catalog, SourceFile, annotations_page, read, report};

use crate::support::{file, root, seen};

fn catalog(text: &str) -> Catalog {
    read(&[file("slo.yaml", text)])
}

#[test]
fn the_examples_documents_have_no_finding() {
    let catalog = catalog(codes::EXAMPLE);
    assert_eq!(catalog.findings, []);
    assert_eq!(catalog.slos.len(), 2);
    assert_eq!(catalog.documents, 7);
}

#[test]
fn every_example_has_its_finding_and_only_its_wrong_half_has_one() {
    for code in codes::ALL {
        let part = match code.example {
            Example::Change { right, .. } => Some((codes::EXAMPLE, right)),
            Example::ChangeOf {
                documents, right, ..
            } => Some((documents, right)),
            Example::Whole { .. } | Example::Told => None,
        };
        if let Some((documents, right)) = part {
            let times = documents.matches(right).count();
            assert_eq!(times, 1, "{}: its right half is in the documents", code.id);
        }
        let Some((wrong, right)) = code.example.files() else {
            continue;
        };
        assert_eq!(catalog(&right).findings, [], "{}", code.id);
        let found = catalog(&wrong).findings;
        assert!(
            found.iter().any(|f| f.code == code.id),
            "{} is not found: {found:#?}",
            code.id
        );
    }
}

#[test]
fn what_people_see_of_every_example() {
    let mut text = String::new();
    for code in codes::ALL {
        if let Some((wrong, _)) = code.example.files() {
            text.push_str(&format!("======== {}\n{}", code.id, seen(&wrong)));
        }
    }
    insta::with_settings!({omit_expression => true}, {
        insta::assert_snapshot!(text);
    });
}

#[test]
fn codes_are_named_once_and_well() {
    let mut ids: Vec<&str> = codes::ALL.iter().map(|c| c.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), codes::ALL.len());
    for code in codes::ALL {
        let (group, name) = code.id.split_once('/').unwrap();
        let is_word = |t: &str| {
            t.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        assert!(is_word(group) && is_word(name), "{}", code.id);
        assert!(!code.title.ends_with('.'), "{}", code.id);
    }
}

#[test]
fn the_pages_of_findings_are_what_the_code_says() {
    for (path, page) in codes::pages() {
        hold(&path, &page);
    }
}

#[test]
fn the_page_of_annotations_is_what_the_code_says() {
    hold("docs/annotations.md", &annotations_page());
}

/// Compares a page with the repository's; with `TOMONI_WRITE_PAGES` set it writes it.
fn hold(path: &str, page: &str) {
    let path = root().join(path);
    if std::env::var_os("TOMONI_WRITE_PAGES").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, page).unwrap();
    }
    let written = std::fs::read_to_string(Path::new(&path)).unwrap_or_default();
    assert!(
        written == page,
        "{} is out of date: run this test with TOMONI_WRITE_PAGES=1",
        path.display()
    );
}

#[test]
fn a_summary_counts() {
    let file = SourceFile {
        name: "a.yaml".into(),
        bytes: Vec::new(),
    };
    let findings = read(&[file]).findings;
    assert_eq!(report::summary(&findings).as_deref(), Some("1 warning"));
}
