//! What can be said of an SLI's queries: mistakes, and what is certainly unwise.

use super::sli::Asked;
use crate::codes;
use crate::prometheus::duration_text;
use crate::promql::{Counters, MatchOp, Matcher, Measure, PromqlError, Reading, Selector};
use crate::scope::Scope;
use crate::source::Extent;
use crate::unwise::{WINDOW_MS_MIN, short_window};
use crate::yaml::{Node, extent_within, word_within};

/// Checks a threshold metric's query.
pub(super) fn check_gauge(scope: &mut Scope<'_>, asked: &Asked<'_, '_>) {
    match asked.parsed.read_gauge() {
        Err(error) => syntax(scope, asked.node, error),
        Ok(Some(selector)) => matches_nothing(scope, asked, &selector),
        Ok(None) => unrated(scope, asked),
    }
}

/// Checks the query of a ratio that somebody has computed already.
pub(super) fn check_raw(scope: &mut Scope<'_>, asked: &Asked<'_, '_>) {
    match asked.parsed.read() {
        Err(error) => syntax(scope, asked.node, error),
        Ok(_) => unrated(scope, asked),
    }
}

/// Checks the queries of a ratio of events.
pub(super) fn check_ratio(
    scope: &mut Scope<'_>,
    part: &Asked<'_, '_>,
    total: &Asked<'_, '_>,
    is_counter: bool,
) {
    let mut read = |asked: &Asked<'_, '_>| {
        let reading = asked.parsed.read_events(is_counter);
        reading
            .map_err(|error| syntax(scope, asked.node, error))
            .ok()
    };
    let (part_reading, total_reading) = (read(part), read(total));
    let (Some(part_reading), Some(total_reading)) = (part_reading, total_reading) else {
        return;
    };
    match (&part_reading, &total_reading) {
        (Reading::Counters(p), Reading::Counters(t)) => {
            for (counters, asked) in [(p, part), (t, total)] {
                for term in &counters.terms {
                    matches_nothing(scope, asked, &term.selector);
                }
            }
            compare(scope, part, p, t);
        }
        (Reading::Counters(one), Reading::Expression(_)) => mixed(scope, part, one),
        (Reading::Expression(_), Reading::Counters(one)) => mixed(scope, total, one),
        (Reading::Expression(_), Reading::Expression(_)) => {
            for asked in [part, total] {
                match asked.parsed.read() {
                    Ok(Reading::Counters(counters)) => undeclared(scope, asked, &counters),
                    _ => unrated(scope, asked),
                }
            }
        }
    }
}

/// A range that is written out, and shorter than two scrapes.
pub(super) fn short_range(scope: &mut Scope<'_>, asked: &Asked<'_, '_>) {
    let shortest = asked.parsed.facts().ranges_ms.first().copied();
    if let Some(range_ms) = shortest.filter(|range_ms| *range_ms < WINDOW_MS_MIN) {
        let written = duration_text(range_ms);
        let place = find(scope, asked, &format!("[{written}]"));
        short_window(scope, place, &format!("the range of {written}"));
    }
}

/// A bare counter beside what can only be evaluated: the one counts from a process' birth, the
/// other does not.
fn mixed(scope: &mut Scope<'_>, asked: &Asked<'_, '_>, counters: &Counters) {
    if counters.measure != Measure::Value {
        return;
    }
    let message = "this is a counter's bare value, but the ratio's other query is something that \
                   can only be evaluated, so the two count in different units";
    let help = "write both as `sum(rate(…[5m]))` of a counter; then both are counted exactly";
    scope.report(&codes::PROMQL_UNITS, asked.node.extent, message, help);
}

/// What two sums of counters say of each other.
fn compare(scope: &mut Scope<'_>, asked: &Asked<'_, '_>, part: &Counters, total: &Counters) {
    if part.to_string() == total.to_string() {
        let message = "this counts the same as `total`: all events or none are good";
        let help = "take the matcher that tells good from bad into one of the two queries";
        scope.report(&codes::PROMQL_SAME, asked.node.extent, message, help);
        return;
    }
    let ([part], [total]) = (part.terms.as_slice(), total.terms.as_slice()) else {
        return;
    };
    let (part, total) = (&part.selector, &total.selector);
    if part.metric.is_none() || part.metric != total.metric {
        return;
    }
    let clash = part
        .matchers
        .iter()
        .filter(|m| m.op == MatchOp::Equal)
        .find_map(|m| {
            let there = total.required(&m.label)?;
            (there != m.value).then_some((m, there))
        });
    if let Some((matcher, there)) = clash {
        let message = format!(
            "this counts where `{}` is `{}`, but `total` only where it is `{there}`",
            matcher.label, matcher.value
        );
        let help = "`total` must count all events, with those that this counts among them";
        let place = find(scope, asked, &matcher.value);
        scope.report(&codes::PROMQL_OUTSIDE, place, message, help);
    }
}

/// Two conditions on a label that nothing can meet.
fn matches_nothing(scope: &mut Scope<'_>, asked: &Asked<'_, '_>, selector: &Selector) {
    let wanted = |m: &&Matcher| m.op == MatchOp::Equal;
    for matcher in selector.matchers.iter().filter(wanted) {
        let refusing = selector
            .matchers
            .iter()
            .find(|other| other.label == matcher.label && !other.matches(&matcher.value));
        if let Some(other) = refusing {
            let message = format!("nothing can match both `{matcher}` and `{other}`");
            let help = "take one of the two out";
            let place = find(scope, asked, &matcher.value);
            scope.report(&codes::PROMQL_NOTHING, place, message, help);
            return;
        }
    }
}

/// A counter of which the ratio does not say that it is one.
fn undeclared(scope: &mut Scope<'_>, asked: &Asked<'_, '_>, counters: &Counters) {
    let metrics = counters
        .terms
        .iter()
        .filter_map(|t| t.selector.metric.as_deref());
    if let Some(name) = metrics.into_iter().find(|name| name.ends_with("_total")) {
        let message = format!(
            "`{name}` is a counter by its name, but without `counter: true` its bare value is used"
        );
        let help = "write `counter: true` beside `total`, and its events are counted exactly";
        let place = find(scope, asked, name);
        scope.report(&codes::PROMQL_UNRATED, place, message, help);
    }
}

/// The bare value of a counter in an expression: what happened since a process was born.
fn unrated(scope: &mut Scope<'_>, asked: &Asked<'_, '_>) {
    let facts = asked.parsed.facts();
    // Other endings are also those of gauges.
    let counter = facts
        .unrated_counters
        .iter()
        .find(|n| n.ends_with("_total"));
    if let Some(name) = counter {
        let message = format!("`{name}` is read as a bare value, which falls to 0 at each restart");
        let help = format!("write `rate({name}[5m])`");
        let place = find(scope, asked, name);
        scope.report(&codes::PROMQL_UNRATED, place, message, help);
    }
}

/// Where a word of the query stands in the file.
fn find(scope: &Scope<'_>, asked: &Asked<'_, '_>, word: &str) -> Extent {
    let text = scope.text().as_str();
    match asked.query.promql.find(word) {
        Some(at) if !word.is_empty() => {
            let start = extent_within(text, asked.node, at).start;
            let end = extent_within(text, asked.node, at + word.len() - 1).end;
            Extent::new(start, end.max(start))
        }
        _ => asked.node.extent,
    }
}

/// Reports a query that is not PromQL, where it is wrong.
pub(super) fn syntax(scope: &mut Scope<'_>, node: &Node<'_>, error: PromqlError) {
    let text = scope.text().as_str();
    let extent = match error.offset {
        Some(offset) => word_within(text, node, offset),
        None => node.extent,
    };
    let message = format!("not PromQL: {}", error.message);
    scope.report(&codes::PROMQL_SYNTAX, extent, message, "");
}
