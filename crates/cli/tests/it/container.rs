//! The container file names what is there. (It is not built here: no engine can be expected.)

use std::fs;

use crate::run::root;

fn containerfile() -> String {
    fs::read_to_string(root().join("Containerfile")).unwrap()
}

#[test]
fn what_it_copies_exists() {
    let text = containerfile();
    let copies = text.lines().filter_map(|line| line.strip_prefix("COPY "));
    let mut found = 0;
    for copy in copies.filter(|copy| !copy.starts_with("--from")) {
        let mut words: Vec<&str> = copy.split_whitespace().collect();
        words.pop();
        for word in words {
            assert!(root().join(word).exists(), "{word} is not there");
            found += 1;
        }
    }
    assert!(found >= 3);
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let image = text
        .split("FROM rust:")
        .nth(1)
        .unwrap()
        .split('-')
        .next()
        .unwrap();
    assert!(
        manifest.contains(&format!("rust-version = \"{image}\"")),
        "{image}"
    );
}

#[test]
fn its_settings_are_settings() {
    let text = containerfile();
    let settings = text
        .split_whitespace()
        .filter(|word| word.starts_with("TOMONI_"));
    let names: Vec<&str> = settings.filter_map(|word| word.split('=').next()).collect();
    assert_eq!(names.len(), 5);
    // A test holds this page to the flags.
    let page = fs::read_to_string(root().join("docs/configuration.md")).unwrap();
    for name in names {
        let is_setting = page.contains(&format!("| `{name}` |"));
        assert!(is_setting, "{name} is no setting");
    }
}
