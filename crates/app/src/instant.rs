//! Instants as people write them, and as reports do.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tomoni_ledger::Minute;

/// A text is no instant that can be looked at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnInstant {
    /// It cannot be read.
    #[error(
        "`{0}` is not a time: write RFC 3339 with a zone, such as 2026-11-22T09:00:00Z or \
         2026-11-22T18:00:00+09:00, or how long ago, such as 90m, 2h, 7d or 4w"
    )]
    Unreadable(String),
    /// It lies in the future.
    #[error("{0} lies in the future: budgets are known up to now, {1}")]
    Future(String, String),
}

/// Reads an instant: RFC 3339, or a time ago (`90m`, `2h`, `7d`, `4w`).
///
/// Both are milliseconds since the Unix epoch.
///
/// ```
/// use tomoni_app::instant;
/// let now_ms = 1_000 * 86_400_000;
/// assert_eq!(instant::parse("2h", now_ms), Ok(now_ms - 7_200_000));
/// assert_eq!(instant::parse("1970-01-02T00:00:00Z", now_ms), Ok(86_400_000));
/// assert!(instant::parse("yesterday", now_ms).is_err());
/// ```
///
/// # Errors
///
/// When it is neither, or lies in the future.
pub fn parse(text: &str, now_ms: i64) -> Result<i64, NotAnInstant> {
    let text = text.trim();
    if text == "now" {
        return Ok(now_ms);
    }
    let instant_ms = match ago_ms(text) {
        Some(ago) => now_ms.checked_sub(ago),
        None => text.parse().ok().map(Timestamp::as_millisecond),
    };
    let instant_ms = instant_ms
        .filter(|ms| Timestamp::from_millisecond(*ms).is_ok())
        .ok_or_else(|| NotAnInstant::Unreadable(text.to_owned()))?;
    if instant_ms > now_ms {
        return Err(NotAnInstant::Future(text.to_owned(), rfc3339(now_ms)));
    }
    Ok(instant_ms)
}

/// A duration such as `7d`, in milliseconds.
fn ago_ms(text: &str) -> Option<i64> {
    let unit = text.chars().last()?;
    let unit_ms: i64 = match unit {
        's' => 1_000,
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => 86_400_000,
        'w' => 604_800_000,
        _ => return None,
    };
    let count = &text[..text.len() - 1];
    let is_count = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
    is_count.then(|| count.parse::<i64>().ok()?.checked_mul(unit_ms))?
}

/// RFC 3339 in UTC, to the second. An instant outside jiff's ten thousand years is cut to them.
pub fn rfc3339(instant_ms: i64) -> String {
    let cut = Timestamp::from_millisecond(instant_ms).unwrap_or(if instant_ms < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    });
    cut.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A minute's end, RFC 3339 in UTC.
pub fn of_minute(minute: Minute) -> String {
    rfc3339(minute.end_ms())
}

/// A minute's end on a zone's clock, with its offset: `2026-11-22 18:00 +09:00`.
pub fn local(minute: Minute, zone: &TimeZone) -> String {
    let instant = Timestamp::from_millisecond(minute.end_ms()).unwrap_or_default();
    let zoned = instant.to_zoned_datetime(zone.clone());
    zoned.strftime("%Y-%m-%d %H:%M %:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_795_338_000_000;

    #[test]
    fn times_ago() {
        assert_eq!(parse("now", NOW_MS), Ok(NOW_MS));
        for (text, minutes) in [("90m", 90), ("2h", 120), ("7d", 10_080), ("4w", 40_320)] {
            assert_eq!(parse(text, NOW_MS), Ok(NOW_MS - minutes * 60_000), "{text}");
        }
    }

    #[test]
    fn zones_are_understood() {
        assert_eq!(rfc3339(NOW_MS), "2026-11-22T09:00:00Z");
        for text in ["2026-11-22T09:00:00Z", "2026-11-22T18:00:00+09:00"] {
            assert_eq!(parse(text, NOW_MS), Ok(NOW_MS), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let texts = [
            "",
            "h",
            "2",
            "-2h",
            "2y",
            "2026-11-22",
            "2026-11-22T09:00:00",
            "99999999999999999w",
            "9223372036854775807s",
            "日",
        ];
        for text in texts {
            let refused = Err(NotAnInstant::Unreadable(text.to_owned()));
            assert_eq!(parse(text, NOW_MS), refused, "{text}");
        }
    }

    #[test]
    fn the_future_is_refused() {
        let error = parse("2026-11-22T09:00:01Z", NOW_MS).unwrap_err();
        assert_eq!(
            error.to_string(),
            "2026-11-22T09:00:01Z lies in the future: budgets are known up to now, \
             2026-11-22T09:00:00Z"
        );
    }
}
