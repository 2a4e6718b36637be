//! What cannot be done, and what is said then.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use insta::assert_snapshot;
use tempfile::TempDir;
use tomoni_testkit::require;

use crate::lab::ask;
use crate::run::{Ran, run, tomoni};

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:1";

fn status(rest: &[&str]) -> Ran {
    run(&[&["status", "--specs", "examples/lab"], rest].concat())
}

/// A server that gives the same answer to every request.
fn server(answer: &'static str) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut client in listener.incoming().map_while(Result::ok) {
            let mut request = [0; 8_192];
            // The client may hang up whenever it likes.
            let _ = client.read(&mut request);
            let _ = client.write_all(answer.as_bytes());
        }
    });
    url
}

#[test]
fn no_documents_given() {
    assert_snapshot!(run(&["status", "--prometheus", NOWHERE]));
}

#[test]
fn no_server_given() {
    assert_snapshot!(status(&[]));
}

#[test]
fn a_folder_that_does_not_exist() {
    assert_snapshot!(run(&[
        "status",
        "--specs",
        "nowhere/at/all",
        "--prometheus",
        NOWHERE
    ]));
}

#[test]
fn a_flag_says_which_is_meant_where_a_variable_says_the_other() {
    let ran = |words: &[&str], variable, value| {
        let output = tomoni(words).env(variable, value).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    let documents = ["status", "--specs", "examples/lab/services.yaml"];
    let documents = [&documents[..], &["--prometheus", NOWHERE]].concat();
    let told = ran(&documents, "TOMONI_SERVER", NOWHERE);
    assert!(told.contains("no SLO found in"), "{told}");
    let told = ran(
        &["status", "--server", NOWHERE],
        "TOMONI_SPECS",
        "examples/lab",
    );
    assert!(told.contains("does `tomoni serve` run there?"), "{told}");
    // Two flags still are too many.
    let both = [&documents[..], &["--server", NOWHERE]].concat();
    assert!(run(&both).stderr.contains("give one"));
}

#[test]
fn documents_without_an_slo() {
    let only_services = "examples/lab/services.yaml";
    assert_snapshot!(run(&[
        "status",
        "--specs",
        only_services,
        "--prometheus",
        NOWHERE
    ]));
}

#[test]
fn a_server_that_is_down() {
    assert_snapshot!(status(&["--prometheus", NOWHERE]));
}

#[test]
fn a_server_that_answers_html() {
    let url = server(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: \
         24\r\n\r\n<html>Sign in first</html",
    );
    assert_snapshot!(status(&["--prometheus", &url]).hiding(&url, "http://proxy"));
}

#[test]
fn a_server_that_refuses_us() {
    let url = server("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    assert_snapshot!(status(&["--prometheus", &url]).hiding(&url, "http://guarded"));
}

/// A server that takes connections and never answers.
fn silent_server() -> (TcpListener, String) {
    // The system accepts; nobody reads.
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

#[test]
fn a_tomoni_that_never_answers() {
    let (_listener, url) = silent_server();
    let folder = TempDir::new().unwrap();
    let counts = folder.path().join("counts.csv");
    std::fs::write(&counts, "minute,bad,total\n2026-03-20T09:00:00Z,0,1\n").unwrap();
    let counts = counts.to_str().unwrap();
    for verb in [&["status"][..], &["get"], &["push", "updates", counts]] {
        let ran = run(&[verb, &["--server", &url, "--server-timeout", "1"]].concat());
        assert_snapshot!(
            "a_tomoni_that_never_answers",
            ran.hiding(&url, "http://tomoni")
        );
    }
}

#[test]
fn what_may_change_something_is_asked_once() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    thread::spawn(move || {
        for mut client in listener.incoming().map_while(Result::ok) {
            count.fetch_add(1, Ordering::Relaxed);
            let mut request = [0; 8_192];
            // The client may hang up whenever it likes.
            let _ = client.read(&mut request);
            let _ = client.write_all(
                b"HTTP/1.1 503 Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            );
        }
    });
    let ran = run(&["apply", "examples/lab/services.yaml", "--server", &url]);
    assert_eq!(ran.code, Some(2), "{ran}");
    assert_eq!(asked.load(Ordering::Relaxed), 1, "{ran}");
}

#[test]
fn an_address_that_is_none() {
    assert_snapshot!(status(&["--prometheus", "localhost:9090"]));
    let data = TempDir::new().unwrap();
    let data = data.path().to_str().unwrap();
    let serve = ["serve", "--specs", "examples/lab", "--data", data];
    for address in ["", "ftp://metrics"] {
        let ran = run(&[&serve, &["--prometheus", address][..]].concat());
        assert_eq!(ran.code, Some(2), "{ran}");
        assert!(ran.stderr.contains("--prometheus: "), "{ran}");
    }
}

#[test]
fn times_that_are_none() {
    let asked = |at| status(&["--prometheus", NOWHERE, "--at", at]).to_string();
    assert_snapshot!(asked("yesterday"));
    assert_snapshot!(asked("2026-03-20T09:00:00"));
    assert!(asked("2999-01-01T00:00:00Z").contains("lies in the future"));
}

#[test]
fn a_team_that_nobody_knows() {
    assert_snapshot!(status(&["--prometheus", NOWHERE, "--team", "hoem"]));
}

#[test]
fn an_slo_that_nobody_knows() {
    let explain = |slo| {
        run(&[
            "explain",
            slo,
            "--specs",
            "examples/lab",
            "--prometheus",
            NOWHERE,
        ])
    };
    assert_snapshot!(explain("unlock-availabilty"));
    assert_snapshot!(explain("payments"));
}

#[test]
fn an_objective_that_does_not_exist() {
    require!("prometheus", "promtool");
    assert_snapshot!(ask(&["explain", "hub-battery"], &["--objective", "3"]));
}

#[test]
fn offline_without_data() {
    assert_snapshot!(status(&["--offline"]));
}

#[test]
fn offline_with_nothing_kept() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().to_str().unwrap();
    let ran = status(&["--offline", "--data", data, "--at", "2026-03-20T09:00:00Z"]);
    assert_snapshot!(ran);
}

#[test]
fn a_data_folder_that_is_a_file() {
    assert_snapshot!(status(&["--prometheus", NOWHERE, "--data", "README.md"]));
}

#[test]
fn secrets_that_cannot_be_read() {
    let ran = status(&[
        "--prometheus",
        NOWHERE,
        "--prometheus-token-file",
        "no/such/token",
    ]);
    assert_snapshot!(ran);
}

#[test]
fn a_header_that_is_none() {
    assert_snapshot!(status(&[
        "--prometheus",
        NOWHERE,
        "--prometheus-header",
        "tenant"
    ]));
}

#[test]
fn documents_with_an_error_are_told_beside_the_answer() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    let broken = folder.path().join("broken.yaml");
    std::fs::write(
        &broken,
        "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: x}\n",
    )
    .unwrap();
    let ran = ask(
        &["status"],
        &[
            "--specs",
            broken.to_str().unwrap(),
            "--service",
            "report-worker",
        ],
    );
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("report-success"), "{ran}");
    let folder = folder.path().to_str().unwrap();
    assert_snapshot!(ran.stderr.replace(folder, ""));
}

#[test]
fn an_slo_that_is_measured_elsewhere_does_not_vanish_without_a_word() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("elsewhere.yaml");
    let document = "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: lock-battery}\nspec:\n  \
        service: unlock-api\n  indicator:\n    metadata: {name: lock-battery}\n    spec:\n      \
        thresholdMetric:\n        metricSource: {type: Datadog, spec: {query: 'avg:volts{*}'}}\n  \
        timeWindow: [{duration: 28d, isRolling: true}]\n  budgetingMethod: Occurrences\n  \
        objectives: [{target: 0.99, op: gte, value: 12}]\n";
    std::fs::write(&file, document).unwrap();
    let specs = ["--specs", file.to_str().unwrap()];
    let ran = ask(
        &["status"],
        &[&specs[..], &["--service", "report-worker"]].concat(),
    );
    let said = ran
        .stderr
        .lines()
        .find(|line| line.contains("lock-battery"));
    assert!(said.is_some_and(|line| line.contains("Datadog")), "{ran}");
    assert!(ran.stdout.contains("report-success"), "{ran}");
}
