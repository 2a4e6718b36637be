//! The README's first command: the example organisation in a browser.

use std::process::{Command, ExitCode};

use crate::programs::{cargo, complain, succeeds, target_folder};
use crate::steps::{Account, COULD_NOT_RUN};
use crate::web;

/// Builds the program as it would be shipped, scripts included, and runs its demo.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let mut account = Account::default();
    web::see_to_bundler(&mut account);
    let is_built = account.step(
        "building (some minutes the first time, seconds later)",
        || {
            let build = ["build", "--release", "--locked", "--package", "tomoni-cli"];
            succeeds(&mut cargo(&build))
        },
    );
    let told = account.close();
    if !is_built {
        return COULD_NOT_RUN.into();
    }
    complain("xtask: Ctrl-C ends the demo, and nothing of it stays\n");
    let program = target_folder().join("release").join("tomoni");
    match Command::new(program).arg("demo").args(arguments).status() {
        Ok(status) if status.success() => told,
        Ok(_) => COULD_NOT_RUN.into(),
        Err(error) => {
            complain(&format!("xtask: cannot start the program: {error}"));
            COULD_NOT_RUN.into()
        }
    }
}
