//! What a person sees on a terminal: colour where it may be, and nothing wider than the screen.

use std::process::Command;

use insta::assert_snapshot;
use tomoni_testkit::require;

use crate::lab::{AT, url};
use crate::run::{root, tomoni};

/// What a terminal of so many columns shows.
fn terminal(columns: u16, environment: &str, arguments: &str) -> String {
    let line = format!(
        "stty rows 40 cols {columns}; {environment} exec {} {arguments} 2>/dev/null",
        env!("CARGO_BIN_EXE_tomoni")
    );
    let output = Command::new("script")
        .args(["--quiet", "--command", &line, "/dev/null"])
        .env_remove("NO_COLOR")
        .env_remove("COLUMNS")
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
fn the_readme_shows_what_is_there() {
    require!("prometheus", "promtool", "script", "stty");
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let drawn = status(120);
    assert!(readme.contains(&drawn), "README.md lacks this:\n{drawn}");
}

#[test]
fn sixty_columns_are_not_left() {
    require!("prometheus", "promtool", "script", "stty");
    let drawn = status(60);
    assert_snapshot!(drawn);
    // A pipe has no width, but for whoever gives it one.
    let piped = |columns: &str| {
        let mut command = tomoni(&["status", "--specs", "examples/lab"]);
        command.args(["--prometheus", url(), "--at", AT]);
        let output = command.env("COLUMNS", columns).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(piped("60"), drawn);
    let widest = |text: &str| text.lines().map(console::measure_text_width).max();
    assert!(widest(&piped("0")) > Some(120));
    let narrow = piped("30");
    let (_, table) = narrow.split_once("\nSLO").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    assert!(widest(table) <= Some(30), "{table}");
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
    // It is no document.
    let validate = |environment| terminal(80, environment, "validate README.md");
    assert!(validate("").contains("\u{1b}[1;31m") || validate("").contains("\u{1b}[31"));
    assert!(!validate("NO_COLOR=1").contains('\u{1b}'));
    assert!(!validate("TERM=dumb").contains('\u{1b}'));
}
