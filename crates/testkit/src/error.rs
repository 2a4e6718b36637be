//! What can go wrong while servers are set up for a test.

use std::path::PathBuf;
use std::time::Duration;

/// Why a real server could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TestkitError {
    /// A file or folder could not be made, read or written.
    #[error("{what}: {path}: {source}; check that the temporary folder is writable and has room")]
    File {
        /// What was tried.
        what: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program could not be started.
    #[error("cannot start {program}: {source}; is it installed?")]
    Spawn {
        /// The program.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program ended with an error.
    #[error("{program} failed with {status}:\n{output}")]
    Failed {
        /// The program.
        program: String,
        /// How it ended.
        status: std::process::ExitStatus,
        /// What it printed.
        output: String,
    },
    /// A server did not get ready.
    #[error("{program} is not ready after {waited:?} ({last}); it printed:\n{output}")]
    NotReady {
        /// The program.
        program: String,
        /// How long it was waited for.
        waited: Duration,
        /// What the last question was answered with.
        last: String,
        /// What it printed.
        output: String,
    },
    /// A server did not answer a request as it should.
    #[error("asked {url}: {problem}")]
    Http {
        /// The request.
        url: String,
        /// What came back.
        problem: String,
    },
    /// No port could be had on loopback.
    #[error("cannot listen on loopback: {0}")]
    Listen(std::io::Error),
}
