//! Alerts of exported rules, minute by minute, in a real Prometheus.
//!
//! Ten hours of a service are there before it starts. Nobody waits for an alert ten hours: of a minute
//! there is an SLO that looks back from it as if it were now, Sloth's by `offset`, Pyrra's by counters
//! that come so much later. So at one instant the server says of these minutes whether their alerts
//! fire: of the last before and the first after each change of an alert, and of one in each hour. The
//! alerts that are due are computed here from the events, by the windows and factors that Sloth and
//! Pyrra document; nothing of that is read from the rules.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use serde_json::Value;
use tomoni_testkit::{Prometheus, PrometheusOptions, http, present_ms, require};

use crate::run::run;

/// How long the service is watched. Before its first minute nothing is known.
const MINUTES: i64 = 600;
/// Of so many minutes one has an SLO whatever happens in it.
const EVERY: usize = 60;
/// Requests in each minute: a prime, so that no burn rate is a factor to the last digit.
const REQUESTS: i64 = 101;
/// Of these may fail.
const BUDGET: f64 = 0.01;
/// How long before the server starts the last sample was scraped, in seconds: what is seen of an instant
/// stays the same for the rest of a minute.
const SCRAPED_BEFORE_S: i64 = 5;

/// When the server is given up, in seconds after the scrape.
const SETTLED_WITHIN_S: i64 = 600;

/// So often are all rules evaluated anew before `ALERTS` is looked at.
const ROUNDS: usize = 3;

/// How many requests of a minute fail. First a few at once, which is a matter of a ticket; then so many
/// that somebody is paged within twenty minutes; then fewer, and for so long that somebody is, too.
fn errors(minute: i64) -> i64 {
    match minute {
        61..=64 | 381..=400 => 50,
        461..=570 => 12,
        _ => 0,
    }
}

/// An alert: its severity, and two pairs of windows in minutes, with the burn rate that has to be
/// exceeded in both windows of one of them.
type Alert = (&'static str, [(i64, i64, f64); 2]);

/// The SRE Workbook's table 5-8, as Sloth takes it.
const SLOTH: [Alert; 2] = [
    ("page", [(5, 60, 14.4), (30, 6 * 60, 6.0)]),
    (
        "ticket",
        [(2 * 60, 24 * 60, 3.0), (6 * 60, 3 * 24 * 60, 1.0)],
    ),
];
/// Pyrra's of two weeks, for which no catalogue is built in.
const PYRRA: [Alert; 2] = [
    ("page", [(3, 30, 14.0), (15, 3 * 60, 7.0)]),
    ("ticket", [(60, 12 * 60, 2.0), (3 * 60, 2 * 24 * 60, 1.0)]),
];

/// How fast the budget burned over a window that ends within a minute; `newest` is the last whose events
/// are known. `None` where nothing is.
fn burn_rate(minute: i64, newest: i64, window: i64) -> Option<f64> {
    // Of the samples in the window the first is where counting begins.
    let counted = (minute - window + 1).max(0)..minute.min(newest);
    let minutes = counted.end - counted.start;
    let failed: i64 = counted.map(|before| errors(before + 1)).sum();
    (minutes > 0).then(|| failed as f64 / (minutes * REQUESTS) as f64 / BUDGET)
}

fn is_due(pairs: &[(i64, i64, f64)], minute: i64, newest: i64) -> bool {
    let is_above = |window: i64, factor: f64| {
        let rate = burn_rate(minute, newest, window);
        assert!(
            rate.is_none_or(|rate| (rate - factor).abs() > 1e-9),
            "a tie proves nothing"
        );
        rate.is_some_and(|rate| rate > factor)
    };
    let mut pairs = pairs.iter();
    pairs.any(|(short, long, factor)| is_above(*short, *factor) && is_above(*long, *factor))
}

/// Whether an alert is due in a minute that is the present.
fn is_due_now(pairs: &[(i64, i64, f64)], minute: i64) -> bool {
    is_due(pairs, minute, minute)
}

/// The minutes that have an SLO with these alerts.
fn minutes(alerts: &[Alert]) -> BTreeSet<i64> {
    let mut minutes: BTreeSet<i64> = (0..=MINUTES).step_by(EVERY).collect();
    for (_, pairs) in alerts {
        let is_change = |minute: &i64| is_due_now(pairs, minute - 1) != is_due_now(pairs, *minute);
        let changes = (1..=MINUTES).filter(is_change);
        minutes.extend(changes.flat_map(|minute| [minute - 1, minute]));
    }
    minutes
}

/// The alerts that are due so many minutes after the history ended, as `NAME-MINUTE SEVERITY`.
fn due(late: i64) -> BTreeSet<String> {
    let mut due = BTreeSet::new();
    for (name, alerts) in [("sloth", SLOTH), ("pyrra", PYRRA)] {
        for minute in minutes(&alerts) {
            // What Sloth's SLO looks back from happened on; Pyrra's counters end there.
            let newest = if name == "sloth" { MINUTES } else { minute };
            let due_here = alerts
                .iter()
                .filter(|(_, pairs)| is_due(pairs, minute + late, newest));
            due.extend(due_here.map(|(severity, _)| format!("{name}-{minute:03} {severity}")));
        }
    }
    due
}

/// An SLO of Sloth's and one of Pyrra's for each minute that has one.
fn documents() -> String {
    let mut text = "version: prometheus/v1\nservice: home\nslos:\n".to_owned();
    for minute in minutes(&SLOTH) {
        let back = match MINUTES - minute {
            0 => String::new(),
            minutes => format!(" offset {minutes}m"),
        };
        let rate = |metric: &str| {
            format!("sum(rate({metric}_total{{minute=\"all\"}}[{{{{.window}}}}]{back}))")
        };
        let (error, total) = (rate("errors"), rate("requests"));
        write!(
            text,
            "  - name: sloth-{minute:03}
    objective: 99
    sli: {{events: {{error_query: '{error}', total_query: '{total}'}}}}
    alerting: {{name: Errors, page_alert: {{}}, ticket_alert: {{}}}}
"
        )
        .unwrap();
    }
    for minute in minutes(&PYRRA) {
        write!(
            text,
            "---
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {{name: pyrra-{minute:03}, namespace: home}}
spec:
  target: '99'
  window: 2w
  indicator:
    ratio:
      errors: {{metric: 'errors_total{{minute=\"{minute}\"}}'}}
      total: {{metric: 'requests_total{{minute=\"{minute}\"}}'}}
"
        )
        .unwrap();
    }
    text
}

/// The counters as `OpenMetrics`, last scraped at this time. Those of a minute of Pyrra's end with it.
fn history(until_s: i64) -> String {
    let mut text = String::new();
    let mut add = |name: &str, rise: &dyn Fn(i64) -> i64| {
        let mut series = |labels: &str, end: i64| {
            // One that begins at 0 would be taken for younger than its first sample.
            let mut value = 1_000_000;
            for minute in 0..=end {
                value += rise(minute);
                let at_s = until_s - (end - minute) * 60;
                writeln!(text, "{name}_total{labels} {value} {at_s}").unwrap();
            }
        };
        series("{minute=\"all\"}", MINUTES);
        for minute in minutes(&PYRRA) {
            series(&format!("{{minute=\"{minute}\"}}"), minute);
        }
    };
    add("errors", &errors);
    add("requests", &|_| REQUESTS);
    text + "# EOF\n"
}

/// When rules were evaluated last, in seconds since the Unix epoch: none of them earlier than the first,
/// none later than the second. `None` where some were not yet.
fn evaluated(groups: &[Value]) -> Option<(f64, f64)> {
    let times: Option<Vec<f64>> = groups
        .iter()
        .map(|group| {
            let time: jiff::Timestamp = group["lastEvaluation"].as_str()?.parse().ok()?;
            // What has not been evaluated has Go's zero time.
            (time.as_second() > 0).then(|| time.as_millisecond() as f64 / 1e3)
        })
        .collect();
    let times = times?;
    let first = times.iter().copied().reduce(f64::min)?;
    Some((first, times.into_iter().reduce(f64::max)?))
}

async fn groups(url: &str) -> Vec<Value> {
    let answer = http::get(&format!("{url}/api/v1/rules")).await.unwrap();
    let mut answer: Value = serde_json::from_str(&answer).unwrap();
    serde_json::from_value(answer["data"]["groups"].take()).unwrap()
}

/// How many minutes after the scrape all rules were evaluated, again and again in that one minute:
/// recordings before the alerts that look at them, and alerts three times, for not before does a server
/// that was started write `ALERTS`.
async fn wait_until_settled(url: &str, scraped_s: i64) -> i64 {
    let minute = |at_s: f64| ((at_s - scraped_s as f64) / 60.0).floor();
    let mut begun: Vec<f64> = Vec::new();
    loop {
        assert!(
            present_ms() / 1_000 < scraped_s + SETTLED_WITHIN_S,
            "rules were not evaluated {ROUNDS} times within one minute: {begun:?}"
        );
        let groups = groups(url).await;
        for rule in groups
            .iter()
            .flat_map(|group| group["rules"].as_array().unwrap())
        {
            assert_ne!(rule["health"], "err", "{rule}");
        }
        if let Some((first, last)) = evaluated(&groups) {
            let is_other = |at: &f64| minute(*at) < minute(last);
            if minute(first) < minute(last) || begun.iter().any(is_other) {
                begun.clear();
            } else if begun.last().is_none_or(|at| first > *at) {
                begun.push(last);
            }
            if begun.len() > ROUNDS {
                return minute(last) as i64;
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The alerts that fire, as `NAME-MINUTE SEVERITY`.
async fn firing(url: &str) -> BTreeSet<String> {
    let series = http::query(url, "ALERTS{alertstate=\"firing\"}", present_ms()).await;
    let series = series.unwrap();
    let alerts = series.as_array().unwrap().iter();
    alerts
        .map(|alert| {
            let label = |name: &str| alert["metric"][name].as_str().unwrap();
            // An SLO of Pyrra's has its namespace before its name.
            let slo = label("sloth_slo").trim_start_matches("home-");
            format!("{slo} {}", label("sloth_severity"))
        })
        .collect()
}

/// In which minutes an alert is due, as spans.
fn spans((_, pairs): &Alert) -> String {
    let is_there = |minute: &i64| is_due_now(pairs, *minute);
    let starts = (0..=MINUTES).filter(|minute| is_there(minute) && !is_there(&(minute - 1)));
    let spans = starts.map(|start| {
        let end = (start..=MINUTES).take_while(is_there).last();
        format!("{start}–{}", end.unwrap())
    });
    spans.collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn alerts_fire_in_the_minutes_in_which_they_are_due_and_in_no_others() {
    require!("prometheus", "promtool");
    let folder = tempfile::TempDir::new().unwrap();
    let documents_file = folder.path().join("slos.yaml");
    fs::write(&documents_file, documents()).unwrap();
    let ran = run(&["rules", documents_file.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    // Each alert begins and ends, and each pair of windows decides about it at some time.
    assert_eq!(
        SLOTH.map(|alert| spans(&alert)),
        ["398–402, 558–584", "62–198, 384–600"]
    );
    assert_eq!(
        PYRRA.map(|alert| spans(&alert)),
        ["389–401, 483–575", "62–198, 384–600"]
    );

    let backfill = folder.path().join("history.om");
    let scraped_s = present_ms() / 1_000 - SCRAPED_BEFORE_S;
    fs::write(&backfill, history(scraped_s)).unwrap();
    let options = PrometheusOptions {
        rules: Some(ran.stdout),
        evaluation_interval_s: 4,
        backfill: vec![backfill],
        ..PrometheusOptions::default()
    };
    let prometheus = Prometheus::start(options).await.unwrap();
    let (fire, late) = loop {
        let late = wait_until_settled(prometheus.url(), scraped_s).await;
        let fire = firing(prometheus.url()).await;
        // They may have been evaluated again meanwhile.
        if (present_ms() / 1_000 - scraped_s) / 60 == late {
            break (fire, late);
        }
    };
    let due = due(late);
    let missing: Vec<&String> = due.difference(&fire).collect();
    let unexpected: Vec<&String> = fire.difference(&due).collect();
    assert!(
        missing.is_empty() && unexpected.is_empty(),
        "{late} minutes late, do not fire: {missing:?}; fire and are not due: {unexpected:?}"
    );
}
