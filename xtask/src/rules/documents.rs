//! Documents that must say what is there.

use super::manifest::Manifest;
use super::tree::{Tree, crate_folder};
use super::{Breach, Rule};

/// Where every third-party dependency has its reason.
const DESIGN: &str = "docs/DESIGN.md";
/// How a crate's root takes its README in.
const INCLUDES_README: &str = "#![doc = include_str!(\"../README.md\")]";
/// A README shorter than this says nothing.
const README_WORDS_MIN: usize = 40;

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "every crate's README is its documentation, and says something",
        check: readmes,
        broken: &[
            ("crates/a/src/lib.rs", "//! No README.\n"),
            ("crates/a/README.md", "# a\n\nA crate.\n"),
        ],
    },
    Rule {
        name: "every third-party dependency has its row in docs/DESIGN.md",
        check: dependencies,
        broken: &[
            ("Cargo.toml", "[workspace.dependencies]\nserde = \"1\"\n"),
            (DESIGN, "| package | why |\n|---|---|\n"),
        ],
    },
    Rule {
        name: "a link inside the repository leads somewhere",
        check: links,
        broken: &[("README.md", "see [there](docs/NOWHERE.md)\n")],
    },
];

fn readmes(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (path, text) in tree.rust() {
        let Some(folder) = crate_folder(path) else {
            continue;
        };
        if path != format!("{folder}/src/lib.rs") {
            continue;
        }
        if !text.starts_with(INCLUDES_README) {
            breaches.push(Breach::new(
                path,
                1,
                format!("begin with {INCLUDES_README}"),
            ));
        }
        let readme = format!("{folder}/README.md");
        let words = tree
            .get(&readme)
            .unwrap_or_default()
            .split_whitespace()
            .count();
        if words < README_WORDS_MIN {
            let text = "say what lives here, what never does, and show an example";
            breaches.push(Breach::new(&readme, 1, text));
        }
    }
    breaches
}

fn dependencies(tree: &Tree) -> Vec<Breach> {
    let design = tree.get(DESIGN).unwrap_or_default();
    let text = tree.get("Cargo.toml").unwrap_or_default();
    Manifest::read("Cargo.toml", text)
        .dependencies
        .into_iter()
        .filter(|dependency| !dependency.name.starts_with("tomoni-"))
        .filter(|dependency| !design.contains(&format!("\n| `{}` |", dependency.name)))
        .map(|dependency| {
            let text = format!("{} has no row in {DESIGN}", dependency.name);
            Breach::new("Cargo.toml", dependency.line, text)
        })
        .collect()
}

fn links(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| path.ends_with(".md")) {
        for (at, line) in text.lines().enumerate() {
            for target in targets(line).filter(|target| !leads(tree, path, target)) {
                breaches.push(Breach::new(path, at + 1, format!("nothing is at {target}")));
            }
        }
    }
    breaches
}

/// The files that a line of Markdown links to.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("](").filter_map(|(at, _)| {
        let inner = line[at + 2..].split(')').next()?;
        let file = inner.split('#').next()?;
        let is_outside = file.contains(':') || file.is_empty() || file.contains(' ');
        (!is_outside).then_some(file)
    })
}

/// Whether the target, as seen from the file, is a file or a folder.
fn leads(tree: &Tree, from: &str, target: &str) -> bool {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    let path = parts.join("/");
    path.is_empty()
        || tree.has(&path)
        || tree
            .files()
            .any(|(file, _)| file.starts_with(&format!("{path}/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_from_where_they_stand() {
        let tree = Tree::of(&[
            (
                "docs/A.md",
                "[up](../README.md) [folder](../crates/a) [here](#part) [out](x:y)",
            ),
            ("README.md", "[a](docs/A.md#part), `a[i](j k)`"),
            ("crates/a/src/lib.rs", ""),
        ]);
        assert_eq!(links(&tree), []);
        assert!(!leads(&tree, "docs/A.md", "B.md"));
    }

    #[test]
    fn a_dependency_with_a_row_and_a_readme_with_words_are_well() {
        let words = "word ".repeat(README_WORDS_MIN);
        let root = format!("{INCLUDES_README}\n");
        let tree = Tree::of(&[
            (
                "Cargo.toml",
                "[workspace.dependencies]\nserde = \"1\"\ntomoni-a = {}\n",
            ),
            (DESIGN, "\n| `serde` | reads |\n"),
            ("crates/a/src/lib.rs", &root),
            ("crates/a/README.md", &words),
        ]);
        assert_eq!([dependencies(&tree), readmes(&tree)].concat(), []);
    }
}
