//! Durations as Prometheus writes them: `30d`, `1h30m`, `500ms`.

/// The units, longest first, in milliseconds.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// The milliseconds of a Prometheus duration: whole numbers with the units y, w, d, h, m, s and ms,
/// longest first, each at most once; or `0`. `None` where it is none, or longer than Prometheus
/// counts.
///
/// ```
/// use tomoni_spec::prometheus::duration_ms;
/// assert_eq!(duration_ms("1h30m"), Some(5_400_000));
/// assert_eq!(duration_ms("30m1h"), None);
/// ```
pub fn duration_ms(text: &str) -> Option<u64> {
    // Prometheus counts nanoseconds in 63 bits.
    const MOST_MS: u64 = (i64::MAX / 1_000_000) as u64;
    if text == "0" {
        return Some(0);
    }
    let mut units = UNITS.iter();
    let mut rest = text;
    let mut sum = 0_u64;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at_checked(digits)?;
        let letters = after.bytes().take_while(u8::is_ascii_lowercase).count();
        let (unit, after) = after.split_at_checked(letters)?;
        let (_, length) = units.find(|(name, _)| *name == unit)?;
        let part = number.parse::<u64>().ok()?.checked_mul(*length)?;
        sum = sum.checked_add(part)?;
        rest = after;
    }
    (!text.is_empty() && sum <= MOST_MS).then_some(sum)
}

/// A duration in milliseconds as Prometheus prints it: weeks, days and years only where nothing
/// smaller is left over.
///
/// ```
/// use tomoni_spec::prometheus::{duration_ms, duration_text};
/// let printed = |text| duration_text(duration_ms(text).unwrap());
/// assert_eq!(printed("7d"), "1w");
/// assert_eq!(printed("28d"), "4w");
/// assert_eq!(printed("30d"), "30d");
/// assert_eq!(printed("90m"), "1h30m");
/// ```
pub fn duration_text(ms: u64) -> String {
    if ms == 0 {
        return "0s".to_owned();
    }
    let mut left = ms;
    let mut text = String::new();
    for (name, length) in UNITS {
        let is_whole_only = matches!(name, "y" | "w");
        if left < length || (is_whole_only && !left.is_multiple_of(length)) {
            continue;
        }
        text.push_str(&format!("{}{name}", left / length));
        left %= length;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_prometheus() {
        for (text, ms) in [
            ("0", Some(0)),
            ("0s", Some(0)),
            ("5m", Some(300_000)),
            ("1w3d", Some(10 * 86_400_000)),
            ("1y", Some(365 * 86_400_000)),
            ("1h500ms", Some(3_600_500)),
            ("", None),
            ("5", None),
            ("m", None),
            ("5 m", None),
            ("-5m", None),
            ("1m1h", None),
            ("1m1m", None),
            ("1M", None),
            ("300y", None),
            ("99999999999999999999y", None),
            ("日", None),
        ] {
            assert_eq!(duration_ms(text), ms, "{text}");
        }
    }

    #[test]
    fn what_is_printed_is_read_again() {
        for ms in [1, 999, 60_000, 86_400_000, 694_800_000, 31_536_000_001] {
            assert_eq!(duration_ms(&duration_text(ms)), Some(ms), "{ms}");
        }
        assert_eq!(duration_text(5_400_000), "1h30m");
        assert_eq!(duration_text(8 * 86_400_000), "8d");
    }
}
