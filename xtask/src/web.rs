//! What bundles the pages' scripts, and the check of their types. The bundle itself is made when
//! `tomoni-assets` is built; nothing is downloaded there.

use std::process::{Command, ExitCode};

use crate::programs::{complain, find, root, succeeds};
use crate::steps::{Account, COULD_NOT_RUN};

/// Where the scripts live.
const FOLDER: &str = "web";

/// Installs what `web/package-lock.json` names, and checks the scripts' types.
pub(crate) fn run(_: &[String]) -> ExitCode {
    if find("npm").is_none() {
        complain(
            "xtask: npm is not on the PATH: install Node.js 20 or newer; the pages work without",
        );
        return COULD_NOT_RUN.into();
    }
    let mut account = Account::default();
    if account.step("what bundles the scripts", || {
        // No package's own program runs: the bundler comes ready-made.
        npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
    }) {
        account.step("types of the scripts", || npm(&["run", "check"]));
    }
    account.close()
}

fn npm(arguments: &[&str]) -> bool {
    succeeds(
        Command::new("npm")
            .args(arguments)
            .current_dir(root().join(FOLDER)),
    )
}
