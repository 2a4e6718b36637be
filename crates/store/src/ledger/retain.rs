//! Dropping old days.

use std::collections::{BTreeMap, HashSet};

use tomoni_ledger::{Day, Minute, Span};
use tomoni_slo::LedgerKey;

use super::fold::write_ledgers;
use super::forget::forget;
use super::ids::{self, Ids};
use super::keep::fold_tail;
use super::packed;
use super::reading::{self, Ledger};
use super::tail;
use crate::db::{Sql, Tx};
use crate::error::Trouble;

/// Blocks dropped by one call: the writer's lock is held for a second or so.
const BLOCKS_MAX: i64 = 2_000;

/// What [`Store::retain`](crate::Store::retain) did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    /// Days of ledgers that were dropped.
    pub days: u64,
    /// Ledgers of which nothing was left and that nobody wanted, and that are gone.
    pub ledgers: u64,
    /// Whether older days are left, for another call.
    pub is_more: bool,
}

/// Drops days before `since`, at most [`BLOCKS_MAX`].
///
/// Their minutes stay settled, and what was settled of them is closed: what is dropped is not to be
/// read again, or the next tick would bring it back. Figures over them find unknown minutes.
pub(crate) async fn retain(db: &mut Tx, since: Day) -> Result<Retained, Trouble> {
    let is_old = |(minute, _): &(Minute, _)| minute.day() < since;
    if tail::read(db)
        .await?
        .iter()
        .any(|entry| entry.facts.iter().any(is_old))
    {
        fold_tail(db, Vec::new()).await?;
    }
    let sql =
        Sql::new("SELECT ledger, day FROM block WHERE day < $1 ORDER BY ledger, day LIMIT $2");
    let sql = sql.bind(since.index()).bind(BLOCKS_MAX + 1);
    let mut old: Vec<(i64, i64)> = db.all(sql).await?;
    let is_more = old.len() as i64 > BLOCKS_MAX;
    old.truncate(BLOCKS_MAX as usize);
    let days = old.len() as u64;
    let last: BTreeMap<i64, Day> = old
        .into_iter()
        .map(|(ledger, day)| (ledger, Day::from_index(day)))
        .collect();
    let ids: Vec<i64> = last.keys().copied().collect();
    let mut ledgers = reading::ledgers(db, &ids).await?;
    for (id, ledger) in &mut ledgers {
        if let Some(last) = last.get(id) {
            close_until(ledger, last.last());
            drop_days(db, *id, *last).await?;
        }
    }
    write_ledgers(db, &ledgers).await?;
    Ok(Retained {
        days,
        ledgers: 0,
        is_more,
    })
}

/// Deletes the ledgers of which nothing is left, but for those that somebody wants; gives how many
/// they were. What nobody wants is not read again, so that nobody has to know what was settled of it.
pub(crate) async fn drop_empty(
    db: &mut Tx,
    ids: &Ids,
    wanted: &HashSet<LedgerKey>,
) -> Result<u64, Trouble> {
    let sql = "SELECT id, key FROM ledger \
               WHERE NOT EXISTS (SELECT 1 FROM block WHERE block.ledger = ledger.id) \
               AND NOT EXISTS (SELECT 1 FROM push WHERE push.ledger = ledger.id)";
    let rows: Vec<(i64, String)> = db.all(sql).await?;
    let tail = tail::read(db).await?;
    let in_tail: HashSet<i64> = tail.iter().map(|entry| entry.ledger).collect();
    let rows = rows.iter().filter(|(id, _)| !in_tail.contains(id));
    let keys: Result<Vec<LedgerKey>, _> = rows.map(|(_, text)| ids::key(text)).collect();
    let mut keys = keys?;
    keys.retain(|key| !wanted.contains(key));
    forget(db, ids, &keys).await?;
    Ok(keys.len() as u64)
}

fn close_until(ledger: &mut Ledger, until: Minute) {
    let old = Span::new(Minute::from_index(i64::MIN / 2), until);
    let settled: Vec<Span> = ledger.settled.within(old).collect();
    ledger.closed.extend(settled);
}

async fn drop_days(db: &mut Tx, ledger: i64, last: Day) -> Result<(), Trouble> {
    let blocks = Sql::new("DELETE FROM block WHERE ledger = $1 AND day <= $2");
    db.run(blocks.bind(ledger).bind(last.index())).await?;
    let period = packed::period(last);
    let row = Sql::new("SELECT totals FROM totals WHERE ledger = $1 AND period = $2");
    let row: Option<(Vec<u8>,)> = db.first(row.bind(ledger).bind(period)).await?;
    let totals = Sql::new("DELETE FROM totals WHERE ledger = $1 AND period <= $2");
    db.run(totals.bind(ledger).bind(period)).await?;
    let Some((bytes,)) = row else {
        return Ok(());
    };
    let mut rest = reading::read_totals(ledger, period, &bytes)?;
    rest.retain(|(day, _)| *day > last);
    if rest.is_empty() {
        return Ok(());
    }
    let row = [ledger.into(), period.into(), packed::totals(rest).into()];
    let insert = Sql::new("INSERT INTO totals (ledger, period, totals)");
    db.run(insert.rows([row])).await.map(drop)
}
