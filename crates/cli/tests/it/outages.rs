//! What a server leans on goes away and comes back: its database, its disk.

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tomoni_ledger::Minute;
use tomoni_testkit::{PUSHED, Postgres, require};

use crate::exchange;
use crate::history::present_ms;
use crate::pushed::{COUNTS, batch};
use crate::serving::{self, NOWHERE, Serving};

/// A server of pushed counts, its documents, and the minute that the counts are of.
struct Counting {
    server: Serving,
    specs: TempDir,
    minute: Minute,
}

impl Counting {
    /// Pushes ten events, one of them bad.
    fn push(&self, id: &str) -> (u16, String) {
        exchange::post(&self.server.url, COUNTS, &batch(id, self.minute, 1, 10)).unwrap()
    }

    fn ready(&self) -> (u16, Value) {
        let (status, body) = exchange::get(&self.server.url, "/readyz").unwrap();
        (status, serde_json::from_str(&body).unwrap())
    }

    /// Waits until `/readyz` answers so.
    fn wait(&self, wanted: impl Fn(u16, &Value) -> bool) {
        serving::wait(&self.server, "/readyz", |status, body| {
            wanted(status, &serde_json::from_str(body).unwrap())
        });
    }

    /// All events that figures are made of.
    fn total(&self) -> f64 {
        let (status, body) = exchange::get(&self.server.url, "/api/v1/status").unwrap();
        assert_eq!(status, 200, "{body}");
        let report: Value = serde_json::from_str(&body).unwrap();
        report["slos"][0]["total"].as_f64().unwrap()
    }

    /// The database is away: it is said everywhere, figures are still shown, nothing is
    /// acknowledged that is not kept.
    fn check_away(&self) {
        let (status, body) = self.push("2");
        assert_eq!(status, 503, "{body}");
        assert!(body.contains("database-unavailable"), "{body}");
        let (status, body) = self.ready();
        assert_eq!((status, &body["is_ready"]), (503, &Value::Bool(false)));
        assert_eq!(body["reasons"][0]["code"], "database", "{body}");
        for path in ["/", "/slos/updates"] {
            let (status, page) = exchange::get(&self.server.url, path).unwrap();
            assert_eq!(status, 200, "{path}: {page}");
            assert!(page.contains("class=\"banner\""), "{path} shows no outage");
            assert!(page.contains("updates"), "{path} shows no figures");
        }
        assert!((self.total() - 10.0).abs() < f64::EPSILON);
        assert_eq!(exchange::get(&self.server.url, "/healthz").unwrap().0, 200);
        // Ticks change nothing of it.
        let age = |body: &Value| body["last_tick_age_ms"].as_i64().unwrap();
        let before = Cell::new(age(&self.ready().1));
        self.wait(|status, body| {
            assert_eq!(status, 503, "{body}");
            let now = age(body);
            now < before.replace(now)
        });
        assert_eq!(self.ready().0, 503);
    }

    /// It is back: the server has noticed by itself, and what was refused is taken now, once.
    fn check_back(&self) {
        self.wait(|status, _| status == 200);
        for (id, outcome) in [
            ("1", "already_counted"),
            ("2", "counted"),
            ("2", "already_counted"),
        ] {
            let (status, body) = self.push(id);
            assert_eq!(status, 200, "{body}");
            let body: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(body["batches"][0]["outcome"], outcome, "{body}");
        }
        assert!((self.total() - 20.0).abs() < f64::EPSILON);
        let (_, page) = exchange::get(&self.server.url, "/").unwrap();
        assert!(!page.contains("class=\"banner\""), "the outage is over");
    }
}

fn counting(words: &[&str], change: impl FnOnce(&mut Command)) -> Counting {
    let specs = TempDir::new().unwrap();
    fs::write(specs.path().join("updates.yaml"), PUSHED).unwrap();
    let named = specs.path().to_str().unwrap();
    let serve = ["serve", "--specs", named, "--prometheus", NOWHERE];
    let server = Serving::start(&[&serve, words].concat(), change);
    let minute = Minute::ended_by_ms(present_ms()) - 5;
    let counting = Counting {
        server,
        specs,
        minute,
    };
    counting.wait(|status, _| status == 200);
    let (status, body) = counting.push("1");
    assert_eq!(status, 200, "{body}");
    counting
}

#[test]
fn a_postgresql_may_go_and_come_back() {
    require!("postgres", "initdb");
    let mut postgres = Postgres::start().unwrap();
    let database = postgres.database().unwrap();
    let counting = counting(&["--database", &database], |_| {});
    postgres.vanish();
    counting.check_away();
    postgres.come_back().unwrap();
    counting.check_back();
    assert_eq!(counting.server.end("TERM").code, Some(0));
}

#[test]
fn a_postgresql_may_refuse_writes_for_a_while() {
    require!("postgres", "initdb");
    let postgres = Postgres::start().unwrap();
    let database = postgres.database().unwrap();
    let counting = counting(&["--database", &database], |_| {});
    let name = database.rsplit('/').next().unwrap();
    // As after a failover to a standby: connections end, and new ones read only.
    let set = |how: &str| {
        let alter = format!("ALTER DATABASE {name} {how}");
        let end = format!(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '{name}'"
        );
        for statement in [alter, end] {
            postgres.sql("postgres", &statement).unwrap();
        }
    };
    set("SET default_transaction_read_only = on");
    counting.check_away();
    set("RESET default_transaction_read_only");
    counting.check_back();
    assert_eq!(counting.server.end("TERM").code, Some(0));
}

/// A folder's files that nobody may write, not even who has them open. The index of SQLite's log is
/// not among them: it is memory that processes share, and to write it where its file refuses ends them.
struct ReadOnly<'a>(&'a Path);

impl<'a> ReadOnly<'a> {
    /// `None` where whoever tests, or the file system, cannot.
    fn new(folder: &'a Path) -> Option<Self> {
        let read_only = Self(folder);
        read_only.set("+i").then_some(read_only)
    }

    fn set(&self, attribute: &str) -> bool {
        let files = fs::read_dir(self.0).unwrap();
        let files = files.map(|file| file.unwrap().path());
        let files = files.filter(|path| !path.to_string_lossy().ends_with("-shm"));
        let changed = Command::new("chattr").arg(attribute).args(files).output();
        changed.unwrap().status.success()
    }
}

impl Drop for ReadOnly<'_> {
    fn drop(&mut self) {
        self.set("-i");
    }
}

#[test]
fn a_data_folder_may_be_read_only_for_a_while() {
    require!("chattr");
    let data = TempDir::new().unwrap();
    let counting = counting(&["--data", data.path().to_str().unwrap()], |_| {});
    let Some(read_only) = ReadOnly::new(data.path()) else {
        eprintln!("skipped: files cannot be made immutable here");
        return;
    };
    counting.check_away();
    drop(read_only);
    counting.check_back();
    assert_eq!(counting.server.end("TERM").code, Some(0));
}

/// The same command with its log in a file, and the signal ignored that otherwise ends whoever writes
/// past the limit.
fn ignoring_limits(command: &mut Command, log: &Path) {
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\" 2>\"$LOG\""])
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(command.get_current_dir().unwrap())
        .env_clear()
        .env("LOG", log)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    *command = shell;
}

#[test]
fn a_disk_may_be_full_for_a_while() {
    require!("prlimit");
    let data = TempDir::new().unwrap();
    let log = TempDir::new().unwrap();
    let words = ["--data", data.path().to_str().unwrap()];
    let counting = counting(&words, |command| {
        ignoring_limits(command, &log.path().join("log"));
    });
    let limit = |bytes: &str| {
        let id = counting.server.id().to_string();
        let limited = Command::new("prlimit")
            .args(["--pid", &id, &format!("--fsize={bytes}:unlimited")])
            .status();
        assert!(limited.unwrap().success());
    };
    // Nothing can be written behind the first byte of any file, the log's included.
    limit("1");
    counting.check_away();
    limit("unlimited");
    counting.check_back();
    let Counting {
        server,
        specs,
        minute,
    } = counting;
    server.end("KILL");

    let named = specs.path().to_str().unwrap();
    let server = Serving::over(named, data.path(), &["--prometheus", NOWHERE]);
    let again = Counting {
        server,
        specs,
        minute,
    };
    assert!(
        (again.total() - 20.0).abs() < f64::EPSILON,
        "all of it was kept"
    );
}
