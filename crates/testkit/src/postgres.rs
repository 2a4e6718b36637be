//! A real PostgreSQL.

use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use crate::error::TestkitError;
use crate::require::find;
use crate::server::{LOOK_EVERY, READY_WITHIN, file_error, free_port, temporary_folder};

/// The superuser of the server, and its password: the server listens on loopback alone, but other
/// users of the machine have no business there.
const USER: &str = "tomoni";
const PASSWORD: &str = "between us";
/// The same in an address.
const PASSWORD_IN_URL: &str = "between%20us";

/// Runs the server until its input ends, then stops it and removes the folder. It is the shell that
/// does so, and not `Drop`: a test binary's statics are never dropped, and a killed test binary
/// drops nothing, but its end of the pipe is closed in any case.
const KEEPER: &str = r#"
trap '' INT
folder="$1"; shift
"$@" &
server=$!
read -r how
case "$how" in
  vanish) kill -QUIT "$server" ;;
  *) kill -INT "$server" ;;
esac
wait "$server"
[ "$how" = vanish ] || rm -rf "$folder"
"#;

/// "nobody", who runs the server when the superuser tests: PostgreSQL refuses to be run by root.
const NOBODY: u32 = 65_534;

/// A PostgreSQL on a free loopback port with a folder of its own. Dropping it ends it; so does the
/// end of this process, however it comes.
#[derive(Debug)]
pub struct Postgres {
    folder: TempDir,
    port: u16,
    running: Option<(Child, ChildStdin)>,
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
    ///
    /// # Errors
    ///
    /// When the process that keeps it cannot be told.
    pub fn vanish(&mut self) -> Result<(), TestkitError> {
        let Some((mut keeper, mut input)) = self.running.take() else {
            return Ok(());
        };
        let said = input
            .write_all(b"vanish\n")
            .and_then(|()| keeper.wait().map(drop));
        said.map_err(|e| file_error("cannot stop the server", self.folder.path(), e))
    }

    /// The server is started again, on the same port and the same files.
    ///
    /// # Errors
    ///
    /// When it does not get ready; with what it printed.
    pub fn come_back(&mut self) -> Result<(), TestkitError> {
        let log = self.folder.path().join("output.log");
        let open = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&log);
        let out = open.map_err(|e| file_error("cannot make a log", &log, e))?;
        let also = out
            .try_clone()
            .map_err(|e| file_error("cannot share a log", &log, e))?;
        let server = find_program("postgres")?;
        let mut keeper = Command::new("sh");
        keeper
            .args(["-c", KEEPER, "sh"])
            .arg(self.folder.path())
            .arg(server)
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string()])
            .arg("-k")
            .arg(self.folder.path())
            .args(["-c", "max_connections=200"])
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(out)
            .stderr(also);
        as_nobody(&mut keeper);
        let mut keeper = keeper.spawn().map_err(|source| TestkitError::Spawn {
            program: "postgres".to_owned(),
            source,
        })?;
        if let Some(input) = keeper.stdin.take() {
            self.running = Some((keeper, input));
        }
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

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some((mut keeper, input)) = self.running.take() {
            drop(input);
            // It may be gone already; then there is nothing to wait for.
            let _ = keeper.wait();
        }
    }
}

fn find_program(program: &str) -> Result<PathBuf, TestkitError> {
    find(program).ok_or_else(|| TestkitError::Spawn {
        program: program.to_owned(),
        source: std::io::ErrorKind::NotFound.into(),
    })
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
