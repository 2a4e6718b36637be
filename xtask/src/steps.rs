//! A habit as a row of steps, and the account of them at its end.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::needs::{self, Package};
use crate::programs::complain;

/// Where this is `1`, what cannot be tested fails rather than being skipped.
pub(crate) const REQUIRE_VARIABLE: &str = "TOMONI_REQUIRE_REAL";

/// Something does not hold.
pub(crate) const DOES_NOT_HOLD: u8 = 1;
/// The habit could not do its work.
pub(crate) const COULD_NOT_RUN: u8 = 2;

/// What was done, how it ended, and what could not be done.
#[derive(Debug, Default)]
pub(crate) struct Account {
    steps: Vec<Step>,
    notes: Vec<String>,
}

#[derive(Debug)]
struct Step {
    name: String,
    passed: bool,
    took: Duration,
}

impl Account {
    /// Announces a step, does it, and writes down how it ended.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> bool) -> bool {
        complain(&format!("xtask: {name}"));
        let begun = now();
        let passed = work();
        self.steps.push(Step {
            name: name.to_owned(),
            passed,
            took: begun.elapsed(),
        });
        passed
    }

    /// Something that the reader must know beside whether the steps passed: said at the end.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// Something was not tried for want of programs: said at once and at the end, and a failure
    /// where everything is required.
    pub(crate) fn missing(&mut self, what: &str, packages: &[Package]) {
        let note = format!("{what}: {}", needs::advice(packages));
        complain(&format!("xtask: {note}"));
        if std::env::var(REQUIRE_VARIABLE).is_ok_and(|value| value == "1") {
            self.step(&format!("{REQUIRE_VARIABLE}=1: {what}"), || false);
        }
        self.note(note);
    }

    /// Says how everything ended, and with what code to leave.
    pub(crate) fn close(self) -> ExitCode {
        complain(&self.text());
        if self.steps.iter().all(|step| step.passed) {
            ExitCode::SUCCESS
        } else {
            DOES_NOT_HOLD.into()
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for step in &self.steps {
            let word = if step.passed { "ok    " } else { "FAILED" };
            text += &format!(
                "\nxtask: {word} {} ({:.1} s)",
                step.name,
                step.took.as_secs_f64()
            );
        }
        for note in &self.notes {
            text += &format!("\nxtask: NOTE   {note}");
        }
        text
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a habit is a program: it may look at the clock"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failed_step_fails_the_habit_and_all_are_told() {
        let mut account = Account::default();
        assert!(account.step("good", || true));
        assert!(!account.step("bad", || false));
        account.note("half of it was not tried");
        let text = account.text();
        assert!(
            text.contains("ok     good") && text.contains("FAILED bad"),
            "{text}"
        );
        assert!(text.contains("NOTE   half of it"), "{text}");
        assert_eq!(account.close(), DOES_NOT_HOLD.into());
        assert_eq!(Account::default().close(), ExitCode::SUCCESS);
    }
}
