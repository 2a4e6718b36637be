//! The same week of ten kinds of traffic by four methods, and docs/differential.md, which is made of it.
//!
//! The truth is what the simulator's world did. Tomoni reads a real Prometheus that scraped it; the
//! peers' numbers are those of that Prometheus: Sloth's by the rules that `tomoni rules` exports,
//! Pyrra's by the expression that it shows.

mod documents;
mod shapes;
mod steady;

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::sync::Arc;

use tomoni_app::documents::Documents;
use tomoni_app::peers::{Compared, compare};
use tomoni_app::status::{Filter, Sources};
use tomoni_sources::simulator::write_openmetrics;
use tomoni_testkit::{Prometheus, PrometheusOptions, hold, http, require};

use crate::support::servers;
use documents::{documents, made, periods, rules, selectors, shortest};
use shapes::{AT_MS, Shape, Shapes, window};

const ABOUT: &str = "\
# The same traffic by four methods

This page is generated: a simulated world with ten services is scraped for a week by a real Prometheus, and each
method says what is left of each service's error budget. The *truth* is what the world did, scraped or not.
*Tomoni* counts from Prometheus' raw samples. *Sloth* is the rules that `tomoni rules` exports, evaluated by that
Prometheus every minute; *Pyrra* is the expression of its pages, `increase()` of errors over `increase()` of all,
likewise. What they would say [as Tomoni predicts it](semantics.md#what-others-would-say) from its minutes alone
(`tomoni compare`) stands behind.

The window is seven days, a target 99.9 %, of `low-traffic` 99 %. Scrapes come every 30 seconds.

";

const AFTER: &str = "\
- Where five minutes pass without a request, Sloth's rule divides zero by zero; one NaN in the period is enough.
- `rate()` and `increase()` do not see what a pod counted before its first scrape. With rare errors and many restarts
  that is a part of the budget, and minutes cannot predict it.
- What no scrape saw is lost to every method: at most a scrape's interval for each restart.
";

/// What each method says is left of a budget.
struct Row<'s> {
    shape: &'s Shape,
    truth: f64,
    tomoni: f64,
    /// Of a real Prometheus, and as predicted.
    sloth: [Option<f64>; 2],
    pyrra: [Option<f64>; 2],
}

async fn compared(documents: &Documents, url: &str, at_ms: i64) -> Vec<Compared> {
    let servers = servers(url);
    let sources = Sources {
        documents,
        servers: Some(&servers),
        store: None,
        at_ms,
        now_ms: at_ms + 3_600_000,
        on_progress: Arc::new(|_| {}),
    };
    let compared = compare(&sources, Filter::default()).await.unwrap();
    compared.objectives
}

/// The one value of an instant query's result.
fn number(result: &serde_json::Value) -> Option<f64> {
    result[0]["value"][1].as_str()?.parse().ok()
}

/// What Pyrra's pages show as left of the budget.
fn pyrra(shape: &Shape) -> String {
    let [errors, total] = selectors(shape.name).map(|selector| {
        let minutes = window().len();
        format!("increase({selector}[{minutes}m])")
    });
    let budget = format!("(1 - {})", shape.target / 100.0);
    format!("({budget} - sum(({errors}) or vector(0)) / sum({total})) / {budget}")
}

async fn rows(shapes: &Shapes) -> Vec<Row<'_>> {
    let folder = tempfile::tempdir().unwrap();
    let history = folder.path().join("history.om");
    let mut writer = BufWriter::new(File::create(&history).unwrap());
    write_openmetrics(&shapes.scraped(), &mut writer).unwrap();
    writer.flush().unwrap();
    let options = PrometheusOptions {
        backfill: vec![history],
        ..PrometheusOptions::default()
    };
    let mut prometheus = Prometheus::start(options).await.unwrap();
    let services: Vec<(&str, f64)> = shapes.all.iter().map(|s| (s.name, s.target)).collect();
    let documents = documents(&services);
    let compared = compared(&documents, prometheus.url(), AT_MS).await;
    let rules = rules(&made(&documents));
    let minutes = (window().after.end_s() + 60, window().until.end_s());
    prometheus.record(&shortest(&rules), minutes).await.unwrap();
    let periods = periods(&rules);

    let mut rows = Vec::new();
    for shape in &shapes.all {
        let asked = async |promql: &str| {
            let result = http::query(prometheus.url(), promql, AT_MS).await.unwrap();
            number(&result).filter(|value| value.is_finite())
        };
        let ratio = asked(periods[shape.name]).await;
        let sloth = ratio.map(|ratio| 1.0 - ratio / (1.0 - shape.target / 100.0));
        let mut compared = compared.iter();
        let ours = compared.find(|c| c.figures.slo == shape.name).unwrap();
        let predicted = [0, 1].map(|place| {
            let peer = &ours.peers.theirs[place];
            let figures = peer.figures.filter(|_| peer.nan.is_none());
            figures.map(|figures| figures.remaining)
        });
        rows.push(Row {
            shape,
            truth: shapes.truth(shape),
            tomoni: ours.figures.budget.remaining.unwrap(),
            sloth: [sloth, predicted[0]],
            pyrra: [asked(&pyrra(shape)).await, predicted[1]],
        });
    }
    rows
}

/// In percent with one digit.
fn percent(share: Option<f64>) -> String {
    share.map_or("NaN".to_owned(), |share| {
        let text = format!("{:.1} %", share * 100.0);
        if text == "-0.0 %" {
            "0.0 %".to_owned()
        } else {
            text
        }
    })
}

/// By how much one method was wrong at most, in points.
fn worst<'r>(rows: &'r [Row<'r>], of: impl Fn(&Row<'r>) -> Option<f64>) -> f64 {
    let wrong = rows
        .iter()
        .filter_map(|row| Some((of(row)? - row.truth).abs()));
    wrong.fold(0.0, f64::max) * 100.0
}

fn page(rows: &[Row<'_>]) -> String {
    let mut text = String::from(ABOUT);
    text += "| traffic | truth | Tomoni | Sloth | Pyrra | Sloth, predicted | Pyrra, predicted |\n";
    text += "|---|---:|---:|---:|---:|---:|---:|\n";
    for row in rows {
        let cells = [
            Some(row.truth),
            Some(row.tomoni),
            row.sloth[0],
            row.pyrra[0],
            row.sloth[1],
            row.pyrra[1],
        ]
        .map(percent);
        let Shape { name, what, .. } = row.shape;
        writeln!(text, "| `{name}`: {what} | {} |", cells.join(" | ")).unwrap();
    }
    let wrong = [
        worst(rows, |row| Some(row.tomoni)),
        worst(rows, |row| row.sloth[0]),
        worst(rows, |row| row.pyrra[0]),
    ]
    .map(|points| format!("{points:.1}"));
    let nan = rows.iter().filter(|row| row.sloth[0].is_none()).count();
    writeln!(
        text,
        "\nWrong at most, in points of the budget: Tomoni {}, Sloth {} (and no number for {nan} of {}), Pyrra {}.",
        wrong[0],
        wrong[1],
        rows.len(),
        wrong[2]
    )
    .unwrap();
    let [night, peak] = ["night-outage", "peak-outage"].map(|name| {
        let row = rows.iter().find(|row| row.shape.name == name).unwrap();
        let [shown, left] = [row.sloth[0], Some(row.truth)].map(percent);
        format!("{shown} where {left} is left")
    });
    writeln!(
        text,
        "\n- A mean of ratios goes by the clock, not by people: after half an hour at night it shows {night},\n  \
         and after five minutes at the peak {peak}."
    )
    .unwrap();
    text + AFTER
}

/// Whether pods come and go in it.
fn has_births(name: &str) -> bool {
    matches!(name, "deploy-spikes" | "restarts" | "new-service")
}

/// Whether a peer shows what is predicted.
fn is_near([shown, predicted]: [Option<f64>; 2], tolerance: f64) -> bool {
    match (shown, predicted) {
        (Some(shown), Some(predicted)) => (shown - predicted).abs() < tolerance,
        (shown, predicted) => shown.is_none() && predicted.is_none(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_what_a_real_prometheus_says() {
    require!("prometheus", "promtool");
    let shapes = Shapes::new();
    let rows = rows(&shapes).await;
    for row in &rows {
        let name = row.shape.name;
        let wrong = (row.tomoni - row.truth).abs();
        assert!(wrong < 0.01, "{name}: {} of {}", row.tomoni, row.truth);
        let is_shown = row.sloth.map(|left| left.is_some());
        assert_eq!(is_shown[0], is_shown[1], "{name}: NaN or not");
        // Where no series begins, minutes tell what the peers make of samples.
        if !has_births(name) {
            assert!(is_near(row.sloth, 0.01), "{name}: {:?}", row.sloth);
            assert!(is_near(row.pyrra, 0.002), "{name}: {:?}", row.pyrra);
        }
    }
    hold("docs/differential.md", &page(&rows));
}
