//! Other programs: where they are, how they are run, and how we talk.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Where the program is found on the `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Where Debian puts programs of which several versions may be installed: folder, then what stands
/// in each version's folder.
const VERSIONED: &[(&str, &str)] = &[("/usr/lib/postgresql", "bin")];

/// Where the program is found on the `PATH`, or where Debian keeps its versions.
pub(crate) fn find_anywhere(program: &str) -> Option<PathBuf> {
    let versions = VERSIONED.iter().flat_map(|(folder, inner)| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(move |entry| entry.path().join(inner))
    });
    let beside = || {
        versions
            .map(|folder| folder.join(program))
            .find(|file| file.is_file())
    };
    find(program).or_else(beside)
}

/// The cargo that runs us, in the repository's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(root());
    // What `cargo run` tells about the package it runs would make build scripts run anew.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let is_about_us = [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ]
        .iter()
        .any(|prefix| text.starts_with(prefix));
        if is_about_us {
            command.env_remove(&name);
        }
    }
    command
}

/// Where cargo puts what it builds.
pub(crate) fn target_folder() -> PathBuf {
    let told = env::var_os("CARGO_TARGET_DIR").or_else(|| env::var_os("CARGO_BUILD_TARGET_DIR"));
    told.map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// Runs a command to its end; what it prints is shown. False when it failed or could not start,
/// which is said.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    match command.status() {
        Ok(status) => status.success(),
        Err(error) => {
            complain(&format!("cannot start {}: {error}", name(command)));
            false
        }
    }
}

/// Runs a command to its end; what it printed comes back, as an error when it failed.
pub(crate) fn quietly(command: &mut Command) -> Result<String, String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot start {}: {error}", name(command)))?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    if output.status.success() {
        Ok(said)
    } else {
        Err(format!(
            "{} failed, {}:\n{said}",
            name(command),
            output.status
        ))
    }
}

fn name(command: &Command) -> String {
    Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned()
}

#[expect(clippy::print_stdout, reason = "what a habit was asked for")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

#[expect(
    clippy::print_stderr,
    reason = "talk about the work, beside its result"
)]
pub(crate) fn complain(text: &str) {
    eprintln!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.lock").is_file());
    }

    #[test]
    fn what_a_failed_program_printed_comes_back() {
        let failed = quietly(Command::new("sh").args(["-c", "echo because >&2; exit 3"]));
        let text = failed.unwrap_err();
        assert!(text.starts_with("sh failed, exit status: 3"), "{text}");
        assert!(text.contains("because"), "{text}");
        assert!(quietly(&mut Command::new("no-such-program-anywhere")).is_err());
    }
}
