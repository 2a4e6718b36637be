//! What is counted: the queries as they are read.

use tomoni_ledger::Series;
use tomoni_slo::{Indicator, Op, Part, Promise, Query, Threshold};
use tomoni_sources::prometheus::{ApproximateReason, Observation};
use tomoni_spec::promql::{self, Reading};

use super::report::{CountingRow, QueryRow};
use crate::refresh::Ledger;

pub(super) fn row(promise: &Promise, ledger: &Ledger) -> CountingRow {
    let indicator = match &promise.indicator {
        Indicator::Ratio { .. } => "ratio",
        Indicator::Raw { .. } => "raw",
        Indicator::Threshold { .. } => "threshold",
    };
    CountingRow {
        server: ledger.server.clone(),
        ledger: promise.key.to_string(),
        indicator,
        threshold: promise.threshold.map(threshold),
        queries: queries(promise, ledger),
    }
}

fn threshold(threshold: Threshold) -> String {
    let op = match threshold.op {
        Op::Lt => "<",
        Op::Lte => "<=",
        Op::Gt => ">",
        Op::Gte => ">=",
    };
    format!("value {op} {}", threshold.value)
}

fn queries(promise: &Promise, ledger: &Ledger) -> Vec<QueryRow> {
    match &promise.indicator {
        Indicator::Ratio {
            part,
            part_query,
            total,
            counter,
        } => {
            let readings = [part_query, total].map(|q| counters(q, *counter));
            // Both are counted or both are evaluated.
            let exact = readings.iter().all(Option::is_some) && !too_many(ledger);
            let role = match part {
                Part::Good => "good",
                Part::Bad => "bad",
            };
            let [part_reading, total_reading] = readings;
            vec![
                ratio_row(role, part_query, part_reading, exact, promise, ledger),
                ratio_row("total", total, total_reading, exact, promise, ledger),
            ]
        }
        Indicator::Raw {
            rates_success,
            query,
        } => vec![QueryRow {
            role: if *rates_success { "success" } else { "failure" },
            promql: query.promql.clone(),
            counting: "approximate",
            read_as: format!(
                "a ready-made ratio, evaluated every {} minutes; it tells nothing of how many \
                 events it is made of, so a minute counts as sixty",
                promise.resolution_minutes
            ),
        }],
        Indicator::Threshold { query } => vec![gauge_row(query)],
    }
}

/// The counters that a query sums, when it does.
fn counters(query: &Query, counter: bool) -> Option<String> {
    match promql::read_events(&query.promql, counter) {
        Ok(Reading::Counters(counters)) => Some(counters.to_string()),
        _ => None,
    }
}

fn ratio_row(
    role: &'static str,
    query: &Query,
    counters: Option<String>,
    exact: bool,
    promise: &Promise,
    ledger: &Ledger,
) -> QueryRow {
    let every = promise.resolution_minutes;
    let read_as = match counters {
        Some(counters) if exact => format!("the raw samples of {counters}"),
        Some(_) if too_many(ledger) => {
            "increase() over 5 minutes, evaluated by the server: there are too many raw samples to \
             read them all (--raw-samples-max)"
                .to_owned()
        }
        Some(_) => {
            format!("evaluated by the server every {every} minutes, because the other query is")
        }
        None => format!(
            "evaluated by the server every {every} minutes and spread over them: it is no sum or \
             difference of counters that could be looked through"
        ),
    };
    QueryRow {
        role,
        promql: query.promql.clone(),
        counting: if exact { "exact" } else { "approximate" },
        read_as,
    }
}

fn gauge_row(query: &Query) -> QueryRow {
    let (counting, read_as) = match promql::read_gauge(&query.promql) {
        Ok(Some(selector)) => (
            "exact",
            format!("the last raw sample of each minute of {selector}; each minute is one event"),
        ),
        _ => (
            "approximate",
            "evaluated by the server at the end of each minute; each minute is one event"
                .to_owned(),
        ),
    };
    QueryRow {
        role: "value",
        promql: query.promql.clone(),
        counting,
        read_as,
    }
}

/// Whether some of what was read, now or before, was too much to read raw.
fn too_many(ledger: &Ledger) -> bool {
    let said = ledger.seen.iter().any(|(_, observation)| {
        matches!(
            observation,
            Observation::Approximate {
                reason: ApproximateReason::TooManySamples { .. }
            }
        )
    });
    said || has_approximate(&ledger.series)
}

fn has_approximate(series: &Series) -> bool {
    series
        .sum(series.extent())
        .is_ok_and(|sums| sums.approximate > 0)
}
