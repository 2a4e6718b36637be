//! A store in a folder of its own, and the naive store that it is held against.

use std::collections::{BTreeMap, BTreeSet};

use std::sync::LazyLock;

use tempfile::TempDir;
use tomoni_engine::Keep;
use tomoni_ledger::{Day, DayFacts, Events, Fact, Marks, Minute, Span, SpanSet};
use tomoni_slo::{Generation, LedgerKey, Op, Threshold};
use tomoni_store::{Known, Store};
use tomoni_testkit::Postgres;

/// The day around which tests play.
pub(crate) const DAY: Day = Day::from_index(20_600);

pub(crate) fn key(n: u128) -> LedgerKey {
    LedgerKey {
        generation: Generation::from_bits(n),
        threshold: n.is_multiple_of(3).then_some(Threshold {
            op: Op::Gte,
            value: 0.1 * n as f64,
        }),
    }
}

pub(crate) fn fact(bad: i64, total: i64) -> Fact {
    Fact::counted(Events::whole(bad), Events::whole(total))
}

/// A fact that differs from minute to minute and from seed to seed.
pub(crate) fn some_fact(seed: u64, minute: Minute) -> Fact {
    let bits = (seed ^ (minute.index() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .wrapping_mul(0xbf58_476d_1ce4_e5b9)
        >> 20;
    match bits % 11 {
        0 => Fact::UNKNOWN,
        1 => Fact::UNKNOWN.marked(Marks::INVALID),
        2 => Fact::counted(
            Events::from_parts(1),
            Events::from_parts((bits % 9_000) as i64),
        )
        .marked(Marks::APPROXIMATE),
        n => fact((n % 3) as i64, 400 + (bits >> 8) as i64 % 90),
    }
}

/// All minutes of a span, settled; closed but for the last fifteen.
pub(crate) fn harvest(n: u128, span: Span, seed: u64) -> Keep {
    Keep {
        key: key(n),
        facts: span.minutes().map(|m| (m, some_fact(seed, m))).collect(),
        settled: SpanSet::from_iter([span]),
        closed: SpanSet::from_iter([Span::new(span.after, span.until - 15)]),
    }
}

/// The PostgreSQL that the tests of this binary share; each test has a database of its own in it.
/// It ends with the process.
pub(crate) static POSTGRES: LazyLock<Postgres> =
    LazyLock::new(|| Postgres::start().expect("a PostgreSQL"));

pub(crate) async fn temporary() -> (TempDir, Store) {
    let folder = TempDir::new().expect("a folder");
    let store = Store::open(folder.path()).await.expect("a store");
    (folder, store)
}

/// The naive store: a map of minutes for each ledger.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Model {
    pub(crate) ledgers: BTreeMap<LedgerKey, Naive>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Naive {
    facts: BTreeMap<i64, Fact>,
    days: BTreeSet<Day>,
    settled: SpanSet,
    closed: SpanSet,
}

impl Model {
    pub(crate) fn keep(&mut self, keeps: &[Keep]) {
        for keep in keeps {
            let naive = self.ledgers.entry(keep.key.clone()).or_default();
            for (minute, fact) in &keep.facts {
                naive.facts.insert(minute.index(), *fact);
                naive.days.insert(minute.day());
            }
            naive.settled.extend(keep.settled.spans().iter().copied());
            naive.closed.extend(keep.closed.spans().iter().copied());
        }
    }

    fn day(&self, key: &LedgerKey, day: Day) -> Option<DayFacts> {
        let naive = self.ledgers.get(key)?;
        naive.days.contains(&day).then(|| {
            let mut facts = DayFacts::unknown(day);
            for minute in day.span().minutes() {
                facts.set(
                    minute,
                    naive
                        .facts
                        .get(&minute.index())
                        .copied()
                        .unwrap_or_default(),
                );
            }
            facts
        })
    }

    pub(crate) fn known(&self, key: &LedgerKey) -> Known {
        let naive = self.ledgers.get(key).cloned().unwrap_or_default();
        let totals = |day: &Day| self.day(key, *day).map(|facts| (*day, facts.totals()));
        Known {
            key: key.clone(),
            totals: naive.days.iter().filter_map(totals).collect(),
            settled: naive.settled,
            closed: naive.closed,
        }
    }

    pub(crate) fn days(&self, wanted: &[(LedgerKey, Vec<Day>)]) -> Vec<(LedgerKey, Vec<DayFacts>)> {
        let of = |(key, days): &(LedgerKey, Vec<Day>)| {
            let held = days.iter().filter_map(|day| self.day(key, *day));
            (key.clone(), held.collect())
        };
        wanted.iter().map(of).collect()
    }

    /// Everything that the store holds of these ledgers is what the model holds.
    pub(crate) async fn check(&self, store: &Store, keys: &[LedgerKey]) {
        let known = store.known(keys).await.expect("known");
        let expected: Vec<Known> = keys.iter().map(|key| self.known(key)).collect();
        assert_eq!(known, expected);
        let wanted: Vec<(LedgerKey, Vec<Day>)> = expected
            .into_iter()
            .map(|known| {
                (
                    known.key,
                    known.totals.iter().map(|(day, _)| *day).collect(),
                )
            })
            .collect();
        assert_eq!(store.days(&wanted).await.expect("days"), self.days(&wanted));
    }
}
