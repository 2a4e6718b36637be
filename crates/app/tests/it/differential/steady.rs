//! Exported rules, loaded into a real Prometheus: on steady data they give what `explain --as sloth`
//! predicts.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use tomoni_spec::rules::rules_file;
use tomoni_testkit::{Prometheus, PrometheusOptions, http, present_ms, require};

use super::documents::{documents, made, rules, shortest};
use super::{compared, number};

const SERVICE: &str = "steady";
const DAY_S: i64 = 86_400;
const SCRAPE_S: i64 = 30;

/// Two pods that count so many good and bad requests between two scrapes, for eight days.
fn samples(until_s: i64) -> String {
    let mut text = String::from("# TYPE http_requests counter\n");
    for (pod, code, each) in [
        ("a", 200, 199),
        ("a", 500, 1),
        ("b", 200, 50),
        ("b", 500, 0),
    ] {
        let labels = format!("job=\"{SERVICE}\",instance=\"{pod}\",code=\"{code}\"");
        for i in 0..=8 * DAY_S / SCRAPE_S {
            let (count, at_s) = (1_000 + each * i, until_s - 8 * DAY_S + SCRAPE_S * i);
            writeln!(text, "http_requests_total{{{labels}}} {count} {at_s}").unwrap();
        }
    }
    text + "# EOF\n"
}

#[tokio::test(flavor = "multi_thread")]
async fn exported_rules_give_what_is_predicted() {
    require!("prometheus", "promtool");
    let until_s = present_ms() / 60_000 * 60;
    let folder = tempfile::tempdir().unwrap();
    let history = folder.path().join("history.om");
    fs::write(&history, samples(until_s)).unwrap();

    let documents = documents(&[(SERVICE, 99.0)]);
    let made = made(&documents);
    let options = PrometheusOptions {
        rules: Some(rules_file(&made.bundles).collect()),
        evaluation_interval_s: 1,
        backfill: vec![history],
        ..PrometheusOptions::default()
    };
    let mut prometheus = Prometheus::start(options).await.unwrap();
    let week = (until_s - 7 * DAY_S + 60, until_s);
    let rules = rules(&made);
    prometheus.record(&shortest(&rules), week).await.unwrap();

    let rows = compared(&documents, prometheus.url(), until_s * 1_000).await;
    let sloth = &rows[0].peers.theirs[0];
    let predicted = sloth.figures.unwrap();
    // One request of 250 fails.
    assert!((predicted.sli - 0.996).abs() < 1e-9, "{predicted:?}");
    let left = wait_for(&prometheus, "slo:period_error_budget_remaining:ratio").await;
    assert!(
        (left - predicted.remaining).abs() < 1e-4,
        "{left} {predicted:?}"
    );
    for window in ["5m", "30m", "1h", "2h", "6h", "1d", "3d", "1w"] {
        let ratio = wait_for(&prometheus, &format!("slo:sli_error:ratio_rate{window}")).await;
        let difference = ratio - (1.0 - predicted.sli);
        assert!(difference.abs() < 1e-6, "{window}: {ratio}, {predicted:?}");
    }
}

/// What a rule has recorded by now; waits for its first evaluation.
async fn wait_for(prometheus: &Prometheus, name: &str) -> f64 {
    for _ in 0..600 {
        let result = http::query(prometheus.url(), name, present_ms())
            .await
            .unwrap();
        if let Some(value) = number(&result) {
            return value;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{name} was not recorded: {}", prometheus.printed());
}
