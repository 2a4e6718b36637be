//! `tomoni serve` and `tomoni demo`.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;
use tomoni_testkit::{Postgres, require};

use crate::lab;
use crate::run::{Ran, run};
use crate::serving::{NOWHERE, Serving, asked, wait_until};

/// A document that the demo does not have.
const SERVICE: &str =
    "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: answers}\nspec: {}\n";

/// A `serve` that cannot run.
fn refused(folder: &Path, rest: &[&str]) -> Ran {
    let data = folder.to_str().unwrap();
    let words = [
        "serve",
        "--specs",
        "examples/lab",
        "--data",
        data,
        "--prometheus",
        NOWHERE,
    ];
    run(&[&words, rest].concat()).hiding(data, "/data")
}

/// The peers' numbers come from a server, too.
fn says_what_peers_say(server: &Serving, code: Option<i32>) {
    let as_sloth = ["explain", "unlock-availability", "--as", "sloth"];
    let as_sloth = run(&[&as_sloth[..], &["--server", &server.url]].concat());
    assert!(
        as_sloth.stdout.contains("\n  Sloth ") && !as_sloth.stdout.contains("Pyrra"),
        "{as_sloth}"
    );
    let compared = run(&["compare", "--server", &server.url, "--team", "home"]);
    assert!(compared.stdout.contains("PYRRA"), "{compared}");
    assert_eq!(compared.code, code, "{compared}");
}

#[test]
fn a_real_prometheus_is_served_until_it_is_told_to_stop() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    let prometheus = lab::live_url();
    let server = Serving::over("examples/lab", folder.path(), &["--prometheus", prometheus]);
    let is_counted = |body: &str| {
        let report: Value = serde_json::from_str(body).unwrap();
        let slos = report["slos"].as_array().unwrap();
        slos.iter()
            .any(|slo| slo["slo"] == "unlock-availability" && slo["total"].as_f64() > Some(0.0))
    };
    wait_until(&server, "/api/v1/status", is_counted);
    for (path, text) in [
        ("/", "unlock-availability"),
        ("/teams/home", "unlock-availability"),
        ("/services/unlock-api", "unlock-availability"),
        ("/slos/unlock-availability", "99.9"),
        ("/findings", "legacy-unlock-availability"),
        ("/healthz", ""),
        ("/readyz", "true"),
        ("/metrics", "tomoni_"),
    ] {
        assert!(
            server.get(path).contains(text),
            "{path} does not say {text}"
        );
    }

    let of_server = run(&["status", "--server", &server.url]);
    assert!(
        of_server.stdout.starts_with("12 objectives: "),
        "{of_server}"
    );
    assert!(
        of_server.stdout.contains("unlock-availability"),
        "{of_server}"
    );
    let json = run(&[
        "status",
        "--server",
        &server.url,
        "--team",
        "home",
        "--output",
        "json",
    ]);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    let slos = json["slos"].as_array().unwrap();
    assert!(!slos.is_empty() && slos.iter().all(|slo| slo["team"] == "home"));
    let explained = [
        "explain",
        "unlock-availability",
        "--minutes",
        "3",
        "--server",
    ];
    let explained = run(&[&explained[..], &[&server.url]].concat());
    assert!(explained.stdout.contains("burn"), "{explained}");
    says_what_peers_say(&server, of_server.code);

    let unknown = run(&["status", "--server", &server.url, "--team", "hoem"]);
    assert_eq!(unknown.code, Some(2), "{unknown}");
    assert!(unknown.stderr.contains("home"), "{unknown}");

    let url = server.url.clone();
    let ended = server.end("TERM");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(ended.stdout, "", "after its address it prints nothing");
    assert!(asked(&url).is_err(), "nobody listens any more");

    // What was kept is there at once, with nobody to ask.
    let moved = ["--prometheus", NOWHERE, "--prometheus-moved"];
    let again = Serving::over("examples/lab", folder.path(), &moved);
    assert!(is_counted(&again.get("/api/v1/status")));
    assert_eq!(again.end("INT").code, Some(0));
}

#[test]
fn one_server_serves_from_a_folder() {
    let folder = TempDir::new().unwrap();
    let server = Serving::over("examples/lab", folder.path(), &["--prometheus", NOWHERE]);
    let second = refused(folder.path(), &["--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, Some(2), "{second}");
    let said = second.stderr.split("(process").next().unwrap();
    assert_eq!(said, "error: another Tomoni ");
    server.end("KILL");
    // The right ends with the process, however that ended.
    let next = Serving::over("examples/lab", folder.path(), &["--prometheus", NOWHERE]);
    assert_eq!(next.end("TERM").code, Some(0));
}

#[test]
fn one_server_serves_from_a_postgresql() {
    require!("postgres", "initdb");
    let postgres = Postgres::start().unwrap();
    let database = postgres.database().unwrap();
    let words = ["serve", "--specs", "examples/lab", "--prometheus", NOWHERE];
    let words = [&words[..], &["--database", &database]].concat();
    let first = Serving::start(&words, |_| {});
    let second = run(&[&words[..], &["--listen", "127.0.0.1:0"]].concat());
    assert_eq!(second.code, Some(2), "{second}");
    let by = format!("(tomoni serve, process {}, from 127.0.0.1", first.id());
    assert!(
        second
            .stderr
            .starts_with("error: another Tomoni serves from postgres://"),
        "{second}"
    );
    assert!(second.stderr.contains(&by), "{second}");
    assert_eq!(first.end("KILL").code, None);
    let next = Serving::start(&words, |_| {});
    assert_eq!(next.end("TERM").code, Some(0));
    // Whoever was told to stop has given the right back.
    let last = Serving::start(&words, |_| {});
    assert_eq!(last.end("TERM").code, Some(0));
}

#[test]
fn what_cannot_be_served_is_told() {
    let folder = TempDir::new().unwrap();
    assert_snapshot!(
        "exposed",
        refused(folder.path(), &["--listen", "0.0.0.0:0"])
    );
    assert_snapshot!("no_data", run(&["serve", "--specs", "examples/lab"]));
    assert_snapshot!("no_specs", run(&["serve", "--data", "/nowhere"]));
    let database = ["--database", "postgres://127.0.0.1/x"];
    assert_snapshot!("two_places", refused(folder.path(), &database));
    let zone = ["--zone", "Asia/Kyoto"];
    assert_snapshot!("no_such_zone", refused(folder.path(), &zone));
    let base = ["--base-path", "tomoni"];
    assert_snapshot!("base_path", refused(folder.path(), &base));

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = refused(folder.path(), &["--listen", &address]).hiding(&address, "127.0.0.1:7357");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("127.0.0.1:7357 is taken"), "{ran}");
}

#[test]
fn what_is_missing_is_told_in_the_log_once() {
    let folder = TempDir::new().unwrap();
    let [specs, data] = ["specs", "data"].map(|name| folder.path().join(name));
    let named = specs.to_str().unwrap();
    let json = ["--prometheus", NOWHERE, "--log-format", "json"];
    let server = Serving::over(named, &data, &json);
    fs::create_dir(&specs).unwrap();
    let is_empty = |body: &str| body.contains("file/none");
    wait_until(&server, "/api/v1/findings", is_empty);
    fs::copy("../../examples/lab/home.yaml", specs.join("home.yaml")).unwrap();
    wait_until(&server, "/api/v1/status", |body| {
        body.contains("unlock-availability")
    });
    let is_away = |body: &str| body.contains("\"is_up\":false");
    wait_until(&server, "/api/v1/sources", is_away);
    let failed = |body: &str| {
        let sources: Value = serde_json::from_str(body).unwrap();
        sources["sources"][0]["failures"].as_i64() > Some(1)
    };
    wait_until(&server, "/api/v1/sources", failed);
    let ended = server.end("TERM");
    let lines: Vec<Value> = ended
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told = |field: &str, value: &str| {
        let lines = lines.iter().filter(|line| line[field] == value);
        lines
            .map(|line| line["level"].as_str().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        told("code", "file/missing"),
        ["WARN", "INFO"],
        "{}",
        ended.stderr
    );
    assert_eq!(
        told("code", "file/none"),
        ["WARN", "INFO"],
        "{}",
        ended.stderr
    );
    assert_eq!(told("source", NOWHERE), ["WARN"], "{}", ended.stderr);
}

#[test]
fn a_configuration_file_is_read_and_its_mistakes_are_told_with_their_place() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tomoni.toml");
    let named = path.to_str().unwrap();
    fs::write(
        &path,
        "data = 'kept'\nprometheus = 'http://127.0.0.1:1'\nlog-format = 'json'\n",
    )
    .unwrap();
    let words = ["serve", "--config", named, "--specs", "examples/lab"];
    let ended = Serving::start(&words, |_| {}).end("TERM");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(
        folder.path().join("kept/tomoni.db").is_file(),
        "below the file's folder"
    );
    for line in ended.stderr.lines() {
        assert!(
            serde_json::from_str::<Value>(line).is_ok(),
            "not JSON: {line}"
        );
    }

    fs::write(&path, "data = 'kept'\nprometeus = 'x'\n").unwrap();
    let ran = run(&words).hiding(folder.path().to_str().unwrap(), "/etc");
    assert_snapshot!(ran);
}

#[test]
fn a_demo_is_whole_at_once_and_leaves_nothing_behind() {
    let [temporary, home] = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let demo = Serving::start(&["demo"], |command| {
        command
            .env("TMPDIR", temporary.path())
            .env("HOME", home.path());
    });
    let report: Value = serde_json::from_str(&demo.get("/api/v1/status")).unwrap();
    let slos = report["slos"].as_array().unwrap();
    assert!(slos.len() >= 30, "{} objectives", slos.len());
    let is_whole = |slo: &&Value| slo["coverage"].as_f64() > Some(0.9);
    let whole = slos.iter().filter(is_whole).count();
    assert!(
        whole * 10 >= slos.len() * 8,
        "{whole} of {} are whole",
        slos.len()
    );
    assert!(demo.get("/").contains("unlock-availability"));
    assert!(demo.get("/readyz").contains("\"is_ready\":true"));
    let file = home.path().join("answers.yaml");
    fs::write(&file, SERVICE).unwrap();
    let file = file.to_str().unwrap();
    for (words, code) in [
        (&["diff", file][..], 1),
        (&["apply", file, "--reason", "to try it"], 0),
        (&["get", "service", "answers"], 0),
        (&["diff", file], 0),
    ] {
        let ran = run(&[words, &["--server", &demo.url]].concat());
        assert_eq!(ran.code, Some(code), "{words:?}: {ran}");
    }
    fs::remove_file(file).unwrap();
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 1);

    let ended = demo.end("INT");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for folder in [temporary, home] {
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn everything_can_be_kept_in_a_postgresql() {
    require!("postgres", "initdb");
    let postgres = Postgres::start().unwrap();
    let database = postgres.database().unwrap();
    let words = ["serve", "--specs", "examples/lab", "--prometheus", NOWHERE];
    let server = Serving::start(&[&words[..], &["--database", &database]].concat(), |_| {});
    server.get("/healthz");
    assert!(server.get("/slos/unlock-availability").contains("99.9"));

    let folder = TempDir::new().unwrap();
    let [file, data] = ["backup.db", "data"].map(|name| folder.path().join(name));
    let [file, data] = [&file, &data].map(|path| path.to_str().unwrap());
    let taken = run(&["backup", file, "--database", &database]);
    assert_eq!(taken.code, Some(0), "{taken}");
    assert_eq!(server.end("TERM").code, Some(0));
    let restored = run(&["restore", file, "--data", data]);
    assert_eq!(restored.code, Some(0), "{restored}");
    let moved = Serving::over("examples/lab", Path::new(data), &["--prometheus", NOWHERE]);
    assert!(
        moved
            .get("/api/v1/documents/slo/unlock-availability")
            .contains("\"version\":1")
    );
    assert_eq!(moved.end("TERM").code, Some(0));
}
