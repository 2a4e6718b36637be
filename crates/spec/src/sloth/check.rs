//! What Sloth refuses, beyond what its tables of fields say.

use crate::codes;
use crate::prometheus::duration_ms;
use crate::scope::Scope;
use crate::shape::scalar;
use crate::source::Extent;
use crate::unwise::{WINDOW_MS_MIN, no_budget, no_page, short_window};
use crate::yaml::{Entry, Node, Value, shortened};

use super::table::Fields;

/// Checks the name of a service or an SLO.
pub(super) fn name(scope: &mut Scope<'_>, node: &Node<'_>, field: &str) {
    let Some(text) = scalar::word(scope, node, field) else {
        return;
    };
    if !is_name(text) {
        let message = format!("`{field}` cannot be `{}`", shortened(text));
        let help = "a name has letters, digits, `-`, `_` and `.`, begins and ends with a letter or \
                    digit, and is two long at least";
        scope.report(&codes::SLOTH_NAME, node.extent, message, help);
    }
}

fn is_name(text: &str) -> bool {
    let is_outer = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let is_inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let bytes = text.as_bytes();
    bytes.len() >= 2
        && is_outer(bytes.first())
        && is_outer(bytes.last())
        && bytes.iter().copied().all(is_inner)
}

/// Checks labels or annotations.
pub(super) fn labels(scope: &mut Scope<'_>, node: &Node<'_>, field: &str) {
    if !matches!(node.value, Value::Map(_)) {
        let message = format!("`{field}` is a mapping, but this is {}", node.what());
        scope.report(&codes::SLOTH_VALUE, node.extent, message, "");
        return;
    }
    for entry in node.entries() {
        let key = shortened(&entry.key);
        if entry.key.is_empty() || entry.key == "__name__" {
            let message = format!("`{key}` is no key that `{field}` can have");
            let help = "write another key: `__name__` is the metric's name";
            scope.report(&codes::SLOTH_LABEL, entry.key_extent, message, help);
        } else if entry.node.word().is_none_or(str::is_empty) {
            let message = match entry.node.word() {
                None if !entry.node.is_null() => {
                    format!("`{key}` is a text, but this is {}", entry.node.what())
                }
                _ => format!("`{key}` has no value"),
            };
            let help = "write its value, or take it out";
            scope.report(&codes::SLOTH_LABEL, entry.key_extent, message, help);
        }
    }
}

/// Checks that a query leaves the range to Sloth.
pub(super) fn query(scope: &mut Scope<'_>, node: &Node<'_>, field: &str) {
    let Some(text) = scalar::text(scope, node, field) else {
        return;
    };
    if text.trim().is_empty() {
        let message = format!("`{field}` is empty");
        let help = "write the query, in PromQL";
        scope.report(&codes::SLOTH_MISSING_FIELD, node.extent, message, help);
    } else if !has_window(text) {
        let message = format!("`{field}` has no `{{{{.window}}}}`");
        let help = "write it for the range, as in `rate(errors_total[{{.window}}])`: rules ask over \
                    many windows";
        scope.report(&codes::SLOTH_WINDOW, node.extent, message, help);
    }
}

fn has_window(text: &str) -> bool {
    let mut holes = text.split("{{").skip(1);
    holes.any(|rest| {
        let inner = rest.split_once("}}").map(|(inner, _)| inner);
        inner.is_some_and(|inner| inner.trim_matches(' ') == ".window")
    })
}

/// Checks a duration as Prometheus writes it.
pub(super) fn duration(scope: &mut Scope<'_>, node: &Node<'_>, field: &str) {
    let ms = node.word().and_then(duration_ms);
    if ms.is_none_or(|ms| ms == 0) {
        let message = format!("`{field}` is a duration, but this is {}", node.what());
        let help = "write a duration as Prometheus has it, such as `1h`, `3d` or `1h30m`";
        scope.report(&codes::SLOTH_VALUE, node.extent, message, help);
    } else if field == "shortWindow" && ms.is_some_and(|ms| ms < WINDOW_MS_MIN) {
        short_window(scope, node.extent, "the short window");
    }
}

/// Checks what holds between the two windows of an alert.
pub(super) fn window_order(scope: &mut Scope<'_>, window: &Node<'_>) {
    let ms = |key: &str| duration_ms(window.get(key)?.word()?);
    let Some(short) = window.get("shortWindow") else {
        return;
    };
    if ms("shortWindow") > ms("longWindow") {
        let message = "the short window is longer than the long one";
        let help = "exchange the two: the short window is there to end the alert soon";
        scope.report(&codes::SLOTH_WINDOW_ORDER, short.extent, message, help);
    }
}

/// Checks what holds between the fields of an SLO.
pub(super) fn slo(scope: &mut Scope<'_>, node: &Node<'_>, at: Extent, fields: &Fields) {
    same_queries(scope, node, fields);
    alerts(scope, node, at, fields);
    let objective = node.get("objective");
    if let Some(objective) = objective.filter(|o| o.number() == Some(100.0)) {
        no_budget(scope, objective.extent);
    }
    if let Some(entry) = node.entry("plugins") {
        slo_plugins(scope, entry);
    }
    if let Some(plugin) = node.get("sli").and_then(|sli| sli.entry("plugin")) {
        let id = plugin.node.get("id").and_then(Node::word);
        let message = match id {
            Some(id) => format!("the SLI plugin `{}` cannot run here", shortened(id)),
            None => "an SLI plugin cannot run here".to_owned(),
        };
        let help = "write the query that the plugin makes under `raw` or `events`; other SLOs of \
                    this document are used";
        scope.report(&codes::SLOTH_PLUGIN, plugin.key_extent, message, help);
    }
}

fn same_queries(scope: &mut Scope<'_>, node: &Node<'_>, fields: &Fields) {
    let events = node.get("sli").and_then(|sli| sli.get("events"));
    let query = |key: &str| events.and_then(|e| e.get(key));
    if let Some((error, total)) = query(fields.error_query).zip(query(fields.total_query))
        && error.text().is_some()
        && error.text() == total.text()
    {
        let message = "the error query is the same as the total query";
        let help = "take the matcher that tells bad events from all into the error query";
        scope.report(&codes::SLOTH_SAME, error.extent, message, help);
    }
}

fn alerts(scope: &mut Scope<'_>, node: &Node<'_>, at: Extent, fields: &Fields) {
    let alerting = node.entry("alerting");
    let is_disabled = |key: &str| {
        let alert = alerting.and_then(|e| e.node.get(key));
        alert
            .and_then(|a| a.get("disable")?.boolean())
            .unwrap_or(false)
    };
    let place = alerting.map_or(at, |e| e.key_extent);
    let name = alerting.and_then(|e| e.node.get("name"));
    let (page, ticket) = (fields.page_alert, fields.ticket_alert);
    let is_silent = is_disabled(page) && is_disabled(ticket);
    if !is_silent && name.and_then(Node::word).is_none_or(str::is_empty) {
        let message = "the alerts have no name";
        let help = format!(
            "add `name: …` under `alerting`, or write `disable: true` under `{page}` and `{ticket}`"
        );
        scope.report(&codes::SLOTH_MISSING_FIELD, place, message, help);
    }
    if is_disabled(page) {
        let entry = alerting.and_then(|e| e.node.entry(page));
        let place = entry.map_or(place, |e| e.key_extent);
        no_page(scope, place);
    }
}

/// Says that plugins which change rules have no effect here.
pub(super) fn slo_plugins(scope: &mut Scope<'_>, entry: &Entry<'_>) {
    let message = format!("`{}` are not run here", entry.key);
    let help = "they change the rules that Sloth makes; figures and rules here do not know of them";
    scope.report(&codes::SLOTH_SLO_PLUGINS, entry.key_extent, message, help);
}
