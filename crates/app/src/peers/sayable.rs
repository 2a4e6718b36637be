//! Which objectives can be put to a peer at all.

use tomoni_slo::{Indicator, Method, Op, Peer, Promise, Query, Threshold, Window};
use tomoni_spec::promql::{Counters, Reading, read_events};

/// Why an objective cannot be put to a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsayable {
    /// It knows events only, no slices of time.
    Slices,
    /// Its windows roll; it knows no calendar.
    Calendar,
    /// It asks Prometheus, and these counts are pushed.
    Pushed,
    /// Pyrra has errors and a total, and takes no ratio that is ready-made.
    ReadyMade,
    /// Pyrra takes one metric for errors and one for all, no other query.
    Query,
    /// Pyrra takes a gauge that is 0 or 1, and no threshold.
    Threshold,
}

/// Whether an objective can be put to a peer.
///
/// # Errors
///
/// When it cannot, and why.
pub fn sayable(peer: Peer, promise: &Promise) -> Result<(), Unsayable> {
    if promise.objective.method != Method::Occurrences {
        return Err(Unsayable::Slices);
    }
    if matches!(promise.objective.window, Window::Calendar(_)) {
        return Err(Unsayable::Calendar);
    }
    match (&promise.indicator, peer) {
        (Indicator::Pushed { .. }, _) => Err(Unsayable::Pushed),
        (_, Peer::Sloth) => Ok(()),
        (Indicator::Raw { .. }, Peer::Pyrra) => Err(Unsayable::ReadyMade),
        (Indicator::Threshold { .. }, Peer::Pyrra) => match promise.threshold {
            Some(threshold) if is_boolean(threshold) => Ok(()),
            _ => Err(Unsayable::Threshold),
        },
        (
            Indicator::Ratio {
                part_query,
                total,
                counter,
                ..
            },
            Peer::Pyrra,
        ) => {
            let read = |query| counters(query, *counter);
            match (read(part_query), read(total)) {
                (Some(part), Some(total)) if is_two_metrics(&part, &total) => Ok(()),
                _ => Err(Unsayable::Query),
            }
        }
    }
}

/// Whether a gauge of 0 and 1 is good when it is 1.
fn is_boolean(threshold: Threshold) -> bool {
    match threshold.op {
        Op::Gte => threshold.value > 0.0 && threshold.value <= 1.0,
        Op::Gt => threshold.value >= 0.0 && threshold.value < 1.0,
        Op::Lt | Op::Lte => false,
    }
}

fn counters(query: &Query, counter: bool) -> Option<Counters> {
    match read_events(&query.promql, counter) {
        Ok(Reading::Counters(counters)) => Some(counters),
        _ => None,
    }
}

/// One selector each; or the total less one, which is how Pyrra counts what was too slow.
fn is_two_metrics(part: &Counters, total: &Counters) -> bool {
    let [all] = total.terms.as_slice() else {
        return false;
    };
    let is_part = match part.terms.as_slice() {
        [one] => !one.negative,
        [whole, good] => whole == all && good.negative,
        _ => false,
    };
    is_part && !all.negative
}

#[cfg(test)]
mod tests {
    use tomoni_ledger::SpanSet;
    use tomoni_slo::{Generation, LedgerKey, MissingData, Objective, Part, Several, Target};

    use super::*;

    fn promise(indicator: Indicator, threshold: Option<Threshold>) -> Promise {
        Promise {
            display_name: None,
            indicator,
            threshold,
            key: LedgerKey {
                generation: Generation::from_bits(1),
                threshold,
            },
            resolution_minutes: 5,
            objective: Objective {
                target: Target::new(0.99).unwrap(),
                method: Method::Occurrences,
                window: Window::rolling("7d").unwrap(),
                missing_data: MissingData::Ignore,
                exclusions: SpanSet::new(),
            },
        }
    }

    fn ratio(part: &str, total: &str) -> Promise {
        let indicator = Indicator::Ratio {
            part: Part::Bad,
            part_query: Query::new(part),
            total: Query::new(total),
            counter: true,
        };
        promise(indicator, None)
    }

    fn of_both(promise: &Promise) -> [Option<Unsayable>; 2] {
        Peer::ALL.map(|peer| sayable(peer, promise).err())
    }

    #[test]
    fn pyrra_takes_one_metric_each() {
        let pyrra = |part, total| of_both(&ratio(part, total))[1];
        assert_eq!(
            pyrra("sum(rate(a{code=\"5\"}[5m]))", "sum(rate(a[5m]))"),
            None
        );
        assert_eq!(pyrra("a - b{le=\"1\"}", "a"), None);
        let query = Some(Unsayable::Query);
        assert_eq!(pyrra("a + b", "c"), query);
        assert_eq!(pyrra("a", "b + c"), query);
        assert_eq!(pyrra("sum(rate(a[5m])) > 0", "sum(rate(b[5m]))"), query);
        assert_eq!(of_both(&ratio("a + b", "c"))[0], None);
    }

    #[test]
    fn a_gauge_is_boolean_or_not_pyrras() {
        let gauge = |op, value| {
            let indicator = Indicator::Threshold {
                query: Query::new("up"),
                several: Several::Each,
            };
            of_both(&promise(indicator, Some(Threshold { op, value })))
        };
        assert_eq!(gauge(Op::Gte, 1.0), [None, None]);
        assert_eq!(gauge(Op::Gt, 0.0), [None, None]);
        assert_eq!(gauge(Op::Gte, 12.0), [None, Some(Unsayable::Threshold)]);
        assert_eq!(gauge(Op::Lt, 1.0), [None, Some(Unsayable::Threshold)]);
    }

    #[test]
    fn what_neither_knows_is_said_by_neither() {
        let mut sliced = ratio("a", "b");
        sliced.objective.method = Method::RatioTimeslices { width_minutes: 5 };
        assert_eq!(of_both(&sliced), [Some(Unsayable::Slices); 2]);
        let mut calendar = ratio("a", "b");
        calendar.objective.window =
            Window::calendar("1M", "Asia/Tokyo", "2026-01-01 00:00:00").unwrap();
        assert_eq!(of_both(&calendar), [Some(Unsayable::Calendar); 2]);
        let pushed = Indicator::Pushed {
            sli: "nightly".to_owned(),
        };
        assert_eq!(
            of_both(&promise(pushed, None)),
            [Some(Unsayable::Pushed); 2]
        );
        let raw = Indicator::Raw {
            rates_success: false,
            query: Query::new("a / b"),
        };
        let ready_made = Some(Unsayable::ReadyMade);
        assert_eq!(of_both(&promise(raw, None)), [None, ready_made]);
    }
}
