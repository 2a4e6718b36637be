//! How a sample's budget was spent: a rhythm, some noise, and what its story tells.

/// 2026-11-24T09:01:45Z.
pub(super) const NOW_S: i64 = 1_795_510_905;
/// The last settled minute.
pub(super) const WATERMARK_S: i64 = NOW_S - 105;
/// The distance of two points, in seconds.
pub(super) const STEP_S: i64 = 7_200;
/// Points in a window of 28 days.
pub(super) const WINDOW_STEPS: usize = 336;
/// Points that the pictures show.
pub(super) const SHOWN: usize = 336;

/// Something that went wrong: when, for how long, and what share of the budget it took.
#[derive(Clone, Copy)]
pub(super) struct Trouble {
    pub(super) days_ago: f64,
    pub(super) hours: f64,
    pub(super) share: f64,
}

/// A number in `0..1` that depends on nothing but its seeds.
pub(super) fn noise(seed: u64, place: u64) -> f64 {
    let mut x =
        seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ place.wrapping_mul(0xD1B5_4A32_D192_ED03);
    x ^= x >> 31;
    x = x.wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^= x >> 29;
    (x >> 11) as f64 / (1_u64 << 53) as f64
}

/// A name as a seed.
pub(super) fn seed(name: &str) -> u64 {
    name.bytes().fold(7, |hash: u64, byte| {
        hash.wrapping_mul(131).wrapping_add(u64::from(byte))
    })
}

/// Traffic's daily and weekly rhythm in Tokyo, around 1.
pub(super) fn rhythm(at_s: i64) -> f64 {
    let local = at_s + 9 * 3_600;
    let hour = local.rem_euclid(86_400) as f64 / 3_600.0;
    let weekday = (local.div_euclid(86_400) + 3).rem_euclid(7);
    let day = 1.0 + 0.75 * ((hour - 14.0) / 24.0 * std::f64::consts::TAU).cos();
    if weekday >= 5 { day * 0.6 } else { day }
}

/// The end of a step; the last one ends at the watermark.
pub(super) fn step_end_s(step: usize) -> i64 {
    WATERMARK_S - (SHOWN - 1 - step) as i64 * STEP_S
}

/// The share of the budget that each step spent, over two windows: the second is shown.
pub(super) fn spending(name: &str, calm: f64, troubles: &[Trouble]) -> Vec<f64> {
    let seed = seed(name);
    let all = WINDOW_STEPS + SHOWN;
    (0..all)
        .map(|step| {
            let end = WATERMARK_S - (all - 1 - step) as i64 * STEP_S;
            let days_ago = (WATERMARK_S - end) as f64 / 86_400.0;
            let quiet = calm / WINDOW_STEPS as f64 * rhythm(end);
            let mut spent = quiet * (0.4 + 1.2 * noise(seed, step as u64));
            for trouble in troubles {
                let length = trouble.hours / 24.0;
                let step_days = STEP_S as f64 / 86_400.0;
                let begin = trouble.days_ago;
                // The overlap of the step (days_ago .. days_ago + step) with the trouble.
                let overlap = (days_ago + step_days).min(begin) - days_ago.max(begin - length);
                if overlap > 0.0 {
                    spent += trouble.share * (overlap / length).min(1.0);
                }
            }
            spent
        })
        .collect()
}

/// What was left at each shown step, of a window that rolls.
pub(super) fn remaining(spending: &[f64]) -> Vec<f64> {
    let mut sum: f64 = spending.iter().take(WINDOW_STEPS).sum();
    let mut left = Vec::with_capacity(SHOWN);
    for step in WINDOW_STEPS..spending.len() {
        let new = spending.get(step).copied().unwrap_or_default();
        let old = spending
            .get(step - WINDOW_STEPS)
            .copied()
            .unwrap_or_default();
        sum += new - old;
        left.push(1.0 - sum);
    }
    left
}
