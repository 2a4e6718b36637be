//! Folders of modules beside each other do not need each other in a circle: then they could not be
//! read, moved or understood one at a time. Files in one folder are one thing, and may.

use std::collections::{BTreeMap, BTreeSet};

use super::code::code_only;
use super::tree::Tree;
use super::{Breach, Rule};

pub(crate) const RULES: &[Rule] = &[Rule {
    name: "folders of modules beside each other do not need each other in a circle",
    check: circles,
    broken: &[
        ("crates/a/src/b/mod.rs", "use crate::d::D;\n"),
        ("crates/a/src/b/x.rs", ""),
        ("crates/a/src/c/mod.rs", "use super::{x, b::{B, x::X}};\n"),
        ("crates/a/src/c/x.rs", ""),
        ("crates/a/src/d.rs", "\nuse crate::c::C;\n"),
    ],
}];

/// A module's path in its crate; empty for the root.
type Path = Vec<String>;
/// Which module needs which, among those beside each other, and where it says so.
type Needs = BTreeMap<Path, BTreeMap<Path, (String, usize)>>;

fn circles(tree: &Tree) -> Vec<Breach> {
    let mut crates: BTreeMap<&str, Vec<(Path, &str, &str)>> = BTreeMap::new();
    for (path, text) in tree.rust() {
        if let Some((folder, inner)) = path.split_once("/src/") {
            let files = crates.entry(folder).or_default();
            files.push((module(inner), path, text));
        }
    }
    crates
        .values()
        .flat_map(|files| circles_of_crate(files))
        .collect()
}

/// `a/b.rs` and `a/b/mod.rs` are `a::b`.
fn module(file: &str) -> Path {
    let mut parts: Path = file
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    let is_folder = parts.last().is_some_and(|last| last == "mod");
    let is_root = parts.len() == 1 && (parts[0] == "lib" || parts[0] == "main");
    if is_folder || is_root {
        parts.pop();
    }
    parts
}

fn circles_of_crate(files: &[(Path, &str, &str)]) -> Vec<Breach> {
    let modules: BTreeSet<&Path> = files.iter().map(|(module, _, _)| module).collect();
    let mut needs = Needs::new();
    for (from, file, text) in files {
        let code = code_only(text);
        // Tests may look at everything.
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        for (line, named) in named_paths(code, from) {
            let Some(to) = longest_module(&modules, &named) else {
                continue;
            };
            if let Some((from, to)) = beside_each_other(from, &to) {
                let place = ((*file).to_owned(), line);
                needs.entry(from).or_default().entry(to).or_insert(place);
            }
        }
    }
    let folders: Vec<&Path> = needs
        .keys()
        .filter(|path| {
            modules
                .iter()
                .any(|m| m.len() > path.len() && m.starts_with(path))
        })
        .collect();
    let mut breaches = Vec::new();
    for (at, from) in folders.iter().enumerate() {
        for to in &folders[at + 1..] {
            let (Some(there), Some(back)) = (way(&needs, from, to), way(&needs, to, from)) else {
                continue;
            };
            let circle = [there.as_slice(), &back[1..]].concat();
            let names: Vec<String> = circle.iter().map(|path| path.join("::")).collect();
            let (file, line) = &needs[&circle[0]][&circle[1]];
            breaches.push(Breach::new(file, *line, names.join(" needs ")));
        }
    }
    breaches
}

/// Every path that begins with `crate` or `super`, from the crate's root, with its line.
fn named_paths(code: &str, from: &Path) -> Vec<(usize, Path)> {
    let mut found = Vec::new();
    for word in ["crate::", "super::"] {
        for (at, _) in code.match_indices(word) {
            let before = code[..at].chars().next_back();
            // `super::super::` is read from its first word on.
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '$') {
                continue;
            }
            let line = code[..at].matches('\n').count() + 1;
            let mut paths = Vec::new();
            read_path(&code[at..], from, Path::new(), &mut paths);
            found.extend(paths.into_iter().map(|path| (line, path)));
        }
    }
    found
}

/// Reads one path, or the several that a group in braces stands for. Gives what is left.
fn read_path<'a>(code: &'a str, from: &Path, mut path: Path, paths: &mut Vec<Path>) -> &'a str {
    let mut rest = code.trim_start();
    loop {
        if let Some(group) = rest.strip_prefix('{') {
            rest = group;
            while !rest.trim_start().starts_with('}') && !rest.trim_start().is_empty() {
                rest = read_path(rest, from, path.clone(), paths).trim_start();
                rest = rest.strip_prefix(',').unwrap_or(rest);
            }
            return rest.trim_start().strip_prefix('}').unwrap_or_default();
        }
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        match word {
            "crate" => path.clear(),
            "super" if path.is_empty() => path = parent(from),
            "super" => path = parent(&path),
            "self" => {}
            _ => path.push(word.to_owned()),
        }
        let Some(next) = after.strip_prefix("::") else {
            paths.push(path);
            // What follows (`as x`, `*`) ends at the next comma or brace.
            let end = after.find([',', '}', ';']).unwrap_or(after.len());
            return &after[end..];
        };
        rest = next;
    }
}

fn parent(path: &Path) -> Path {
    let mut path = path.clone();
    path.pop();
    path
}

fn longest_module(modules: &BTreeSet<&Path>, named: &Path) -> Option<Path> {
    (0..=named.len())
        .rev()
        .map(|len| named[..len].to_vec())
        .find(|path| modules.contains(path))
}

/// The two modules in one folder that hold these two; `None` when one holds the other.
fn beside_each_other(from: &Path, to: &Path) -> Option<(Path, Path)> {
    let common = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let (from, to) = (from.get(..=common)?, to.get(..=common)?);
    Some((from.to_vec(), to.to_vec()))
}

/// The shortest way from one module to another, both included.
fn way(needs: &Needs, from: &Path, to: &Path) -> Option<Vec<Path>> {
    let mut ways = vec![vec![from.clone()]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let next = way.last().and_then(|last| needs.get(last));
            for step in next.into_iter().flat_map(BTreeMap::keys) {
                let mut way = way.clone();
                way.push(step.clone());
                if step == to {
                    return Some(way);
                }
                if seen.insert(step.clone()) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(files: &[(&str, &str)]) -> Vec<String> {
        let breaches = circles(&Tree::of(files));
        breaches.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_circle_is_told_once_with_its_place() {
        let told = texts(RULES[0].broken);
        assert_eq!(told, ["crates/a/src/b/mod.rs:1: b needs d needs c needs b"]);
    }

    #[test]
    fn a_circle_inside_a_folder_is_found() {
        let told = texts(&[
            ("crates/a/src/x/b/c.rs", "\nuse super::super::d;\n"),
            ("crates/a/src/x/d/e.rs", "fn f() { crate::x::b::c::g() }\n"),
            ("crates/a/src/x/b/mod.rs", ""),
            ("crates/a/src/x/d/mod.rs", ""),
        ]);
        assert_eq!(
            told,
            ["crates/a/src/x/b/c.rs:2: x::b needs x::d needs x::b"]
        );
    }

    #[test]
    fn tests_files_and_one_way_streets_are_well() {
        let told = texts(&[
            ("crates/a/src/b/mod.rs", "use crate::c; use crate::d;\n"),
            ("crates/a/src/b/x.rs", "use super::B; use crate::c::x;\n"),
            (
                "crates/a/src/c/mod.rs",
                "#[cfg(test)]\nmod tests { use crate::b; }\n",
            ),
            ("crates/a/src/c/x.rs", ""),
            ("crates/a/src/d.rs", "use crate::b;\n"),
            ("crates/z/src/c/x.rs", "use crate::b;\n"),
        ]);
        assert_eq!(told, Vec::<String>::new());
    }

    #[test]
    fn groups_stand_for_all_their_paths() {
        let from = module("m.rs");
        let named = named_paths("use crate::{a::{self, b}, c as d, e};", &from);
        let paths: Vec<String> = named.iter().map(|(_, path)| path.join("::")).collect();
        assert_eq!(paths, ["a", "a::b", "c", "e"]);
    }
}
