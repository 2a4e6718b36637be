//! Facts and days by chance.

use proptest::prelude::*;
use tomoni_ledger::{Counts, DAY_MINUTES, Day, DayFacts, Events, Fact, Marks};

/// Every fact that can be, and with small numbers some that cannot.
pub(crate) fn any_fact() -> impl Strategy<Value = Fact> {
    let max = Events::MINUTE_MAX.parts();
    let parts = prop_oneof![
        3 => 0..2_000_i64,
        3 => (0..5_000_i64).prop_map(|n| n * 1_024),
        1 => 0..=max,
        1 => (max - 3)..=max,
    ];
    let counts = prop_oneof![
        1 => Just(None),
        4 => (parts, 0.0..=1.0_f64).prop_map(|(total, share)| Some((total, share))),
        1 => (0..=max).prop_map(|total| Some((total, 1.0))),
    ];
    (counts, 0..8_u8).prop_map(|(counts, bits)| {
        let counts = counts.map(|(total, share)| Counts {
            bad: Events::from_parts(((total as f64 * share) as i64).min(total)),
            total: Events::from_parts(total),
        });
        let marks = Marks::from_bits(bits).unwrap_or_default();
        Fact { counts, marks }.checked()
    })
}

/// What whole services do: long stretches alike, with single minutes that are not.
pub(crate) fn any_day(day: i64) -> impl Strategy<Value = DayFacts> {
    let smooth = (any_fact(), 1..400_usize, 0..60_i64).prop_map(|(fact, n, wobble)| {
        let wobbled = move |i: usize| {
            let mut fact = fact;
            if let Some(counts) = &mut fact.counts {
                counts.total += Events::whole((i as i64 * 7_919) % (wobble + 1));
            }
            fact
        };
        (0..n).map(wobbled).collect::<Vec<_>>()
    });
    let ragged = prop::collection::vec(any_fact(), 0..300);
    let stretches = prop::collection::vec(prop_oneof![smooth, ragged], 0..16);
    stretches.prop_map(move |stretches| {
        let mut facts = DayFacts::unknown(Day::from_index(day));
        let all = stretches.into_iter().flatten().take(DAY_MINUTES as usize);
        for (place, fact) in all.enumerate() {
            facts.set(facts.day().minute(place), fact);
        }
        facts
    })
}

/// A day of ragged minutes without any likeness.
pub(crate) fn ragged_day(day: i64) -> impl Strategy<Value = DayFacts> {
    prop::collection::vec(any_fact(), DAY_MINUTES as usize).prop_map(move |all| {
        let mut facts = DayFacts::unknown(Day::from_index(day));
        for (place, fact) in all.into_iter().enumerate() {
            facts.set(facts.day().minute(place), fact);
        }
        facts
    })
}
