//! The shape of files, manifests and tests.

use super::manifest::Manifest;
use super::tree::{Tree, crate_folder};
use super::{Breach, Rule};

/// A file longer than this hides something: split it where it has two things to say.
const LINES_MAX: usize = 500;
/// What nobody writes or reads line by line.
const GENERATED: &[&str] = &[".lock", ".snap", ".json"];

/// One line more than a file may have.
const TOO_LONG: &str = match str::from_utf8(&[b'\n'; LINES_MAX + 1]) {
    Ok(text) => text,
    Err(_) => "",
};

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "no file over 500 lines",
        check: length,
        broken: &[("docs/LONG.md", TOO_LONG)],
    },
    Rule {
        name: "versions and features of dependencies stand in the workspace's manifest",
        check: shared,
        broken: &[("crates/a/Cargo.toml", "[dependencies]\nserde = \"1\"\n")],
    },
    Rule {
        name: "the workspace's lints hold in every package",
        check: lints,
        broken: &[("crates/a/Cargo.toml", "[dependencies]\n")],
    },
    Rule {
        name: "one integration-test binary per crate, tests/it/main.rs",
        check: one_binary,
        broken: &[("crates/a/tests/more.rs", "")],
    },
];

fn length(tree: &Tree) -> Vec<Breach> {
    tree.files()
        .filter(|(path, _)| !GENERATED.iter().any(|ending| path.ends_with(ending)))
        .filter_map(|(path, text)| {
            let lines = text.lines().count();
            let what = format!("{lines} lines; {LINES_MAX} are allowed");
            (lines > LINES_MAX).then(|| Breach::new(path, LINES_MAX + 1, what))
        })
        .collect()
}

fn shared(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (path, text) in tree.manifests() {
        for dependency in Manifest::read(path, text).dependencies {
            if !dependency.is_shared {
                let text = format!("write {}.workspace = true", dependency.name);
                breaches.push(Breach::new(path, dependency.line, text));
            }
        }
    }
    breaches
}

fn lints(tree: &Tree) -> Vec<Breach> {
    tree.manifests()
        .filter(|(path, text)| !Manifest::read(path, text).has_lints)
        .map(|(path, _)| Breach::new(path, 0, "write workspace = true under [lints]"))
        .collect()
}

fn one_binary(tree: &Tree) -> Vec<Breach> {
    tree.rust()
        .filter_map(|(path, _)| {
            let inside = path
                .strip_prefix(crate_folder(path)?)?
                .strip_prefix("/tests/")?;
            (!inside.contains('/')).then(|| {
                Breach::new(
                    path,
                    0,
                    "every file here is linked alone: make it a module of tests/it",
                )
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_hundred_lines_are_allowed_and_generated_files_are_not_counted() {
        let fits = &TOO_LONG[1..];
        assert_eq!(
            length(&Tree::of(&[("a.rs", fits), ("Cargo.lock", TOO_LONG)])),
            []
        );
        assert_eq!(length(&Tree::of(&[("a.rs", TOO_LONG)]))[0].line, 501);
    }

    #[test]
    fn a_manifest_in_our_shape_is_well() {
        let text = "[lints]\nworkspace = true\n[dependencies]\nserde.workspace = true\n\
                    tokio = { workspace = true, features = [\"net\"] }\n";
        let tree = Tree::of(&[
            ("crates/a/Cargo.toml", text),
            ("crates/a/tests/it/main.rs", ""),
        ]);
        assert_eq!(
            [shared(&tree), lints(&tree), one_binary(&tree)].concat(),
            []
        );
    }
}
