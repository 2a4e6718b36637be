//! The house rules that the compiler does not know.

mod arrows;
mod code;
mod cycles;
mod documents;
mod hosts;
pub(crate) mod manifest;
mod shape;
mod tree;
mod words;

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use crate::programs::{complain, root, say};
use crate::steps::{COULD_NOT_RUN, DOES_NOT_HOLD};
use tree::Tree;

/// A rule over the repository's text.
struct Rule {
    /// What holds.
    name: &'static str,
    /// Where it does not.
    check: fn(&Tree) -> Vec<Breach>,
    /// Files of a made-up repository that breaks it: the proof that the rule can fail.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the proof is the tests' matter")
    )]
    broken: &'static [(&'static str, &'static str)],
}

/// Where a rule does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Breach {
    path: String,
    /// Counted from 1; 0 for the file as a whole.
    line: usize,
    text: String,
}

impl Breach {
    fn new(path: &str, line: usize, text: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            text: text.into(),
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.text)
    }
}

/// Every rule there is.
fn rules() -> impl Iterator<Item = &'static Rule> {
    [
        arrows::RULES,
        cycles::RULES,
        documents::RULES,
        hosts::RULES,
        shape::RULES,
        words::RULES,
    ]
    .into_iter()
    .flatten()
}

/// Whether all rules hold in the repository; where not, says it.
pub(crate) fn hold(root: &Path) -> bool {
    let tree = match Tree::read(root) {
        Ok(tree) => tree,
        Err(error) => {
            complain(&format!("xtask: cannot read the repository: {error}"));
            return false;
        }
    };
    let mut all_hold = true;
    for rule in rules() {
        for breach in (rule.check)(&tree) {
            all_hold = false;
            complain(&format!("{breach}\n    rule: {}", rule.name));
        }
    }
    all_hold
}

/// The habit: the rules alone, here or in another working copy.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let root = arguments.first().map_or(root(), Path::new);
    if !root.join("Cargo.toml").is_file() {
        complain(&format!("xtask: no repository at {}", root.display()));
        return COULD_NOT_RUN.into();
    }
    if hold(root) {
        say(&format!("xtask: {} house rules hold", rules().count()));
        ExitCode::SUCCESS
    } else {
        DOES_NOT_HOLD.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_rules_hold() {
        let tree = Tree::read(root()).unwrap();
        assert!(tree.files().count() > 50, "the repository was not read");
        let breaches: Vec<String> = rules()
            .flat_map(|rule| {
                let found = (rule.check)(&tree);
                found
                    .into_iter()
                    .map(|breach| format!("{breach}\n    rule: {}", rule.name))
            })
            .collect();
        assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
    }

    #[test]
    fn every_rule_can_fail() {
        for rule in rules() {
            let broken = Tree::of(rule.broken);
            assert!(
                !(rule.check)(&broken).is_empty(),
                "never fails: {}",
                rule.name
            );
        }
    }

    #[test]
    fn no_two_rules_have_one_name() {
        let names: std::collections::BTreeSet<_> = rules().map(|rule| rule.name).collect();
        assert_eq!(names.len(), rules().count());
    }
}
