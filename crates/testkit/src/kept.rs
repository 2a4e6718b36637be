//! A server as a child process that ends with this process, however that ends.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};

use crate::error::TestkitError;
use crate::server::file_error;

/// Becomes the server, and leaves a keeper beside it. The keeper sends the signal that it is told.
/// Where its input ends untold, this process is gone: the keeper ends the server and removes the folder.
/// It is a shell that does so, and not `Drop`: a test binary's statics are never dropped, and a killed
/// test binary drops nothing, but its end of the pipe is closed in any case.
const KEEPER: &str = r#"
end=$1 folder=$2; shift 2
exec 3<&0
(
  trap '' INT HUP
  if read -r signal <&3; then
    kill -"$signal" $$
  else
    kill -"$end" $$
    turns=0
    while kill -0 $$ && [ $turns -lt 100 ]; do
      sleep 0.1
      turns=$((turns + 1))
    done
    rm -rf "$folder"
  fi
) >/dev/null 2>&1 &
exec "$@" 3<&- </dev/null
"#;

/// A running server and its keeper. Dropping it ends the server; its files stay.
#[derive(Debug)]
pub(crate) struct Kept {
    server: Child,
    /// What the keeper reads; `None` once it was told how the server ends.
    keeper: Option<ChildStdin>,
    end: &'static str,
}

impl Kept {
    /// Starts a server in a folder, and adds what it prints to a file. `end` is the signal that ends
    /// it, such as `KILL`; `prepared` may change how the process is made.
    pub(crate) fn start(
        program: &Path,
        arguments: &[String],
        folder: &Path,
        output: &Path,
        end: &'static str,
        prepared: impl FnOnce(&mut Command),
    ) -> Result<Self, TestkitError> {
        let log = File::options().create(true).append(true).open(output);
        let log = log.map_err(|e| file_error("cannot make a log", output, e))?;
        let also = log
            .try_clone()
            .map_err(|e| file_error("cannot share a log", output, e))?;
        let mut command = Command::new("sh");
        command
            .args(["-c", KEEPER, "sh", end])
            .arg(folder)
            .arg(program)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(log)
            .stderr(also);
        prepared(&mut command);
        let mut server = command.spawn().map_err(|source| TestkitError::Spawn {
            program: program.display().to_string(),
            source,
        })?;
        let keeper = server.stdin.take();
        Ok(Self {
            server,
            keeper,
            end,
        })
    }

    /// The server's process id: the shell has become it.
    pub(crate) fn pid(&self) -> u32 {
        self.server.id()
    }

    /// How the server ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.server.try_wait().ok().flatten()
    }

    /// Sends the server a signal that ends it, and waits until it is gone. Its files stay.
    pub(crate) fn end_by(&mut self, signal: &str) {
        let Some(mut keeper) = self.keeper.take() else {
            return;
        };
        // Of a server that is gone already, the number may be another's by now.
        let signal = if self.ended().is_some() { "0" } else { signal };
        // A keeper that is gone was ended together with its server.
        let told = writeln!(keeper, "{signal}");
        if told.is_err() {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.end_by(self.end);
    }
}
