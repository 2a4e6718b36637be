//! The one table of habits: help and dispatch come from here.

use std::process::ExitCode;

use crate::programs::{complain, say};
use crate::{bench, check, demo, lab, rules, steps, test, web};

/// Something that is done again and again, under one name.
struct Habit {
    name: &'static str,
    /// What may follow the name.
    arguments: &'static str,
    /// What it does, in one line.
    what: &'static str,
    /// Hidden from the help: only other habits call it.
    is_hidden: bool,
    run: fn(&[String]) -> ExitCode,
}

const HABITS: &[Habit] = &[
    Habit {
        name: "demo",
        arguments: "[ARGUMENTS OF tomoni demo]",
        what: "show an example organisation with 90 days of history, alive, in the browser",
        is_hidden: false,
        run: demo::run,
    },
    Habit {
        name: "test",
        arguments: "[ARGUMENTS OF cargo test]",
        what: "install the real servers and a browser where possible; all tests, in both databases and \
               the browser; formatting, clippy, documentation",
        is_hidden: false,
        run: test::run,
    },
    Habit {
        name: "check",
        arguments: "",
        what: "formatting, clippy, documentation, licences and sources, house rules",
        is_hidden: false,
        run: check::run,
    },
    Habit {
        name: "bench",
        arguments: "[micro|validate|status|server|prometheus-rules [ARGUMENTS]]",
        what: "measure; without a name, everything but server and prometheus-rules, which take long",
        is_hidden: false,
        run: bench::run,
    },
    Habit {
        name: "web",
        arguments: "",
        what: "install what bundles the pages' scripts, and check their types; then build again",
        is_hidden: false,
        run: web::run,
    },
    Habit {
        name: "screenshots",
        arguments: "[ARGUMENTS OF e2e/screenshots.mjs]",
        what: "take the pictures of the pages that stand in docs/screenshots",
        is_hidden: false,
        run: web::screenshots,
    },
    Habit {
        name: "lab",
        arguments: "",
        what: "a real Prometheus with a month of simulated data, and `tomoni status` of it",
        is_hidden: false,
        run: lab::run,
    },
    Habit {
        name: "fix",
        arguments: "",
        what: "format, and let clippy mend what it can",
        is_hidden: false,
        run: check::fix,
    },
    Habit {
        name: "rules",
        arguments: "[FOLDER]",
        what: "the house rules alone, here or in another working copy",
        is_hidden: false,
        run: rules::run,
    },
    Habit {
        name: "weight",
        arguments: "",
        what: "how many crates each third-party dependency brings along",
        is_hidden: false,
        run: check::weight,
    },
    Habit {
        name: lab::SHOW,
        arguments: "URL SPECS",
        what: "the second half of `lab`, run inside the lab",
        is_hidden: true,
        run: lab::show,
    },
];

/// Runs the habit that the first word names.
pub(crate) fn run(words: &[String]) -> ExitCode {
    let Some((name, arguments)) = words.split_first() else {
        complain(&help());
        return steps::COULD_NOT_RUN.into();
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        say(&help());
        return ExitCode::SUCCESS;
    }
    match HABITS.iter().find(|habit| habit.name == name) {
        Some(habit) => (habit.run)(arguments),
        None => {
            complain(&format!("xtask: there is no habit `{name}`\n\n{}", help()));
            steps::COULD_NOT_RUN.into()
        }
    }
}

fn help() -> String {
    let mut text = String::from("The project's habits: cargo xtask <habit>\n");
    for habit in HABITS.iter().filter(|habit| !habit.is_hidden) {
        let usage = format!("{} {}", habit.name, habit.arguments);
        text += &format!("\n  {}\n      {}\n", usage.trim_end(), habit.what);
    }
    text += "\nExit codes: 0 all is well, 1 something does not hold, 2 could not run.";
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_and_readme_name_every_habit() {
        let readme = include_str!("../README.md");
        for habit in HABITS.iter().filter(|habit| !habit.is_hidden) {
            assert!(help().contains(&format!("\n  {}", habit.name)));
            assert!(
                readme.contains(&format!("| `{}` |", habit.name)),
                "{}",
                habit.name
            );
        }
        assert!(!help().contains(lab::SHOW));
    }

    #[test]
    fn an_unknown_habit_could_not_run() {
        let code = run(&["lurk".to_owned()]);
        assert_eq!(code, steps::COULD_NOT_RUN.into());
    }
}
