//! What is written in TypeScript and JavaScript: the pages' scripts in `web/`, the browser's tests
//! in `e2e/`. The scripts are bundled when `tomoni-assets` is built; nothing is downloaded there,
//! so what bundles them is installed here.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::needs::{self, CHROMIUM, NODE, NPM};
use crate::programs::{cargo, complain, find, quietly, root, succeeds, target_folder};
use crate::steps::{Account, COULD_NOT_RUN};

/// Where the scripts live.
const SCRIPTS: &str = "web";
/// Where the browser's tests live.
const BROWSER: &str = "e2e";
/// What a folder's packages are.
const LOCK: &str = "package-lock.json";
/// In `node_modules`: the lock file that was installed.
const INSTALLED: &str = "node_modules/.tomoni-installed.json";
/// How the browser's tests and the photographer are told which program to start.
const PROGRAM_VARIABLE: &str = "TOMONI_BIN";

/// Installs what `web/package-lock.json` names, and checks the scripts' types.
pub(crate) fn run(_: &[String]) -> ExitCode {
    if find("npm").is_none() {
        complain(
            "xtask: npm is not on the PATH: install Node.js 20 or newer; the pages work without",
        );
        return COULD_NOT_RUN.into();
    }
    let mut account = Account::default();
    if account.step("what bundles the scripts", || install(SCRIPTS)) {
        account.step("types of the scripts", || {
            npm(SCRIPTS, &["run", "--silent", "check"])
        });
    }
    account.close()
}

/// Sees to it that the next build bundles the scripts, where npm can be had; says where it cannot.
pub(crate) fn see_to_bundler(account: &mut Account) {
    let missing = needs::see_to(&[NODE, NPM]);
    if !missing.is_empty() {
        account.note(format!(
            "WITHOUT SCRIPTS: the pages work, but charts do not zoom: {}",
            needs::advice(&missing)
        ));
    } else if !is_installed(SCRIPTS) {
        account.step("what bundles the pages' scripts", || install(SCRIPTS));
    }
}

/// Looks at the pages in a real browser, where there is one.
pub(crate) fn test(account: &mut Account) {
    let missing = needs::see_to(&[CHROMIUM, NODE, NPM]);
    if !missing.is_empty() {
        account.missing("NOT TESTED in a browser", &missing);
        return;
    }
    let tests = tests();
    if tests.is_empty() {
        account.note(format!("NOT TESTED in a browser: {BROWSER}/tests is empty"));
        return;
    }
    account.step("types of the scripts", || {
        npm(SCRIPTS, &["run", "--silent", "check"])
    });
    account.step("browser tests", || {
        // As the tests have built it: by itself its libraries would be built once more, with fewer features.
        let built = ["test", "--workspace", "--locked", "--no-run"];
        let mut node = node(&target_folder().join("debug").join("tomoni"));
        node.arg("--test").args(&tests);
        install(BROWSER) && succeeds(&mut cargo(&built)) && succeeds(&mut node)
    });
}

/// Takes the pictures of every page that stand in `docs/screenshots`, with a release build.
pub(crate) fn screenshots(arguments: &[String]) -> ExitCode {
    let missing = needs::see_to(&[CHROMIUM, NODE, NPM]);
    if !missing.is_empty() {
        complain(&format!("xtask: {}", needs::advice(&missing)));
        return COULD_NOT_RUN.into();
    }
    // Chromium draws boxes where letters should be, and says nothing.
    if quietly(Command::new("fc-list").arg(":lang=ja")).is_ok_and(|fonts| fonts.is_empty()) {
        complain(
            "xtask: no font has Japanese letters; on Debian or Ubuntu: apt-get install fonts-noto-cjk",
        );
        return COULD_NOT_RUN.into();
    }
    let mut account = Account::default();
    see_to_bundler(&mut account);
    account.step("screenshots", || {
        let built = ["build", "--release", "--locked", "--package", "tomoni-cli"];
        let mut node = node(&target_folder().join("release").join("tomoni"));
        node.arg("screenshots.mjs").args(arguments);
        install(BROWSER) && succeeds(&mut cargo(&built)) && succeeds(&mut node)
    });
    account.close()
}

/// The browser's tests, by name.
fn tests() -> Vec<String> {
    let folder = root().join(BROWSER).join("tests");
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut tests: Vec<String> = names
        .filter(|name| name.ends_with(".test.mjs"))
        .map(|name| format!("tests/{name}"))
        .collect();
    tests.sort();
    tests
}

fn node(program: &Path) -> Command {
    let mut command = Command::new("node");
    command
        .current_dir(root().join(BROWSER))
        .env(PROGRAM_VARIABLE, program);
    command
}

/// Whether the packages that the folder's lock file names are there.
fn is_installed(folder: &str) -> bool {
    let folder = root().join(folder);
    let wanted = fs::read(folder.join(LOCK)).ok();
    wanted.is_some() && wanted == fs::read(folder.join(INSTALLED)).ok()
}

/// Installs the packages that the folder's lock file names, unless they are there.
fn install(folder: &str) -> bool {
    if is_installed(folder) {
        return true;
    }
    // No package's own program runs: what we use comes ready-made.
    let done = npm(
        folder,
        &["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
    );
    let folder = root().join(folder);
    if let (true, Err(error)) = (done, fs::copy(folder.join(LOCK), folder.join(INSTALLED))) {
        complain(&format!("xtask: it will be installed again: {error}"));
    }
    done
}

fn npm(folder: &str, arguments: &[&str]) -> bool {
    succeeds(
        Command::new("npm")
            .args(arguments)
            .current_dir(root().join(folder)),
    )
}
