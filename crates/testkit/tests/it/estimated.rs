//! What is not counted but evaluated, by a real server: near the count, and marked.

use tomoni_ledger::{Events, Fact, Marks};
use tomoni_slo::{Indicator, Op, Query, Several, Threshold};
use tomoni_sources::prometheus::{
    ApproximateReason, Config, Harvest, Observation, Prometheus as Reader, Want,
};
use tomoni_testkit::require;

use crate::cases::Month;
use crate::exact::prometheus_with;
use crate::support::{bad_of, harvest, sums, want};

const BAD: &str = r#"http_requests_total{job="unlock-api",code=~"5.."}"#;
const ALL: &str = r#"http_requests_total{job="unlock-api"}"#;

fn reasons(harvest: &Harvest) -> Vec<&ApproximateReason> {
    let observations = harvest.observations.iter();
    observations
        .filter_map(|observation| match observation {
            Observation::Approximate { reason } => Some(reason),
            _ => None,
        })
        .collect()
}

fn facts(harvest: &Harvest) -> Vec<Fact> {
    harvest.facts.iter().map(|(_, fact)| *fact).collect()
}

fn is_near(events: Events, counted: Events, share: f64) -> bool {
    (events.as_f64() - counted.as_f64()).abs() <= share * counted.as_f64()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_counted_is_near_the_count_and_marked() {
    require!("prometheus", "promtool");
    let month = Month::of_days(5, 30);
    let prometheus = prometheus_with(&month, &[]).await;
    let url = prometheus.url();
    let counted = harvest(url, vec![bad_of(BAD, ALL)], month.span).await;
    let (bad, total) = sums(&facts(&counted[0]));
    assert!(reasons(&counted[0]).is_empty());

    // The same as an expression that cannot be looked through, and as a ready-made ratio.
    let rate = |selector: &str| format!("abs(sum(rate({selector}[{{{{.window}}}}])))");
    let error_ratio = format!("sum(rate({BAD}[5m])) / sum(rate({ALL}[5m]))");
    let ready_made = Indicator::Raw {
        rates_success: false,
        query: Query::new(error_ratio),
    };
    let slow =
        "histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))";
    let quick = Threshold {
        op: Op::Lt,
        value: 1.0,
    };
    let quantile = Indicator::Threshold {
        query: Query::new(slow),
        several: Several::Ambiguous,
    };
    let wants = vec![
        bad_of(&rate(BAD), &rate(ALL)),
        want(ready_made, None),
        want(quantile, Some(quick)),
    ];
    let read = harvest(url, wants, month.span).await;
    let (estimated_bad, estimated) = sums(&facts(&read[0]));
    println!(
        "five days, counted {} / {}, evaluated {:.2} / {:.2}",
        bad.as_f64(),
        total.as_f64(),
        estimated_bad.as_f64(),
        estimated.as_f64()
    );
    assert_eq!(reasons(&read[0]), [&ApproximateReason::Expression]);
    assert!(is_near(estimated, total, 0.02) && is_near(estimated_bad, bad, 0.05));

    assert_eq!(reasons(&read[1]), [&ApproximateReason::ReadyMadeRatio]);
    assert_eq!(reasons(&read[2]), [&ApproximateReason::EvaluatedGauge]);
    let is_marked = |fact: &Fact| fact.counts.is_none() || fact.marks.has(Marks::APPROXIMATE);
    for harvest in &read {
        let facts = facts(harvest);
        assert!(facts.iter().all(is_marked));
        let known = facts.iter().filter(|fact| fact.counts.is_some()).count();
        assert!(known > facts.len() * 9 / 10, "{known} known");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_to_count_is_near_the_count_and_marked() {
    require!("prometheus", "promtool");
    let month = Month::of_days(5, 30);
    let prometheus = prometheus_with(&month, &[]).await;
    let wants: Vec<Want> = vec![bad_of(BAD, ALL)];
    let counted = harvest(prometheus.url(), wants.clone(), month.span).await;
    let mut config = Config::new(prometheus.url());
    config.limits.samples_per_minute = 3;
    let reader = Reader::new(config).unwrap();
    let read = reader
        .read(&wants, month.span, &|_| {})
        .await
        .remove(0)
        .unwrap();
    let [ApproximateReason::TooManySamples { limit: 3, .. }] = reasons(&read)[..] else {
        panic!("{:?}", read.observations)
    };
    let ((bad, total), (read_bad, read_total)) = (sums(&facts(&counted[0])), sums(&facts(&read)));
    assert!(is_near(read_total, total, 0.02) && is_near(read_bad, bad, 0.05));
}
