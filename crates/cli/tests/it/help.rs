//! What the binary says of itself.

use std::process::Command;

use insta::assert_snapshot;
use serde_json::Value;

use crate::run::{root, run};

#[test]
fn of_itself() {
    assert_snapshot!(run(&["--help"]));
}

#[test]
fn of_status() {
    assert_snapshot!(run(&["status", "--help"]));
}

#[test]
fn of_explain() {
    assert_snapshot!(run(&["explain", "--help"]));
}

#[test]
fn of_validate() {
    assert_snapshot!(run(&["validate", "--help"]));
}

#[test]
fn of_rules() {
    assert_snapshot!(run(&["rules", "--help"]));
}

#[test]
fn of_convert() {
    assert_snapshot!(run(&["convert", "--help"]));
}

#[test]
fn a_verb_that_does_not_exist() {
    assert_snapshot!(run(&["statsu"]));
}

#[test]
fn the_schema_is_json() {
    let ran = run(&["schema"]);
    let schema: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(ran.code, Some(0));
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
}

#[test]
fn completions_know_every_verb() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = run(&["completions", shell]);
        assert_eq!(ran.code, Some(0));
        for verb in [
            "validate",
            "rules",
            "convert",
            "status",
            "explain",
            "schema",
            "completions",
        ] {
            assert!(ran.stdout.contains(verb), "{shell} does not know {verb}");
        }
    }
}

#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    // `true` never reads; the schema is larger than a pipe holds together with what head takes.
    let line = format!(
        "( {0} schema; echo $? >&2 ) | head -c 1; ( {0} completions bash; echo $? >&2 ) | true",
        env!("CARGO_BIN_EXE_tomoni")
    );
    let output = Command::new("sh")
        .args(["-c", &line])
        .current_dir(root())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "0\n0\n");
}
