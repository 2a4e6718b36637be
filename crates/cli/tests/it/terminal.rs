//! What a person sees on a terminal: colour where it may be, and nothing wider than the screen.

use std::process::Command;

use insta::assert_snapshot;
use tomoni_testkit::require;

use crate::lab::{AT, url};
use crate::run::root;

/// What a terminal of so many columns shows.
fn terminal(columns: u16, environment: &str, arguments: &str) -> String {
    let line = format!(
        "stty rows 40 cols {columns}; {environment} exec {} {arguments} 2>/dev/null",
        env!("CARGO_BIN_EXE_tomoni")
    );
    let output = Command::new("script")
        .args(["--quiet", "--command", &line, "/dev/null"])
        .env_remove("NO_COLOR")
        .env("TERM", "xterm-256color")
        .current_dir(root())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().replace('\r', "")
}

fn status(columns: u16) -> String {
    fitting(columns, "status --specs examples/lab")
}

/// What a verb over the lab shows: nothing wider than the terminal.
fn fitting(columns: u16, verb: &str) -> String {
    let arguments = format!("{verb} --prometheus {} --at {AT}", url());
    let text = terminal(columns, "NO_COLOR=1", &arguments);
    for line in text.lines() {
        let width = console::measure_text_width(line);
        assert!(width <= columns.into(), "{width} columns: {line}");
    }
    text
}

#[test]
fn eighty_columns_are_enough() {
    require!("prometheus", "promtool", "script", "stty");
    assert_snapshot!(status(80));
}

#[test]
fn a_hundred_and_twenty_columns_show_more() {
    require!("prometheus", "promtool", "script", "stty");
    assert_snapshot!(status(120));
}

#[test]
fn peers_fit_beside_each_other() {
    require!("prometheus", "promtool", "script", "stty");
    assert_snapshot!(fitting(80, "compare examples/lab"));
    assert_snapshot!(fitting(120, "compare examples/lab"));
    let verb = "explain unlock-availability --as sloth --specs examples/lab";
    assert_snapshot!(fitting(80, verb));
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    require!("script", "stty");
    let validate = |environment| terminal(80, environment, "validate nowhere.yaml");
    assert!(validate("").contains("\u{1b}[1;31m") || validate("").contains("\u{1b}[31"));
    assert!(!validate("NO_COLOR=1").contains('\u{1b}'));
    assert!(!validate("TERM=dumb").contains('\u{1b}'));
}
