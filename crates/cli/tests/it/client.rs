//! The verbs that ask a running server, walked through against one.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;
use tomoni_testkit::PUSHED;

use crate::run::{Ran, root, run};
use crate::serving::{NOWHERE, Serving, wait_until};

/// A document that no file manages.
const APPLIED: &str = r#"apiVersion: openslo/v1
kind: SLO
metadata:
  name: answers
spec:
  service: auth-api
  indicator:
    metadata: {name: answers}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'sum(x_total{code="500"})'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'sum(x_total)'}}}
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.99}]
"#;

/// A server over a copy of the lab's documents, with nobody to count from.
struct Walk {
    folder: TempDir,
    server: Serving,
}

impl Walk {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let specs = folder.path().join("specs");
        fs::create_dir(&specs).unwrap();
        for name in ["services.yaml", "home.yaml", "platform.yaml"] {
            fs::copy(root().join("examples/lab").join(name), specs.join(name)).unwrap();
        }
        let data = folder.path().join("data");
        let nobody = ["--prometheus", NOWHERE];
        let server = Serving::over(specs.to_str().unwrap(), &data, &nobody);
        Self { folder, server }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Writes a file beside the specs.
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, words: &[&str]) -> Ran {
        let ran = run(&[words, &["--server", &self.server.url]].concat());
        let folder = self.folder.path().to_str().unwrap();
        ran.hiding(&self.server.url, "http://tomoni")
            .hiding(folder, "")
    }
}

#[test]
fn documents_are_looked_at_applied_and_given_back() {
    let walk = Walk::new();
    let file = walk.file("answers.yaml", APPLIED);
    assert_snapshot!("diff_of_a_new_document", walk.run(&["diff", &file]));
    assert_snapshot!("dry_run", walk.run(&["apply", &file, "--dry-run"]));
    assert_eq!(
        walk.run(&["diff", &file]).code,
        Some(1),
        "a dry run changes nothing"
    );
    assert_snapshot!(
        "applied",
        walk.run(&["apply", &file, "--reason", "we promise it"])
    );
    assert_snapshot!("nothing_changes", walk.run(&["diff", &file]));

    let file = walk.file("answers.yaml", &APPLIED.replace("0.99", "0.995"));
    assert_snapshot!("diff_of_a_target", walk.run(&["diff", &file]));
    let got = walk.run(&["get", "slo", "answers"]);
    assert_eq!(
        (got.code, got.stdout.as_str()),
        (Some(0), APPLIED),
        "as it was written"
    );
    let all = walk.run(&["get", "--output", "json"]);
    let all: Value = serde_json::from_str(&all.stdout).unwrap();
    let all = all["documents"].as_array().unwrap();
    assert!(
        all.iter()
            .any(|document| document["name"] == "unlock-availability")
    );

    let exported = walk.path("exported");
    assert_eq!(walk.run(&["export", &exported]).code, Some(0));
    assert_eq!(
        walk.run(&["diff", &exported]).code,
        Some(0),
        "an export changes nothing"
    );
    assert_eq!(
        walk.run(&["export", &exported]).code,
        Some(2),
        "nothing is written over"
    );
    let slos = Path::new(&exported).join("slos.yaml");
    fs::write(&slos, "old").unwrap();
    assert_eq!(walk.run(&["export", &exported, "--force"]).code, Some(0));
    assert!(fs::read_to_string(slos).unwrap().contains("answers"));
}

#[test]
fn what_a_server_refuses_is_told() {
    let walk = Walk::new();
    let managed = fs::read_to_string(root().join("examples/lab/home.yaml")).unwrap();
    let managed = walk.file(
        "home.yaml",
        &managed.replace("target: 0.999", "target: 0.998"),
    );
    let ran = walk.run(&["apply", &managed]);
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(ran.stderr.contains("managed-elsewhere"), "{ran}");

    let differs = walk.run(&["diff", &managed]);
    assert_eq!(differs.code, Some(1), "{differs}");
    let refused = "refused: the file /specs/home.yaml manages it";
    assert!(differs.stdout.contains(refused), "{differs}");
    assert!(
        differs.stdout.contains("apply would refuse this"),
        "{differs}"
    );

    let both = TempDir::new_in(walk.folder.path()).unwrap();
    fs::write(both.path().join("a.yaml"), APPLIED).unwrap();
    fs::write(both.path().join("b.yaml"), format!("# again\n{APPLIED}")).unwrap();
    let ran = walk.run(&["apply", both.path().to_str().unwrap()]);
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(
        ran.stderr.contains("b.yaml:5:"),
        "where the second one is: {ran}"
    );
    fs::write(both.path().join("a.yaml"), APPLIED).unwrap();
    let wrong = APPLIED
        .replace("answers", "others")
        .replace("0.99}", "1.5}");
    fs::write(both.path().join("b.yaml"), wrong).unwrap();
    let ran = walk.run(&["apply", both.path().to_str().unwrap()]);
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(
        ran.stderr.contains("b.yaml:16:"),
        "in its own file's lines: {ran}"
    );
    assert_eq!(
        walk.run(&["get", "slo", "answers"]).code,
        Some(2),
        "all or none"
    );

    assert_snapshot!("nobody_there", run(&["get", "--server", NOWHERE]));
    assert_snapshot!("no_server", run(&["get"]));
    assert_snapshot!("no_address", run(&["get", "--server", "localhost:7357"]));
    assert_snapshot!(
        "server_and_specs",
        run(&["status", "--server", NOWHERE, "--specs", "examples/lab"])
    );
    let unknown = walk.run(&["explain", "unlock-availabilty"]);
    assert_eq!(unknown.code, Some(2), "{unknown}");
    assert!(unknown.stderr.contains("unlock-availability"), "{unknown}");
}

#[test]
fn a_document_is_deleted_where_no_file_manages_it() {
    let walk = Walk::new();
    let file = walk.file("answers.yaml", APPLIED);
    assert_eq!(walk.run(&["apply", &file]).code, Some(0));
    let delete = ["delete", "SLO", "answers"];
    let looked = walk.run(&[&delete[..], &["--dry-run"]].concat());
    assert_eq!(looked.code, Some(0), "{looked}");
    let is_there = || walk.run(&["get", "slo", "answers"]).code == Some(0);
    assert!(is_there(), "a dry run changes nothing");
    let deleted = walk.run(&[&delete[..], &["--reason", "it was a trial"]].concat());
    assert_snapshot!("deleted", deleted);
    assert!(!is_there());
    let again = walk.run(&delete);
    assert_eq!(again.code, Some(2), "{again}");
    let managed = walk.run(&["delete", "slo", "unlock-availability"]);
    assert_eq!(managed.code, Some(2), "{managed}");
    assert!(managed.stderr.contains("home.yaml"), "{managed}");
}

/// Two SLOs as somebody has them who uses Sloth, and one as with Pyrra.
const OF_OTHERS: &str = r#"version: prometheus/v1
service: auth
slos:
  - name: errors
    objective: 99
    sli: &sli
      events:
        error_query: sum(rate(x_total{code="500"}[{{.window}}]))
        total_query: sum(rate(x_total[{{.window}}]))
    alerting: {name: Auth}
  - name: slow
    objective: 99
    sli: *sli
    alerting: {name: Slow}
---
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: room-errors}
spec:
  target: "99.9"
  window: 2w
  indicator:
    ratio:
      errors: {metric: 'x_total{code="500"}'}
      total: {metric: x_total}
"#;

#[test]
fn slos_of_other_formats_are_found_by_their_names() {
    let walk = Walk::new();
    let file = walk.file("others.yaml", OF_OTHERS);
    let applied = walk.run(&["apply", &file]);
    assert_eq!(applied.code, Some(0), "{applied}");
    let (sloth, pyrra) = OF_OTHERS.split_once("---\n").unwrap();
    for (name, text) in [
        ("room-errors", pyrra),
        ("auth-errors", sloth),
        ("auth-slow", sloth),
    ] {
        let got = walk.run(&["get", "slo", name]);
        assert_eq!((got.code, got.stdout.as_str()), (Some(0), text), "{got}");
    }
    let list = walk.run(&["get", "slo"]);
    for kind in ["SLO ", "PrometheusServiceLevel", "ServiceLevelObjective"] {
        assert!(list.stdout.contains(kind), "{list}");
    }
    assert!(!list.stdout.contains("DataSource"), "{list}");
    // A document is deleted under its own name only: it may define others as well.
    let refused = walk.run(&["delete", "slo", "auth-slow"]);
    assert_eq!(refused.code, Some(2), "{refused}");
    assert!(
        refused
            .stderr
            .contains("it is defined by PrometheusServiceLevel `auth-errors`"),
        "{refused}"
    );
}

#[test]
fn changed_files_come_into_force_and_bad_ones_do_not() {
    let walk = Walk::new();
    let file = walk.path("specs/answers.yaml");
    fs::write(&file, APPLIED).unwrap();
    let has = |body: &str| body.contains("\"answers\"");
    wait_until(&walk.server, "/api/v1/status", has);
    fs::write(&file, APPLIED.replace("0.99}", "1.5}")).unwrap();
    // That its metrics cannot be read is a finding, too, without that line.
    wait_until(&walk.server, "/api/v1/findings", |body| {
        body.contains("\"line\":16")
    });
    assert!(
        has(&walk.server.get("/api/v1/status")),
        "the last good revision stays"
    );
    let log = walk.server.end("TERM").stderr;
    let told = log.matches("answers.yaml:16:").count();
    assert_eq!(told, 1, "where it is wrong, once: {log}");
}

#[test]
fn ledgers_are_read_again_or_forgotten_only_when_that_is_meant() {
    let walk = Walk::new();
    let unsure = walk.run(&["forget", "unlock-availability"]);
    assert_snapshot!("unsure", unsure);
    let sure = walk.run(&["forget", "unlock-availability", "--yes"]);
    assert_eq!(sure.code, Some(0), "{sure}");
    assert!(
        sure.stdout
            .starts_with("what was counted for unlock-availability is deleted"),
        "{sure}"
    );
    let span = ["--from", "2d", "--to", "1d", "--reason", "it was down"];
    let again = walk.run(&[&["refill", "unlock-availability"], &span[..]].concat());
    assert_eq!(again.code, Some(0), "{again}");
    let no_time = ["--from", "1d", "--to", "2d", "--reason", "it was down"];
    let never = walk.run(&[&["refill", "unlock-availability"], &no_time[..]].concat());
    assert_eq!(never.code, Some(2), "{never}");
}

#[test]
fn what_is_pushed_counts_once_however_often_it_is_sent() {
    let walk = Walk::new();
    let file = walk.file("updates.yaml", PUSHED);
    let applied = walk.run(&["apply", &file]);
    assert_eq!(applied.code, Some(0), "{applied}");

    #[expect(
        clippy::disallowed_methods,
        reason = "a server takes minutes of the present"
    )]
    let minutes = jiff::Timestamp::now().as_second().div_euclid(60);
    let end = |ago: i64| jiff::Timestamp::from_second((minutes - ago) * 60).unwrap();
    let counts = format!("minute,bad,total\n{},1,20\n{},0,30\n", end(9), end(8));
    let counts = walk.file("counts.csv", &counts);
    for (run, already) in [false, true].into_iter().enumerate() {
        let pushed = walk.run(&["push", "firmware", &counts]);
        assert_eq!(pushed.code, Some(0), "{pushed}");
        assert_eq!(
            pushed.stdout.contains("already"),
            already,
            "run {run}: {pushed}"
        );
        assert_eq!(pushed.stderr.contains("--id"), already, "{pushed}");
    }
    // Who names the batch knows what it was.
    for already in [false, true] {
        let named = walk.file("named.csv", &format!("minute,bad,total\n{},0,1\n", end(7)));
        let pushed = walk.run(&["push", "firmware", &named, "--id", "station-7"]);
        assert_eq!(pushed.stdout.contains("already"), already, "{pushed}");
        assert_eq!(pushed.stderr, "", "{pushed}");
    }
    let is_counted = |body: &str| {
        let report: Value = serde_json::from_str(body).unwrap();
        let slos = report["slos"].as_array().unwrap();
        slos.iter()
            .any(|slo| slo["slo"] == "updates" && slo["total"] == 51 && slo["bad"] == 1)
    };
    wait_until(&walk.server, "/api/v1/status", is_counted);

    let torn = walk.file("torn.csv", "minute,bad,total\nyesterday,1,20\n");
    let torn = walk.run(&["push", "firmware", &torn]);
    assert_eq!(torn.code, Some(2), "{torn}");
    assert!(torn.stderr.contains("torn.csv: line 2"), "{torn}");
    let nobody = walk.run(&["push", "firmwares", &counts]);
    assert_eq!(nobody.code, Some(2), "{nobody}");
    assert!(nobody.stderr.contains("unknown-name"), "{nobody}");
}

#[test]
fn a_backup_is_taken_beside_a_running_server_and_restored_elsewhere() {
    let walk = Walk::new();
    let file = walk.file("answers.yaml", APPLIED);
    assert_eq!(walk.run(&["apply", &file]).code, Some(0));
    let [data, backup, restored] = ["data", "backup.db", "restored"].map(|name| walk.path(name));
    let taken = run(&["backup", &backup, "--data", &data]);
    assert_eq!(taken.code, Some(0), "{taken}");
    let again = run(&["backup", &backup, "--data", &data]);
    assert_eq!(again.code, Some(2), "nothing is written over: {again}");
    assert_eq!(
        run(&["restore", &backup, "--data", &restored]).code,
        Some(0)
    );
    let twice = run(&["restore", &backup, "--data", &restored]);
    assert_eq!(twice.code, Some(2), "{twice}");

    let nobody = ["--prometheus", NOWHERE];
    let specs = walk.path("specs");
    let other = Serving::over(&specs, Path::new(&restored), &nobody);
    let got = run(&["get", "slo", "answers", "--server", &other.url]);
    assert_eq!((got.code, got.stdout.as_str()), (Some(0), APPLIED));
}
