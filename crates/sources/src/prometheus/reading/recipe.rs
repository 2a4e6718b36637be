//! How a wanted ledger is read: what its queries ask for, before any server is asked.

use tomoni_ledger::MINUTE_MS;
use tomoni_slo::{Indicator, Part, Query, Several, Threshold};
use tomoni_spec::promql::{
    Counters, MatchOp, Matcher, Measure, PromqlError, Reading, Selector, Template, Term, facts,
    read, read_events, read_gauge,
};

use super::super::counting::Judged;
use super::super::error::{SourceError, shortened};
use super::super::reader::Want;

/// The resolution, in minutes, of what would be counted but for being too much.
pub(super) const COARSE_MINUTES: i64 = 5;

/// How a wanted ledger is read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Recipe {
    /// From raw samples of counters.
    Counted(Counted),
    /// From raw samples of a gauge.
    Gauge(Selector, Judged),
    /// By evaluation at the resolution.
    Evaluated(Evaluation),
}

/// A ratio of counters.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Counted {
    /// All events.
    pub(super) total: Vec<Term>,
    /// Good or bad events.
    pub(super) part: Vec<Term>,
    /// Which of the two.
    pub(super) part_is: Part,
}

/// What the server evaluates.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Evaluation {
    /// A number of events over a number of events, at every `minutes`.
    Ratio {
        part: Side,
        total: Side,
        part_is: Part,
        minutes: i64,
    },
    /// A ratio in `0..=1`, at every `minutes`.
    ReadyMade {
        query: String,
        rates_success: bool,
        minutes: i64,
    },
    /// A value, at the end of each minute.
    Gauge { query: String, judged: Judged },
}

/// One side of a ratio: a sum of queries, each with what makes events of its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Side {
    pub(super) queries: Vec<(f64, String)>,
}

impl Recipe {
    /// How the ledger is read.
    pub(super) fn of(want: &Want) -> Result<Self, SourceError> {
        let minutes = want.resolution_minutes.max(1);
        match &want.indicator {
            Indicator::Ratio {
                part,
                part_query,
                total,
                counter,
            } => ratio(*part, part_query, total, *counter, minutes),
            Indicator::Raw {
                rates_success,
                query,
            } => {
                let query = template(query)?.with_window(&format!("{minutes}m"));
                let rates_success = *rates_success;
                Ok(Self::Evaluated(Evaluation::ReadyMade {
                    query,
                    rates_success,
                    minutes,
                }))
            }
            Indicator::Threshold { query, several } => gauge(query, want.key.threshold, *several),
            Indicator::Pushed { sli } => Err(SourceError::Pushed { sli: sli.clone() }),
        }
    }

    /// The selectors whose raw samples are read.
    pub(super) fn selectors(&self) -> Vec<&Selector> {
        match self {
            Self::Counted(counted) => counted.terms().map(|term| &term.selector).collect(),
            Self::Gauge(selector, _) => vec![selector],
            Self::Evaluated(_) => Vec::new(),
        }
    }

    /// The queries that have to find something for anything to be known.
    pub(super) fn basis(&self) -> String {
        match self {
            Self::Counted(counted) => text_of(&counted.total),
            Self::Gauge(selector, _) => selector.to_string(),
            Self::Evaluated(evaluation) => evaluation.basis(),
        }
    }
}

impl Counted {
    /// The terms of the total, then those of the part.
    pub(super) fn terms(&self) -> impl Iterator<Item = &Term> {
        self.total.iter().chain(&self.part)
    }

    /// What stands in for counting where there is too much to count.
    pub(super) fn coarse(&self) -> Evaluation {
        Evaluation::Ratio {
            part: Side::increases(&self.part, COARSE_MINUTES),
            total: Side::increases(&self.total, COARSE_MINUTES),
            part_is: self.part_is,
            minutes: COARSE_MINUTES,
        }
    }

    /// Selectors of everything that the jobs of the total show; empty where no job is named.
    ///
    /// A job is told by its `job`; where the selector also names a cluster or a namespace, a job of
    /// the same name elsewhere is another job.
    pub(super) fn jobs(&self) -> Vec<Selector> {
        let mut jobs: Vec<Selector> = Vec::new();
        for term in &self.total {
            let of_target = |m: &&Matcher| ["job", "cluster", "namespace"].contains(&&*m.label);
            let matchers: Vec<Matcher> = term
                .selector
                .matchers
                .iter()
                .filter(of_target)
                .cloned()
                .collect();
            let names_job = |m: &Matcher| {
                m.label == "job"
                    && matches!(m.op, MatchOp::Equal | MatchOp::Matches)
                    && !m.matches("")
            };
            let job = Selector::new(None, matchers);
            if job.matchers.iter().any(names_job) && !jobs.contains(&job) {
                jobs.push(job);
            }
        }
        jobs
    }
}

impl Evaluation {
    fn basis(&self) -> String {
        match self {
            Self::Ratio { total, .. } => {
                let texts: Vec<&str> = total.queries.iter().map(|(_, text)| &**text).collect();
                texts.join(" + ")
            }
            Self::ReadyMade { query, .. } | Self::Gauge { query, .. } => query.clone(),
        }
    }
}

impl Side {
    /// Events of counters that are not counted but estimated by `increase`.
    fn increases(terms: &[Term], minutes: i64) -> Self {
        let query = |term: &Term| {
            let sign = if term.negative { -1.0 } else { 1.0 };
            (
                sign,
                format!("sum(increase({}[{minutes}m]))", term.selector),
            )
        };
        Self {
            queries: terms.iter().map(query).collect(),
        }
    }

    /// One side of a ratio of which at least one has to be evaluated.
    fn of(reading: &Reading, minutes: i64) -> Self {
        let window = format!("{minutes}m");
        let seconds = (minutes * 60) as f64;
        let (factor, text) = match reading {
            Reading::Counters(Counters {
                terms,
                measure: Measure::Value,
                ..
            }) => {
                return Self::increases(terms, minutes);
            }
            Reading::Counters(Counters {
                measure: Measure::Rate,
                text,
                ..
            }) => (seconds, text),
            Reading::Counters(Counters {
                measure: Measure::Increase { range_ms },
                text,
                ..
            }) => {
                let range_ms = if text.has_placeholder() {
                    None
                } else {
                    Some(*range_ms)
                };
                (share_of_range(range_ms, minutes), text)
            }
            Reading::Expression(text) => (factor_of(text, minutes), text),
        };
        Self {
            queries: vec![(factor, text.with_window(&window))],
        }
    }
}

/// What makes events of an expression's value. An `increase` gives the events of its range; all
/// else is taken for events a second. The ratio is the same either way, as long as both of its
/// sides are of one kind.
fn factor_of(text: &Template, minutes: i64) -> f64 {
    if !text.as_str().contains("increase") {
        return (minutes * 60) as f64;
    }
    let ranges = facts(text.as_str())
        .map(|facts| facts.ranges_ms)
        .unwrap_or_default();
    let written = ranges
        .first()
        .copied()
        .filter(|_| ranges.len() == 1 && !text.has_placeholder());
    share_of_range(written, minutes)
}

fn share_of_range(range_ms: Option<u64>, minutes: i64) -> f64 {
    match range_ms {
        Some(range_ms) if range_ms > 0 => (minutes * MINUTE_MS) as f64 / range_ms as f64,
        _ => 1.0,
    }
}

fn ratio(
    part_is: Part,
    part: &Query,
    total: &Query,
    is_counter: bool,
    minutes: i64,
) -> Result<Recipe, SourceError> {
    let events = |query: &Query| {
        read_events(&query.promql, is_counter).map_err(|error| wrong(&query.promql, error))
    };
    match (events(part)?, events(total)?) {
        (Reading::Counters(part), Reading::Counters(total)) => {
            let (part, total) = (part.terms, total.terms);
            Ok(Recipe::Counted(Counted {
                total,
                part,
                part_is,
            }))
        }
        (part, total) => {
            let (part, total) = (Side::of(&part, minutes), Side::of(&total, minutes));
            Ok(Recipe::Evaluated(Evaluation::Ratio {
                part,
                total,
                part_is,
                minutes,
            }))
        }
    }
}

fn gauge(
    query: &Query,
    threshold: Option<Threshold>,
    several: Several,
) -> Result<Recipe, SourceError> {
    let Some(threshold) = threshold else {
        return Err(SourceError::Promql {
            query: shortened(&query.promql),
            message: "it is read as a gauge, but no threshold says what is good".to_owned(),
        });
    };
    let judged = Judged { threshold, several };
    let selector = read_gauge(&query.promql).map_err(|error| wrong(&query.promql, error))?;
    Ok(match selector {
        Some(selector) => Recipe::Gauge(selector, judged),
        None => {
            let minutes = COARSE_MINUTES;
            let query = template(query)?.with_window(&format!("{minutes}m"));
            Recipe::Evaluated(Evaluation::Gauge { query, judged })
        }
    })
}

fn template(query: &Query) -> Result<Template, SourceError> {
    match read(&query.promql).map_err(|error| wrong(&query.promql, error))? {
        Reading::Counters(counters) => Ok(counters.text),
        Reading::Expression(text) => Ok(text),
    }
}

fn wrong(text: &str, error: PromqlError) -> SourceError {
    SourceError::Promql {
        query: shortened(text),
        message: error.message,
    }
}

/// A sum of selectors as PromQL.
pub(super) fn text_of(terms: &[Term]) -> String {
    let mut text = String::new();
    for (i, term) in terms.iter().enumerate() {
        text.push_str(match (i, term.negative) {
            (0, false) => "",
            (0, true) => "-",
            (_, false) => " + ",
            (_, true) => " - ",
        });
        text.push_str(&term.selector.to_string());
    }
    text
}

#[cfg(test)]
mod tests {
    use tomoni_slo::{Generation, LedgerKey};

    use super::*;

    fn recipe(part: &str, total: &str, counter: bool) -> Recipe {
        let (part_query, total) = (Query::new(part), Query::new(total));
        let indicator = Indicator::Ratio {
            part: Part::Bad,
            part_query,
            total,
            counter,
        };
        let key = LedgerKey {
            generation: Generation::from_bits(1),
            threshold: None,
        };
        Recipe::of(&Want {
            key,
            indicator,
            resolution_minutes: 10,
        })
        .unwrap()
    }

    fn jobs(total: &str) -> Vec<String> {
        let Recipe::Counted(counted) = recipe("x", total, true) else {
            panic!("not counted")
        };
        counted.jobs().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn jobs_are_told_by_their_labels() {
        assert_eq!(jobs(r#"x{job="a",code="500"}"#), [r#"{job="a"}"#]);
        assert_eq!(
            jobs(r#"sum(rate(x{namespace="n",job=~"a|b",cluster!="c",pod="p"}[5m]))"#),
            [r#"{cluster!="c",job=~"a|b",namespace="n"}"#]
        );
        assert_eq!(
            jobs(r#"x{job="a"} + y{job="a"} - z{job="b"}"#),
            [r#"{job="a"}"#, r#"{job="b"}"#]
        );
        for without in [
            "x",
            r#"x{job=""}"#,
            r#"x{job!="a"}"#,
            r#"x{job=~".*"}"#,
            r#"x{namespace="n"}"#,
        ] {
            assert!(jobs(without).is_empty(), "{without}");
        }
    }

    #[test]
    fn events_are_made_of_values() {
        let factors = |part: &str, counter| {
            let Recipe::Evaluated(Evaluation::Ratio {
                part, minutes: 10, ..
            }) = recipe(part, "abs(x)", counter)
            else {
                panic!("{part} is not evaluated at the resolution")
            };
            part.queries
        };
        let of = |factor, text: &str| vec![(factor, text.to_owned())];
        assert_eq!(factors("rate(a[5m])", true), of(600.0, "rate(a[5m])"));
        assert_eq!(
            factors("rate(a[$__range]) / 2", true),
            of(600.0, "rate(a[10m]) / 2")
        );
        assert_eq!(factors("increase(a[5m])", true), of(2.0, "increase(a[5m])"));
        assert_eq!(
            factors("increase(a[{{.window}}])", true),
            of(1.0, "increase(a[10m])")
        );
        assert_eq!(
            factors("increase(a[20m]) * 3", true),
            of(0.5, "increase(a[20m]) * 3")
        );
        assert_eq!(factors("a", false), of(600.0, "a"));
        let both = [
            (1.0, "sum(increase(a[10m]))".to_owned()),
            (-1.0, "sum(increase(b[10m]))".to_owned()),
        ];
        assert_eq!(factors("a - b", true), both);
    }

    #[test]
    fn sums_are_written_with_their_signs() {
        let Recipe::Counted(counted) = recipe("-a + b - c", "a", true) else {
            panic!("not counted")
        };
        assert_eq!(text_of(&counted.part), "-a + b - c");
    }
}
