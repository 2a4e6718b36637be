//! Everything that must hold, by one command: what `.ci/run` calls.

use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::num::NonZero;
use std::process::{Command, ExitCode, Stdio};
use std::{env, thread};

use crate::programs::{cargo, complain};
use crate::steps::{Account, REQUIRE_VARIABLE};
use crate::{check, needs, web};

/// The servers that the Rust tests stand on.
const SERVERS: [needs::Package; 3] = [
    needs::PROMETHEUS,
    needs::VICTORIA_METRICS,
    needs::POSTGRESQL,
];

/// How many tests run at once.
const THREADS_VARIABLE: &str = "RUST_TEST_THREADS";
/// Tests against real servers mostly wait for them.
const THREADS_PER_CORE: usize = 2;

/// Installs what is missing, tests, also in a browser, and checks formatting, lints and documentation.
/// Arguments go to `cargo test`, and then only that is run.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let mut account = Account::default();
    let missing = needs::see_to(&SERVERS);
    if !missing.is_empty() {
        account.missing("NOT TESTED against real servers", &missing);
    }
    if arguments.is_empty() {
        web::see_to_bundler(&mut account);
    }
    let mut command = tests(arguments);
    if missing.is_empty() {
        command.env(REQUIRE_VARIABLE, "1");
    }
    let mut tally = Tally::default();
    account.step("tests", || {
        let passed = watch(&mut command, &mut tally, &mut io::stdout());
        complain(&tally.text());
        passed
    });
    if arguments.is_empty() {
        web::test(&mut account);
        check::formatting(&mut account);
        check::clippy(&mut account);
        check::documentation(&mut account);
    }
    account.close()
}

fn tests(arguments: &[String]) -> Command {
    let mut command = cargo(&["test", "--locked"]);
    if arguments.is_empty() {
        command.args(["--workspace", "--no-fail-fast"]);
        if io::stdout().is_terminal() {
            command.args(["--", "--color=always"]);
        }
    }
    command.args(arguments);
    if env::var_os(THREADS_VARIABLE).is_none() {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        command.env(THREADS_VARIABLE, (cores * THREADS_PER_CORE).to_string());
    }
    command
}

/// Runs the tests, passes on what they print, and counts.
fn watch(command: &mut Command, tally: &mut Tally, out: &mut dyn Write) -> bool {
    let mut child = match command.stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => {
            complain(&format!("cannot start cargo: {error}"));
            return false;
        }
    };
    if let Some(printed) = child.stdout.take() {
        let mut printed = BufReader::new(printed);
        let mut line = Vec::new();
        // A pipe that breaks ends the listening; how the tests ended is told by their exit code.
        while printed.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let _ = out.write_all(&line).and_then(|()| out.flush());
            tally.read(&String::from_utf8_lossy(&line));
            line.clear();
        }
    }
    child.wait().is_ok_and(|status| status.success())
}

/// What all test binaries together came to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    binaries: usize,
    passed: usize,
    failed: usize,
}

impl Tally {
    /// Takes in a line; only the closing line of a binary counts.
    fn read(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else {
            return;
        };
        let count = |word: &str| -> usize {
            let before = result
                .split(&format!(" {word};"))
                .next()
                .unwrap_or_default();
            let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next();
            digits.and_then(|n| n.parse().ok()).unwrap_or_default()
        };
        self.binaries += 1;
        self.passed += count("passed");
        self.failed += count("failed");
    }

    fn text(&self) -> String {
        format!(
            "xtask: {} tests passed, {} failed, in {} binaries and documentations",
            self.passed, self.failed, self.binaries
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_add_up() {
        let mut tally = Tally::default();
        let lines = [
            "running 9 tests\n",
            "test result: ok. 9 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; in 8 s\n",
            "test result: \u{1b}[31mFAILED\u{1b}[m. 12 passed; 3 failed; 0 ignored; 0 measured\n",
        ];
        lines.iter().for_each(|line| tally.read(line));
        let expected = Tally {
            binaries: 2,
            passed: 21,
            failed: 3,
        };
        assert_eq!(tally, expected);
    }

    #[test]
    fn what_a_failing_run_printed_is_counted_and_it_fails() {
        let mut tally = Tally::default();
        let mut tests = Command::new("sh");
        tests.args([
            "-c",
            "echo 'test result: FAILED. 1 passed; 1 failed; 0 ignored'; exit 101",
        ]);
        let mut shown = Vec::new();
        assert!(!watch(&mut tests, &mut tally, &mut shown));
        assert_eq!(
            shown,
            b"test result: FAILED. 1 passed; 1 failed; 0 ignored\n"
        );
        assert_eq!((tally.passed, tally.failed), (1, 1));
    }
}
