//! `tomoni rules`: Prometheus takes what it writes, and alerts fire when the rules say.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use insta::assert_snapshot;
use tempfile::TempDir;
use tomoni_testkit::require;

use crate::run::{Ran, root, run};

const SLO: &str = "\
version: prometheus/v1
service: unlock-api
labels: {team: home}
slos:
  - name: errors
    objective: 99
    sli:
      events:
        error_query: sum(rate(errors_total[{{.window}}]))
        total_query: sum(rate(requests_total[{{.window}}]))
    alerting:
      name: UnlockErrors
      labels: {channel: '#doors'}
      annotations: {summary: Doors stay shut.}
      page_alert: {labels: {severity: page}, annotations: {title: Page}}
      ticket_alert: {labels: {severity: ticket}, annotations: {title: Ticket}}
";

const CALENDAR: &str = "\
apiVersion: openslo/v1
kind: SLO
metadata: {name: hub}
spec:
  service: unlock-api
  budgetingMethod: Occurrences
  timeWindow:
    - duration: 1M
      calendar: {startTime: 2026-01-01 00:00:00, timeZone: Asia/Tokyo}
  indicator:
    metadata: {name: hub}
    spec:
      thresholdMetric: {metricSource: {type: Prometheus, spec: {query: battery_volts}}}
  objectives: [{op: gte, value: 12, target: 0.99}]
";

/// A folder with one file.
fn folder(text: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("slos.yaml"), text).unwrap();
    folder
}

fn rules(text: &str, flags: &[&str]) -> Ran {
    let folder = folder(text);
    let path = folder.path().to_str().unwrap();
    run(&[&["rules", path], flags].concat()).hiding(path, "slos")
}

#[test]
fn rules_are_printed() {
    let ran = rules(SLO, &["--no-alerts", "--label", "env=test"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert!(
        ran.stdout
            .contains("      - record: slo:sli_error:ratio_rate5m\n")
    );
    assert_eq!(ran.stdout.matches("env: test").count(), 15);
    assert!(!ran.stdout.contains("alert:"));
}

#[test]
fn what_can_have_no_rules_is_told() {
    let both = format!("{SLO}---\n{CALENDAR}");
    let mut ran = rules(&both, &["--no-recordings", "--output", "prometheusrule"]);
    assert!(ran.stdout.contains("kind: PrometheusRule"));
    ran.stdout = String::new();
    assert_snapshot!(ran);
}

#[test]
fn nothing_can_have_rules() {
    assert_snapshot!(rules(CALENDAR, &[]));
}

#[test]
fn flags_that_mean_nothing() {
    let mut text = String::new();
    for flags in [
        &["--period", "week"][..],
        &["--label", "env"],
        &["--label", "1x=y"],
        &["--label", "x="],
        &["--no-recordings", "--no-alerts"],
        &["--windows", "examples/lab"],
    ] {
        text.push_str(&rules(SLO, flags).to_string());
    }
    assert_snapshot!(text);
}

#[test]
fn a_file_is_replaced_at_once() {
    let folder = folder(SLO);
    let path = folder.path().to_str().unwrap();
    let out = folder.path().join("rules.txt");
    fs::write(&out, "old").unwrap();
    let held = TempDir::new().unwrap();
    let held = held.path().join("held.txt");
    fs::hard_link(&out, &held).unwrap();
    let ran = run(&["rules", path, "-o", out.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
    let told = format!("rules of 1 objective written to {}\n", out.display());
    assert_eq!(ran.stderr, told);
    // Whoever has the old one open reads it to its end.
    assert_eq!(fs::read_to_string(&held).unwrap(), "old");
    assert_eq!(
        fs::read_to_string(&out).unwrap(),
        run(&["rules", path]).stdout
    );
    // Nothing else is left lying about.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);

    let ran = run(&["rules", path, "-o", "/no/such/folder/rules.yaml"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .contains("cannot write /no/such/folder/rules.yaml")
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_keeps_its_rights_and_the_link_to_it() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (specs, rules) = (folder(SLO), TempDir::new().unwrap());
    let path = specs.path().to_str().unwrap();
    let (file, link) = (rules.path().join("file"), rules.path().join("link"));
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o646)).unwrap();
    symlink(&file, &link).unwrap();
    let ran = run(&["rules", path, "-o", link.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&file).unwrap().contains("groups:"));
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o646);
}

#[test]
fn a_wrong_document_takes_no_rules_out_of_a_file() {
    let wrong = SLO.replacen("objective: 99", "objective: 199", 1);
    assert_ne!(wrong, SLO);
    let specs = folder(SLO);
    let path = specs.path().to_str().unwrap();
    fs::write(
        specs.path().join("wrong.yaml"),
        wrong.replace("unlock-api", "close-api"),
    )
    .unwrap();
    let out = specs.path().join("rules.txt");
    fs::write(&out, "old").unwrap();
    let flags = ["rules", path, "-o", out.to_str().unwrap()];
    let ran = run(&flags);
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(ran.stderr.contains("is not written"), "{ran}");
    assert_eq!(fs::read_to_string(&out).unwrap(), "old");
    let ran = run(&[&flags[..], &["--keep-going"]].concat());
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(fs::read_to_string(&out).unwrap().contains("groups:"));
}

#[test]
fn a_document_that_is_there_twice_is_told_once() {
    let folder = folder(SLO);
    fs::copy(
        folder.path().join("slos.yaml"),
        folder.path().join("twice.yaml"),
    )
    .unwrap();
    let ran = run(&["rules", folder.path().to_str().unwrap()]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.stderr.matches("error[").count(), 1, "{ran}");
    assert!(ran.stderr.contains("openslo/duplicate-object"), "{ran}");
    assert_eq!(ran.stdout.matches("alert: UnlockErrors").count(), 2);
    assert!(
        ran.stderr
            .ends_with("rules of 1 objective written; the error above says what is left out\n"),
        "{ran}"
    );
}

#[test]
fn a_catalogue_for_another_period_is_used() {
    let page = fs::read_to_string(root().join("docs/rules.md")).unwrap();
    let block = page.split("```yaml\n").nth(1).unwrap();
    let windows = folder(block.split("```").next().unwrap());
    let windows = windows.path().to_str().unwrap();
    let ran = rules(SLO, &["--period", "7d", "--windows", windows]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert!(ran.stdout.contains("record: slo:sli_error:ratio_rate1w"));
    assert!(ran.stdout.contains("> (13.44 * 0.01)"));
    let ran = rules(SLO, &["--period", "7d"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("error[rules/period]"), "{}", ran.stderr);
}

fn promtool(arguments: &[&Path]) {
    let output = Command::new("promtool").args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&said)
    );
}

#[test]
fn prometheus_takes_every_file() {
    require!("promtool");
    let slo = folder(SLO);
    let out = slo.path().join("rules.txt");
    let examples = [
        "examples/lab",
        "examples/self",
        "examples/tobira",
        "crates/spec/src/codes",
    ];
    let examples = examples.map(PathBuf::from);
    for path in examples.iter().map(PathBuf::as_path).chain([slo.path()]) {
        let (path, out) = (path.to_str().unwrap(), out.to_str().unwrap());
        let ran = run(&["rules", path, "-o", out, "--keep-going"]);
        assert!(ran.code < Some(2), "{ran}");
        promtool(&["check".as_ref(), "rules".as_ref(), out.as_ref()]);
    }
}

/// Seven hours without an error, then half of all requests fail. A ticket is due where a hundredth
/// failed over the last three days (of which seven hours are known): in the ninth minute. A page is
/// due where 14.4 hundredths failed over the last hour: in the eighteenth minute; a server that takes
/// an hour for 59 steps may have it one minute earlier.
const TIMING: &str = r"
rule_files: [rules.yaml]
evaluation_interval: 1m
group_eval_order:
  - sloth-slo-sli-recordings-unlock-api-errors
  - sloth-slo-meta-recordings-unlock-api-errors
  - sloth-slo-alerts-unlock-api-errors
tests:
  - interval: 1m
    input_series:
      - {series: requests_total, values: '0+100x480'}
      - {series: errors_total, values: '0+0x420 50+50x60'}
    alert_rule_test:
      - {eval_time: 428m, alertname: UnlockErrors}
      - {eval_time: 430m, alertname: UnlockErrors, exp_alerts: [TICKET]}
      - {eval_time: 436m, alertname: UnlockErrors, exp_alerts: [TICKET]}
      - {eval_time: 438m, alertname: UnlockErrors, exp_alerts: [PAGE, TICKET]}
    promql_expr_test:
      - expr: round(slo:current_burn_rate:ratio, 0.001)
        eval_time: 440m
        exp_samples: [{labels: '{WINDOW,OF}', value: 50}]
";

#[test]
fn alerts_fire_when_the_rules_say() {
    require!("promtool");
    let folder = folder(SLO);
    let rules = folder.path().join("rules.yaml");
    let path = folder.path().join("slos.yaml");
    run(&[
        "rules",
        path.to_str().unwrap(),
        "-o",
        rules.to_str().unwrap(),
    ]);
    let labels =
        "team: home, sloth_id: unlock-api-errors, sloth_service: unlock-api, sloth_slo: errors";
    let alert = |severity: &str, title: &str| {
        format!(
            "{{exp_labels: {{{labels}, channel: '#doors', severity: {severity}, sloth_severity: \
             {severity}}}, exp_annotations: {{summary: Doors stay shut., title: {title}}}}}"
        )
    };
    let matchers = "team=\"home\",sloth_id=\"unlock-api-errors\",sloth_service=\"unlock-api\",sloth_slo=\"errors\"";
    let test = TIMING
        .replace("PAGE", &alert("page", "Page"))
        .replace("TICKET", &alert("ticket", "Ticket"))
        .replace("WINDOW", "sloth_window=\"5m\"")
        .replace("OF", matchers);
    let file = folder.path().join("timing.txt");
    fs::write(&file, test).unwrap();
    promtool(&["test".as_ref(), "rules".as_ref(), &file]);
}
