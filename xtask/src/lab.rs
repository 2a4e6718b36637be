//! A real Prometheus with a month of simulated services, and their budgets in the terminal.

use std::io::{self, BufRead, IsTerminal};
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::needs;
use crate::programs::{cargo, complain, say, succeeds, target_folder};
use crate::steps::{COULD_NOT_RUN, DOES_NOT_HOLD, now};

/// The name under which the lab calls us back.
pub(crate) const SHOW: &str = "lab-show";

/// Builds what is needed, starts the lab, and lets it call [`show`].
pub(crate) fn run(_: &[String]) -> ExitCode {
    let missing = needs::see_to(&[needs::PROMETHEUS]);
    if !missing.is_empty() {
        complain(&format!("xtask: {}", needs::advice(&missing)));
        return COULD_NOT_RUN.into();
    }
    complain("xtask: building (some minutes the first time, seconds later)");
    let built = succeeds(&mut cargo(&[
        "build",
        "--release",
        "--locked",
        "--package",
        "tomoni-cli",
        "--package",
        "tomoni-testkit",
        "--bin",
        "tomoni",
        "--bin",
        "lab",
    ]));
    let Ok(ourselves) = std::env::current_exe() else {
        complain("xtask: cannot tell where this program is");
        return COULD_NOT_RUN.into();
    };
    if !built {
        return COULD_NOT_RUN.into();
    }
    complain("xtask: filling a Prometheus with 30 days of simulated services (half a minute)");
    let mut lab = Command::new(built_program("lab"));
    lab.arg("--")
        .arg(ourselves)
        .args([SHOW, "{url}", "{specs}"]);
    if succeeds(&mut lab) {
        ExitCode::SUCCESS
    } else {
        DOES_NOT_HOLD.into()
    }
}

/// Inside the lab: shows the table, says what it is and what to try, and on a terminal stays.
pub(crate) fn show(arguments: &[String]) -> ExitCode {
    let [url, specs] = arguments else {
        complain("xtask: this half is called by the lab");
        return COULD_NOT_RUN.into();
    };
    let tomoni = built_program("tomoni");
    let begun = now();
    let mut status = Command::new(&tomoni);
    status.args(["status", "--prometheus", url, "--specs", specs]);
    if !succeeds(&mut status) {
        return DOES_NOT_HOLD.into();
    }
    say(&explanation(
        &tomoni,
        url,
        specs,
        begun.elapsed().as_secs_f64(),
    ));
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        say("\nPrometheus stays up for you to try these in another terminal. Enter ends it.");
        // Whatever the answer: Enter, end of input or a broken terminal, it is time to go.
        let _ = io::stdin().lock().read_line(&mut String::new());
    }
    ExitCode::SUCCESS
}

fn built_program(name: &str) -> std::path::PathBuf {
    target_folder().join("release").join(name)
}

fn explanation(tomoni: &Path, url: &str, specs: &str, seconds: f64) -> String {
    let tomoni = tomoni.display();
    format!(
        "
These are the error budgets of the objectives in {specs},
counted from the raw samples in a real Prometheus at {url}: 28 days, read and counted in {seconds:.1} s.
A row is one objective: what it promises, what was kept, how much may still go wrong.

Where a figure comes from, what it was a day ago, and whether the documents are well:

  {tomoni} explain unlock-availability --prometheus {url} --specs {specs}
  {tomoni} status --at 1d --prometheus {url} --specs {specs}
  {tomoni} validate {specs}

On your own: tomoni status --prometheus URL --specs FOLDER (add --data FOLDER to keep what was read)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_its_arguments_the_second_half_could_not_run() {
        assert_eq!(show(&["only-one".to_owned()]), COULD_NOT_RUN.into());
    }

    #[test]
    fn what_is_to_try_can_be_pasted() {
        let text = explanation(Path::new("/t/tomoni"), "http://127.0.0.1:1", "/specs", 2.0);
        let to_try: Vec<&str> = text
            .lines()
            .filter(|l| l.starts_with("  /t/tomoni "))
            .collect();
        assert_eq!(to_try.len(), 3);
        assert!(to_try[0].ends_with("--prometheus http://127.0.0.1:1 --specs /specs"));
    }
}
