//! Numbers of events as people and programs write them.

use tomoni_ledger::{Events, PARTS};

/// A number of events: at least 0, at most what a minute holds, and a multiple of 1/1024.
///
/// # Errors
///
/// In words that can stand behind the number's name.
pub(super) fn events(number: f64) -> Result<Events, String> {
    if !number.is_finite() || number < 0.0 {
        return Err(format!("is {number}, which is no number of events"));
    }
    if number > Events::MINUTE_MAX.as_f64() {
        return Err(format!("is {number}, which is more than a minute holds"));
    }
    let parts = number * PARTS as f64;
    if parts.fract() != 0.0 {
        return Err(format!(
            "is {number}: write a whole number, or a multiple of 1/{PARTS}"
        ));
    }
    // Below 2⁴⁶, as `Events::MINUTE_MAX` has so many parts.
    Ok(Events::from_parts(parts as i64))
}

/// The bad events of a count: given as such, or what is not good.
///
/// # Errors
///
/// In words, when both or neither are given, or more are good than there are.
pub(super) fn bad(
    good: Option<Events>,
    bad: Option<Events>,
    total: Events,
) -> Result<Events, String> {
    match (good, bad) {
        (None, Some(bad)) if bad <= total => Ok(bad),
        (Some(good), None) if good <= total => Ok(total - good),
        (None, Some(part)) | (Some(part), None) => Err(format!(
            "{} of {} events is more than all",
            part.as_f64(),
            total.as_f64()
        )),
        (Some(_), Some(_)) => Err("`good` and `bad` exclude each other: give one".to_owned()),
        (None, None) => Err("`good` or `bad` is missing beside `total`".to_owned()),
    }
}
