//! Which days' minutes are in memory: those that figures need now and soon.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rayon::prelude::*;
use tokio::task::JoinSet;
use tomoni_ledger::{Day, DayFacts, Minute};
use tomoni_slo::LedgerKey;
use tomoni_store::StoreError;

use super::Live;
use super::held::Held;

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

/// The one read of days that is under way.
type Fetch = JoinSet<Result<Vec<(LedgerKey, Vec<DayFacts>)>, StoreError>>;

impl Live {
    /// Loads what is stale, and what figures at each ledger's end need; lets go of the rest. While
    /// something waits to be kept memory is ahead of the store, and nothing is loaded or let go.
    pub(super) async fn tend(&mut self) {
        if !self.keeping.is_empty() {
            return;
        }
        let watermark = self.watermark();
        let turns = self.ledgers.iter_mut().zip(0_i64..);
        let turns: Vec<(&LedgerKey, &mut Held, i64)> =
            turns.map(|((key, held), turn)| (key, held, turn)).collect();
        let wanted = turns
            .into_par_iter()
            .filter_map(|(key, held, turn)| Some((key.clone(), held.away(watermark, turn)?)));
        let mut wanted: VecDeque<(LedgerKey, BTreeSet<Day>)> = wanted.collect();
        let mut coming = self.fetch(&mut wanted);
        while let Some((days, mut fetch)) = coming {
            let fetched = fetch.join_next().await;
            // The next ones come while these are taken in.
            coming = self.fetch(&mut wanted);
            if let Some(Ok(Ok(loaded))) = fetched {
                self.database_works();
                self.take_days(&loaded.into_iter().collect(), &Days::new());
            } else if !self.load(days).await {
                return;
            }
        }
    }

    /// Begins to read the first few of the days that are wanted; dropped, it ends.
    fn fetch(&self, wanted: &mut VecDeque<(LedgerKey, BTreeSet<Day>)>) -> Option<(Days, Fetch)> {
        if wanted.is_empty() {
            return None;
        }
        let days = first_of(wanted);
        let (store, list) = (self.options.store.clone(), listed(&days));
        let mut fetch = Fetch::new();
        fetch.spawn(async move { store.days(&list).await });
        Some((days, fetch))
    }

    /// Loads days from the store, and judges their slices; `false` when it cannot be read. A day that
    /// is damaged is taken for unknown, and said.
    async fn load(&mut self, mut wanted: Days) -> bool {
        let mut damaged = Days::new();
        for _ in 0..DAMAGED_MAX {
            match self.options.store.days(&listed(&wanted)).await {
                Ok(loaded) => {
                    self.database_works();
                    self.take_days(&loaded.into_iter().collect(), &damaged);
                    return true;
                }
                Err(error) => {
                    let of = match &error {
                        StoreError::DamagedBlock { key, day, .. } => Some((key.clone(), *day)),
                        _ => None,
                    };
                    self.database_failed(&error);
                    let Some((key, day)) = of else {
                        break;
                    };
                    if let Some(days) = wanted.get_mut(&key) {
                        days.remove(&day);
                    }
                    damaged.entry(key).or_default().insert(day);
                }
            }
        }
        self.take_days(&BTreeMap::new(), &damaged);
        false
    }

    /// Takes days into memory, judges their slices, and lets go of those whose minutes are not needed
    /// any more. Each ledger is by itself, so all of the machine works at it.
    fn take_days(&mut self, loaded: &BTreeMap<LedgerKey, Vec<DayFacts>>, damaged: &Days) {
        let watermark = self.watermark();
        let count: usize = loaded.values().map(Vec::len).sum();
        self.vitals
            .note(|health| health.counters.days_read += count as u64);
        self.ledgers.par_iter_mut().for_each(|(key, held)| {
            let (days, unknown) = (loaded.get(key), damaged.get(key));
            if days.is_none() && unknown.is_none() {
                return;
            }
            days.into_iter().flatten().for_each(|day| held.load(day));
            let unknown = unknown.into_iter().flatten();
            unknown.for_each(|day| held.load(&DayFacts::unknown(*day)));
            held.judge(watermark);
        });
    }
}

impl Held {
    /// The days that are to be loaded: those that are stale, and those that figures need and that are
    /// away. Which these are is looked at when its turn has come.
    fn away(&mut self, watermark: Minute, turn: i64) -> Option<BTreeSet<Day>> {
        let end = self.end(watermark)?;
        if self
            .tended_until
            .is_none_or(|until| end >= until || end < until - TEND_MINUTES)
        {
            self.let_go(end);
            let next = end + 1 + (turn - end.index()).rem_euclid(TEND_MINUTES);
            self.tended_until = Some(next);
        }
        let is_away = |day: &&Day| self.series.fact(day.first()).is_err();
        let away = self.needed.iter().filter(is_away);
        let days: BTreeSet<Day> = away.chain(&self.stale).copied().collect();
        (!days.is_empty()).then_some(days)
    }

    /// Judges the slices of its days, now that they are loaded, and lets go of those whose minutes
    /// are not needed any more.
    fn judge(&mut self, watermark: Minute) {
        let Some(end) = self.end(watermark) else {
            return;
        };
        for tracked in &mut self.objectives {
            tracked.judge(&self.series, end);
        }
        self.let_go(end);
    }

    /// Works out which days its figures need, and lets go of the others.
    fn let_go(&mut self, end: Minute) {
        let bare = self.series.without_minutes();
        let mut days: BTreeSet<Day> = BTreeSet::from([end.day()]);
        for tracked in &self.objectives {
            days.extend(tracked.needs(&bare, end, AHEAD_MINUTES));
        }
        let loaded: Vec<Day> = self.series.loaded().collect();
        // What is new is in memory already and will be needed; a read may be on its way to it.
        let is_let_go = |day: &&Day| !days.contains(day) && **day < end.day();
        for day in loaded.iter().filter(is_let_go) {
            self.series.unload(*day);
        }
        self.needed = days;
    }
}

fn listed(days: &Days) -> Vec<(LedgerKey, Vec<Day>)> {
    let each = days.iter();
    each.map(|(key, days)| (key.clone(), days.iter().copied().collect()))
        .collect()
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
