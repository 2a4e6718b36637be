//! Batches of counts that are pushed: each is counted once.

use std::collections::BTreeMap;

use tomoni_engine::Keep;
use tomoni_ledger::{Counts, Day, DayFacts, Events, Fact, Marks, Minute, SpanSet};
use tomoni_slo::LedgerKey;

use crate::db::{Sql, Tx};
use crate::error::{StoreError, Trouble};
use crate::ledger::ids::{Found, Ids};
use crate::ledger::tail::KeptTail;
use crate::ledger::{keep, known};

/// For how long ids of batches are remembered. A batch may bring minutes until they are 48 hours
/// old; the third day is for clocks that differ, and for senders that try again.
pub const PUSHES_REMEMBERED_MS: i64 = 72 * 3_600_000;

/// A batch of counts. Who calls has checked that `0 <= bad <= total` for each minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The ledger that it is counted in.
    pub key: LedgerKey,
    /// The name under which it was pushed.
    pub sli: String,
    /// Its id among those of this name.
    pub id: String,
    /// A digest of its content: the same id with another digest is not the same batch.
    pub digest: Vec<u8>,
    /// What to add to which minutes; a minute may come more than once.
    pub counts: Vec<(Minute, Counts)>,
    /// When it arrived, in milliseconds since the epoch.
    pub received_ms: i64,
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It was added; these are its minutes as they are now, in order.
    Counted {
        /// The minutes with what they hold.
        facts: Vec<(Minute, Fact)>,
    },
    /// It was counted before. Nothing has changed.
    Already,
    /// Its id was used for a batch with other content. Nothing has changed.
    Different,
}

/// What became of batches that were pushed together.
#[derive(Debug, Default)]
pub struct PushedAll {
    /// What became of each, in order, as far as they were looked at: after one that is
    /// [`Pushed::Different`] none is.
    pub done: Vec<Pushed>,
    /// Why the next one cannot be counted, where that is its own fault; none after it was looked at.
    pub refused: Option<StoreError>,
}

/// Counts batches in their order, unless they were counted before. One that is refused has written
/// nothing, so those before it can be kept.
pub(crate) async fn push(
    db: &mut Tx,
    (ids, tail): (&Ids, &KeptTail),
    batches: &[Batch],
) -> Result<(PushedAll, Vec<Found>), Trouble> {
    let mut pushed = PushedAll::default();
    let mut found = Vec::new();
    for batch in batches {
        match push_one(db, (ids, tail), batch).await {
            Ok((done, numbers)) => {
                let is_last = done == Pushed::Different;
                pushed.done.push(done);
                found.extend(numbers);
                if is_last {
                    break;
                }
            }
            Err(Trouble::Said(error)) if error.is_refusal() => {
                pushed.refused = Some(*error);
                break;
            }
            Err(trouble) => return Err(trouble),
        }
    }
    Ok((pushed, found))
}

async fn push_one(
    db: &mut Tx,
    (ids, tail): (&Ids, &KeptTail),
    batch: &Batch,
) -> Result<(Pushed, Option<Found>), Trouble> {
    if let Some((what, _)) = [("name", &batch.sli), ("id", &batch.id)]
        .into_iter()
        .find(|(_, text)| text.contains('\0'))
    {
        let what = format!("the {what} of a batch");
        return Err(StoreError::Nul { what }.into());
    }
    match digest(db, &batch.sli, &batch.id).await? {
        Some(digest) if digest == batch.digest => return Ok((Pushed::Already, None)),
        Some(_) => return Ok((Pushed::Different, None)),
        None => {}
    }
    let keep = Keep {
        key: batch.key.clone(),
        facts: added(db, (ids, tail), batch).await?,
        settled: SpanSet::new(),
        closed: SpanSet::new(),
    };
    let found = keep::keep(db, ids, &[&keep]).await?;
    let row = [
        batch.sli.as_str().into(),
        batch.id.as_str().into(),
        found.get(&batch.key).unwrap_or_default().into(),
        batch.received_ms.into(),
        batch.digest.clone().into(),
    ];
    db.run(Sql::new("INSERT INTO push (sli, id, ledger, received, digest)").rows([row]))
        .await?;
    Ok((Pushed::Counted { facts: keep.facts }, Some(found)))
}

/// The digest of the batch that was counted under an id, as far as ids are remembered.
pub(crate) async fn digest(db: &mut Tx, sli: &str, id: &str) -> Result<Option<Vec<u8>>, Trouble> {
    let seen = Sql::new("SELECT digest FROM push WHERE sli = $1 AND id = $2");
    let seen: Option<(Vec<u8>,)> = db.first(seen.bind(sli).bind(id)).await?;
    Ok(seen.map(|(digest,)| digest))
}

/// The batch's minutes as they are with it. An unknown minute counts from nothing.
async fn added(
    db: &mut Tx,
    (ids, tail): (&Ids, &KeptTail),
    batch: &Batch,
) -> Result<Vec<(Minute, Fact)>, Trouble> {
    let mut sums: BTreeMap<Minute, Counts> = BTreeMap::new();
    for (minute, counts) in &batch.counts {
        let sum = sums.entry(*minute).or_default();
        *sum = plus(*sum, *counts);
    }
    let mut days: Vec<Day> = sums.keys().map(|minute| minute.day()).collect();
    days.dedup();
    let (held, _) = known::days(db, ids, tail, &[(batch.key.clone(), days)]).await?;
    let held: BTreeMap<Day, DayFacts> = held
        .into_iter()
        .flat_map(|(_, days)| days)
        .map(|day| (day.day(), day))
        .collect();
    let mut facts = Vec::with_capacity(sums.len());
    for (minute, counts) in sums {
        let day = held.get(&minute.day());
        let fact = day.map_or(Fact::UNKNOWN, |day| day.facts()[minute.place_in_day()]);
        let (before, marks) = match fact.counts {
            Some(before) => (before, fact.marks),
            None => (Counts::default(), Marks::NONE),
        };
        let counts = plus(before, counts);
        if counts.total > Events::MINUTE_MAX {
            let sli = batch.sli.clone();
            return Err(StoreError::TooMuch { sli, minute }.into());
        }
        let counts = Some(counts);
        facts.push((minute, Fact { counts, marks }));
    }
    Ok(facts)
}

fn plus(a: Counts, b: Counts) -> Counts {
    Counts {
        bad: a.bad + b.bad,
        total: a.total + b.total,
    }
}

/// Forgets the ids of batches that arrived before this instant.
pub(crate) async fn prune(db: &mut Tx, before_ms: i64) -> Result<u64, Trouble> {
    let sql = Sql::new("DELETE FROM push WHERE received < $1");
    db.run(sql.bind(before_ms)).await
}
