//! A server as a person or a supervisor runs it: it says where it is, and ends when it is told.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tomoni_testkit::{TestkitError, http};

use crate::exchange;
use crate::run::tomoni;

/// Nobody listens there.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:1";

/// A server that runs. Dropping it ends it, by force if need be.
pub(crate) struct Serving {
    child: Child,
    /// Where it is, without the last `/`.
    pub(crate) url: String,
    stdout: BufReader<std::process::ChildStdout>,
    stderr: Option<JoinHandle<String>>,
}

/// How a server ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    /// What it printed after its address.
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Serving {
    /// Starts `tomoni` with these words on a free port, and waits until it says where it is.
    pub(crate) fn start(words: &[&str], change: impl FnOnce(&mut Command)) -> Self {
        let mut command = tomoni(&[words, &["--listen", "127.0.0.1:0", "--no-browser"]].concat());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        change(&mut command);
        let mut child = command.spawn().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let stderr = thread::spawn(move || {
            let mut said = String::new();
            stderr.read_to_string(&mut said).unwrap();
            said
        });
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        if line.is_empty() {
            let status = child.wait().unwrap();
            panic!("it ended with {status}: {}", stderr.join().unwrap());
        }
        Self {
            child,
            url: line.trim_end().trim_end_matches('/').to_owned(),
            stdout,
            stderr: Some(stderr),
        }
    }

    /// Serves documents from a data folder.
    pub(crate) fn over(specs: &str, data: &Path, rest: &[&str]) -> Self {
        let data = data.to_str().unwrap();
        let words = ["serve", "--specs", specs, "--data", data];
        Self::start(&[&words, rest].concat(), |_| {})
    }

    /// The process' id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The body of a page or of the API's answer.
    pub(crate) fn get(&self, path: &str) -> String {
        asked(&format!("{}{path}", self.url)).unwrap()
    }

    /// Sends a signal, such as `TERM`, and waits for the end.
    pub(crate) fn end(mut self, signal: &str) -> Ended {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{signal}"), &id])
            .status();
        assert!(sent.unwrap().success());
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).unwrap();
        let code = self.child.wait().unwrap().code();
        let stderr = self.stderr.take().unwrap().join().unwrap();
        Ended {
            code,
            stdout,
            stderr,
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks for an address.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn asked(url: &str) -> Result<String, TestkitError> {
    http::get(url).await
}

/// Asks until it is a success as wanted.
pub(crate) fn wait_until(server: &Serving, path: &str, is_so: impl Fn(&str) -> bool) -> String {
    wait(server, path, |status, body| status == 200 && is_so(body)).1
}

/// Asks until status and body of the answer are as wanted. A server that has failed several times to
/// reach something waits for minutes until it tries again; what takes longer fails.
pub(crate) fn wait(
    server: &Serving,
    path: &str,
    is_so: impl Fn(u16, &str) -> bool,
) -> (u16, String) {
    let mut last = (0, String::new());
    for _ in 0..3_000 {
        last = exchange::get(&server.url, path).unwrap();
        if is_so(last.0, &last.1) {
            return last;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("{path} did not become so within five minutes: {last:?}");
}
