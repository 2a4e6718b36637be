//! Words that code may not hold: shortcuts, the clock, sleep.

use super::code::code_only;
use super::tree::Tree;
use super::{Breach, Rule};

/// Shortcuts that hide something, and what to do instead.
const SHORTCUTS: &[(&str, &str)] = &[
    (
        "#[allow(",
        "use #[expect(…, reason = \"…\")]: it tells when it is no longer needed",
    ),
    (
        "#![allow(",
        "use #![expect(…, reason = \"…\")]: it tells when it is no longer needed",
    ),
    ("todo!(", "do it, or leave it out and say so"),
    ("unimplemented!(", "do it, or leave it out and say so"),
    (
        "#[ignore",
        "a test that does not run proves nothing: mend it or remove it",
    ),
];

/// What reads the wall clock.
const CLOCK: &[&str] = &[
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "std::time::Instant::now",
];

/// What brings chance that no seed decides.
const CHANCE: &[&str] = &[
    "thread_rng(",
    "rand::rng(",
    "from_os_rng(",
    "OsRng",
    "RandomState::new(",
];

/// Programs: they are where clock and chance come in.
const PROGRAMS: &[&str] = &["bench/", "crates/cli/", "crates/testkit/", "xtask/"];

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "no shortcuts: allow, todo, unimplemented, ignored tests",
        check: shortcuts,
        broken: &[(
            "crates/a/src/lib.rs",
            "#[allow(dead_code)]\nfn f() { todo!() }\n",
        )],
    },
    Rule {
        name: "only programs read the clock",
        check: clock,
        broken: &[(
            "crates/a/src/lib.rs",
            "fn f() { jiff::Timestamp::now(); }\n",
        )],
    },
    Rule {
        name: "only programs draw lots",
        check: chance,
        broken: &[("crates/a/src/lib.rs", "fn f() { rand::rng(); }\n")],
    },
    Rule {
        name: "tests wait for something (in a function named wait…), they do not sleep",
        check: sleep,
        broken: &[(
            "crates/a/tests/it/main.rs",
            "fn soon() { std::thread::sleep(SECOND); }\n",
        )],
    },
];

fn shortcuts(tree: &Tree) -> Vec<Breach> {
    let mut breaches = find(tree, |_| true, SHORTCUTS);
    breaches.retain(|breach| !is_run_by_another_test(tree, breach));
    breaches
}

/// The body of a child process that another test starts: run, though not by the harness.
fn is_run_by_another_test(tree: &Tree, breach: &Breach) -> bool {
    let text = tree.get(&breach.path).unwrap_or_default();
    let line = text.lines().nth(breach.line - 1).unwrap_or_default();
    line.contains("#[ignore = \"run by `")
}

fn clock(tree: &Tree) -> Vec<Breach> {
    let what = CLOCK.map_to("the clock is a parameter; only a program reads it");
    find(tree, |path| !is_program(path), &what)
}

fn chance(tree: &Tree) -> Vec<Breach> {
    let what = CHANCE.map_to("take a seed; only a program draws one");
    find(tree, |path| !is_program(path), &what)
}

/// The same advice for every word.
trait MapTo<'a> {
    fn map_to(&self, advice: &'a str) -> Vec<(&'a str, &'a str)>;
}

impl<'a> MapTo<'a> for [&'a str] {
    fn map_to(&self, advice: &'a str) -> Vec<(&'a str, &'a str)> {
        self.iter().map(|word| (*word, advice)).collect()
    }
}

fn is_program(path: &str) -> bool {
    PROGRAMS.iter().any(|folder| path.starts_with(folder)) || path.contains("/benches/")
}

fn find(tree: &Tree, is_meant: fn(&str) -> bool, words: &[(&str, &str)]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (path, text) in tree.rust().filter(|(path, _)| is_meant(path)) {
        for (at, line) in code_only(text).lines().enumerate() {
            for (word, advice) in words.iter().filter(|(word, _)| line.contains(word)) {
                breaches.push(Breach::new(path, at + 1, format!("`{word}`: {advice}")));
            }
        }
    }
    breaches
}

fn sleep(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (path, text) in tree.rust() {
        let mut is_test = path.contains("/tests/") || path.starts_with("crates/testkit/");
        let mut function = String::new();
        for (at, line) in code_only(text).lines().enumerate() {
            is_test |= line.contains("#[cfg(test)]");
            if let Some(name) = function_name(line) {
                function = name.to_owned();
            }
            if is_test && line.contains("::sleep") && !function.starts_with("wait") {
                let text = format!("`{function}` sleeps: wait for what it needs instead");
                breaches.push(Breach::new(path, at + 1, text));
            }
        }
    }
    breaches
}

/// The name of the function that begins on this line.
fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let is_word = before.is_empty() || before.ends_with([' ', '(']);
    let end = after.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    is_word.then(|| &after[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_comments_and_strings_do_not_count() {
        let text = "// todo!()\nfn f() { g(\"#[ignore]\", \"SystemTime::now\", \"OsRng\"); }\n";
        let tree = Tree::of(&[("crates/a/src/lib.rs", text)]);
        assert_eq!([shortcuts(&tree), clock(&tree), chance(&tree)].concat(), []);
    }

    #[test]
    fn a_test_may_be_left_to_another_test_but_not_to_nobody() {
        let left =
            "#[ignore = \"run by `other` as another user\"]\n#[ignore = \"slow\"]\n#[ignore]\n";
        let tree = Tree::of(&[("crates/a/tests/it/main.rs", left)]);
        let lines: Vec<usize> = shortcuts(&tree).iter().map(|breach| breach.line).collect();
        assert_eq!(lines, [2, 3]);
    }

    #[test]
    fn programs_may_read_the_clock() {
        let tree = Tree::of(&[("crates/cli/src/main.rs", "SystemTime::now();")]);
        assert_eq!(clock(&tree), []);
    }

    #[test]
    fn a_waiting_helper_may_pause_and_so_may_code_that_is_no_test() {
        let helper = "async fn wait_until(x: X) {\n  tokio::time::sleep(LITTLE).await;\n}\n";
        let retry = "fn again() { tokio::time::sleep(JITTER) }\n#[cfg(test)]\nmod tests {}\n";
        let tree = Tree::of(&[
            ("crates/a/tests/it/support.rs", helper),
            ("crates/b/src/lib.rs", retry),
        ]);
        assert_eq!(sleep(&tree), []);
        let unit = "#[cfg(test)]\nmod tests { fn rest() { std::thread::sleep(LONG) } }\n";
        assert_eq!(sleep(&Tree::of(&[("crates/a/src/x.rs", unit)]))[0].line, 2);
    }
}
