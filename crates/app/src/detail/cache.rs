//! Ledgers' minutes read from the store, kept for a while.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tomoni_ledger::{DAY_MINUTES, Day, Series, SpanSet, Sums};
use tomoni_slo::LedgerKey;
use tomoni_store::{Known, Store};

use crate::error::AppError;

/// How many bytes of minutes are kept at most.
const BYTES_MAX: usize = 48 << 20;
/// What a day's minutes take in a series: a running total for each, and one.
const DAY_BYTES: usize = 24 * (DAY_MINUTES as usize + 1);
/// After how many milliseconds all minutes of a ledger are read anew. What changed is read at once;
/// this is for what cannot be seen: a refill that took an event from one minute to another.
const AGE_MAX_MS: i64 = 15 * 60_000;

/// Of which picture of everything something is a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edition {
    /// [`crate::world::World::version`].
    pub version: u64,
    /// [`crate::world::World::now_ms`].
    pub now_ms: i64,
}

/// One ledger, with the totals of all its days and the minutes of those that were wanted.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Its minutes.
    pub series: Series,
    /// Those that were read.
    pub settled: SpanSet,
    /// Those that were read for good.
    pub closed: SpanSet,
}

/// Reads histories from a store. Cheap to clone; clones share what they keep.
#[derive(Clone, Debug)]
pub struct Details {
    store: Store,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    by_key: HashMap<LedgerKey, Entry>,
    uses: u64,
}

#[derive(Clone, Debug)]
struct Entry {
    history: Arc<History>,
    totals: BTreeMap<Day, Sums>,
    /// Days whose minutes are in the history, or of which nothing was held.
    loaded: BTreeSet<Day>,
    edition: Edition,
    /// When the oldest of its minutes was read.
    since_ms: i64,
    used: u64,
}

impl Details {
    /// Over a store, with nothing kept yet.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            kept: Arc::default(),
        }
    }

    /// The history of a ledger with the minutes of the days that are wanted of it, given the totals
    /// of all.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub async fn history(
        &self,
        key: &LedgerKey,
        edition: Edition,
        wanted: impl Fn(&Series) -> BTreeSet<Day>,
    ) -> Result<Arc<History>, AppError> {
        let kept = self.find(key);
        if let Some(entry) = &kept
            && entry.edition.version == edition.version
            && wanted(&with_totals(&entry.totals)).is_subset(&entry.loaded)
        {
            return Ok(Arc::clone(&entry.history));
        }
        let known = self.store.known(std::slice::from_ref(key)).await?;
        let Some(known) = known.into_iter().next() else {
            return Ok(Arc::default());
        };
        let (mut series, mut loaded, since_ms) = match kept {
            Some(entry) if edition.now_ms - entry.since_ms < AGE_MAX_MS => {
                let (series, loaded) = entry.still_true(&known);
                (series, loaded, entry.since_ms)
            }
            _ => (Series::new(), BTreeSet::new(), edition.now_ms),
        };
        for (day, totals) in &known.totals {
            if !loaded.contains(day) {
                series.set_totals(*day, *totals);
            }
        }
        let totals: BTreeMap<Day, Sums> = known.totals.iter().copied().collect();
        let missing: Vec<Day> = wanted(&with_totals(&totals))
            .difference(&loaded)
            .copied()
            .collect();
        if !missing.is_empty() {
            let held: Vec<Day> = missing
                .iter()
                .filter(|day| totals.contains_key(day))
                .copied()
                .collect();
            for (_, days) in self.store.days(&[(key.clone(), held)]).await? {
                days.iter().for_each(|facts| series.load(facts));
            }
            loaded.extend(missing);
        }
        let history = Arc::new(History {
            series,
            settled: known.settled,
            closed: known.closed,
        });
        let entry = Entry {
            history: Arc::clone(&history),
            totals,
            loaded,
            edition,
            since_ms,
            used: 0,
        };
        self.keep(key.clone(), entry);
        Ok(history)
    }

    /// How many bytes of minutes are kept now.
    pub fn bytes(&self) -> usize {
        self.lock().by_key.values().map(Entry::bytes).sum()
    }

    fn find(&self, key: &LedgerKey) -> Option<Entry> {
        let mut kept = self.lock();
        kept.uses += 1;
        let uses = kept.uses;
        let entry = kept.by_key.get_mut(key)?;
        entry.used = uses;
        Some(entry.clone())
    }

    /// Keeps an entry, and lets go of those that were not used for longest until all fit.
    fn keep(&self, key: LedgerKey, mut entry: Entry) {
        let mut kept = self.lock();
        kept.uses += 1;
        entry.used = kept.uses;
        kept.by_key.insert(key, entry);
        let mut bytes: usize = kept.by_key.values().map(Entry::bytes).sum();
        while bytes > BYTES_MAX {
            let oldest = kept.by_key.iter().min_by_key(|(_, entry)| entry.used);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else {
                break;
            };
            bytes -= kept.by_key.remove(&oldest).map_or(0, |entry| entry.bytes());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn bytes(&self) -> usize {
        self.loaded.len() * DAY_BYTES
    }

    /// The minutes that the store still says the same of: of days that were closed then and are
    /// now, and add up to the same.
    fn still_true(&self, known: &Known) -> (Series, BTreeSet<Day>) {
        let totals: HashMap<Day, Sums> = known.totals.iter().copied().collect();
        let is_closed = |day: &Day| {
            let span = day.span();
            self.history.closed.gaps(span).is_empty() && known.closed.gaps(span).is_empty()
        };
        let is_same = |day: &Day| is_closed(day) && self.totals.get(day) == totals.get(day);
        let (same, changed): (BTreeSet<Day>, BTreeSet<Day>) =
            self.loaded.iter().copied().partition(is_same);
        let mut series = self.history.series.clone();
        for day in &changed {
            series.set_totals(*day, totals.get(day).copied().unwrap_or_default());
        }
        (series, same)
    }
}

fn with_totals(totals: &BTreeMap<Day, Sums>) -> Series {
    let mut series = Series::new();
    for (day, sums) in totals {
        series.set_totals(*day, *sums);
    }
    series
}
