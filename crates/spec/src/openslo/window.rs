//! Time windows.

use tomoni_slo::{CalendarError, Duration, Window};

use crate::codes;
use crate::scope::Scope;
use crate::shape::{beginning, scalar};
use crate::source::Extent;
use crate::yaml::Node;

/// The minutes of a duration such as `5m`; `None` where it is none.
pub(crate) fn minutes(text: &str) -> Option<i64> {
    text.parse().ok().map(Duration::minutes)
}

/// Checks that the window is rolling or calendar-aligned, and which; what else is wrong with it has
/// been reported. The window where it is sound.
pub(crate) fn read(scope: &mut Scope<'_>, window: &Node<'_>) -> Option<Window> {
    let is_rolling = window.get("isRolling").and_then(Node::boolean);
    let calendar_entry = window.entry("calendar");
    let at = beginning(window);
    match (is_rolling, calendar_entry) {
        (Some(true), Some(entry)) => {
            let message = "a rolling window has no `calendar`";
            let help = "take `calendar` out, or write `isRolling: false`";
            scope.report(&codes::TIME_WINDOW, entry.key_extent, message, help);
            None
        }
        (Some(false), None) => {
            let place = window.entry("isRolling").map_or(at, |e| e.key_extent);
            let message = "a window that is not rolling needs a `calendar`";
            let help = "add `calendar` with `startTime` and `timeZone`, or write `isRolling: true`";
            scope.report(&codes::TIME_WINDOW, place, message, help);
            None
        }
        (None, None) if window.get("isRolling").is_none() => {
            let message = "a time window is rolling or has a `calendar`, but this says neither";
            let help = "add `isRolling: true`, or `calendar` with `startTime` and `timeZone`";
            scope.report(&codes::TIME_WINDOW, at, message, help);
            None
        }
        (_, calendar) => duration(scope, window, calendar.map(|e| &e.node)),
    }
}

fn duration(
    scope: &mut Scope<'_>,
    window: &Node<'_>,
    calendar: Option<&Node<'_>>,
) -> Option<Window> {
    let node = window.get("duration")?;
    // What is no duration has been reported.
    let text = node.text().filter(|t| minutes(t).is_some())?;
    let Some(calendar) = calendar else {
        return Window::rolling(text).ok();
    };
    let zone = calendar.text_at(&["timeZone"]);
    let start = calendar.text_at(&["startTime"]);
    match Window::calendar(text, zone.unwrap_or_default(), start.unwrap_or_default()) {
        Ok(window) => Some(window),
        Err(error @ (CalendarError::Duration(_) | CalendarError::NotAPeriod { .. })) => {
            not_a_period(scope, text, node.extent, &error);
            None
        }
        // These have been reported, at their own places.
        Err(CalendarError::UnknownZone { .. } | CalendarError::NotAStart { .. }) => None,
    }
}

fn not_a_period(scope: &mut Scope<'_>, text: &str, extent: Extent, error: &CalendarError) {
    match text.strip_suffix('m') {
        // The commonest slip.
        Some(count) => {
            let message = format!("`{text}` is minutes, which are no calendar period");
            let help = format!("write `{count}M` for months");
            scope.report(&codes::DURATION, extent, message, help);
        }
        None => scalar::report(scope, &codes::DURATION, extent, error),
    }
}
