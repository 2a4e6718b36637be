//! What is held: of ledgers, and of their days.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;
use tomoni_ledger::{Day, DayFacts, SpanSet, Sums};
use tomoni_slo::LedgerKey;

use super::batch::Entry;
use super::ids::{Found, Ids};
use super::reading::{self, LedgerDay};
use super::tail::{self, KeptTail};
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

    /// Puts a day's totals in their place.
    fn put_total(&mut self, day: Day, sums: Sums) {
        match self.totals.binary_search_by_key(&day, |(day, _)| *day) {
            Ok(at) => self.totals[at].1 = sums,
            Err(at) => self.totals.insert(at, (day, sums)),
        }
    }
}

/// What is held of each of these ledgers, and their numbers. Tells the checksum of each day's
/// minutes, as far as it is known.
pub(crate) async fn known(
    db: &mut Tx,
    kept: &KeptTail,
    keys: &[LedgerKey],
    found: &Found,
    mut told: impl FnMut(LedgerDay, Option<u32>),
) -> Result<Vec<Known>, Trouble> {
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
    reading::each_total(db, &ids, |(id, day), totals| {
        if let Some(known) = known.get_mut(&id) {
            known.totals.push((day, totals.sums));
            told((id, day), totals.checksum);
        }
    })
    .await?;
    let tail = kept.read(db, &ids).await?;
    for ((id, day), facts) in with_tail(db, &names, &tail, None).await? {
        if let Some(known) = known.get_mut(&id) {
            known.put_total(day, facts.totals());
            told((id, day), None);
        }
    }
    for entry in tail {
        if let Some(known) = known.get_mut(&entry.ledger) {
            known.settled.extend(entry.settled.spans().iter().copied());
            known.closed.extend(entry.closed.spans().iter().copied());
        }
    }
    let mut each = Vec::with_capacity(keys.len());
    let mut given: HashMap<i64, usize> = HashMap::with_capacity(known.len());
    for key in keys {
        let id = found.get(key);
        let is_given = id.and_then(|id| each.get(*given.get(&id)?)).cloned();
        let new = || known.remove(&id?);
        let of_key = is_given.or_else(new);
        if let Some(id) = id {
            given.entry(id).or_insert(each.len());
        }
        each.push(of_key.unwrap_or_else(|| Known::nothing(key.clone())));
    }
    Ok(each)
}

/// The minutes of days, by ledger, as asked for.
pub(crate) type Days = Vec<(LedgerKey, Vec<DayFacts>)>;

/// The minutes of these days, those of them that are held, and the ledgers' numbers.
pub(crate) async fn days(
    db: &mut Tx,
    ids: &Ids,
    kept: &KeptTail,
    wanted: &[(LedgerKey, Vec<Day>)],
) -> Result<(Days, Found), Trouble> {
    let found = ids.find(db, wanted.iter().map(|(key, _)| key)).await?;
    let asked: Vec<LedgerDay> = wanted
        .iter()
        .filter_map(|(key, days)| Some((found.get(key)?, days)))
        .flat_map(|(id, days)| days.iter().map(move |day| (id, *day)))
        .collect();
    let names = found.names();
    let ids: Vec<i64> = names.keys().copied().collect();
    let tail = kept.read(db, &ids).await?;
    let changed = with_tail(db, &names, &tail, Some(&asked)).await?;
    let settled: Vec<LedgerDay> = asked
        .iter()
        .filter(|at| !changed.contains_key(at))
        .copied()
        .collect();
    let blocks = reading::blocks(db, &settled).await?;
    let of_ledger = |(key, days): &(LedgerKey, Vec<Day>)| {
        let mut held = Vec::with_capacity(days.len());
        let id = found.get(key);
        for at in id
            .into_iter()
            .flat_map(|id| days.iter().map(move |day| (id, *day)))
        {
            if let Some(facts) = changed.get(&at) {
                held.push(facts.clone());
            } else if let Some(block) = blocks.get(&at) {
                held.push(reading::facts(key, at.1, Some(block))?);
            }
        }
        Ok((key.clone(), held))
    };
    // Blocks are independent of each other: all of the machine decodes them.
    let decoded: Vec<Result<_, Trouble>> = wanted.par_iter().map(of_ledger).collect();
    let all = decoded.into_iter().collect::<Result<Days, Trouble>>()?;
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
