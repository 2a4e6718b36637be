//! What a test does where a real server is not installed: it says so, loudly, or it fails.

use std::env;
use std::io::{self, Write};
use std::path::PathBuf;

/// With this environment variable set to `1`, a missing program fails the test instead of skipping
/// it. The project's test command sets it, after it has installed what it could.
pub const REQUIRE_VARIABLE: &str = "TOMONI_REQUIRE_REAL";

/// Where Debian keeps PostgreSQL's programs: a folder for each version, none of them on the `PATH`.
const POSTGRESQL: &str = "/usr/lib/postgresql";

/// Where the program is found: on the `PATH`, or else as one of PostgreSQL's, of its newest version.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let versions = std::fs::read_dir(POSTGRESQL).into_iter().flatten();
    let mut versions: Vec<PathBuf> = versions.flatten().map(|entry| entry.path()).collect();
    versions.sort_by_key(|folder| {
        let name = folder.file_name().and_then(|name| name.to_str());
        name.and_then(|name| name.parse::<u32>().ok())
    });
    let beside = versions.iter().rev().map(|folder| folder.join("bin"));
    env::split_paths(&path)
        .chain(beside)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// The programs of these that are [found](find) nowhere.
pub fn missing<'a>(programs: &[&'a str]) -> Vec<&'a str> {
    programs
        .iter()
        .copied()
        .filter(|program| find(program).is_none())
        .collect()
}

/// Whether a test that needs these programs can run. Where it cannot, says so on stderr.
///
/// # Panics
///
/// When a program is missing and `TOMONI_REQUIRE_REAL=1`: then a skipped test is a failed one.
#[must_use]
pub fn can_run(test: &str, programs: &[&str]) -> bool {
    let missing = missing(programs).join(", ");
    if missing.is_empty() {
        return true;
    }
    let is_required = env::var(REQUIRE_VARIABLE).is_ok_and(|value| value == "1");
    assert!(
        !is_required,
        "{test} needs {missing}: not on the PATH, and {REQUIRE_VARIABLE}=1"
    );
    complain(&format!(
        "\n*** SKIPPED: {test}\n*** needs {missing}, not on the PATH (apt-get install prometheus \
         victoria-metrics postgresql)\n"
    ));
    false
}

/// Past the test harness, which would keep what a test prints to itself when the test passes.
fn complain(text: &str) {
    // Where stderr is closed nobody is listening.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Leaves the test, loudly, where one of the programs is not installed. See [`can_run`].
///
/// ```
/// fn a_test() {
///     tomoni_testkit::require!("prometheus", "promtool");
///     // Both are there.
/// }
/// a_test();
/// ```
#[macro_export]
macro_rules! require {
    ($($program:literal),+ $(,)?) => {
        if !$crate::can_run(module_path!(), &[$($program),+]) {
            return;
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nowhere_is_missing() {
        assert_eq!(
            missing(&["sh", "no-such-program-anywhere"]),
            ["no-such-program-anywhere"]
        );
    }
}
