//! Which groups a selector's series make: which values some labels have together.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use tomoni_ledger::{MINUTE_MS, Minute, Span};
use tomoni_slo::GroupLabels;
use tomoni_spec::promql::Selector;

use super::client::Client;
use super::error::SourceError;

/// How close the times are at which it is looked who is there, in minutes. Each look sees all that was
/// there since the one before, so that nobody is missed.
const STEP_MINUTES: i64 = 60;
/// How many of those times one request asks for: a week.
const STEPS_AT_ONCE: i64 = 7 * 24;

/// What groups are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// Whose series make them, those of all of these together; never empty.
    pub selectors: Vec<Selector>,
    /// The names of the labels whose values tell groups apart.
    pub labels: Vec<String>,
}

/// Groups that were found: after which time each was there first, and until when it was.
pub type Groups = BTreeMap<GroupLabels, Span>;

/// Finds the groups that were there in a span, newest first. When each was there is known to the hour.
///
/// It costs the server what an aggregation over the span costs, a week at a time and less where that
/// is too much, and brings one series for each group.
pub(super) async fn groups(
    client: &Client,
    grouping: &Grouping,
    span: Span,
) -> Result<Groups, SourceError> {
    let step = STEP_MINUTES.min(span.len()).max(1);
    let query = query(grouping, step);
    let mut found = Groups::new();
    let (mut until, mut at_once) = (span.until, STEPS_AT_ONCE);
    while until > span.after {
        let left = (until - span.after + step - 1) / step;
        let steps = at_once.min(left);
        let (first, last) = (until - (steps - 1) * step, until);
        let asked = client.range(&query, first.end_ms(), last.end_ms(), step * MINUTE_MS);
        let mut answer = match asked.await {
            Err(error) if error.is_too_much() && steps > 1 => {
                at_once = steps / 2;
                continue;
            }
            answer => answer?,
        };
        answer.keep_within(first.end_ms(), last.end_ms());
        for series in answer.series {
            let labels = grouping.labels.iter();
            let labels = labels.map(|name| (name.clone(), series.labels.get(name).to_owned()));
            let labels = GroupLabels::new(labels);
            for sample in series.samples {
                let minute = Minute::ended_by_ms(sample.at_ms);
                saw(&mut found, &labels, Span::ending_at(minute, step));
            }
        }
        until = first - step;
    }
    Ok(found)
}

fn saw(found: &mut Groups, labels: &GroupLabels, seen: Span) {
    match found.entry(labels.clone()) {
        Entry::Vacant(entry) => {
            entry.insert(seen);
        }
        Entry::Occupied(mut entry) => {
            let known = *entry.get();
            let after = known.after.min(seen.after);
            entry.insert(Span::new(after, known.until.max(seen.until)));
        }
    }
}

/// One element for each group that had a sample within the step.
fn query(grouping: &Grouping, step: i64) -> String {
    let labels = grouping.labels.join(", ");
    let of =
        |selector: &Selector| format!("group by ({labels}) (last_over_time({selector}[{step}m]))");
    let all: Vec<String> = grouping.selectors.iter().map(of).collect();
    all.join(" or ")
}

#[cfg(test)]
mod tests {
    use tomoni_spec::promql::selectors;

    use super::*;

    #[test]
    fn a_query_asks_for_one_element_of_each_group() {
        let grouping = Grouping {
            selectors: selectors(r#"rate(a{b="c"}[5m]) / {d="\""}"#).unwrap(),
            labels: vec!["handler".to_owned(), "method".to_owned()],
        };
        assert_eq!(
            query(&grouping, 7),
            r#"group by (handler, method) (last_over_time(a{b="c"}[7m])) or group by (handler, method) (last_over_time({d="\""}[7m]))"#
        );
    }
}
