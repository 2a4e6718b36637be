//! Running the binary as a person or a pipeline does.

use std::fmt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What a run ended with.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The binary, in the repository's root, knowing nothing of the environment's settings.
pub(crate) fn tomoni(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tomoni"));
    command
        .args(arguments)
        .current_dir(root())
        .env_clear()
        .stdin(Stdio::null());
    command
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Runs it to its end.
pub(crate) fn run(arguments: &[&str]) -> Ran {
    let output = tomoni(arguments).output().unwrap();
    let ran = Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    ran.without_progress()
}

impl Ran {
    /// The same without the lines of progress, which come or not as the machine is busy.
    fn without_progress(mut self) -> Self {
        let is_progress = |line: &&str| {
            line.starts_with("reading history: ")
                || line.starts_with("read ") && line.ends_with(" s")
        };
        let rest = self.stderr.lines().filter(|line| !is_progress(line));
        self.stderr = rest.map(|line| format!("{line}\n")).collect();
        self
    }

    /// The same with a text that differs from run to run replaced.
    pub(crate) fn hiding(mut self, text: &str, placeholder: &str) -> Self {
        self.stdout = self.stdout.replace(text, placeholder);
        self.stderr = self.stderr.replace(text, placeholder);
        self
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self
            .code
            .map_or("by a signal".to_owned(), |code| code.to_string());
        writeln!(f, "exit: {code}")?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                writeln!(f, "---------- {name}\n{}", text.trim_end_matches('\n'))?;
            }
        }
        Ok(())
    }
}
