//! What the tests share.

use tomoni_ledger::{Events, Fact, Span};
use tomoni_slo::{Indicator, LedgerKey, Part, Query, Threshold};
use tomoni_sources::prometheus::{Config, Harvest, Prometheus, Want};
use tomoni_sources::simulator::Series;
use tomoni_spec::promql::generation;
use tomoni_testkit::http;

use crate::cases::Case;

/// Waits until the condition gives something; fails after a minute and a half.
pub(crate) async fn wait_for<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut condition: impl FnMut() -> F,
) -> T {
    let until = tokio::time::Instant::now() + std::time::Duration::from_secs(90);
    loop {
        if let Some(found) = condition().await {
            return found;
        }
        assert!(
            tokio::time::Instant::now() < until,
            "waited in vain for {what}"
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// The raw samples of a selector in the `seconds` before an instant, read the plainest way.
pub(crate) async fn raw(url: &str, selector: &str, seconds: i64, at_ms: i64) -> Vec<Series> {
    let result = http::query(url, &format!("{selector}[{seconds}s]"), at_ms)
        .await
        .unwrap();
    let mut all = Vec::new();
    for item in result.as_array().unwrap() {
        let mut labels = tomoni_sources::simulator::Labels::new();
        for (name, value) in item["metric"].as_object().unwrap() {
            labels.insert(name.clone(), value.as_str().unwrap().to_owned());
        }
        let name = labels.remove("__name__").unwrap();
        let samples = item["values"].as_array().unwrap().iter().map(|pair| {
            let at_ms = (pair[0].as_f64().unwrap() * 1_000.0).round() as i64;
            (at_ms, pair[1].as_str().unwrap().parse().unwrap())
        });
        all.push(Series {
            name,
            labels,
            samples: samples.collect(),
        });
    }
    all
}

/// Bad and total events of the known minutes.
pub(crate) fn sums<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> (Events, Events) {
    let known = facts.into_iter().filter_map(|fact| fact.counts);
    known.fold((Events::ZERO, Events::ZERO), |(bad, total), counts| {
        (bad + counts.bad, total + counts.total)
    })
}

/// What the reader makes of the cases: every minute of the span, for each.
pub(crate) async fn read(url: &str, cases: &[Case], span: Span) -> Vec<Vec<Fact>> {
    let harvests = harvest(url, cases.iter().map(Case::want).collect(), span).await;
    let facts = |harvest: Harvest| {
        let minutes = harvest.facts.iter().map(|(minute, _)| *minute);
        assert!(minutes.eq(span.minutes()), "every minute, in order");
        harvest.facts.into_iter().map(|(_, fact)| fact).collect()
    };
    harvests.into_iter().map(facts).collect()
}

/// What the reader makes of these wants, in their order.
pub(crate) async fn harvest(url: &str, wants: Vec<Want>, span: Span) -> Vec<Harvest> {
    let reader = Prometheus::new(Config::new(url)).unwrap();
    let harvests = reader.read(&wants, span, &|_| {}).await;
    harvests.into_iter().map(Result::unwrap).collect()
}

/// A want for an indicator, under its own generation.
pub(crate) fn want(indicator: Indicator, threshold: Option<Threshold>) -> Want {
    let generation = generation(&indicator, "", 5).unwrap();
    Want {
        key: LedgerKey {
            generation,
            threshold,
        },
        indicator,
        resolution_minutes: 5,
    }
}

/// A ratio of bad events to all.
pub(crate) fn bad_of(bad: &str, total: &str) -> Want {
    let (part_query, total) = (Query::new(bad), Query::new(total));
    want(
        Indicator::Ratio {
            part: Part::Bad,
            part_query,
            total,
            counter: true,
        },
        None,
    )
}
