//! What has to be known to read figures rightly, in the shape that every finding has.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tomoni_ledger::{Minute, Series, Span, SpanSet};
use tomoni_slo::{Figures, Indicator, Objective, slots};
use tomoni_sources::prometheus::Observation;
use tomoni_spec::{Finding, Severity};
use utoipa::ToSchema;

use crate::instant;
use crate::refresh::{Failure, Reports};
use crate::select::Chosen;

/// A finding, as JSON shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct FindingRow {
    /// The SLO it is about.
    pub slo: Option<String>,
    /// A stable code, such as `read/failed`.
    pub code: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// The file that defines what it is about.
    pub file: String,
    /// The line, counted from 1; `null` where none is known.
    pub line: Option<usize>,
    /// The column, counted from 1; `null` where none is known.
    pub column: Option<usize>,
    /// What is wrong, starting in lower case.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// What has to be known of these objectives and their figures, in the order of the objectives; each
/// thing once, also where an SLO has several objectives over one ledger.
pub fn of<'a>(
    rows: impl Iterator<Item = (Chosen<'a>, Reports<'a>, &'a Figures)>,
) -> Vec<FindingRow> {
    let mut met = BTreeSet::new();
    let mut all = Vec::new();
    for (chosen, reports, figures) in rows {
        let said = of_failures(reports)
            .chain(no_data(&chosen.promise.indicator, reports, figures))
            .chain(of_figures(figures))
            .chain(of_slots(&chosen.promise.objective))
            .chain(of_reading(reports))
            .chain(of_births(reports));
        for said in said {
            let row = said.about(chosen);
            if met.insert(row.clone()) {
                all.push(row);
            }
        }
    }
    all
}

/// A finding about a document.
pub(crate) fn of_document(finding: &Finding) -> FindingRow {
    let object = finding.object.as_deref();
    FindingRow {
        slo: object
            .and_then(|object| object.strip_prefix("SLO "))
            .map(str::to_owned),
        code: finding.code,
        severity: word(finding.severity),
        file: finding.place.file.to_string(),
        line: (finding.place.line > 0).then_some(finding.place.line),
        column: (finding.place.column > 0).then_some(finding.place.column),
        message: finding.message.clone(),
        help: finding.help.clone(),
    }
}

struct Said {
    code: &'static str,
    severity: Severity,
    message: String,
    help: Option<&'static str>,
}

impl Said {
    fn warning(code: &'static str, message: String, help: &'static str) -> Self {
        Self {
            code,
            severity: Severity::Warning,
            message,
            help: Some(help),
        }
    }

    fn about(self, chosen: Chosen<'_>) -> FindingRow {
        let place = &chosen.slo.place;
        FindingRow {
            slo: Some(chosen.slo.value.name.clone()),
            code: self.code,
            severity: word(self.severity),
            file: place.file.to_string(),
            line: (place.line > 0).then_some(place.line),
            column: (place.column > 0).then_some(place.column),
            message: self.message,
            help: self.help.map(str::to_owned),
        }
    }
}

/// What could not be read: each reason once, with the time that it keeps from us.
fn of_failures(reports: Reports<'_>) -> impl Iterator<Item = Said> + '_ {
    let mut unread: BTreeMap<String, SpanSet> = BTreeMap::new();
    for (span, failure) in reports.failures {
        unread.entry(failure.to_string()).or_default().insert(*span);
    }
    unread.into_iter().map(|(reason, unread)| {
        let is_unserved = reports
            .failures
            .iter()
            .any(|(_, failure)| matches!(failure, Failure::Unserved(_)));
        let message = match unread.len() {
            _ if is_unserved => reason,
            0 => format!("minutes that are known could not be read once more: {reason}"),
            1 => format!("1 minute could not be read: {reason}"),
            minutes => format!("{minutes} minutes could not be read: {reason}"),
        };
        Said {
            code: "read/failed",
            severity: Severity::Error,
            message,
            help: None,
        }
    })
}

/// Minutes that should be known, and none is, though the source was read or nobody need be asked.
fn no_data(indicator: &Indicator, reports: Reports<'_>, figures: &Figures) -> Option<Said> {
    let is_unknown = figures.minutes > 0 && figures.known_minutes == 0;
    let (message, help) = match indicator {
        Indicator::Pushed { .. } => (
            "nothing was pushed for any minute of the window",
            "send its first counts with `tomoni push`",
        ),
        Indicator::Ratio { .. } | Indicator::Raw { .. } | Indicator::Threshold { .. } => (
            "no minute of the window is known",
            "check the metric's name and labels, that the server scrapes it, and how long it keeps \
             history",
        ),
    };
    (is_unknown && reports.failures.is_empty()).then(|| Said {
        code: "sli/no-data",
        severity: Severity::Error,
        message: message.to_owned(),
        help: Some(help),
    })
}

/// Slots that can never be true, however bad it gets (semantics.md, "Alerts"): they depend on target
/// and window alone.
fn of_slots(objective: &Objective) -> Option<Said> {
    // What can never be true does not depend on what happened: an empty ledger tells.
    let nothing = Series::new();
    let slots = slots(&nothing, objective, Minute::from_index(0)).ok()?;
    let impossible: Vec<String> = slots
        .iter()
        .filter(|slot| slot.is_impossible)
        .map(|slot| {
            let (long, short) = (slot.long.window_name(), slot.short.window_name());
            format!("{} over {long} and {short}", slot.severity.as_str())
        })
        .collect();
    (!impossible.is_empty()).then(|| {
        Said::warning(
            "alert/impossible",
            format!(
                "so low a target cannot be missed fast enough to alert, even when everything fails: \
                 {}",
                impossible.join(", ")
            ),
            "raise the target, or alert on this indicator by other means",
        )
    })
}

/// What the ledger itself tells: the same in every run.
fn of_figures(figures: &Figures) -> impl Iterator<Item = Said> {
    let clamped = (figures.clamped_minutes > 0).then(|| {
        Said::warning(
            "sli/clamped",
            format!(
                "in {} minutes bad (or good) came out above total and was clamped to it",
                figures.clamped_minutes
            ),
            "the two queries count different things: make one a part of the other",
        )
    });
    let invalid = (figures.invalid_minutes > 0).then(|| {
        Said::warning(
            "sli/invalid",
            format!(
                "{} minutes are unknown because the source answered NaN, an infinite or a negative \
                 value",
                figures.invalid_minutes
            ),
            "look at the query where it divides by zero, and at the exporter",
        )
    });
    clamped.into_iter().chain(invalid)
}

/// What was seen in this run's reads.
fn of_reading(reports: Reports<'_>) -> impl Iterator<Item = Said> + '_ {
    // A selector may well find nothing in a part of the time: it is told when it never did.
    let found = move |query: &str| {
        let nothing =
            |o: &Observation| matches!(o, Observation::NothingFound { query: q } if q == query);
        let seen = reports.seen.iter();
        let empty: SpanSet = seen
            .filter(|(_, observation)| nothing(observation))
            .map(|(span, _)| *span)
            .collect();
        let read = reports.read.map(SpanSet::spans).unwrap_or_default();
        read.iter().any(|span| !empty.gaps(*span).is_empty())
    };
    reports
        .seen
        .iter()
        .filter_map(move |(span, observation)| match observation {
            Observation::NothingFound { query } if found(query) => None,
            _ => said(*span, observation),
        })
}

/// Series whose first value was not counted: one finding for all of them, which shows the largest.
fn of_births(reports: Reports<'_>) -> Option<Said> {
    let mut births: Vec<_> = reports
        .seen
        .iter()
        .filter_map(|(_, observation)| match observation {
            Observation::RefusedBirth {
                series,
                minute,
                value,
                hour_before,
            } => Some((*value, series, *minute, *hour_before)),
            _ => None,
        })
        .collect();
    births.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (value, series, minute, hour_before) = births.last()?;
    let message = format!(
        "{} series began, alone or together, at more than a hundred times what the total counted \
         in the hour before, and these values were not counted; the largest is {value} (held against {}) in {}: `{series}`",
        births.len(),
        100.0 * hour_before.max(1.0),
        instant::of_minute(*minute)
    );
    let help = "renamed labels do this, and so does the beginning of history; if the events did \
                happen just then, they are missing from the figures";
    Some(Said::warning("read/refused-birth", message, help))
}

fn said(span: Span, observation: &Observation) -> Option<Said> {
    Some(match observation {
        Observation::NothingFound { query } => Said {
            code: "read/nothing-found",
            severity: Severity::Warning,
            message: format!("no series matches `{query}`"),
            help: None,
        },
        Observation::Ambiguous { minutes, query } => Said::warning(
            "read/ambiguous",
            format!(
                "`{query}` has more than one series, so that its value is not known in {minutes} \
                 minutes up to {}",
                instant::of_minute(span.until)
            ),
            "aggregate it (max, min, avg, sum), or match one series",
        ),
        Observation::Warning { text } => Said::warning(
            "read/warning",
            format!("the server warned: {text}"),
            "look at the server's own log",
        ),
        Observation::Outside { samples } => Said::warning(
            "read/outside",
            format!(
                "the server sent {samples} samples from outside the time that was asked for; they \
                 were left out"
            ),
            "look at whether it, or a proxy before it, changes queries or answers",
        ),
        Observation::Partial => Said::warning(
            "read/partial",
            format!(
                "the server said that its answer up to {} may be incomplete; these minutes are \
                 read again next time",
                instant::of_minute(span.until)
            ),
            "look at the health of the server's storage nodes",
        ),
        Observation::RefusedBirth { .. }
        | Observation::Approximate { .. }
        | Observation::Series { .. }
        | Observation::Clamped { .. }
        | Observation::Invalid { .. } => return None,
    })
}

#[cfg(test)]
mod tests {
    use tomoni_ledger::SpanSet;
    use tomoni_slo::{Method, MissingData, Target, Window};

    use super::*;
    use crate::refresh::unread;

    #[test]
    fn a_slot_that_can_never_be_true_is_told() {
        let told = |target| {
            let objective = Objective {
                target: Target::new(target).unwrap(),
                method: Method::Occurrences,
                window: Window::rolling("30d").unwrap(),
                missing_data: MissingData::Ignore,
                exclusions: SpanSet::new(),
            };
            of_slots(&objective).map(|said| said.message)
        };
        assert_eq!(told(0.99), None);
        // 14.4 · 0.07 is above 1, 6 · 0.07 is not.
        let message = told(0.93).unwrap();
        assert!(
            message.ends_with("everything fails: page over 1h and 5m"),
            "{message}"
        );
    }

    #[test]
    fn nothing_is_found_only_where_no_read_has_found_anything() {
        let at = Minute::from_index(29_000_000);
        let (empty, full) = (Span::ending_at(at, 60), Span::new(at, at + 60));
        let query = "up".to_owned();
        let seen = [(empty, Observation::NothingFound { query })];
        let told = |read: Option<&SpanSet>| {
            let reports = Reports {
                seen: &seen,
                read,
                ..Reports::default()
            };
            of_reading(reports).count()
        };
        // A read that finds what is asked for need not have anything to tell.
        let both = SpanSet::from_iter([empty, full]);
        assert_eq!(told(Some(&both)), 0);
        assert_eq!(told(Some(&SpanSet::from_iter([empty]))), 1);
        assert_eq!(told(None), 1);
    }

    #[test]
    fn minutes_that_could_not_be_read_are_counted_once() {
        let at = Minute::from_index(29_000_000);
        let message = |spans: &[Span], settled: &SpanSet| {
            let failures = spans.iter().map(|span| (*span, Failure::Defect));
            let failures: Vec<_> = failures.collect();
            let failures = unread(&failures, settled);
            let reports = Reports {
                failures: &failures,
                ..Reports::default()
            };
            let told: Vec<Said> = of_failures(reports).collect();
            assert_eq!(told.len(), 1);
            let (count, _) = told[0].message.split_once(" could not").unwrap();
            count.to_owned()
        };
        let spans = [Span::ending_at(at, 16), Span::ending_at(at, 4)];
        assert_eq!(message(&spans, &SpanSet::new()), "16 minutes");
        let known = |minutes| SpanSet::from_iter([Span::ending_at(at - minutes, 60)]);
        assert_eq!(message(&spans, &known(2)), "2 minutes");
        assert_eq!(message(&spans, &known(1)), "1 minute");
        assert_eq!(message(&spans, &known(0)), "minutes that are known");
    }

    #[test]
    fn a_birth_that_was_not_counted_is_told() {
        let minute = Minute::from_index(29_000_000);
        let birth = |series: &str, value, hour_before| {
            let series = series.to_owned();
            let birth = Observation::RefusedBirth {
                series,
                minute,
                value,
                hour_before,
            };
            (Span::ending_at(minute + 9, 20), birth)
        };
        let seen = [
            birth(r#"x{pod="b"}"#, 250_000.0, 0.0),
            birth(r#"x{pod="a"}"#, 900.0, 7.0),
        ];
        let reports = Reports {
            seen: &seen,
            ..Reports::default()
        };
        let warning = of_births(reports).unwrap();
        assert_eq!(warning.code, "read/refused-birth");
        assert_eq!(
            warning.message,
            "2 series began, alone or together, at more than a hundred times what the total \
             counted in the hour before, and these values were not counted; the largest is 250000 (held against 100) in \
             2025-02-19T21:20:00Z: `x{pod=\"b\"}`"
        );
        assert!(of_births(Reports::default()).is_none());
    }
}
