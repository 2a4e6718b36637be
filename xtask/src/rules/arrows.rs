//! Which crate may know which: the list in docs/ARCHITECTURE.md, read from the page itself.

use super::manifest::{Dependency, Manifest};
use super::tree::{Tree, crate_folder};
use super::{Breach, Rule};

/// Where the list stands.
const PAGE: &str = "docs/ARCHITECTURE.md";
/// Only for tests and the lab; nothing that a user runs may need it.
const TESTKIT: &str = "tomoni-testkit";
/// Crates that bring IO, threads or a clock into a program.
const IO_CRATES: &[&str] = &[
    "futures",
    "indicatif",
    "reqwest",
    "rustls",
    "sqlx",
    "tempfile",
    "tokio",
];
/// Parts of the standard library that reach outside.
const IO_PATHS: &[&str] = &[
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
];

const PAGE_AB: &str = "| [b](../crates/b) | binary | |\n| [a](../crates/a) | pure | |\n";

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "a crate knows only crates below it in docs/ARCHITECTURE.md",
        check: arrows,
        broken: &[
            (PAGE, PAGE_AB),
            (
                "crates/a/Cargo.toml",
                "[dependencies]\ntomoni-b.workspace = true\n",
            ),
        ],
    },
    Rule {
        name: "every crate has its row in docs/ARCHITECTURE.md",
        check: rows,
        broken: &[(PAGE, PAGE_AB), ("crates/c/Cargo.toml", "[dependencies]\n")],
    },
    Rule {
        name: "nothing but tests needs the testkit",
        check: testkit,
        broken: &[(
            "crates/a/Cargo.toml",
            "[dependencies]\ntomoni-testkit.workspace = true\n",
        )],
    },
    Rule {
        name: "a pure crate has no IO, no threads, no environment",
        check: purity,
        broken: &[
            (PAGE, PAGE_AB),
            (
                "crates/a/Cargo.toml",
                "[dependencies]\ntokio.workspace = true\n",
            ),
            ("crates/a/src/lib.rs", "use std::fs;\n"),
        ],
    },
];

/// A row of the page's list.
struct Place<'a> {
    name: &'a str,
    is_pure: bool,
}

/// The list, from the top down.
fn places(tree: &Tree) -> Vec<Place<'_>> {
    let rows = tree.get(PAGE).unwrap_or_default().lines();
    rows.filter_map(|row| {
        let (name, rest) = row.strip_prefix("| [")?.split_once("](../crates/")?;
        let kind = rest.split('|').nth(1)?.trim();
        Some(Place {
            name,
            is_pure: kind == "pure",
        })
    })
    .collect()
}

fn manifests(tree: &Tree) -> impl Iterator<Item = (&str, Manifest)> {
    tree.manifests().filter_map(|(path, text)| {
        let name = crate_folder(path)?.strip_prefix("crates/")?;
        Some((name, Manifest::read(path, text)))
    })
}

fn arrows(tree: &Tree) -> Vec<Breach> {
    let places = places(tree);
    let height = |name: &str| places.iter().position(|place| place.name == name);
    let mut breaches = Vec::new();
    for (name, manifest) in manifests(tree) {
        let Some(from) = height(name) else { continue };
        for dependency in &manifest.dependencies {
            let to = dependency.name.strip_prefix("tomoni-").and_then(height);
            if to.is_some_and(|to| to <= from) {
                breaches.push(at(
                    &manifest,
                    dependency,
                    format!(
                        "{name} may not know {}, which stands above it",
                        dependency.name
                    ),
                ));
            }
        }
    }
    breaches
}

fn rows(tree: &Tree) -> Vec<Breach> {
    let places = places(tree);
    manifests(tree)
        .filter(|(name, _)| *name != "testkit" && !places.iter().any(|p| p.name == *name))
        .map(|(name, manifest)| {
            Breach::new(&manifest.path, 0, format!("{name} has no row in {PAGE}"))
        })
        .collect()
}

fn testkit(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (_, manifest) in manifests(tree) {
        for dependency in &manifest.dependencies {
            if dependency.name == TESTKIT && !dependency.is_for_tests {
                let text = "the testkit is for tests: put it under [dev-dependencies]";
                breaches.push(at(&manifest, dependency, text.to_owned()));
            }
        }
    }
    breaches
}

fn purity(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let places = places(tree);
    let is_pure = |name: &str| places.iter().any(|p| p.is_pure && p.name == name);
    for (name, manifest) in manifests(tree) {
        for dependency in &manifest.dependencies {
            let is_io = IO_CRATES.contains(&dependency.name.as_str());
            if is_pure(name) && is_io && !dependency.is_for_tests {
                let text = format!("{name} is pure, {} is not", dependency.name);
                breaches.push(at(&manifest, dependency, text));
            }
        }
    }
    for (path, text) in tree.rust() {
        let Some((name, inner)) = path.strip_prefix("crates/").and_then(|p| p.split_once('/'))
        else {
            continue;
        };
        if !is_pure(name) || !inner.starts_with("src/") {
            continue;
        }
        for (line, code) in super::code::code_only(text).lines().enumerate() {
            for reached in IO_PATHS.iter().filter(|reached| code.contains(**reached)) {
                let text = format!("{name} is pure, `{reached}` is not");
                breaches.push(Breach::new(path, line + 1, text));
            }
        }
    }
    breaches
}

fn at(manifest: &Manifest, dependency: &Dependency, text: String) -> Breach {
    Breach::new(&manifest.path, dependency.line, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(manifest: &str) -> Tree {
        Tree::of(&[(PAGE, PAGE_AB), ("crates/b/Cargo.toml", manifest)])
    }

    #[test]
    fn down_is_allowed_up_and_across_are_not() {
        let down = with("[dependencies]\ntomoni-a.workspace = true\n");
        assert_eq!(arrows(&down), []);
        let itself = with("[dev-dependencies]\ntomoni-b.workspace = true\n");
        assert_eq!(arrows(&itself)[0].line, 2);
    }

    #[test]
    fn a_binary_may_have_io_and_tests_may_have_the_testkit() {
        let tree = with(
            "[dependencies]\ntokio.workspace = true\n[dev-dependencies]\ntomoni-testkit.workspace = true\n",
        );
        assert_eq!(purity(&tree), []);
        assert_eq!(testkit(&tree), []);
        assert_eq!(rows(&tree), []);
    }
}
