//! Which groups a selector's series make: which values some labels have together.

use std::collections::BTreeMap;

use tomoni_ledger::{MINUTE_MS, Minute, Span};
use tomoni_slo::GroupLabels;
use tomoni_spec::promql::Selector;

use super::answer::Answer;
use super::client::Client;
use super::counting::Sample;
use super::error::SourceError;

/// How close the times are at which it is looked who is there, in minutes. Each look sees all that was
/// there since the one before, so that nobody is missed.
const STEP_MINUTES: i64 = 60;
/// Of how many of those times one request asks at most: a week.
const STEPS_AT_ONCE: i64 = 7 * 24;
/// How many groups may be there at one time: of more than so many it is not asked who they are.
pub const GROUPS_AT_ONCE_MAX: u64 = 10_000;
/// After so many groups nobody looks further back: there are more than anybody wants.
const FOUND_MAX: usize = GROUPS_AT_ONCE_MAX as usize;

/// What groups are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// Whose series make them, those of all of these together; never empty.
    pub selectors: Vec<Selector>,
    /// The names of the labels whose values tell groups apart.
    pub labels: Vec<String>,
}

/// Groups: after which time each was there first, and until when it was.
pub type Groups = BTreeMap<GroupLabels, Span>;

/// What was found of groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundGroups {
    /// Who was there.
    pub groups: Groups,
    /// How many were there at the same time at most, where that was above [`GROUPS_AT_ONCE_MAX`]:
    /// those that were there only then were not asked for.
    pub passed_over: Option<u64>,
}

impl FoundGroups {
    /// Takes in what was found at another time.
    pub fn merge(&mut self, other: Self) {
        for (labels, seen) in other.groups {
            self.saw(labels, seen);
        }
        self.passed_over = self.passed_over.max(other.passed_over);
    }

    fn saw(&mut self, labels: GroupLabels, seen: Span) {
        let known = self.groups.entry(labels).or_insert(seen);
        *known = Span::new(known.after.min(seen.after), known.until.max(seen.until));
    }
}

/// Finds the groups that were there in a span, newest first. When each was there is known to the hour.
///
/// It is asked first how many there are at each time, which brings one number for each; so each answer
/// after that is as large as the limits allow and no larger. Both cost the server what an aggregation
/// over the span costs, a week at a time and less where that is too much.
pub(super) async fn groups(
    client: &Client,
    grouping: &Grouping,
    span: Span,
) -> Result<FoundGroups, SourceError> {
    let step = STEP_MINUTES.min(span.len()).max(1);
    let mut found = FoundGroups::default();
    let (mut until, mut at_once) = (span.until, STEPS_AT_ONCE);
    while until > span.after && found.groups.len() < FOUND_MAX {
        let left = (until - span.after + step - 1) / step;
        let steps = at_once.min(left);
        let times = Times {
            first: until - (steps - 1) * step,
            last: until,
            step,
        };
        match look(client, grouping, times, &mut found).await {
            Err(error) if error.is_too_much() && steps > 1 => at_once = steps / 2,
            looked => {
                looked?;
                until = times.first - step;
            }
        }
    }
    Ok(found)
}

/// Minutes at the ends of steps, and how long the steps are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Times {
    first: Minute,
    last: Minute,
    step: i64,
}

/// Looks who was there at some times.
async fn look(
    client: &Client,
    grouping: &Grouping,
    times: Times,
    found: &mut FoundGroups,
) -> Result<(), SourceError> {
    let query = query(grouping, times.step);
    let mut counts: BTreeMap<Minute, u64> = BTreeMap::new();
    for series in asked(client, &format!("count({query})"), times)
        .await?
        .series
    {
        let count = |sample: Sample| (Minute::ended_by_ms(sample.at_ms), sample.value as u64);
        counts.extend(series.samples.into_iter().map(count));
    }
    let too_many = counts.values().copied().max();
    let too_many = too_many.filter(|count| *count > GROUPS_AT_ONCE_MAX);
    found.passed_over = found.passed_over.max(too_many);
    for run in runs(&counts, times.step, client.limits().samples_per_query) {
        if found.groups.len() >= FOUND_MAX {
            break;
        }
        for series in asked(client, &query, run).await?.series {
            let labels = grouping.labels.iter();
            let labels = labels.map(|name| (name.clone(), series.labels.get(name).to_owned()));
            let labels = GroupLabels::new(labels);
            for sample in series.samples {
                let minute = Minute::ended_by_ms(sample.at_ms);
                found.saw(labels.clone(), Span::ending_at(minute, run.step));
            }
        }
    }
    Ok(())
}

async fn asked(client: &Client, query: &str, times: Times) -> Result<Answer, SourceError> {
    let (first_ms, last_ms) = (times.first.end_ms(), times.last.end_ms());
    let step_ms = times.step * MINUTE_MS;
    let mut answer = client.range(query, first_ms, last_ms, step_ms).await?;
    answer.keep_within(first_ms, last_ms);
    Ok(answer)
}

/// Times that are asked for together, newest first, given how many groups are there at each: so many
/// that an answer has no more than this many samples, and one at least. Where too many are there at
/// once, nobody asks.
fn runs(counts: &BTreeMap<Minute, u64>, step: i64, samples_max: u64) -> Vec<Times> {
    let mut runs: Vec<Times> = Vec::new();
    // How many samples the last run has; `None` where it is not to grow.
    let mut samples: Option<u64> = None;
    for (at, count) in counts.iter().rev() {
        if *count > GROUPS_AT_ONCE_MAX {
            samples = None;
            continue;
        }
        let together = samples.map(|samples| samples + count);
        match (runs.last_mut(), together.filter(|all| *all <= samples_max)) {
            (Some(run), Some(all)) => {
                run.first = *at;
                samples = Some(all);
            }
            _ => {
                let (first, last) = (*at, *at);
                runs.push(Times { first, last, step });
                samples = Some(*count);
            }
        }
    }
    runs
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

    #[test]
    fn an_answer_is_as_large_as_it_may_be() {
        let minute = |index: i64| Minute::from_index(600 + 60 * index);
        let of = |counts: &[u64], samples_max| -> Vec<(i64, i64)> {
            let counts = (0..).map(minute).zip(counts.iter().copied()).collect();
            let runs = runs(&counts, 60, samples_max);
            let place = |minute: Minute| (minute - minute_of_the_first()) / 60;
            runs.iter()
                .map(|run| (place(run.first), place(run.last)))
                .collect()
        };
        assert_eq!(of(&[], 10), []);
        assert_eq!(of(&[3, 3, 4], 10), [(0, 2)]);
        assert_eq!(of(&[1, 3, 3, 4], 10), [(1, 3), (0, 0)]);
        assert_eq!(of(&[2, 11, 12, 1], 10), [(3, 3), (2, 2), (1, 1), (0, 0)]);
        // Nobody asks who they are where they are too many.
        let many = GROUPS_AT_ONCE_MAX + 1;
        assert_eq!(of(&[1, 1, many, 1, 1, many], 10), [(3, 4), (0, 1)]);
        assert_eq!(of(&[GROUPS_AT_ONCE_MAX], 10), [(0, 0)]);
    }

    const fn minute_of_the_first() -> Minute {
        Minute::from_index(600)
    }
}
