//! What is held: of ledgers, and of their days.

use std::collections::{BTreeMap, HashMap, HashSet};

use tomoni_ledger::{Day, DayFacts, SpanSet, Sums};
use tomoni_slo::LedgerKey;

use super::batch::Entry;
use super::ids::{Found, Ids};
use super::reading::{self, LedgerDay};
use super::tail;
use crate::db::Tx;
use crate::error::Trouble;

/// What is held of a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The ledger.
    pub key: LedgerKey,
    /// The days of which minutes are held, in order, with what they add up to.
    pub totals: Vec<(Day, Sums)>,
    /// The minutes that were read.
    pub settled: SpanSet,
    /// The minutes that were read for good.
    pub closed: SpanSet,
}

impl Known {
    const fn nothing(key: LedgerKey) -> Self {
        Self {
            key,
            totals: Vec::new(),
            settled: SpanSet::new(),
            closed: SpanSet::new(),
        }
    }
}

/// What is held of each of these ledgers, and their numbers.
pub(crate) async fn known(
    db: &mut Tx,
    ids: &Ids,
    keys: &[LedgerKey],
) -> Result<(Vec<Known>, Found), Trouble> {
    let found = ids.find(db, keys).await?;
    let names = found.names();
    let ids: Vec<i64> = names.keys().copied().collect();
    let mut known: HashMap<i64, Known> = HashMap::with_capacity(ids.len());
    for (id, ledger) in reading::ledgers(db, &ids).await? {
        known.insert(
            id,
            Known {
                key: ledger.key,
                totals: Vec::new(),
                settled: ledger.settled,
                closed: ledger.closed,
            },
        );
    }
    let mut totals: BTreeMap<LedgerDay, Sums> =
        reading::totals(db, &ids).await?.into_iter().collect();
    let tail = tail::read(db).await?;
    for day in with_tail(db, &names, &tail, None).await? {
        totals.insert(day.0, day.1.totals());
    }
    for ((id, day), sums) in totals {
        known
            .entry(id)
            .and_modify(|known| known.totals.push((day, sums)));
    }
    for entry in tail {
        known.entry(entry.ledger).and_modify(|known| {
            known.settled.extend(entry.settled.spans().iter().copied());
            known.closed.extend(entry.closed.spans().iter().copied());
        });
    }
    let of = |key: &LedgerKey| found.get(key).and_then(|id| known.get(&id)).cloned();
    let each = keys.iter();
    let each = each.map(|key| of(key).unwrap_or_else(|| Known::nothing(key.clone())));
    let each = each.collect();
    Ok((each, found))
}

/// The minutes of days, by ledger, as asked for.
pub(crate) type Days = Vec<(LedgerKey, Vec<DayFacts>)>;

/// The minutes of these days, those of them that are held, and the ledgers' numbers.
pub(crate) async fn days(
    db: &mut Tx,
    ids: &Ids,
    wanted: &[(LedgerKey, Vec<Day>)],
) -> Result<(Days, Found), Trouble> {
    let found = ids.find(db, wanted.iter().map(|(key, _)| key)).await?;
    let asked: Vec<LedgerDay> = wanted
        .iter()
        .filter_map(|(key, days)| Some((found.get(key)?, days)))
        .flat_map(|(id, days)| days.iter().map(move |day| (id, *day)))
        .collect();
    let tail = tail::read(db).await?;
    let changed = with_tail(db, &found.names(), &tail, Some(&asked)).await?;
    let settled: Vec<LedgerDay> = asked
        .iter()
        .filter(|at| !changed.contains_key(at))
        .copied()
        .collect();
    let blocks = reading::blocks(db, &settled).await?;
    let mut all = Vec::with_capacity(wanted.len());
    for (key, days) in wanted {
        let mut held = Vec::with_capacity(days.len());
        for day in days {
            let Some(at) = found.get(key).map(|id| (id, *day)) else {
                continue;
            };
            if let Some(facts) = changed.get(&at) {
                held.push(facts.clone());
            } else if let Some(block) = blocks.get(&at) {
                held.push(reading::facts(key, *day, Some(block))?);
            }
        }
        all.push((key.clone(), held));
    }
    Ok((all, found))
}

/// The days of these ledgers (or only those asked for) that the tail changes, as they are with it.
async fn with_tail(
    db: &mut Tx,
    names: &HashMap<i64, LedgerKey>,
    entries: &[Entry],
    asked: Option<&[LedgerDay]>,
) -> Result<HashMap<LedgerDay, DayFacts>, Trouble> {
    let mut days = tail::by_day(entries);
    let asked: Option<HashSet<&LedgerDay>> = asked.map(|asked| asked.iter().collect());
    days.retain(|at, _| {
        names.contains_key(&at.0) && asked.as_ref().is_none_or(|asked| asked.contains(at))
    });
    let wanted: Vec<LedgerDay> = days.keys().copied().collect();
    let blocks = reading::blocks(db, &wanted).await?;
    let mut changed = HashMap::with_capacity(days.len());
    for (at, facts) in days {
        let Some(key) = names.get(&at.0) else {
            continue;
        };
        let mut day = reading::facts(key, at.1, blocks.get(&at).map(Vec::as_slice))?;
        tail::put(&mut day, &facts);
        changed.insert(at, day);
    }
    Ok(changed)
}
