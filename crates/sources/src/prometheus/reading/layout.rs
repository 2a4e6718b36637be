//! Which raw samples are fetched for which ledgers.
//!
//! SLIs of one metric often need the same series: of a service's requests, one needs those that
//! failed, one those that were slow. Fetches are shared where that saves something: what one
//! selector covers is not fetched again for another, and all of a metric is fetched at once (as far
//! as common equality matchers narrow it) where that is not much more than what is needed.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use tomoni_ledger::{Day, Span};
use tomoni_spec::promql::Selector;

use super::super::error::SourceError;
use super::recipe::Recipe;
use super::session::Session;
use super::sizes::{Rates, Size, measure, measure_parts};

/// All of a metric is fetched at once when that is at most so many times what is needed.
const WASTE_MAX: f64 = 2.0;

/// What is fetched together and counted together.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Group {
    /// What is fetched, and how many samples of it a minute are expected.
    pub(super) fetches: Vec<(Selector, f64)>,
    /// The ledgers, by their place among the wants.
    pub(super) members: Vec<usize>,
}

/// What each ledger needs of each metric: for each metric, one selector that covers the ledger's.
pub(super) fn needs(recipe: &Recipe) -> Vec<Selector> {
    let mut by_metric: BTreeMap<Option<&str>, Vec<&Selector>> = BTreeMap::new();
    for selector in recipe.selectors() {
        by_metric
            .entry(selector.metric.as_deref())
            .or_default()
            .push(selector);
    }
    let mut needs = Vec::new();
    for (metric, selectors) in by_metric {
        if metric.is_some() {
            needs.extend(common(&selectors));
        } else {
            // Nothing in common may be left of selectors without a name.
            needs.extend(selectors.into_iter().cloned());
        }
    }
    needs
}

/// The selector with the conditions that all of these have.
fn common(selectors: &[&Selector]) -> Option<Selector> {
    let (first, rest) = selectors.split_first()?;
    let mut matchers = first.matchers.clone();
    matchers.retain(|m| rest.iter().all(|other| other.matchers.contains(m)));
    Some(Selector::new(first.metric.clone(), matchers))
}

/// Those of the selectors that no other covers, in a fixed order.
fn uncovered(selectors: &[Selector]) -> Vec<Selector> {
    let mut sorted: Vec<&Selector> = selectors.iter().collect();
    sorted.sort_by_key(|s| (s.matchers.len(), s.to_string()));
    let mut kept: Vec<Selector> = Vec::new();
    for selector in sorted {
        if !kept.iter().any(|k| k.covers(selector)) {
            kept.push(selector.clone());
        }
    }
    kept
}

/// The samples a minute of each selector, by day.
pub(super) type Measured = Vec<(Selector, Rates)>;

/// The samples a minute of a selector, by day.
pub(super) fn rates_of<'a>(measured: &'a Measured, selector: &Selector) -> Option<&'a Rates> {
    measured
        .iter()
        .find(|(s, _)| s == selector)
        .map(|(_, rates)| rates)
}

/// Measures what ledgers need.
pub(super) async fn measure_all(
    session: &Session<'_>,
    needs: &[Selector],
    span: Span,
) -> Result<Measured, SourceError> {
    let mut by_metric: BTreeMap<Option<&str>, Vec<Selector>> = BTreeMap::new();
    for selector in needs {
        let of_metric = by_metric.entry(selector.metric.as_deref()).or_default();
        if !of_metric.contains(selector) {
            of_metric.push(selector.clone());
        }
    }
    let metrics = by_metric.into_iter().map(|(metric, selectors)| async move {
        measure_metric(session, metric.is_some(), selectors, span).await
    });
    Ok(try_join_all(metrics).await?.concat())
}

async fn measure_metric(
    session: &Session<'_>,
    is_named: bool,
    selectors: Vec<Selector>,
    span: Span,
) -> Result<Measured, SourceError> {
    if is_named && selectors.len() > 1 {
        let all: Vec<&Selector> = selectors.iter().collect();
        if let Some(whole) = common(&all)
            && is_small(session, &whole, span).await?
            && let Some(rates) = measure_parts(session, &whole, &selectors, span).await?
        {
            return Ok(selectors.into_iter().zip(rates).collect());
        }
    }
    let each = selectors
        .iter()
        .map(|s| measure(session, Size::Samples, s, span));
    let rates = try_join_all(each).await?;
    Ok(selectors.into_iter().zip(rates).collect())
}

/// How the ledgers' raw samples are fetched. `needed` holds each ledger's place and its needs.
pub(super) async fn groups(
    session: &Session<'_>,
    needed: &[(usize, Vec<Selector>)],
    measured: &Measured,
    span: Span,
) -> Result<Vec<Group>, SourceError> {
    let mut by_metric: BTreeMap<Option<&str>, Vec<Selector>> = BTreeMap::new();
    for selector in needed.iter().flat_map(|(_, needs)| needs) {
        by_metric
            .entry(selector.metric.as_deref())
            .or_default()
            .push(selector.clone());
    }
    let metrics = by_metric.into_iter().map(|(metric, selectors)| async move {
        fetches(
            session,
            metric.is_some(),
            &uncovered(&selectors),
            measured,
            span,
        )
        .await
    });
    let fetches = try_join_all(metrics).await?.concat();
    Ok(joined(needed, &fetches))
}

/// What is fetched of one metric.
async fn fetches(
    session: &Session<'_>,
    is_named: bool,
    parts: &[Selector],
    measured: &Measured,
    span: Span,
) -> Result<Vec<(Selector, f64)>, SourceError> {
    let rate = |s: &Selector| rates_of(measured, s).map_or(0.0, Rates::max);
    let apart: Vec<(Selector, f64)> = parts.iter().map(|s| (s.clone(), rate(s))).collect();
    let all: Vec<&Selector> = parts.iter().collect();
    let Some(whole) = common(&all).filter(|_| is_named && parts.len() > 1) else {
        return Ok(apart);
    };
    let needed: f64 = parts
        .iter()
        .filter_map(|s| rates_of(measured, s))
        .map(Rates::sum)
        .sum();
    // Where nothing could be measured, nothing can be said of waste.
    if needed > 0.0 && is_small(session, &whole, span).await? {
        let rates = measure(session, Size::Samples, &whole, span).await?;
        if rates.sum() <= WASTE_MAX * needed {
            return Ok(vec![(whole, rates.max())]);
        }
    }
    Ok(apart)
}

/// Whether a selector has few enough series to be fetched for several ledgers at once.
async fn is_small(
    session: &Session<'_>,
    whole: &Selector,
    span: Span,
) -> Result<bool, SourceError> {
    let series = measure(session, Size::Series, whole, span).await?;
    Ok(series.max() <= session.limits().shared_series as f64)
}

/// Puts together what has to be counted together: ledgers that share a fetch, and fetches that one
/// ledger needs.
fn joined(needed: &[(usize, Vec<Selector>)], fetches: &[(Selector, f64)]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (member, needs) in needed {
        let mut new = Group {
            fetches: Vec::new(),
            members: vec![*member],
        };
        for need in needs {
            let fetch = fetches.iter().find(|(fetch, _)| fetch.covers(need));
            if let Some(fetch) = fetch.filter(|fetch| !new.fetches.contains(fetch)) {
                new.fetches.push(fetch.clone());
            }
        }
        let shares = |group: &Group| group.fetches.iter().any(|f| new.fetches.contains(f));
        let (shared, apart): (Vec<Group>, Vec<Group>) = groups.into_iter().partition(shares);
        groups = apart;
        for group in shared {
            new.members.extend(group.members);
            for fetch in group.fetches {
                if !new.fetches.contains(&fetch) {
                    new.fetches.push(fetch);
                }
            }
        }
        new.members.sort_unstable();
        groups.push(new);
    }
    groups
}

/// The stretches of a span whose days are all below, or all above, so many samples a minute.
pub(super) fn by_size(rates: &Rates, limit: u64, span: Span) -> Vec<(Span, Option<f64>)> {
    let mut stretches: Vec<(Span, Option<f64>)> = Vec::new();
    for (day, rate) in &rates.0 {
        let part = day_part(*day, span);
        let above = Some(*rate).filter(|rate| *rate > limit as f64);
        match stretches.last_mut() {
            Some((last, excess)) if excess.is_some() == above.is_some() => {
                last.until = part.until;
                *excess = excess.zip(above).map(|(a, b)| a.max(b));
            }
            _ => stretches.push((part, above)),
        }
    }
    stretches
}

fn day_part(day: Day, span: Span) -> Span {
    day.span().intersection(span)
}

#[cfg(test)]
mod tests {
    use tomoni_ledger::{DAY_MINUTES, Minute};
    use tomoni_spec::promql::read_gauge;

    use super::*;

    fn selector(text: &str) -> Selector {
        read_gauge(text).unwrap().unwrap()
    }

    fn selectors(texts: &[&str]) -> Vec<Selector> {
        texts.iter().map(|text| selector(text)).collect()
    }

    fn texts(selectors: &[Selector]) -> Vec<String> {
        selectors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_common_covers_all() {
        let all = selectors(&[
            r#"x{job="a",code=~"5..",le="1"}"#,
            r#"x{job="a",le="1",code!="500"}"#,
            r#"x{job="a",le="1",pod="p"}"#,
        ]);
        let refs: Vec<&Selector> = all.iter().collect();
        let whole = common(&refs).unwrap();
        assert_eq!(whole.to_string(), r#"x{job="a",le="1"}"#);
        assert!(all.iter().all(|s| whole.covers(s)));
        assert_eq!(common(&[]), None);
    }

    #[test]
    fn what_another_covers_is_not_fetched() {
        let all = selectors(&[
            r#"x{job="a",code="500"}"#,
            r#"x{job="a"}"#,
            r#"x{job="b",code="500"}"#,
            r#"x{job="a"}"#,
            r#"{__name__=~"x|y",job="a"}"#,
        ]);
        assert_eq!(
            texts(&uncovered(&all)),
            [
                r#"x{job="a"}"#,
                r#"x{code="500",job="b"}"#,
                r#"{__name__=~"x|y",job="a"}"#
            ]
        );
    }

    #[test]
    fn ledgers_with_a_fetch_in_common_are_counted_together() {
        let fetches: Vec<(Selector, f64)> =
            selectors(&[r#"x{job="a"}"#, r#"x{job="b"}"#, "y", "z"])
                .into_iter()
                .zip([1.0, 2.0, 3.0, 4.0])
                .collect();
        let needed: Vec<(usize, Vec<Selector>)> = [
            vec![r#"x{job="a",code="5"}"#],
            vec!["z"],
            vec![r#"x{job="b"}"#],
            vec![r#"x{job="b"}"#, "y"],
            vec![r#"x{job="a"}"#, r#"y{le="1"}"#],
        ]
        .into_iter()
        .enumerate()
        .map(|(i, texts)| (i * 10, selectors(&texts)))
        .collect();
        let groups = joined(&needed, &fetches);
        let members: Vec<&[usize]> = groups.iter().map(|group| &*group.members).collect();
        assert_eq!(members, [&[10][..], &[0, 20, 30, 40]]);
        let rates: Vec<f64> = groups
            .iter()
            .map(|g| g.fetches.iter().map(|(_, r)| r).sum())
            .collect();
        assert_eq!(rates, [4.0, 6.0]);
    }

    #[test]
    fn days_that_are_too_much_are_told_from_those_that_are_not() {
        let start = Day::from_index(20_000);
        let days = [5.0, 5.0, 11.0, 12.0, f64::INFINITY, 10.0];
        let day = |i: usize| Day::from_index(start.index() + i as i64);
        let rates = Rates(
            days.iter()
                .enumerate()
                .map(|(i, rate)| (day(i), *rate))
                .collect(),
        );
        let after: Minute = start.span().after;
        let span = Span::new(after + 700, after + 6 * DAY_MINUTES - 1);
        let cut = |day: i64| after + day * DAY_MINUTES;
        assert_eq!(
            by_size(&rates, 10, span),
            [
                (Span::new(after + 700, cut(2)), None),
                (Span::new(cut(2), cut(5)), Some(f64::INFINITY)),
                (Span::new(cut(5), span.until), None),
            ]
        );
    }
}
