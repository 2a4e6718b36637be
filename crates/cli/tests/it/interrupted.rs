//! Runs that are killed, stopped, repeated: they all end with the ledger of an undisturbed run.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tomoni_testkit::require;

use crate::lab::{AT, url};
use crate::proxy::Proxy;
use crate::run::{run, tomoni};

/// Every run has a proxy of its own: the server moves from run to run.
fn arguments<'a>(server: &'a str, data: &'a Path) -> Vec<&'a str> {
    let data = data.to_str().unwrap();
    let specs = [
        "--specs",
        "examples/lab",
        "--team",
        "work",
        "--prometheus",
        server,
    ];
    let rest = [
        "--prometheus-moved",
        "--at",
        AT,
        "--data",
        data,
        "--output",
        "json",
    ];
    [&["status"], &specs[..], &rest[..]].concat()
}

/// The rows that a run to the end says, and how many bytes it read for them.
fn undisturbed(data: &Path) -> (Value, u64) {
    let proxy = Proxy::start(url(), u64::MAX);
    let ran = run(&arguments(&proxy.url, data));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    (rows(&ran.stdout), proxy.answered())
}

fn rows(json: &str) -> Value {
    let mut report: Value = serde_json::from_str(json).unwrap();
    report["slos"].take()
}

fn start(server: &str, data: &Path) -> Child {
    tomoni(&arguments(server, data))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_run_that_is_killed_and_repeated_ends_the_same() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    let (expected, bytes) = undisturbed(folder.path());

    for tenths in [1, 5, 8] {
        let folder = TempDir::new().unwrap();
        let proxy = Proxy::start(url(), bytes * tenths / 10);
        let mut child = start(&proxy.url, folder.path());
        proxy.wait();
        child.kill().unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.code(), None, "killed in the middle");

        let (rows, rest) = undisturbed(folder.path());
        assert_eq!(rows, expected, "killed after {tenths} tenths");
        // What was kept by then is not read again.
        if tenths == 8 {
            assert!(rest < bytes * 7 / 10, "{rest} of {bytes} bytes read again");
        }
    }
}

#[test]
fn a_second_run_changes_nothing_and_reads_nothing() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    let (first, bytes) = undisturbed(folder.path());
    let (second, again) = undisturbed(folder.path());
    assert_eq!(first, second);
    assert!(bytes > 1_000_000);
    assert_eq!(again, 0, "everything had closed");

    let offline = [arguments(url(), folder.path()), vec!["--offline"]].concat();
    let offline = run(&offline);
    assert_eq!((offline.code, rows(&offline.stdout)), (Some(0), first));
}

#[test]
fn ctrl_c_stops_it_and_says_what_was_kept() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    let proxy = Proxy::start(url(), 1_000_000);
    let child = start(&proxy.url, folder.path());
    proxy.wait();
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupted.success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    let data = folder.path().to_str().unwrap();
    assert_eq!(
        said.trim_end(),
        format!(
            "stopped: what was read until now is kept in {data}, the next run goes on from there"
        )
    );
}
