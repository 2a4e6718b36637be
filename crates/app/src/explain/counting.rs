//! What is counted: the queries as they are read.

use tomoni_slo::{Figures, Indicator, Part, Promise, Query, Several, Threshold};
use tomoni_sources::prometheus::{ApproximateReason, Observation};
use tomoni_spec::promql::{self, Reading};

use super::report::{CountingRow, QueryRow};
use crate::refresh::Ledger;

/// How minutes come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CountedBy {
    /// From raw samples, each event once.
    RawSamples,
    /// Evaluated by the server at intervals and spread: the query cannot be looked through.
    Evaluation,
    /// Evaluated at intervals and spread: some of the window was too much to read raw.
    EvaluationForSize,
    /// The last sample of each minute, against a threshold.
    LastSample,
    /// Pushed in batches.
    Push,
}

/// How the minutes of these figures' window come about.
pub fn counted_by(promise: &Promise, figures: &Figures) -> CountedBy {
    match &promise.indicator {
        Indicator::Ratio {
            part_query,
            total,
            counter,
            ..
        } => {
            let is_read = |query| counters(query, *counter).is_some();
            if ![part_query, total].into_iter().all(is_read) {
                CountedBy::Evaluation
            } else if figures.approximate_minutes > 0 {
                CountedBy::EvaluationForSize
            } else {
                CountedBy::RawSamples
            }
        }
        Indicator::Raw { .. } => CountedBy::Evaluation,
        Indicator::Threshold { query, .. } => match promql::read_gauge(&query.promql) {
            Ok(Some(_)) => CountedBy::LastSample,
            _ => CountedBy::Evaluation,
        },
        Indicator::Pushed { .. } => CountedBy::Push,
    }
}

/// An indicator's queries, each with its role; of a ratio the total comes last. Of counts that are
/// pushed, their name.
pub fn queries(indicator: &Indicator) -> Vec<(&'static str, &str)> {
    match indicator {
        Indicator::Ratio {
            part,
            part_query,
            total,
            ..
        } => vec![
            (part_role(*part), &part_query.promql),
            ("total", &total.promql),
        ],
        Indicator::Raw {
            rates_success,
            query,
        } => vec![(raw_role(*rates_success), &query.promql)],
        Indicator::Threshold { query, .. } => vec![("value", &query.promql)],
        Indicator::Pushed { sli } => vec![("pushed", sli)],
    }
}

const fn part_role(part: Part) -> &'static str {
    match part {
        Part::Good => "good",
        Part::Bad => "bad",
    }
}

const fn raw_role(rates_success: bool) -> &'static str {
    if rates_success { "success" } else { "failure" }
}

pub(super) fn row(promise: &Promise, ledger: &Ledger, figures: &Figures) -> CountingRow {
    let indicator = match &promise.indicator {
        Indicator::Ratio { .. } => "ratio",
        Indicator::Raw { .. } => "raw",
        Indicator::Threshold { .. } => "threshold",
        Indicator::Pushed { .. } => "pushed",
    };
    CountingRow {
        server: ledger.server.clone(),
        ledger: promise.key.to_string(),
        indicator,
        threshold: promise.threshold.map(threshold),
        queries: query_rows(promise, ledger, figures),
    }
}

fn threshold(threshold: Threshold) -> String {
    let op = threshold.op.sign();
    format!("value {op} {}", threshold.value)
}

fn query_rows(promise: &Promise, ledger: &Ledger, figures: &Figures) -> Vec<QueryRow> {
    match &promise.indicator {
        Indicator::Ratio {
            part,
            part_query,
            total,
            counter,
        } => {
            let readings = [part_query, total].map(|q| counters(q, *counter));
            // Both are counted or both are evaluated.
            let exact = readings.iter().all(Option::is_some) && !too_many(ledger, figures);
            let role = part_role(*part);
            let [part_reading, total_reading] = readings;
            vec![
                ratio_row(role, part_query, part_reading, exact, promise, figures),
                ratio_row("total", total, total_reading, exact, promise, figures),
            ]
        }
        Indicator::Raw {
            rates_success,
            query,
        } => vec![QueryRow {
            role: raw_role(*rates_success),
            promql: query.promql.clone(),
            counting: "approximate",
            read_as: format!(
                "a ready-made ratio, evaluated every {} minutes; it tells nothing of how many \
                 events it is made of, so a minute counts as sixty",
                promise.resolution_minutes
            ),
        }],
        Indicator::Threshold { query, several } => vec![gauge_row(query, *several)],
        Indicator::Pushed { sli } => vec![QueryRow {
            role: "pushed",
            promql: String::new(),
            counting: "exact",
            read_as: format!(
                "counts that are pushed under the name {sli}; a minute that nobody pushed is unknown"
            ),
        }],
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
    figures: &Figures,
) -> QueryRow {
    let every = promise.resolution_minutes;
    let read_as = match counters {
        Some(counters) if exact => format!("the raw samples of {counters}"),
        Some(counters) if figures.approximate_minutes > 0 => format!(
            "{} of {} known minutes by increase() over 5 minutes, evaluated by the server: there \
             were too many raw samples to read them all (--raw-samples-max); the others from the \
             raw samples of {counters}",
            figures.approximate_minutes, figures.known_minutes
        ),
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

fn gauge_row(query: &Query, several: Several) -> QueryRow {
    let event = match several {
        Several::Ambiguous => "each minute is one event",
        Several::Each => "each minute of each series is one event",
    };
    let (counting, read_as) = match promql::read_gauge(&query.promql) {
        Ok(Some(selector)) => (
            "exact",
            format!("the last raw sample of each minute of {selector}; {event}"),
        ),
        _ => (
            "approximate",
            format!("evaluated by the server at the end of each minute; {event}"),
        ),
    };
    QueryRow {
        role: "value",
        promql: query.promql.clone(),
        counting,
        read_as,
    }
}

/// Whether some of the window was too much to read raw: its minutes tell, and where nothing of it
/// is known this run's reads.
fn too_many(ledger: &Ledger, figures: &Figures) -> bool {
    if figures.known_minutes > 0 {
        return figures.approximate_minutes > 0;
    }
    ledger.seen.iter().any(|(_, observation)| {
        matches!(
            observation,
            Observation::Approximate {
                reason: ApproximateReason::TooManySamples { .. }
            }
        )
    })
}

#[cfg(test)]
mod tests {
    use tomoni_ledger::{Day, DayFacts, Events, Fact, Marks, Series, SpanSet};
    use tomoni_slo::{Method, MissingData, Objective, Target, Window, evaluate};

    use super::*;

    #[test]
    fn only_the_windows_own_minutes_make_it_approximate() {
        let mut series = Series::default();
        let days = [20_000, 20_001].map(Day::from_index);
        for (day, marks) in days.into_iter().zip([Marks::APPROXIMATE, Marks::NONE]) {
            let mut facts = DayFacts::unknown(day);
            for minute in day.span().minutes() {
                let counted = Fact::counted(Events::ZERO, Events::whole(1));
                facts.set(minute, Fact { marks, ..counted });
            }
            series.set_totals(day, facts.totals());
            series.load(&facts);
        }
        let figures = |window: &str| {
            let objective = Objective {
                target: Target::new(0.99).unwrap(),
                method: Method::Occurrences,
                window: Window::rolling(window).unwrap(),
                missing_data: MissingData::Ignore,
                exclusions: SpanSet::new(),
            };
            evaluate(&series, &objective, days[1].last()).unwrap()
        };
        let ledger = Ledger {
            series: series.clone(),
            ..Ledger::default()
        };
        assert!(!too_many(&ledger, &figures("1d")));
        assert!(too_many(&ledger, &figures("25h")));
        assert_eq!(figures("25h").approximate_minutes, 60);
    }
}
