//! `tomoni convert`: there, and back.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use tempfile::TempDir;

use crate::run::{Ran, run};

const SLO: &str = "\
version: prometheus/v1
service: unlock-api
slos:
  - name: errors
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(errors_total[{{.window}}]))
        total_query: sum(rate(requests_total[{{.window}}]))
    alerting:
      name: UnlockErrors
";

const OTHER: &str = "\
---
apiVersion: apps/v1
kind: Deployment
";

const WINDOWS: &str = "\
---
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 7d
  page:
    quick: {errorBudgetPercent: 8, shortWindow: 5m, longWindow: 1h}
    slow: {errorBudgetPercent: 12.5, shortWindow: 30m, longWindow: 6h}
  ticket:
    quick: {errorBudgetPercent: 20, shortWindow: 2h, longWindow: 1d}
    slow: {errorBudgetPercent: 42, shortWindow: 6h, longWindow: 3d}
";

fn convert(folder: &Path, flags: &[&str]) -> Ran {
    let path = folder.to_string_lossy();
    run(&[&["convert", path.as_ref()], flags].concat()).hiding(&path, "slos")
}

#[test]
fn what_comes_out_goes_back() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str| folder.path().join(name);
    fs::write(file("sloth.yaml"), format!("{SLO}{OTHER}")).unwrap();
    let openslo = file("openslo.yaml");
    let flags = ["--to", "openslo-v1", "-o", openslo.to_str().unwrap()];
    let ran = convert(&file("sloth.yaml"), &flags);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
    let told = format!(
        "1 document of another kind passed over\n2 documents written to {}\n",
        openslo.display()
    );
    assert_eq!(ran.stderr, told);

    let validated = run(&["validate", openslo.to_str().unwrap()]);
    assert_eq!(validated.code, Some(0), "{validated}");
    let ran = convert(&openslo, &["--to", "sloth"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (Some(0), SLO, "")
    );
}

#[test]
fn what_cannot_be_said_is_told_beside_what_can() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("slos.yaml"), format!("{SLO}{WINDOWS}")).unwrap();
    assert_snapshot!(convert(folder.path(), &["--to", "openslo-v1"]));
}

#[test]
fn nothing_comes_out_of_nothing() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.yaml"), OTHER).unwrap();
    let ran = convert(folder.path(), &["--to", "pyrra"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert!(ran.stderr.contains("nothing to convert"), "{ran}");
    assert_eq!(convert(folder.path(), &[]).code, Some(2), "--to is needed");
}

#[test]
fn a_file_stays_as_it_is_where_something_would_be_missing() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("slos.yaml"), format!("{SLO}{WINDOWS}")).unwrap();
    let elsewhere = TempDir::new().unwrap();
    let out = elsewhere.path().join("openslo.yaml");
    fs::write(&out, "old").unwrap();
    let flags = ["--to", "openslo-v1", "-o", out.to_str().unwrap()];
    let ran = convert(folder.path(), &flags);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert!(ran.stderr.contains("is not written"), "{ran}");
    assert_eq!(fs::read_to_string(&out).unwrap(), "old");
    let ran = convert(folder.path(), &[&flags[..], &["--keep-going"]].concat());
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(ran.stderr.contains("2 documents written to "), "{ran}");
    assert!(
        ran.stderr
            .contains("; the error above says what is left out"),
        "{ran}"
    );
    assert!(fs::read_to_string(&out).unwrap().contains("kind: SLO"));
}

#[test]
fn documents_are_not_replaced_by_what_comes_out_of_them() {
    let folder = TempDir::new().unwrap();
    let own = folder.path().join("slos.yaml");
    fs::write(&own, SLO).unwrap();
    let beside = folder.path().join("openslo.yaml");
    let convert_to = |out: &Path| {
        convert(
            folder.path(),
            &["--to", "openslo-v1", "-o", out.to_str().unwrap()],
        )
    };
    for out in [&own, &beside] {
        let ran = convert_to(out);
        assert_eq!(ran.code, Some(2), "{ran}");
        assert!(
            ran.stderr.contains("among the documents that are read"),
            "{ran}"
        );
    }
    assert_eq!(fs::read_to_string(&own).unwrap(), SLO);
    assert!(!beside.exists());
    // What no folder of documents is searched for may lie in it.
    assert_eq!(convert_to(&folder.path().join("openslo.txt")).code, Some(0));
    let ran = run(&["rules", own.to_str().unwrap(), "-o", own.to_str().unwrap()]);
    assert_eq!(ran.code, Some(2), "{ran}");
    assert_eq!(fs::read_to_string(&own).unwrap(), SLO);
}

#[test]
fn losses_are_accepted_by_name() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("slos.yaml"), SLO).unwrap();
    assert_eq!(convert(folder.path(), &["--to", "pyrra"]).code, Some(1));
    assert_snapshot!(convert(folder.path(), &["--to", "pyrra", "--lossy"]));
}
