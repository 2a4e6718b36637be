//! Time windows.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tomoni_slo::{Calendar, Unit, Window};

use super::scalar::{parse_date_time, parse_time_zone, parts_of_duration};
use crate::codes;
use crate::scope::Scope;
use crate::source::Extent;
use crate::yaml::Node;

/// The longest rolling window: ten years.
const ROLLING_MINUTES_MAX: i64 = 10 * 365 * 1_440;

/// The minutes of a duration, where it has any fixed number of them (semantics.md, "Windows").
pub(crate) fn minutes(text: &str) -> Option<i64> {
    let (count, unit) = parts_of_duration(text)?;
    let unit = match unit {
        'm' => 1,
        'h' => 60,
        'd' => 1_440,
        'w' => 7 * 1_440,
        'M' => 30 * 1_440,
        'Q' => 90 * 1_440,
        'Y' => 365 * 1_440,
        _ => return None,
    };
    i64::from(count).checked_mul(unit)
}

/// The window of a duration that always ends now.
fn rolling(text: &str) -> Result<Window, String> {
    match minutes(text) {
        Some(minutes) if minutes <= ROLLING_MINUTES_MAX => Ok(Window::Rolling {
            minutes,
            text: text.to_owned(),
        }),
        _ => Err("a window is ten years long at most".to_owned()),
    }
}

/// The window of the calendar's periods.
fn calendar(text: &str, zone: TimeZone, start: DateTime) -> Result<Window, String> {
    let parts = parts_of_duration(text);
    let (count, unit) = parts.ok_or_else(|| "it is no duration".to_owned())?;
    let unit = match unit {
        'd' => Unit::Day,
        'w' => Unit::Week,
        'M' => Unit::Month,
        'Q' => Unit::Quarter,
        'Y' => Unit::Year,
        'm' => {
            return Err(format!(
                "`m` is minutes; a calendar's months are `{count}M`"
            ));
        }
        _ => return Err("a calendar's periods are counted in d, w, M, Q or Y".to_owned()),
    };
    let is_short = minutes(text).is_some_and(|m| m <= ROLLING_MINUTES_MAX);
    let count = i32::try_from(count).ok().filter(|_| is_short);
    let count = count.ok_or_else(|| "a window is ten years long at most".to_owned())?;
    Ok(Window::Calendar(Calendar {
        count,
        unit,
        zone,
        start,
    }))
}

/// Checks that the window is rolling or calendar-aligned, and which; what else is wrong with it has
/// been reported. The window where it is sound.
pub(crate) fn read(scope: &mut Scope<'_>, window: &Node<'_>) -> Option<Window> {
    let is_rolling = window.get("isRolling").and_then(Node::boolean);
    let calendar_entry = window.entry("calendar");
    let at = window
        .entries()
        .first()
        .map_or(window.extent, |e| e.key_extent);
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
        (_, calendar) => duration(scope, window, at, calendar.map(|e| &e.node)),
    }
}

fn duration(
    scope: &mut Scope<'_>,
    window: &Node<'_>,
    at: Extent,
    calendar_node: Option<&Node<'_>>,
) -> Option<Window> {
    let node = window.get("duration")?;
    let text = node.text().filter(|t| parts_of_duration(t).is_some())?;
    let read = match calendar_node {
        None => rolling(text),
        Some(calendar_node) => {
            let zone = calendar_node
                .text_at(&["timeZone"])
                .and_then(parse_time_zone);
            let start = calendar_node
                .text_at(&["startTime"])
                .and_then(parse_date_time);
            // What is wrong with them has been reported; the duration is still looked at.
            let sound = zone.zip(start);
            let (zone, start) = sound
                .clone()
                .unwrap_or((TimeZone::UTC, DateTime::constant(2026, 1, 1, 0, 0, 0, 0)));
            match calendar(text, zone, start) {
                Ok(window) => return sound.map(|_| window),
                Err(why) => Err(why),
            }
        }
    };
    match read {
        Ok(window) => Some(window),
        Err(why) => {
            let message = format!("`{text}` cannot be this window's duration");
            let place = window.get("duration").map_or(at, |n| n.extent);
            scope.report(&codes::DURATION, place, message, why);
            None
        }
    }
}
