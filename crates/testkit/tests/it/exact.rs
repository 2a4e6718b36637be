//! Thirty days through a real server, read by the reader: equal to the proof, to the event.

use std::fs::File;
use std::io::{BufWriter, Write};

use tomoni_ledger::{DAY_MINUTES, Fact, Span};
use tomoni_sources::simulator::proof::{Part, Terms};
use tomoni_sources::simulator::{Metric, write_openmetrics, write_prometheus_text};
use tomoni_testkit::{Prometheus, PrometheusOptions, VictoriaMetrics, http, require};

use crate::cases::{Asked, Case, Month, cases};
use crate::support::{read, sums};

/// A Prometheus that holds the month.
pub(crate) async fn prometheus_with(month: &Month, flags: &[&str]) -> Prometheus {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("month.om");
    let mut writer = BufWriter::with_capacity(1 << 20, File::create(&file).unwrap());
    write_openmetrics(&month.metrics, &mut writer).unwrap();
    writer.flush().unwrap();
    drop(writer);
    let options = PrometheusOptions {
        backfill: vec![file],
        flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
        ..PrometheusOptions::default()
    };
    Prometheus::start(options).await.unwrap()
}

/// The first minutes in which two ledgers differ, for people to read.
fn differences(span: Span, read: &[Fact], proof: &[Fact]) -> Vec<String> {
    let minutes = span.minutes().zip(read.iter().zip(proof));
    let differing = minutes.filter(|(_, (read, proof))| read != proof);
    differing
        .take(5)
        .map(|(m, (read, proof))| format!("{m:?}: {read:?}, not {proof:?}"))
        .collect()
}

fn assert_equal(case: &Case, span: Span, read: &[Fact], proof: &[Fact]) {
    assert_eq!(read.len(), proof.len(), "{}: minutes", case.name);
    let differing = read
        .iter()
        .zip(proof)
        .filter(|(read, proof)| read != proof)
        .count();
    let first = differences(span, read, proof).join("\n");
    assert!(
        read == proof,
        "{}: {differing} minutes differ:\n{first}",
        case.name
    );
}

/// What `increase()` over the whole time makes of it.
async fn increase(url: &str, terms: &Terms, span: Span) -> f64 {
    let mut sum = 0.0;
    for (sign, pick) in terms {
        let promql = format!("sum(increase({}[{}m]))", pick.promql(), span.len());
        let answer = http::query(url, &promql, span.until.end_ms())
            .await
            .unwrap();
        let value = answer[0]["value"][1]
            .as_str()
            .map_or(0.0, |text| text.parse().unwrap());
        sum += *sign as f64 * value;
    }
    sum
}

/// One line of the table: what was proved, what happened, what `increase()` says.
async fn report(url: &str, month: &Month, case: &Case, facts: &[Fact]) {
    let (bad, total) = sums(facts);
    let (bad, total) = (bad.as_f64(), total.as_f64());
    let unknown = facts.iter().filter(|fact| fact.counts.is_none()).count();
    let head = format!("{:<48} counted {bad:>7} / {total:>8}", case.name);
    let Asked::Ratio { claim, .. } = &case.asked else {
        println!("{head}, {unknown} minutes unknown");
        return;
    };
    let (true_bad, true_total) = month.truth(case).unwrap();
    let is_less = bad <= true_bad as f64 && total <= true_total as f64;
    assert!(is_less, "{head}: more than {true_bad} / {true_total}");
    let whole = increase(url, &claim.total, month.span).await;
    let terms = match &claim.part {
        Part::Bad(terms) | Part::Good(terms) => terms,
    };
    let part = increase(url, terms, month.span).await;
    let failed = if matches!(claim.part, Part::Bad(_)) {
        part
    } else {
        whole - part
    };
    println!(
        "{head}, happened {true_bad:>7} / {true_total:>8}, increase() {failed:>11.2} / \
         {whole:>11.2}, {unknown} minutes unknown"
    );
}

async fn counts_to_the_event(interval_s: i64) {
    let month = Month::scraped_every(interval_s);
    let prometheus = prometheus_with(&month, &[]).await;
    let cases = cases();
    let read = read(prometheus.url(), &cases, month.span).await;
    println!("thirty days scraped every {interval_s} s:");
    for (case, facts) in cases.iter().zip(&read) {
        report(prometheus.url(), &month, case, facts).await;
        assert_equal(
            case,
            month.span,
            facts,
            &case.proof(&month.series, month.span),
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_days_at_15_s_are_counted_to_the_event() {
    require!("prometheus", "promtool");
    counts_to_the_event(15).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_days_at_30_s_are_counted_to_the_event() {
    require!("prometheus", "promtool");
    counts_to_the_event(30).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_days_at_60_s_are_counted_to_the_event() {
    require!("prometheus", "promtool");
    counts_to_the_event(60).await;
}

/// The month in VictoriaMetrics.
async fn victoria_with(month: &Month) -> VictoriaMetrics {
    let victoria = VictoriaMetrics::start().await.unwrap();
    let mut text = Vec::new();
    for metric in &month.metrics {
        text.clear();
        write_prometheus_text(std::slice::from_ref(metric), &mut text).unwrap();
        victoria.import(&text).await.unwrap();
    }
    victoria
}

/// VictoriaMetrics does not keep NaN, so the gauge's broken readings are no readings there.
fn without_nan(mut month: Month) -> Month {
    for metric in &mut month.metrics {
        let is_sound: Vec<bool> = metric
            .rows()
            .map(|(_, row)| row.iter().all(|value| value.is_finite()))
            .collect();
        let columns = metric.columns.len();
        let mut kept = is_sound.iter();
        metric.times_ms.retain(|_| *kept.next().unwrap());
        let mut kept = is_sound
            .iter()
            .flat_map(|sound| std::iter::repeat_n(*sound, columns));
        metric.values.retain(|_| kept.next().unwrap());
    }
    month.series = month.metrics.iter().flat_map(Metric::series).collect();
    month
}

#[tokio::test(flavor = "multi_thread")]
async fn both_servers_give_the_same_ledger() {
    require!("prometheus", "promtool", "victoria-metrics");
    let month = without_nan(Month::of_days(30, 60));
    let cases = cases();
    let prometheus = prometheus_with(&month, &[]).await;
    let one = read(prometheus.url(), &cases, month.span).await;
    let victoria = victoria_with(&month).await;
    let other = read(victoria.url(), &cases, month.span).await;
    for (case, (one, other)) in cases.iter().zip(one.iter().zip(&other)) {
        assert_equal(
            case,
            month.span,
            one,
            &case.proof(&month.series, month.span),
        );
        assert_equal(case, month.span, other, one);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_twice_or_in_pieces_gives_the_same_ledger() {
    require!("prometheus", "promtool");
    let month = Month::of_days(12, 30);
    let cases = cases();
    let prometheus = prometheus_with(&month, &[]).await;
    let whole = read(prometheus.url(), &cases, month.span).await;
    let again = read(prometheus.url(), &cases, month.span).await;
    assert!(whole == again, "the second time");
    // Cut where it hurts: in an outage, in the forty minutes without scrapes, at odd minutes.
    let cuts = [
        0,
        1,
        5_761 + 1_087,
        9 * DAY_MINUTES + 201,
        12 * DAY_MINUTES - 7,
        month.span.len(),
    ];
    let mut pieces = vec![Vec::new(); cases.len()];
    for pair in cuts.windows(2) {
        let span = Span::new(month.span.after + pair[0], month.span.after + pair[1]);
        let read = read(prometheus.url(), &cases, span).await;
        pieces
            .iter_mut()
            .zip(read)
            .for_each(|(all, piece)| all.extend(piece));
    }
    for (case, (whole, pieces)) in cases.iter().zip(whole.iter().zip(&pieces)) {
        assert_equal(case, month.span, pieces, whole);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prometheus_that_takes_only_small_queries_gives_the_same_ledger() {
    require!("prometheus", "promtool");
    let month = Month::of_days(3, 30);
    let prometheus = prometheus_with(&month, &["--query.max-samples=2500"]).await;
    let cases = cases();
    let read = read(prometheus.url(), &cases, month.span).await;
    for (case, facts) in cases.iter().zip(&read) {
        let proof = case.proof(&month.series, month.span);
        assert_equal(case, month.span, facts, &proof);
    }
}
