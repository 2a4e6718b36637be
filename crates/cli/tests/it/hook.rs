//! The hook that others run before a commit: what it says is a command that the binary takes.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;
use tomoni_spec::Document;

use crate::run::{root, tomoni};

const GOOD: &str = "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: unlock-api}\n";

/// The exit code of the hook in a folder with one document.
fn code(document: &str) -> Option<i32> {
    let file = Document {
        identity: None,
        file: ".pre-commit-hooks.yaml".into(),
        line: 1,
        text: fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap(),
    };
    let hook = file.value().unwrap()[0].clone();
    assert_eq!(hook["id"], "tomoni-validate");
    assert_eq!(hook["pass_filenames"], false);
    let entry = hook["entry"].as_str().unwrap().split(' ');
    let args = hook["args"].as_array().unwrap().iter();
    let words: Vec<&str> = entry.chain(args.filter_map(Value::as_str)).collect();
    assert_eq!(words[0], "tomoni");
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("slos.yaml"), document).unwrap();
    let mut command = tomoni(&words[1..]);
    command
        .current_dir(folder.path())
        .output()
        .unwrap()
        .status
        .code()
}

#[test]
fn the_hook_stops_what_is_wrong_and_nothing_else() {
    assert_eq!(code(GOOD), Some(0));
    assert_eq!(code(&GOOD.replace("name:", "nmae:")), Some(1));
}
