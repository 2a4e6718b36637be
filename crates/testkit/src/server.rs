//! A real server as a child process: a free port, its output kept, ended when it is dropped.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::Instant;

use crate::error::TestkitError;
use crate::http;
use crate::kept::Kept;
use crate::require::find;

/// How long a server may take until it is ready. Generous: machines that test are busy.
pub(crate) const READY_WITHIN: Duration = Duration::from_secs(120);
/// The pause between two looks at something that is being waited for.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(25);
/// Attempts with another port, when somebody else took the free one first.
const PORT_ATTEMPTS: usize = 5;
/// How a server ends: nothing that it holds is needed any more.
const END: &str = "KILL";

/// A running server. Dropping it kills the process and removes its folder; so does the end of this
/// process, however it comes.
#[derive(Debug)]
pub(crate) struct Server {
    program: String,
    arguments: Vec<String>,
    kept: Kept,
    output: PathBuf,
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    /// Removed after the process is gone: fields are dropped after `Drop::drop`.
    folder: TempDir,
}

/// Where a server tells about itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signs {
    /// Answers with a success once the server can be used.
    pub(crate) ready: &'static str,
    /// Names the folder that it was started with.
    pub(crate) flags: &'static str,
}

impl Server {
    /// Starts a server with arguments that depend on its port and its folder, and waits until it is
    /// ready. What it prints goes to `output.log` in the folder.
    pub(crate) async fn start(
        program: &str,
        folder: TempDir,
        signs: Signs,
        arguments: impl Fn(u16, &Path) -> Result<Vec<String>, TestkitError>,
    ) -> Result<Self, TestkitError> {
        let mut folder = folder;
        for attempt in 1.. {
            let port = free_port()?;
            let arguments = arguments(port, folder.path())?;
            let mut server = Self::spawn(program, folder, port, arguments)?;
            match server.wait_until_ready(signs).await {
                Ok(()) => return Ok(server),
                Err(_) if attempt < PORT_ATTEMPTS && server.printed().contains("in use") => {
                    folder = server.into_folder()?;
                }
                Err(error) => return Err(error),
            }
        }
        unreachable!("the loop returns at the last attempt")
    }

    fn spawn(
        program: &str,
        folder: TempDir,
        port: u16,
        arguments: Vec<String>,
    ) -> Result<Self, TestkitError> {
        let output = folder.path().join("output.log");
        let kept = kept(program, &arguments, folder.path(), &output)?;
        Ok(Self {
            program: program.to_owned(),
            arguments,
            kept,
            output,
            url: format!("http://127.0.0.1:{port}"),
            folder,
        })
    }

    /// The process is gone at once, as if its machine had lost its power; its files stay.
    pub(crate) fn vanish(&mut self) {
        self.kept.end_by(END);
    }

    /// It is started again as it was, on the same port and the same files.
    pub(crate) async fn come_back(&mut self, signs: Signs) -> Result<(), TestkitError> {
        self.vanish();
        let (folder, output) = (self.folder.path(), &self.output);
        self.kept = kept(&self.program, &self.arguments, folder, output)?;
        self.wait_until_ready(signs).await
    }

    async fn wait_until_ready(&mut self, signs: Signs) -> Result<(), TestkitError> {
        let begun = Instant::now();
        loop {
            let last = match self.is_itself_and_ready(signs).await {
                Ok(true) => return Ok(()),
                Ok(false) => "another server answers on this port; it is in use".to_owned(),
                Err(error) => error.to_string(),
            };
            if let Some(status) = self.kept.ended() {
                let (program, output) = (self.program.clone(), self.printed());
                return Err(TestkitError::Failed {
                    program,
                    status,
                    output,
                });
            }
            if begun.elapsed() > READY_WITHIN {
                let (program, output) = (self.program.clone(), self.printed());
                let waited = begun.elapsed();
                return Err(TestkitError::NotReady {
                    program,
                    waited,
                    last,
                    output,
                });
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Ready, and truly this process: another may have been quicker to take the port.
    async fn is_itself_and_ready(&self, signs: Signs) -> Result<bool, TestkitError> {
        http::get(&format!("{}{}", self.url, signs.ready)).await?;
        let flags = http::get(&format!("{}{}", self.url, signs.flags)).await?;
        Ok(flags.contains(&*self.folder.path().to_string_lossy()))
    }

    /// The process' id, for measuring what it costs.
    pub(crate) fn pid(&self) -> u32 {
        self.kept.pid()
    }

    /// All that it printed so far.
    pub(crate) fn printed(&self) -> String {
        fs::read_to_string(&self.output).unwrap_or_default()
    }

    /// Where it was started.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends the process, which could not use its port; what was prepared for it stays.
    fn into_folder(mut self) -> Result<TempDir, TestkitError> {
        let fresh = temporary_folder()?;
        Ok(std::mem::replace(&mut self.folder, fresh))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.vanish();
    }
}

fn kept(
    program: &str,
    arguments: &[String],
    folder: &Path,
    output: &Path,
) -> Result<Kept, TestkitError> {
    let path = find_program(program)?;
    Kept::start(&path, arguments, folder, output, END, |_| ())
}

/// Where a program is.
pub(crate) fn find_program(program: &str) -> Result<PathBuf, TestkitError> {
    find(program).ok_or_else(|| TestkitError::Spawn {
        program: program.to_owned(),
        source: std::io::ErrorKind::NotFound.into(),
    })
}

/// A folder that is removed when it is dropped.
pub(crate) fn temporary_folder() -> Result<TempDir, TestkitError> {
    let made = tempfile::Builder::new().prefix("tomoni-").tempdir();
    made.map_err(|e| file_error("cannot make a temporary folder", &std::env::temp_dir(), e))
}

pub(crate) fn file_error(what: &'static str, path: &Path, source: std::io::Error) -> TestkitError {
    TestkitError::File {
        what,
        path: path.to_owned(),
        source,
    }
}

/// A port that was free a moment ago. Servers do not tell which one they picked, so it is picked
/// for them; should another process be quicker, the server says "in use" and is started again.
pub(crate) fn free_port() -> Result<u16, TestkitError> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(TestkitError::Listen)?;
    Ok(listener.local_addr().map_err(TestkitError::Listen)?.port())
}
