//! The share that should be good, and what it leaves to be bad.

/// The share of what is measured that should be good, in `[0, 1)`.
///
/// A target of 1 leaves no budget and cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Target {
    fraction: f64,
    budget_share: f64,
}

/// A number is no target.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("a target lies in [0, 1): {0} leaves no error budget, or is not a share at all")]
pub struct NotATarget(pub f64);

impl Target {
    /// A target as a fraction, such as `0.999`.
    ///
    /// # Errors
    ///
    /// When it does not lie in `[0, 1)`.
    pub fn new(fraction: f64) -> Result<Self, NotATarget> {
        if !(0.0..1.0).contains(&fraction) {
            return Err(NotATarget(fraction));
        }
        let fraction = fraction + 0.0; // one zero only
        let budget_share = decimal_complement(fraction).unwrap_or(1.0 - fraction);
        debug_assert!(budget_share > 0.0 && budget_share <= 1.0);
        Ok(Self {
            fraction,
            budget_share,
        })
    }

    /// A target in percent, such as `99.9`, without the noise of a binary division: `99.9 / 100` is
    /// not `0.999`.
    ///
    /// ```
    /// use tomoni_slo::Target;
    /// assert_ne!(99.9 / 100.0, 0.999);
    /// assert_eq!(Target::from_percent(99.9), Target::new(0.999));
    /// ```
    ///
    /// # Errors
    ///
    /// When it does not lie in `[0, 100)`.
    pub fn from_percent(percent: f64) -> Result<Self, NotATarget> {
        let fraction = format!("{percent}e-2").parse().unwrap_or(percent / 100.0);
        Self::new(fraction).map_err(|_| NotATarget(fraction))
    }

    /// The target as a fraction.
    pub const fn fraction(self) -> f64 {
        self.fraction
    }

    /// The share that may be bad: `1 - target` of the decimal that was written, not of the nearest
    /// binary fraction. Always above zero.
    ///
    /// ```
    /// use tomoni_slo::Target;
    /// assert_ne!(1.0 - 0.999, 0.001);
    /// assert_eq!(Target::new(0.999).unwrap().budget_share(), 0.001);
    /// ```
    pub const fn budget_share(self) -> f64 {
        self.budget_share
    }
}

/// `1 - fraction` in decimal, of the shortest decimal that names the fraction; `None` where that
/// has more digits than fit.
fn decimal_complement(fraction: f64) -> Option<f64> {
    const DIGITS_MAX: usize = 18;
    let text = fraction.to_string();
    let digits = text.strip_prefix("0.").unwrap_or("0");
    if digits.len() > DIGITS_MAX {
        return None;
    }
    let one = 10_u64.pow(digits.len() as u32);
    let rest = one - digits.parse::<u64>().ok()?;
    format!("{rest}e-{}", digits.len()).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_that_of_the_decimal() {
        for (target, share) in [
            (0.999, 0.001),
            (0.9, 0.1),
            (0.95, 0.05),
            (0.995, 0.005),
            (0.9999, 0.0001),
            (0.99999, 0.00001),
            (0.999_999_999, 1e-9),
            (0.3, 0.7),
            (0.0, 1.0),
            (-0.0, 1.0),
            (1e-300, 1.0),
            (0.5, 0.5),
            (1.0 - f64::EPSILON / 2.0, 1e-16),
            (0.999_999_999_999_9, 1e-13),
        ] {
            let target = Target::new(target).unwrap();
            assert!(
                (target.budget_share() - share).abs() < f64::MIN_POSITIVE,
                "{target:?} {share}"
            );
        }
    }

    #[test]
    fn percents_lose_nothing() {
        for (percent, fraction) in [(99.9, 0.999), (99.95, 0.9995), (99.99, 0.9999), (0.0, 0.0)] {
            assert_eq!(Target::from_percent(percent), Target::new(fraction));
        }
    }

    #[test]
    fn what_leaves_no_budget_is_no_target() {
        for number in [1.0, 1.1, -0.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(Target::new(number).is_err(), "{number}");
            assert!(Target::from_percent(number * 100.0).is_err(), "{number}");
        }
    }
}
