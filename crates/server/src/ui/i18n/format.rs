//! Numbers as people write them.
//!
//! A service level is never rounded up: 99.8999… % against 99.9 % must not look as if the promise
//! had been kept. Minus is U+2212, groups are divided by commas in both languages.

use super::Language;

/// A whole number with its groups divided: `1,235,296`.
pub fn integer(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    signed(number < 0, &text)
}

/// A count of events: whole where it is, else with one decimal.
pub fn count(number: f64) -> String {
    decimals(number, usize::from((number - number.round()).abs() >= 0.05))
}

/// A number with so many decimals, its groups divided.
pub fn decimals(number: f64, places: usize) -> String {
    let plain = format!("{:.places$}", number.abs());
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let whole = integer(whole.parse().unwrap_or(i64::MAX));
    let text = if rest.is_empty() {
        whole
    } else {
        format!("{whole}.{rest}")
    };
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    signed(number < 0.0 && !is_zero, &text)
}

/// A count for an axis, short: `1.2M` in English, `120万` in Japanese.
pub fn compact(number: f64, language: Language) -> String {
    let steps: [(f64, &str); 3] = match language {
        Language::English => [(1e9, "B"), (1e6, "M"), (1e3, "k")],
        Language::Japanese => [(1e12, "兆"), (1e8, "億"), (1e4, "万")],
    };
    for (size, unit) in steps {
        if number.abs() >= size {
            let scaled = number / size;
            let places = usize::from(scaled.abs() < 10.0 && (scaled.fract()).abs() >= 0.05);
            return format!("{}{unit}", decimals(scaled, places));
        }
    }
    count(number)
}

/// A target: as many decimals of a percent as it needs, `99.9%`, `99.95%`, `99%`.
pub fn target(fraction: f64) -> String {
    format!("{}%", decimals(fraction * 100.0, target_decimals(fraction)))
}

/// How many decimals of a percent a target needs, six at most.
fn target_decimals(fraction: f64) -> usize {
    let percent = fraction * 100.0;
    (0..6)
        .find(|places| {
            let scale = 10_f64.powi(*places);
            ((percent * scale).round() / scale - percent).abs() < 1e-9
        })
        .and_then(|places| usize::try_from(places).ok())
        .unwrap_or(6)
}

/// A service level beside its target: two decimals of a percent more than the target, cut, not
/// rounded.
///
/// ```
/// use tomoni_server::ui::format::service_level;
/// assert_eq!(service_level(0.999_409_86, 0.999), "99.940%");
/// assert_eq!(service_level(0.998_999_99, 0.999), "99.899%");
/// assert_eq!(service_level(1.0, 0.999), "100%");
/// ```
pub fn service_level(fraction: f64, target: f64) -> String {
    if fraction >= 1.0 {
        return "100%".to_owned();
    }
    let places = (target_decimals(target) + 2).clamp(2, 6);
    let scale = [1e2, 1e3, 1e4, 1e5, 1e6]
        .get(places - 2)
        .copied()
        .unwrap_or(1e6);
    // The product's binary noise must not cut a whole step off: 0.9994 · 10⁵ is 99939.999….
    let cut = (fraction * 100.0 * scale + 1e-6).floor() / scale;
    format!("{}%", decimals(cut, places))
}

/// What is left of a budget, in percent: whole, with a decimal where that is below ten.
pub fn share(fraction: f64) -> String {
    let percent = fraction * 100.0;
    let places = usize::from(percent.abs() < 9.95 && (percent - percent.round()).abs() >= 0.05);
    format!("{}%", decimals(percent, places))
}

/// A share of an axis or of coverage, in percent with so many decimals.
pub fn percent(fraction: f64, places: usize) -> String {
    format!("{}%", decimals(fraction * 100.0, places))
}

/// A difference of two shares in points, with its sign.
///
/// ```
/// use tomoni_server::ui::format::points;
/// assert_eq!(points(-0.286_42), "\u{2212}28.64");
/// assert_eq!(points(0.000_5), "+0.05");
/// assert_eq!(points(0.000_01), "0");
/// ```
pub fn points(difference: f64) -> String {
    let points = difference * 100.0;
    if points.abs() < 0.005 {
        return "0".to_owned();
    }
    let sign = if points > 0.0 { "+" } else { "" };
    format!("{sign}{}", decimals(points, 2))
}

/// A burn rate or a factor: `14.4×`.
pub fn burn_rate(rate: f64) -> String {
    let places = match rate {
        r if r >= 99.95 => 0,
        r if r >= 9.995 || (r - r.round()).abs() < 0.005 => 1,
        _ => 2,
    };
    let text = decimals(rate, places);
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{text}×")
}

fn signed(is_negative: bool, text: &str) -> String {
    if is_negative {
        format!("\u{2212}{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(integer(1_235_296), "1,235,296");
        assert_eq!(integer(-1_000), "−1,000");
        assert_eq!(integer(999), "999");
        assert_eq!(count(1_235.3), "1,235.3");
        assert_eq!(count(729.0), "729");
        assert_eq!(decimals(-0.04, 1), "0.0");
        assert_eq!(compact(1_234_567.0, Language::English), "1.2M");
        assert_eq!(compact(1_234_567.0, Language::Japanese), "123万");
        assert_eq!(compact(950.0, Language::Japanese), "950");
        assert_eq!(target(0.999), "99.9%");
        assert_eq!(target(0.9995), "99.95%");
        assert_eq!(target(0.99), "99%");
        assert_eq!(share(0.4099), "41%");
        assert_eq!(share(-0.372), "−37%");
        assert_eq!(share(0.004), "0.4%");
        assert_eq!(burn_rate(14.4), "14.4×");
        assert_eq!(burn_rate(0.933_33), "0.93×");
        assert_eq!(burn_rate(6.0), "6×");
        assert_eq!(burn_rate(100.0), "100×");
    }

    proptest! {
        #[test]
        fn a_missed_target_never_looks_kept(missed_by in 1e-9_f64..0.5, target in 0.5_f64..0.9999) {
            let target = (target * 1e4).floor() / 1e4;
            let text = service_level(target - missed_by, target);
            let shown: f64 = text.trim_end_matches('%').parse().unwrap();
            prop_assert!(shown / 100.0 < target || missed_by < 1e-8, "{text} against {target}");
        }
    }
}
