//! Which days' minutes are in memory: those that figures need now and soon.

use std::collections::{BTreeMap, BTreeSet};

use tomoni_ledger::{Day, DayFacts, Minute};
use tomoni_slo::{LedgerKey, Objective, required_days};
use tomoni_store::StoreError;

use super::Live;
use super::held::Held;
use crate::refresh::needed;

/// What is needed so many minutes later is loaded already, so that a database that is away when a
/// day turns keeps no figures from being worked out.
const AHEAD_MINUTES: i64 = 120;
/// How often it is looked which days a ledger's figures need, in minutes: each at its own.
const TEND_MINUTES: i64 = 30;
/// How many damaged days are passed over in one go.
const DAMAGED_MAX: usize = 64;

/// Days to load, by ledger.
pub(super) type Days = BTreeMap<LedgerKey, BTreeSet<Day>>;

impl Live {
    /// Loads what is stale, and what figures at each ledger's end need; lets go of the rest. While
    /// something waits to be kept memory is ahead of the store, and nothing is loaded or let go.
    pub(super) async fn tend(&mut self) {
        if !self.keeping.is_empty() {
            return;
        }
        let watermark = self.watermark();
        let mut wanted = Days::new();
        let mut objectives: BTreeMap<&LedgerKey, Vec<&Objective>> = BTreeMap::new();
        for (key, tracked) in &self.objectives {
            if let Some(promise) = tracked.promise() {
                objectives.entry(key).or_default().push(&promise.objective);
            }
        }
        for ((key, held), turn) in self.ledgers.iter_mut().zip(0_i64..) {
            let Some(end) = held.end(watermark) else {
                continue;
            };
            if held
                .tended_until
                .is_none_or(|until| end >= until || end < until - TEND_MINUTES)
            {
                let of_ledger = objectives.get(key).map_or(&[][..], Vec::as_slice);
                let next = end + 1 + (turn - end.index()).rem_euclid(TEND_MINUTES);
                tend_one(held, of_ledger, end);
                held.tended_until = Some(next);
            }
            let away = held.needed.iter().filter(|day| is_away(held, **day));
            let days: BTreeSet<Day> = away.chain(&held.stale).copied().collect();
            if !days.is_empty() {
                wanted.insert(key.clone(), days);
            }
        }
        if !wanted.is_empty() {
            self.load(wanted).await;
        }
    }

    /// Loads days from the store. One that is damaged is taken for unknown, and said.
    pub(super) async fn load(&mut self, mut wanted: Days) {
        let watermark = self.watermark();
        for _ in 0..DAMAGED_MAX {
            let list: Vec<(LedgerKey, Vec<Day>)> = wanted
                .iter()
                .map(|(key, days)| (key.clone(), days.iter().copied().collect()))
                .collect();
            match self.options.store.days(&list).await {
                Ok(loaded) => {
                    self.database_works();
                    for (key, days) in loaded {
                        if let Some(held) = self.ledgers.get_mut(&key) {
                            days.iter().for_each(|day| held.load(day, watermark));
                        }
                    }
                    return;
                }
                Err(error) => {
                    let damaged = match &error {
                        StoreError::DamagedBlock { key, day, .. } => Some((key.clone(), *day)),
                        _ => None,
                    };
                    self.database_failed(&error);
                    let Some((key, day)) = damaged else {
                        return;
                    };
                    if let Some(days) = wanted.get_mut(&key) {
                        days.remove(&day);
                    }
                    if let Some(held) = self.ledgers.get_mut(&key) {
                        held.load(&DayFacts::unknown(day), watermark);
                    }
                }
            }
        }
    }
}

/// Works out which days a ledger's figures need, and lets go of the others.
fn tend_one(held: &mut Held, objectives: &[&Objective], end: Minute) {
    let bare = held.series.without_minutes();
    let mut days: BTreeSet<Day> = BTreeSet::from([end.day()]);
    for objective in objectives {
        days.extend(needed(&bare, objective, end, false));
        days.extend(required_days(&bare, objective, end + AHEAD_MINUTES));
    }
    let loaded: Vec<Day> = held.series.loaded().collect();
    // What is new is in memory already and will be needed; a read may be on its way to it.
    let is_let_go = |day: &&Day| !days.contains(day) && **day < end.day();
    for day in loaded.iter().filter(is_let_go) {
        held.series.unload(*day);
    }
    held.needed = days;
}

/// Whether a day has minutes that are not in memory.
fn is_away(held: &Held, day: Day) -> bool {
    held.series.fact(day.first()).is_err()
}
