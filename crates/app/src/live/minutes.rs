//! Which days' minutes are in memory: those that figures need now and soon.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use tomoni_ledger::{Day, DayFacts, Minute};
use tomoni_slo::LedgerKey;
use tomoni_store::StoreError;

use super::Live;
use super::held::Held;
use super::tracked::Tracked;

/// What is needed so many minutes later is loaded already, so that a database that is away when a
/// day turns keeps no figures from being worked out.
const AHEAD_MINUTES: i64 = 120;
/// How often it is looked which days a ledger's figures need, in minutes: each at its own.
const TEND_MINUTES: i64 = 30;
/// How many damaged days are passed over in one go.
const DAMAGED_MAX: usize = 64;
/// How many days are loaded in one go, and let go again where they need only be judged: 46 KB
/// each while they are taken in.
const LOADED_AT_ONCE: usize = 500;

/// Days to load, by ledger.
type Days = BTreeMap<LedgerKey, BTreeSet<Day>>;

impl Live {
    /// Loads what is stale, and what figures at each ledger's end need; lets go of the rest. While
    /// something waits to be kept memory is ahead of the store, and nothing is loaded or let go.
    pub(super) async fn tend(&mut self) {
        if !self.keeping.is_empty() {
            return;
        }
        let watermark = self.watermark();
        let mut wanted: VecDeque<(LedgerKey, BTreeSet<Day>)> = VecDeque::new();
        for ((key, held), turn) in self.ledgers.iter_mut().zip(0_i64..) {
            let Some(end) = held.end(watermark) else {
                continue;
            };
            if held
                .tended_until
                .is_none_or(|until| end >= until || end < until - TEND_MINUTES)
            {
                tend_one(held, &self.objectives, end);
                let next = end + 1 + (turn - end.index()).rem_euclid(TEND_MINUTES);
                held.tended_until = Some(next);
            }
            let away = held.needed.iter().filter(|day| is_away(held, **day));
            let days: BTreeSet<Day> = away.chain(&held.stale).copied().collect();
            if !days.is_empty() {
                wanted.push_back((key.clone(), days));
            }
        }
        while !wanted.is_empty() {
            let some = first_of(&mut wanted);
            let keys: Vec<LedgerKey> = some.keys().cloned().collect();
            if !self.load(some).await {
                return;
            }
            keys.iter().for_each(|key| self.judge(key));
        }
    }

    /// Judges the slices of a ledger's days, now that they are loaded, and lets go of those whose
    /// minutes are not needed any more.
    fn judge(&mut self, key: &LedgerKey) {
        let watermark = self.watermark();
        let Some(held) = self.ledgers.get_mut(key) else {
            return;
        };
        let Some(end) = held.end(watermark) else {
            return;
        };
        for place in &held.objectives {
            if let Some((_, tracked)) = self.objectives.get_mut(*place) {
                tracked.judge(&held.series, end);
            }
        }
        tend_one(held, &self.objectives, end);
    }

    /// Loads days from the store; `false` when it cannot be read. A day that is damaged is taken for
    /// unknown, and said.
    async fn load(&mut self, mut wanted: Days) -> bool {
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
                            days.iter().for_each(|day| held.load(day));
                        }
                    }
                    return true;
                }
                Err(error) => {
                    let damaged = match &error {
                        StoreError::DamagedBlock { key, day, .. } => Some((key.clone(), *day)),
                        _ => None,
                    };
                    self.database_failed(&error);
                    let Some((key, day)) = damaged else {
                        return false;
                    };
                    if let Some(days) = wanted.get_mut(&key) {
                        days.remove(&day);
                    }
                    if let Some(held) = self.ledgers.get_mut(&key) {
                        held.load(&DayFacts::unknown(day));
                    }
                }
            }
        }
        false
    }
}

/// The first few ledgers: so many days that what they take is little.
fn first_of(wanted: &mut VecDeque<(LedgerKey, BTreeSet<Day>)>) -> Days {
    let mut some = Days::new();
    let mut count = 0;
    while count < LOADED_AT_ONCE
        && let Some((key, days)) = wanted.pop_front()
    {
        count += days.len();
        some.insert(key, days);
    }
    some
}

/// Works out which days a ledger's figures need, and lets go of the others.
fn tend_one(held: &mut Held, objectives: &[(LedgerKey, Tracked)], end: Minute) {
    let bare = held.series.without_minutes();
    let mut days: BTreeSet<Day> = BTreeSet::from([end.day()]);
    for place in &held.objectives {
        if let Some((_, tracked)) = objectives.get(*place) {
            days.extend(tracked.needs(&bare, end, AHEAD_MINUTES));
        }
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
