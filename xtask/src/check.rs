//! What can be known without running anything.

use std::collections::BTreeSet;
use std::process::{Command, ExitCode};

use crate::programs::{cargo, complain, find, quietly, root, say, succeeds};
use crate::rules;
use crate::rules::manifest::Manifest;
use crate::steps::{Account, COULD_NOT_RUN};

/// All checks; none needs a server.
pub(crate) fn run(_: &[String]) -> ExitCode {
    let mut account = Account::default();
    formatting(&mut account);
    account.step("house rules", || rules::hold(root()));
    clippy(&mut account);
    documentation(&mut account);
    licences(&mut account);
    account.close()
}

/// Whether everything is formatted.
pub(crate) fn formatting(account: &mut Account) {
    account.step("formatting", || {
        succeeds(&mut cargo(&["fmt", "--all", "--check"]))
    });
}

/// Whether clippy has nothing to say, in programs, libraries, tests and benches.
pub(crate) fn clippy(account: &mut Account) {
    let arguments = [
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--locked",
    ];
    account.step("clippy", || {
        succeeds(cargo(&arguments).args(["--", "-D", "warnings"]))
    });
}

/// Whether the documentation can be built without a warning.
pub(crate) fn documentation(account: &mut Account) {
    account.step("documentation", || {
        let mut doc = cargo(&["doc", "--quiet", "--workspace", "--no-deps", "--locked"]);
        succeeds(doc.env("RUSTDOCFLAGS", "-D warnings"))
    });
}

/// Licences, banned crates and sources of all dependencies, where cargo-deny is installed.
fn licences(account: &mut Account) {
    if find("cargo-deny").is_none() {
        account.note(
            "NOT CHECKED: licences, bans and sources, for cargo-deny is not installed: \
             cargo install cargo-deny --locked",
        );
        return;
    }
    // Known vulnerabilities are not asked for: their list lies on a server of its own.
    account.step("licences, bans and sources", || {
        let mut deny = Command::new("cargo-deny");
        deny.args([
            "--locked",
            "--offline",
            "check",
            "licenses",
            "bans",
            "sources",
        ]);
        succeeds(deny.current_dir(root()))
    });
}

/// Formats, and lets clippy mend what it can.
pub(crate) fn fix(_: &[String]) -> ExitCode {
    let mut account = Account::default();
    let clippy = [
        "clippy",
        "--fix",
        "--allow-dirty",
        "--workspace",
        "--all-targets",
    ];
    account.step("clippy --fix", || succeeds(&mut cargo(&clippy)));
    account.step("fmt", || succeeds(&mut cargo(&["fmt", "--all"])));
    account.close()
}

/// Prints how many crates each third-party dependency of ours brings along, itself not counted.
pub(crate) fn weight(_: &[String]) -> ExitCode {
    let text = std::fs::read_to_string(root().join("Cargo.toml")).unwrap_or_default();
    for dependency in Manifest::read("Cargo.toml", &text).dependencies {
        if dependency.name.starts_with("tomoni-") {
            continue;
        }
        match brought_along(&dependency.name) {
            Ok((version, crates)) => say(&format!("{} {version}: {crates}", dependency.name)),
            Err(error) => {
                complain(&error);
                return COULD_NOT_RUN.into();
            }
        }
    }
    ExitCode::SUCCESS
}

/// The version that is built, and how many other crates it needs.
fn brought_along(name: &str) -> Result<(String, usize), String> {
    let tree = |package: &str| {
        let edges = [
            "--edges",
            "normal,build,dev",
            "--prefix",
            "none",
            "--no-dedupe",
        ];
        quietly(cargo(&["tree", "--locked", "--package", package]).args(edges))
    };
    let all = quietly(&mut cargo(&[
        "tree",
        "--locked",
        "--workspace",
        "--depth",
        "1",
        "--no-dedupe",
        "--prefix",
        "none",
    ]))?;
    let version = all
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(" v"))
        .and_then(|rest| rest.split_whitespace().next())
        .ok_or_else(|| format!("xtask: {name} is declared but no crate of ours uses it"))?;
    let tree = tree(&format!("{name}@{version}"))?;
    let crates: BTreeSet<&str> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .collect();
    Ok((version.to_owned(), crates.len().saturating_sub(1)))
}
