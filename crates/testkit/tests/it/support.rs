//! What the tests share.

use std::time::{SystemTime, UNIX_EPOCH};

use tomoni_ledger::{Events, Fact};
use tomoni_sources::simulator::Series;
use tomoni_testkit::http;

/// The real time, in milliseconds since the Unix epoch: live tests happen in it.
#[expect(clippy::disallowed_methods, reason = "a live test lives in real time")]
pub(crate) fn present_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_millis()
        .try_into()
        .unwrap()
}

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

/// TEMPORARY until the reader is there.
pub(crate) async fn read(
    url: &str,
    cases: &[crate::cases::Case],
    span: tomoni_ledger::Span,
) -> Vec<Vec<Fact>> {
    let mut all: std::collections::BTreeMap<_, Vec<(i64, f64)>> = Default::default();
    for day in span.days() {
        for s in raw(url, "{job=~\".+\"}", 86_400, day.last().end_ms()).await {
            let held = all.entry((s.name, s.labels)).or_default();
            for p in s.samples {
                if held.last().is_none_or(|l| l.0 < p.0) {
                    held.push(p);
                }
            }
        }
    }
    let series: Vec<Series> = all
        .into_iter()
        .map(|((name, labels), samples)| Series {
            name,
            labels,
            samples,
        })
        .collect();
    cases.iter().map(|c| c.proof(&series, span)).collect()
}
