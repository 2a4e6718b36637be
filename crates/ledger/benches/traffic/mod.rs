//! Traffic as the simulator's services have it, by a fixed seed: Poisson's noise around a daily
//! rhythm, few failures, an outage, gaps. The ledger knows nothing of `sources`, so the shape is
//! drawn again here, in little.

use tomoni_ledger::{DAY_MINUTES, Day, DayFacts, Events, Fact};

/// A service: its name, its events a minute, the share that fails.
pub(crate) type Service = (&'static str, f64, f64);

/// The lab's services, from idle to busy, and one that is busier by far.
pub(crate) const SERVICES: [Service; 7] = [
    ("idle", 0.0, 0.0),
    ("report-worker", 0.25, 0.004),
    ("visitor-api", 60.0, 0.001),
    ("reservation-api", 150.0, 0.000_5),
    ("unlock-api", 420.0, 0.000_3),
    ("auth-api", 900.0, 0.000_1),
    ("huge", 1_000_000.0, 0.001),
];

/// How busy each full hour is; between them the level changes linearly.
const HOURS: [f64; 24] = [
    0.30, 0.20, 0.14, 0.12, 0.16, 0.35, 0.80, 1.25, 1.20, 0.95, 0.85, 0.90, //
    1.00, 0.95, 0.92, 1.00, 1.25, 1.60, 1.85, 1.80, 1.55, 1.20, 0.80, 0.50,
];

/// The days `0..days` of a service.
pub(crate) fn days(service: Service, days: i64) -> Vec<DayFacts> {
    let (name, per_minute, failing) = service;
    let mut noise = Noise(name.len() as u64 * 1_000 + 7);
    (0..days)
        .map(|day| {
            let mut facts = DayFacts::unknown(Day::from_index(day));
            for place in 0..DAY_MINUTES as usize {
                let (hour, past) = (place / 60, (place % 60) as f64 / 60.0);
                let level = HOURS[hour] + (HOURS[(hour + 1) % 24] - HOURS[hour]) * past;
                let is_out = day % 7 == 3 && (1_000..1_022).contains(&place);
                let failing = if is_out { 0.15 } else { failing };
                let good = noise.count(per_minute * level * (1.0 - failing));
                let bad = noise.count(per_minute * level * failing);
                let is_gap = day % 5 == 2 && (300..307).contains(&place);
                if !is_gap {
                    let fact = Fact::counted(Events::whole(bad), Events::whole(good + bad));
                    facts.set(facts.day().minute(place), fact);
                }
            }
            facts
        })
        .collect()
}

/// Steele's SplitMix64.
struct Noise(u64);

impl Noise {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Very nearly Poisson: small means by counting waits, large ones by the normal shape.
    fn count(&mut self, mean: f64) -> i64 {
        if mean > 16.0 {
            let sum: f64 = (0..4).map(|_| self.unit()).sum();
            let normal = (sum - 2.0) * 3.0_f64.sqrt();
            return (mean + normal * mean.sqrt() + self.unit()).floor().max(0.0) as i64;
        }
        let (limit, mut waited, mut count) = ((-mean).exp(), self.unit(), 0);
        while waited > limit {
            waited *= self.unit();
            count += 1;
        }
        count
    }
}
