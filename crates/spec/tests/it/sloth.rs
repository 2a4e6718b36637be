//! Sloth's documents: read as they are, or refused as Sloth refuses them.

use tomoni_slo::{Indicator, Target};
use tomoni_spec::codes::EXAMPLE_SLOTH;
use tomoni_spec::sloth::{AlertWindow, Sli};
use tomoni_spec::{Catalog, read, split};

use crate::rules::see;
use crate::support::{file, seen};

fn catalog(text: &str) -> Catalog {
    read(&[file("slo.yaml", text)])
}

/// The example as a Kubernetes object.
fn object() -> String {
    let spec = EXAMPLE_SLOTH
        .lines()
        .skip(1)
        .map(|line| format!("  {line}\n"))
        .collect::<String>();
    let spec = spec
        .replace("error_query", "errorQuery")
        .replace("total_query", "totalQuery")
        .replace("page_alert", "pageAlert")
        .replace("ticket_alert", "ticketAlert");
    format!(
        "apiVersion: sloth.slok.dev/v1\nkind: PrometheusServiceLevel\nmetadata:\n  name: doors\n  \
         namespace: home\n  annotations:\n    tomoni.dev/stage: shadow\nspec:\n{spec}"
    )
}

#[test]
fn both_spellings_say_the_same() {
    let (plain, object) = (catalog(EXAMPLE_SLOTH), catalog(&object()));
    assert_eq!((&plain.findings, &object.findings), (&vec![], &vec![]));
    let (a, b) = (
        &plain.service_levels[0].value,
        &object.service_levels[0].value,
    );
    assert_eq!(
        (&a.service, &a.slos, &a.labels),
        (&b.service, &b.slos, &b.labels)
    );
    let metadata = b.object.as_ref().unwrap();
    assert_eq!(
        (metadata.name.as_str(), metadata.namespace.as_deref()),
        ("doors", Some("home"))
    );

    let (a, b) = (&plain.slos[0].value, &object.slos[0].value);
    assert_eq!(a.promises, b.promises);
    assert_eq!(
        b.stage,
        tomoni_slo::Stage::Shadow,
        "our annotations hold for objects, too"
    );
}

#[test]
fn an_slo_is_what_its_document_says() {
    let catalog = catalog(EXAMPLE_SLOTH);
    let level = &catalog.service_levels[0].value;
    let slo = &level.slos[0];
    assert_eq!(level.id(slo), "unlock-api-availability");
    assert!(matches!(&slo.sli, Sli::Events { error_query, .. } if error_query.contains("5..")));
    assert_eq!(slo.alerting.name.as_deref(), Some("UnlockErrors"));
    assert_eq!(slo.alerting.labels["category"], "availability");
    assert_eq!(slo.alerting.page.labels["severity"], "page");

    let slo = &catalog.slos[0].value;
    assert_eq!(
        (slo.name.as_str(), slo.service.as_str()),
        ("unlock-api-availability", "unlock-api")
    );
    assert_eq!(slo.team.as_deref(), Some("home"));
    let promise = &slo.promises[0];
    assert!(matches!(promise.indicator, Indicator::Ratio { .. }));
    assert_eq!(promise.objective.window.to_string(), "30d");
    assert_eq!(
        promise.objective.target,
        Target::from_percent(99.9).unwrap()
    );
}

#[test]
fn a_raw_ratio_counts_failures() {
    let text = EXAMPLE_SLOTH.replace("events:", "raw:").replace(
        "error_query: sum(rate(http_requests_total{job=\"unlock-api\",code=~\"5..\"}[{{.window}}]))",
        "error_ratio_query: job:errors:ratio_rate{{.window}}",
    );
    let text: String = text
        .lines()
        .filter(|line| !line.contains("total_query"))
        .map(|line| format!("{line}\n"))
        .collect();
    let catalog = catalog(&text);
    assert_eq!(catalog.findings, []);
    let indicator = &catalog.slos[0].value.promises[0].indicator;
    assert!(matches!(
        indicator,
        Indicator::Raw {
            rates_success: false,
            ..
        }
    ));
}

/// Two more SLOs: one that is wrong in itself, and one with a query that is wrong.
const MORE: &str = "  - name: latency
    objective: 99
    sli:
      plugin: {id: example.com/latency, options: {le: \"0.5\"}}
    alerting: {page_alert: {disable: false}}
  - name: typo
    objective: 99
    sli:
      raw:
        error_ratio_query: |
          sum(rate(errors_total[{{.window}}]))
            / sum(rate(requests_total[{{.window}}])
    alerting: {name: Typo}
";

#[test]
fn what_is_wrong_is_told_where_it_stands_and_leaves_the_others() {
    let text = format!("{EXAMPLE_SLOTH}{MORE}");
    see!(seen(&text));
    let catalog = catalog(&text);
    let names: Vec<&str> = catalog.slos.iter().map(|s| s.value.name.as_str()).collect();
    assert_eq!(names, ["unlock-api-availability"]);
}

#[test]
fn an_error_of_the_whole_document_leaves_none() {
    let text = EXAMPLE_SLOTH.replace("service: unlock-api", "service: unlock api");
    let catalog = catalog(&text);
    assert_eq!(catalog.slos.len(), 0);
    assert_eq!(catalog.service_levels[0].value.slos.len(), 0);
}

#[test]
fn names_that_fall_together_are_told_with_both_places() {
    let again = EXAMPLE_SLOTH.replace("name: availability", "name: Availability");
    see!(seen(&format!("{EXAMPLE_SLOTH}---\n{again}")));
}

#[test]
fn unknown_fields_are_told_and_kept() {
    let text = EXAMPLE_SLOTH.replace(
        "    objective: 99.9\n",
        "    objective: 99.9\n    tier: [1, 2]\n",
    );
    let catalog = catalog(&text);
    let codes: Vec<&str> = catalog.findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, ["sloth/unknown-field"]);
    let unknown = &catalog.service_levels[0].value.slos[0].unknown;
    assert_eq!(unknown["tier"], serde_json::json!([1, 2]));
    assert_eq!(catalog.slos.len(), 1);
}

#[test]
fn a_target_of_everything_is_known_but_has_no_figures() {
    let catalog = catalog(&EXAMPLE_SLOTH.replace("99.9", "100"));
    let codes: Vec<&str> = catalog.findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, ["formats/no-budget"]);
    assert_eq!(
        (
            catalog.slos.len(),
            catalog.service_levels[0].value.slos.len()
        ),
        (0, 1)
    );
}

const WINDOWS: &str = "\
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

#[test]
fn a_catalogue_of_windows_is_read_once_for_each_period() {
    let other = WINDOWS.replace("7d", "168h");
    let catalog = catalog(&format!("{WINDOWS}---\n{other}"));
    let codes: Vec<&str> = catalog.findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, ["openslo/duplicate-object"]);
    assert_eq!(catalog.alert_windows.len(), 1);
    let windows = &catalog.alert_windows[0].value;
    assert_eq!(windows.period_ms, 7 * 86_400_000);
    let slow = AlertWindow {
        error_budget_percent: 12.5,
        short_ms: 1_800_000,
        long_ms: 21_600_000,
    };
    assert_eq!(windows.page.slow, slow);
}

#[test]
fn documents_are_told_apart_by_what_they_define() {
    let text = format!("{EXAMPLE_SLOTH}---\n{}---\n{WINDOWS}", object());
    let split = split(&file("a.yaml", &text));
    assert!(split.is_whole);
    let documents = split.documents.iter();
    let identities: Vec<String> = documents
        .map(|d| d.identity.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(
        identities,
        [
            "PrometheusServiceLevel unlock-api-availability",
            "PrometheusServiceLevel home-doors",
            "AlertWindows 1w",
        ]
    );
}

#[test]
fn versions_and_kinds_that_sloth_does_not_know() {
    let documents = [
        "version: prometheus/v999\nservice: x\nslos: []\n",
        "version: Prometheus/v1\nservice: x\nslos: []\n",
        "apiVersion: sloth.slok.dev/v2\nkind: PrometheusServiceLevel\n",
        "apiVersion: sloth.slok.dev/v1\nkind: PrometheusServiceLevels\n",
        "apiVersion: sloth.slok.dev/v1\nkind: Deployment\n",
        "apiVersion: sloth.slok.dev/v1\n",
        // Some other program's.
        "version: \"3\"\nservices: {}\n",
        "version: 1.2.3\n",
    ];
    see!(seen(&documents.join("---\n")));
}
