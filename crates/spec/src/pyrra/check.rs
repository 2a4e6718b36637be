//! What Pyrra refuses, beyond what its table of fields says.

use crate::codes;
use crate::prometheus::duration_ms;
use crate::promql::{MatchOp, Parsed, Selector};
use crate::scope::Scope;
use crate::shape::scalar;
use crate::unwise::{no_budget, no_page, short_window};
use crate::yaml::{Node, extent_within, shortened};

/// Milliseconds of a minute.
const MINUTE_MS: u64 = 60_000;
/// The shortest of Pyrra's windows is the SLO's window through this, rounded to the minute.
const SHORTEST: u64 = 8_064;
/// Shorter windows round to no minute at all.
const WINDOW_MS_MIN: u64 = SHORTEST * MINUTE_MS / 2;

/// Checks a target: percent, as a text.
pub(super) fn target(scope: &mut Scope<'_>, node: &Node<'_>, field: &str) {
    let Some(text) = scalar::word(scope, node, field) else {
        return;
    };
    let percent = percent(text);
    match percent.filter(|p| (0.0..=100.0).contains(p)) {
        None => {
            let message = format!("`{}` is no target", shortened(text));
            let help = "write percent from 0 to 100, in quotes and without `%`, such as \"99.5\"";
            scope.report(&codes::PYRRA_VALUE, node.extent, message, help);
        }
        Some(p) if p >= 100.0 => no_budget(scope, node.extent),
        Some(p) if p > 0.0 && p < 1.0 => {
            let message = format!("this promises {p} %, not {} %", p * 100.0);
            let help = "write percent, such as \"99.5\"";
            scope.report(&codes::PYRRA_FRACTION, node.extent, message, help);
        }
        Some(_) => {}
    }
}

/// The number in a target.
pub(super) fn percent(text: &str) -> Option<f64> {
    let is_number = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-');
    text.parse().ok().filter(|_| text.bytes().all(is_number))
}

/// Checks a window: a duration of whole minutes, as Prometheus writes it.
pub(super) fn window(scope: &mut Scope<'_>, node: &Node<'_>, field: &str) {
    let Some(text) = scalar::word(scope, node, field) else {
        return;
    };
    match minutes(text) {
        None => {
            let message = format!("`{}` is no window", shortened(text));
            let help = "write a duration of whole minutes as Prometheus has it, such as `4w`";
            scope.report(&codes::PYRRA_VALUE, node.extent, message, help);
        }
        Some(minutes) if (minutes as u64) * MINUTE_MS < WINDOW_MS_MIN => {
            short_window(scope, node.extent, "the shortest alert window of this");
        }
        Some(_) => {}
    }
}

/// The minutes of a window.
pub(super) fn minutes(text: &str) -> Option<i64> {
    let ms = duration_ms(text).filter(|ms| *ms > 0 && ms % MINUTE_MS == 0)?;
    // Beyond this no window is kept.
    let minutes = i64::try_from(ms / MINUTE_MS).ok()?;
    format!("{minutes}m")
        .parse::<tomoni_slo::Duration>()
        .is_ok()
        .then_some(minutes)
}

/// Checks a metric: the selector of some series, and nothing else.
pub(super) fn metric(scope: &mut Scope<'_>, node: &Node<'_>, field: &str) {
    let Some(text) = scalar::text(scope, node, field) else {
        return;
    };
    if text.trim().is_empty() {
        let message = format!("`{field}` is empty");
        let help = "write a metric's name, with conditions on its labels";
        scope.report(&codes::PYRRA_MISSING_FIELD, node.extent, message, help);
        return;
    }
    // What is no PromQL is reported when queries are read.
    let reading = Parsed::new(text.trim_end()).and_then(|parsed| parsed.read_gauge());
    if matches!(reading, Ok(None)) {
        let message = "this is more than a metric with conditions on its labels";
        let help = "write it without functions: Pyrra itself makes `increase` and `rate` of it";
        scope.report(&codes::PYRRA_SELECTOR, node.extent, message, help);
    }
}

/// Checks the name of a label.
pub(super) fn label_name(scope: &mut Scope<'_>, node: &Node<'_>, _: &str) {
    let Some(text) = scalar::word(scope, node, "grouping") else {
        return;
    };
    if !scalar::is_label(text) {
        let message = format!("`{}` is no label's name", shortened(text));
        let help = "write the name of a label that the series have, such as `handler`";
        scope.report(&codes::PYRRA_VALUE, node.extent, message, help);
    }
}

/// Checks what holds between the fields of an objective.
pub(super) fn objective(scope: &mut Scope<'_>, spec: &Node<'_>) {
    if let Some(indicator) = spec.get("indicator") {
        if let Some(entry) = indicator.entry("latencyNative") {
            let message = "a native histogram's latency cannot be evaluated yet";
            let help = "write `latency` over a classic histogram's `_bucket` and `_count`";
            scope.report(&codes::PYRRA_NATIVE, entry.key_extent, message, help);
        }
        if let Some(latency) = indicator.get("latency") {
            self::latency(scope, latency);
        }
    }
    let Some(alerting) = spec.entry("alerting") else {
        return;
    };
    let is = |key: &str| alerting.node.get(key).and_then(Node::boolean);
    let off = [("disabled", true), ("burnrates", false)];
    if let Some((key, _)) = off.into_iter().find(|(key, value)| is(key) == Some(*value)) {
        let entry = alerting.node.entry(key);
        no_page(scope, entry.map_or(alerting.key_extent, |e| e.key_extent));
    }
}

/// A latency is a bucket of a histogram, and its count.
fn latency(scope: &mut Scope<'_>, latency: &Node<'_>) {
    let mut selector = |key: &str, ending: &str| {
        let node = latency.at(&[key, "metric"])?;
        let parsed = Parsed::new(node.text()?.trim_end()).ok()?;
        let selector = parsed.read_gauge().ok()??;
        let name = selector.metric.as_deref().unwrap_or_default();
        if !name.ends_with(ending) {
            let message = format!("`{}` is not a histogram's `{ending}`", shortened(name));
            let help = format!("write the metric whose name ends in `{ending}`");
            scope.report(&codes::PYRRA_HISTOGRAM, node.extent, message, help);
        }
        Some((node, selector))
    };
    selector("total", "_count");
    if let Some((node, success)) = selector("success", "_bucket") {
        bucket(scope, node, &success);
    }
}

/// The bucket is told by the label `le`.
fn bucket(scope: &mut Scope<'_>, node: &Node<'_>, success: &Selector) {
    let matcher = success.matchers.iter().find(|m| m.label == "le");
    let is_bound = |text: &str| text.parse::<f64>().is_ok();
    if matcher.is_some_and(|m| m.op == MatchOp::Equal && is_bound(&m.value)) {
        return;
    }
    let message = match matcher {
        Some(matcher) => format!("`{}` names no bucket", shortened(&matcher.to_string())),
        None => "the bucket is not named".to_owned(),
    };
    let offset = node.text().and_then(|text| text.find("le="));
    let place = offset.map_or(node.extent, |at| {
        extent_within(scope.text().as_str(), node, at)
    });
    let help = "write `le=\"0.5\"` with one of the histogram's bounds";
    scope.report(&codes::PYRRA_BUCKET, place, message, help);
}
