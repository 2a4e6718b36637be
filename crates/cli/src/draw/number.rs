//! Numbers as people read them. Nothing here rounds in the flattering direction: a service level is
//! cut, not rounded, so that 99.9996% never reads as 100%.

/// What stands where a figure is not known.
pub(crate) const UNKNOWN: &str = "–";

/// A service level in percent, cut to two digits more than its objective needs.
pub(crate) fn service_level(sli: f64, objective: f64) -> String {
    let digits = decimals_of(objective * 100.0) + 2;
    let scale = 10_f64.powi(digits as i32);
    // A relative nudge of 1e-12 undoes binary noise (0.9994 * 100 = 99.94000000000001), no more.
    let cut = (sli * 100.0 * scale * (1.0 + 1e-12)).floor() / scale;
    format!("{cut:.digits$}%")
}

/// An objective in percent with the digits it was written with.
pub(crate) fn objective(target: f64) -> String {
    let digits = decimals_of(target * 100.0);
    format!("{:.digits$}%", target * 100.0)
}

/// The share of a budget that is left, in percent with one digit; cut towards what is worse.
pub(crate) fn remaining(share: f64) -> String {
    let cut = (share * 1_000.0 + 1e-9).floor() / 10.0;
    format!("{cut:.1}%")
}

/// A share in percent, with as many digits as tell it from 0% and 100%.
pub(crate) fn share(share: f64) -> String {
    let percent = share * 100.0;
    let is_small = percent.abs() < 0.1 || (percent < 100.0 && percent > 99.9);
    let digits = if is_small && percent != 0.0 { 3 } else { 1 };
    format!("{percent:.digits$}%")
}

/// A difference of two shares of a budget, in points of it: `-28.64`, `+0.05`.
pub(crate) fn points(difference: f64) -> String {
    let points = difference * 100.0;
    if points.abs() < 0.005 {
        return "0".to_owned();
    }
    format!("{points:+.2}")
}

/// A number with all the digits that mean something: nine behind the point at most.
pub(crate) fn digits(value: f64) -> String {
    let text = format!("{value:.9}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A burn rate: `0.23×`.
pub(crate) fn burn_rate(rate: f64) -> String {
    // Two digits: what is just above a factor must not read as if it were equal to it.
    match rate {
        r if r >= 100.0 => format!("{r:.0}×"),
        0.0 => "0×".to_owned(),
        r => format!("{r:.2}×"),
    }
}

/// An amount of events or minutes with thousands apart, to a tenth where it is small:
/// `1 234 567`, `12.5`.
pub(crate) fn amount(value: f64) -> String {
    let tenths = (value.abs() * 10.0).round();
    let is_small = tenths < 100_000.0;
    let (whole, tenth) = if is_small {
        ((tenths / 10.0).trunc(), tenths % 10.0)
    } else {
        (value.abs().round(), 0.0)
    };
    let mut digits = format!("{whole:.0}");
    let mut at = digits.len();
    while at > 3 {
        at -= 3;
        digits.insert(at, '\u{202f}');
    }
    if tenth > 0.0 {
        digits.push_str(&format!(".{tenth:.0}"));
    }
    if value < 0.0 {
        format!("-{digits}")
    } else {
        digits
    }
}

/// How many decimals a percentage was written with (at most 6).
fn decimals_of(percent: f64) -> usize {
    (0..6)
        .find(|digits| {
            let scaled = percent * 10_f64.powi(*digits);
            (scaled - scaled.round()).abs() < 1e-6
        })
        .unwrap_or(6) as usize
}

/// So many of something, in words.
pub(crate) fn counted(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_level_is_never_flattered() {
        assert_eq!(service_level(0.999_999_6, 0.999), "99.999%");
        assert_eq!(service_level(0.9994, 0.999), "99.940%");
        assert_eq!(service_level(1.0, 0.999), "100.000%");
        assert_eq!(service_level(0.5, 0.99), "50.00%");
    }

    #[test]
    fn an_objective_keeps_its_digits() {
        assert_eq!(objective(0.999), "99.9%");
        assert_eq!(objective(0.99), "99%");
        assert_eq!(objective(0.9995), "99.95%");
    }

    #[test]
    fn what_is_left_is_cut_towards_worse() {
        assert_eq!(remaining(0.4099), "40.9%");
        assert_eq!(remaining(-0.0301), "-3.1%");
        assert_eq!(remaining(1.0), "100.0%");
        assert_eq!(remaining(0.41), "41.0%");
    }

    #[test]
    fn points_have_a_sign() {
        assert_eq!(points(-0.286_42), "-28.64");
        assert_eq!(points(0.000_5), "+0.05");
        assert_eq!(points(-0.000_04), "0");
    }

    #[test]
    fn amounts_group_their_thousands() {
        assert_eq!(amount(1_234_567.0), "1\u{202f}234\u{202f}567");
        assert_eq!(amount(12.5), "12.5");
        assert_eq!(amount(1.97), "2");
        assert_eq!(amount(999.97), "1\u{202f}000");
        assert_eq!(amount(-12.34), "-12.3");
        assert_eq!(amount(0.0), "0");
    }
}
