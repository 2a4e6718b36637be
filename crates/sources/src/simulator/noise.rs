//! Noise that can be asked for any place without having passed all places before it.
//!
//! A running generator would have to be wound forward to reach a minute a year away. Here a draw
//! is a hash of *where* it is: `Noise::new(seed).named("unlock-api").branch(pod).branch(minute)`.
//! Only operations that IEEE 754 defines exactly are used (no `exp`, `ln`, `sin`), so that a seed
//! means the same events on every machine.

/// A place in the noise; cheap to copy, to branch and to draw from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noise(u64);

/// 2⁶⁴ divided by the golden ratio: spreads consecutive keys over the whole range.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Means up to this are drawn by walking the distribution, above by its normal shape.
const WALKED_MEAN: f64 = 16.0;

impl Noise {
    /// The root of a world's noise.
    pub const fn new(seed: u64) -> Self {
        Self(mix(seed ^ SPREAD))
    }

    /// The place `key` below this one; different keys are independent of each other.
    #[must_use]
    pub const fn branch(self, key: u64) -> Self {
        Self(mix(self
            .0
            .wrapping_add(key.wrapping_add(1).wrapping_mul(SPREAD))))
    }

    /// The place below this one with a name.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        name.bytes()
            .fold(self.branch(name.len() as u64), |noise, byte| {
                noise.branch(byte.into())
            })
    }

    /// 64 bits.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Uniform in `[0, 1)`, in steps of 2⁻⁵³.
    pub fn unit(self) -> f64 {
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in `0..n`; `0` for `n == 0`. The bias of at most n/2⁶⁴ does not matter here.
    pub const fn below(self, n: u64) -> u64 {
        ((self.0 as u128 * n as u128) >> 64) as u64
    }

    /// Uniform in `from..until`.
    pub const fn between(self, from: i64, until: i64) -> i64 {
        from + self.below(until.abs_diff(from)) as i64
    }

    /// True with the probability given.
    pub fn chance(self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// How many events happen when `mean` are expected: very nearly Poisson.
    ///
    /// Small means: a binomial of 1024 trials, inverted. Large ones: its normal shape (a sum of
    /// four uniforms), rounded up or down at random so that the mean is kept.
    pub fn count(self, mean: f64) -> i64 {
        if mean.is_nan() || mean <= 0.0 {
            0
        } else if mean <= WALKED_MEAN {
            walked(mean, self.unit())
        } else {
            let sum: f64 = (1..=4).map(|i| self.branch(i).unit()).sum();
            let normal = (sum - 2.0) * 3.0_f64.sqrt();
            (mean + normal * mean.sqrt() + self.unit()).floor().max(0.0) as i64
        }
    }
}

/// The inverse of the binomial distribution with 1024 trials and this mean.
fn walked(mean: f64, unit: f64) -> i64 {
    const TRIALS: f64 = 1_024.0;
    let p = mean / TRIALS;
    let odds = p / (1.0 - p);
    // (1-p)^1024 by ten squarings.
    let mut probability = (0..10).fold(1.0 - p, |q, _| q * q);
    let (mut reached, mut count) = (probability, 0_i64);
    while unit >= reached && count < 1_024 {
        probability *= (TRIALS - count as f64) / (count as f64 + 1.0) * odds;
        reached += probability;
        count += 1;
    }
    count
}

/// A bijection of 64 bits in which every input bit moves every output bit: the finaliser of the
/// SplitMix64 generator (Steele, Lea, Flood 2014; constants by Stafford, his variant 13).
const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_always_the_same_and_no_other() {
        let root = Noise::new(7);
        assert_eq!(
            root.named("a").branch(3).bits(),
            Noise::new(7).named("a").branch(3).bits()
        );
        assert_ne!(root.named("a").branch(3), root.named("a").branch(4));
        assert_ne!(root.named("a"), root.named("b"));
        assert_ne!(root.named("ab"), root.named("a").named("b"));
        assert_ne!(root, Noise::new(8));
        // Pinned: a change here changes every simulated world.
        assert_eq!(
            root.named("unlock-api").branch(1).bits(),
            1_603_746_520_048_295_448
        );
    }

    #[test]
    fn counts_have_the_mean_and_the_variance_of_poisson() {
        for mean in [0.01, 0.5, 3.0, 15.9, 16.1, 120.0, 9_000.0] {
            let n = 20_000_u64;
            let draws = (0..n).map(|i| Noise::new(1).branch(i).count(mean) as f64);
            let sum: f64 = draws.clone().sum();
            let square: f64 = draws.map(|d| (d - mean) * (d - mean)).sum();
            let (average, variance) = (sum / n as f64, square / n as f64);
            // Five standard errors of the mean; a tenth of the variance.
            assert!(
                (average - mean).abs() < 5.0 * (mean / n as f64).sqrt(),
                "{mean}: {average}"
            );
            assert!(
                (variance / mean - 1.0).abs() < 0.1,
                "{mean}: variance {variance}"
            );
        }
    }

    #[test]
    fn nothing_is_drawn_from_no_mean() {
        for mean in [0.0, -1.0, f64::NAN] {
            assert_eq!(Noise::new(1).count(mean), 0);
        }
    }

    #[test]
    fn ranges_are_kept() {
        for i in 0..1_000 {
            let place = Noise::new(3).branch(i);
            assert!((0.0..1.0).contains(&place.unit()));
            assert!((-5..5).contains(&place.between(-5, 5)));
            assert_eq!(place.below(1), 0);
        }
    }
}
