//! A real PostgreSQL.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use crate::error::TestkitError;
use crate::kept::Kept;
use crate::server::{
    LOOK_EVERY, READY_WITHIN, file_error, find_program, free_port, temporary_folder,
};

/// The superuser of the server, and its password: the server listens on loopback alone, but other
/// users of the machine have no business there.
const USER: &str = "tomoni";
const PASSWORD: &str = "between us";
/// The same in an address.
const PASSWORD_IN_URL: &str = "between%20us";

/// How the server ends: it disconnects everybody and writes what it holds.
const END: &str = "INT";
/// How it ends as if its machine had lost its power.
const VANISH: &str = "QUIT";

/// "nobody", who runs the server when the superuser tests: PostgreSQL refuses to be run by root.
const NOBODY: u32 = 65_534;

/// A PostgreSQL on a free loopback port with a folder of its own. Dropping it ends it; so does the
/// end of this process, however it comes.
#[derive(Debug)]
pub struct Postgres {
    /// Ended before its folder is removed: fields are dropped in their order.
    running: Option<Kept>,
    folder: TempDir,
    port: u16,
    databases: AtomicU32,
}

impl Postgres {
    /// Makes a cluster, starts it, and waits until it is ready.
    ///
    /// # Errors
    ///
    /// When PostgreSQL's programs are missing, `initdb` refuses, or the server does not get ready;
    /// with what they printed.
    pub fn start() -> Result<Self, TestkitError> {
        let folder = temporary_folder()?;
        let password = folder.path().join("password");
        std::fs::write(&password, PASSWORD)
            .map_err(|e| file_error("cannot write a password", &password, e))?;
        give_away(folder.path())?;
        give_away(&password)?;
        let mut made = command("initdb")?;
        made.arg("--pgdata").arg(folder.path().join("data"));
        made.args(["--username", USER, "--auth", "scram-sha-256"]);
        made.arg("--pwfile").arg(&password);
        made.args(["--encoding", "UTF8", "--locale", "C", "--data-checksums"]);
        run(made.current_dir(folder.path()))?;
        let mut postgres = Self {
            folder,
            port: free_port()?,
            running: None,
            databases: AtomicU32::new(0),
        };
        postgres.come_back()?;
        Ok(postgres)
    }

    /// Makes an empty database, and gives its address, password included.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub fn database(&self) -> Result<String, TestkitError> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"))?;
        let port = self.port;
        Ok(format!(
            "postgres://{USER}:{PASSWORD_IN_URL}@127.0.0.1:{port}/{name}"
        ))
    }

    /// Runs a statement in a database, named or by its address, and gives what it printed.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub fn sql(&self, database: &str, statement: &str) -> Result<String, TestkitError> {
        let name = database.rsplit('/').next().unwrap_or(database);
        let mut psql = command("psql")?;
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
        psql.args(["--host", "127.0.0.1", "--port", &self.port.to_string()]);
        psql.args(["--username", USER, "--dbname", name]);
        psql.args(["--set", "ON_ERROR_STOP=1", "--command", statement]);
        psql.env("PGPASSWORD", PASSWORD)
            .current_dir(self.folder.path());
        run(&mut psql)
    }

    /// The server is gone at once, as if its machine had lost its power; its files stay.
    pub fn vanish(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.end_by(VANISH);
        }
    }

    /// The server is started again, on the same port and the same files.
    ///
    /// # Errors
    ///
    /// When it does not get ready; with what it printed.
    pub fn come_back(&mut self) -> Result<(), TestkitError> {
        self.vanish();
        let folder = self.folder.path();
        let log = folder.join("output.log");
        let path = |path: &Path| path.display().to_string();
        let arguments = [
            "-D".to_owned(),
            path(&folder.join("data")),
            "-h".to_owned(),
            "127.0.0.1".to_owned(),
            "-p".to_owned(),
            self.port.to_string(),
            "-k".to_owned(),
            path(folder),
            "-c".to_owned(),
            "max_connections=200".to_owned(),
        ];
        let program = find_program("postgres")?;
        let kept = Kept::start(&program, &arguments, folder, &log, END, as_nobody)?;
        self.running = Some(kept);
        self.wait(&log)
    }

    fn wait(&self, log: &Path) -> Result<(), TestkitError> {
        let mut last = String::new();
        let looks = READY_WITHIN.as_millis() / LOOK_EVERY.as_millis();
        for _ in 0..looks {
            // A port that does not answer yet is cheaper to ask than psql.
            match TcpStream::connect(("127.0.0.1", self.port)) {
                Ok(_) => match self.sql("postgres", "SELECT 1") {
                    Ok(_) => return Ok(()),
                    Err(error) => last = error.to_string(),
                },
                Err(error) => last = error.to_string(),
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Err(TestkitError::NotReady {
            program: "postgres".to_owned(),
            waited: READY_WITHIN,
            last,
            output: std::fs::read_to_string(log).unwrap_or_default(),
        })
    }

    /// Where its files are: `data` beneath is the cluster.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// A program of PostgreSQL, run by whom it does not refuse.
fn command(program: &str) -> Result<Command, TestkitError> {
    let mut command = Command::new(find_program(program)?);
    as_nobody(&mut command);
    Ok(command)
}

fn is_root() -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
    }
    #[cfg(not(unix))]
    false
}

fn as_nobody(command: &mut Command) {
    #[cfg(unix)]
    if is_root() {
        use std::os::unix::process::CommandExt;
        command.uid(NOBODY).gid(NOBODY);
    }
    // What the user's own servers are set to must not reach ours.
    for name in [
        "PGHOST",
        "PGPORT",
        "PGUSER",
        "PGDATABASE",
        "PGOPTIONS",
        "PGDATA",
    ] {
        command.env_remove(name);
    }
}

fn give_away(path: &Path) -> Result<(), TestkitError> {
    #[cfg(unix)]
    if is_root() {
        let given = std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY));
        given.map_err(|e| file_error("cannot give a file away", path, e))?;
    }
    Ok(())
}

fn run(command: &mut Command) -> Result<String, TestkitError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| TestkitError::Spawn {
            program: program.clone(),
            source,
        })?;
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(out);
    }
    Err(TestkitError::Failed {
        program,
        status: output.status,
        output: out + &String::from_utf8_lossy(&output.stderr),
    })
}
