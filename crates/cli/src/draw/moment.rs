//! Times as people read them.

/// `2026-11-22T09:00:00Z` as `2026-11-22 09:00 UTC`.
pub(crate) fn utc(rfc3339: &str) -> String {
    format!("{} UTC", minute(rfc3339))
}

/// `2026-11-22T09:00:00Z` as `2026-11-22 09:00`.
pub(crate) fn minute(rfc3339: &str) -> String {
    let cut: String = rfc3339.chars().take(16).collect();
    cut.replace('T', " ")
}

/// `2026-11-22T09:00:00Z` as `2026-11-22`.
pub(crate) fn day(rfc3339: &str) -> String {
    rfc3339.chars().take(10).collect()
}

/// From one time to another, the day said once where it is the same: `2026-11-22 09:00 – 09:30`.
pub(crate) fn span(from: &str, until: &str) -> String {
    let (from, until) = (minute(from), minute(until));
    match (from.split_once(' '), until.split_once(' ')) {
        (Some((day, _)), Some((same, clock))) if day == same => format!("{from} – {clock}"),
        _ => format!("{from} – {until}"),
    }
}

/// A number of minutes: `45 min`, `2 h 10 min`, `13 d 4 h`.
pub(crate) fn duration(minutes: i64) -> String {
    let (days, hours, rest) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, rest) => format!("{rest} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, rest) => format!("{hours} h {rest} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// The name of a window, such as `1h` or `193m`, in units that people count in: `3h13m`.
pub(crate) fn window(name: &str) -> String {
    let minutes = name
        .strip_suffix('m')
        .and_then(|count| count.parse::<i64>().ok());
    let Some(minutes) = minutes.filter(|minutes| *minutes > 60) else {
        return name.to_owned();
    };
    let parts = [
        (minutes / 1_440, 'd'),
        (minutes / 60 % 24, 'h'),
        (minutes % 60, 'm'),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    parts
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_and_keep_their_zone() {
        assert_eq!(utc("2026-11-22T09:00:00Z"), "2026-11-22 09:00 UTC");
        assert_eq!(
            span("2026-11-22T09:00:00Z", "2026-11-22T09:30:00Z"),
            "2026-11-22 09:00 – 09:30"
        );
        assert_eq!(
            span("2026-11-22T23:00:00Z", "2026-11-23T00:00:00Z"),
            "2026-11-22 23:00 – 2026-11-23 00:00"
        );
    }

    #[test]
    fn windows_are_named_in_units_that_people_count_in() {
        for (name, text) in [
            ("5m", "5m"),
            ("3d", "3d"),
            ("193m", "3h13m"),
            ("18515m", "12d20h35m"),
        ] {
            assert_eq!(window(name), text);
        }
    }

    #[test]
    fn durations_have_two_units_at_most() {
        for (minutes, text) in [
            (0, "0 min"),
            (45, "45 min"),
            (120, "2 h"),
            (130, "2 h 10 min"),
            (1_440, "1 d"),
            (18_990, "13 d 4 h"),
        ] {
            assert_eq!(duration(minutes), text);
        }
    }
}
