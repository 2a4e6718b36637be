//! What happens to everybody: queries that find nothing, a Prometheus that watches itself.

use std::cell::Cell;

use tomoni_ledger::{Events, Fact, Minute, Span};
use tomoni_sources::prometheus::Observation;
use tomoni_sources::simulator::proof::{self, Claim, Part, Pick};
use tomoni_testkit::{Prometheus, PrometheusOptions, http, present_ms, require};

use crate::support::{bad_of, harvest, raw, sums, wait_for};

#[tokio::test(flavor = "multi_thread")]
async fn a_selector_that_matches_nothing_is_unknown_and_said() {
    require!("prometheus");
    let prometheus = Prometheus::start(PrometheusOptions::default())
        .await
        .unwrap();
    let span = Span::ending_at(Minute::ended_by_ms(present_ms()), 180);
    let wants = vec![bad_of("nowhere_total{code=\"500\"}", "sum(nowhere_total)")];
    let harvest = harvest(prometheus.url(), wants, span).await.remove(0);
    assert!(harvest.facts.iter().all(|(_, fact)| *fact == Fact::UNKNOWN));
    let says_so = |o: &Observation| matches!(o, Observation::NothingFound { .. });
    assert!(
        harvest.observations.iter().any(says_so),
        "{:?}",
        harvest.observations
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prometheus_that_scrapes_itself_is_counted() {
    require!("prometheus");
    let begun_ms = present_ms();
    let scrape_configs = "- job_name: prometheus\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  \
                          static_configs: [{ targets: [\"127.0.0.1:{port}\"] }]\n";
    let options = PrometheusOptions {
        scrape_configs: scrape_configs.to_owned(),
        ..PrometheusOptions::default()
    };
    let prometheus = Prometheus::start(options).await.unwrap();
    let (url, selector) = (prometheus.url(), "prometheus_http_requests_total");
    // Asking is what makes the requests that are counted.
    let first = Cell::new(None);
    wait_for("fifty requests after the first scrape", || async {
        let asked = format!("sum({selector})");
        let answer = http::query(url, &asked, present_ms()).await.unwrap();
        let seen: f64 = answer[0]["value"][1].as_str()?.parse().ok()?;
        let base = first.get().unwrap_or(seen);
        first.set(Some(base));
        (seen >= base + 50.0).then_some(())
    })
    .await;
    prometheus.stop_scraping().await.unwrap();
    let end_ms = present_ms();
    let span = Span::new(Minute::ended_by_ms(begun_ms), Minute::holding_ms(end_ms));
    let wants = vec![bad_of(
        "sum(rate(prometheus_http_requests_total{job=\"prometheus\",code=~\"5..\"}[5m]))",
        "sum(rate(prometheus_http_requests_total{job=\"prometheus\"}[5m]))",
    )];
    let facts = harvest(url, wants, span).await.remove(0).facts;
    let (_, total) = sums(facts.iter().map(|(_, fact)| fact));
    assert!(total > Events::ZERO);

    let series = raw(url, "{job=\"prometheus\"}", 300, end_ms).await;
    let total = Pick::named(selector).with("job", &["prometheus"]);
    let part = Part::Bad(vec![(1, total.clone().with("code", &["500", "503"]))]);
    let claim = Claim {
        job: "prometheus".to_owned(),
        total: vec![(1, total)],
        part,
    };
    let proof = proof::of_counters(&series, &claim, span);
    assert!(
        facts.iter().map(|(_, fact)| fact).eq(&proof),
        "{facts:#?}, not {proof:#?}"
    );
}
