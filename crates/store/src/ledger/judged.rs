//! What the slices of days add up to. Nothing is lost with it: it is kept so that whoever starts need
//! not read and judge the minutes of all those days again.

use std::collections::HashMap;

use tomoni_ledger::Day;
use tomoni_slo::{JudgedDay, JudgingRule, LedgerKey};

use super::ids::{Found, Ids};
use super::known::{self, Known};
use super::packed::{sealed, unsealed};
use super::reading::LedgerDay;
use super::tail::KeptTail;
use crate::db::{ROWS, Sql, Tx};
use crate::error::Trouble;

/// What the slices of a ledger's days add up to, by each rule by which they were judged.
pub type Judged = Vec<(JudgingRule, Vec<JudgedDay>)>;

/// What is held of each of these ledgers, what the slices of its days add up to, and their numbers.
pub(crate) async fn recall(
    db: &mut Tx,
    ids: &Ids,
    kept: &KeptTail,
    keys: &[LedgerKey],
) -> Result<(Vec<(Known, Judged)>, Found), Trouble> {
    let found = ids.find(db, keys).await?;
    let numbers: Vec<i64> = found.ids.values().copied().collect();
    let mut judged = read(db, &numbers).await?;
    let first: HashMap<i64, Day> = judged.iter().filter_map(first_day).collect();
    let mut checksums: HashMap<LedgerDay, u32> = HashMap::new();
    let known = known::known(db, kept, keys, &found, |at, checksum| {
        if first.get(&at.0).is_some_and(|first| *first <= at.1) {
            match checksum {
                Some(checksum) => checksums.insert(at, checksum),
                None => checksums.remove(&at),
            };
        }
    });
    let known = known.await?;
    for (ledger, judged) in &mut judged {
        // Of minutes that have changed since it is not true any more.
        let holds = |of: &JudgedDay| checksums.get(&(*ledger, of.day)) == Some(&of.checksum);
        judged.iter_mut().for_each(|(_, days)| days.retain(holds));
    }
    let all = known.into_iter().map(|known| {
        let id = found.get(&known.key);
        let judged = id.and_then(|id| judged.get(&id).cloned());
        (known, judged.unwrap_or_default())
    });
    Ok((all.collect(), found))
}

fn first_day((ledger, judged): (&i64, &Judged)) -> Option<(i64, Day)> {
    let days = judged.iter().flat_map(|(_, days)| days);
    Some((*ledger, days.map(|judged| judged.day).min()?))
}

/// Keeps what the slices of these ledgers' days add up to, over all that was kept of them. A ledger
/// that is not there is passed over.
pub(crate) async fn keep(
    db: &mut Tx,
    ids: &Ids,
    judged: &[(LedgerKey, Judged)],
) -> Result<Found, Trouble> {
    let found = ids.find(db, judged.iter().map(|(key, _)| key)).await?;
    let of_each = judged
        .iter()
        .filter_map(|(key, judged)| Some((found.get(key)?, judged)));
    let of_each: HashMap<i64, &Judged> = of_each.collect();
    let numbers: Vec<i64> = of_each.keys().copied().collect();
    for chunk in numbers.chunks(ROWS) {
        let delete = Sql::new("DELETE FROM judged WHERE ledger IN");
        db.run(delete.list(chunk.iter().copied())).await?;
        let rows = chunk.iter().filter_map(|id| Some((*id, of_each.get(id)?)));
        let rows = rows.flat_map(|(id, judged)| judged.iter().map(move |of| (id, of)));
        let rows: Vec<_> = rows
            .map(|(id, (rule, days))| [id.into(), rule.as_str().into(), packed(days).into()])
            .collect();
        for rows in rows.chunks(ROWS) {
            let insert = Sql::new("INSERT INTO judged (ledger, rule, days)");
            db.run(insert.rows(rows.iter().cloned())).await?;
        }
    }
    Ok(found)
}

/// Reads every row of these ledgers.
pub(crate) async fn check(db: &mut Tx, ledgers: &[i64]) -> Result<(), Trouble> {
    for (ledger, rule, bytes) in rows(db, ledgers).await? {
        let row = || format!("what was judged of ledger number {ledger} by `{rule}`");
        unpacked(&bytes).map_err(|why| Trouble::Row(row(), why))?;
    }
    Ok(())
}

async fn read(db: &mut Tx, ledgers: &[i64]) -> Result<HashMap<i64, Judged>, Trouble> {
    let mut judged: HashMap<i64, Judged> = HashMap::new();
    for (ledger, rule, bytes) in rows(db, ledgers).await? {
        // What is damaged can be found out again.
        if let Ok(days) = unpacked(&bytes) {
            let of_ledger = judged.entry(ledger).or_default();
            of_ledger.push((JudgingRule::from_text(rule), days));
        }
    }
    Ok(judged)
}

async fn rows(db: &mut Tx, ledgers: &[i64]) -> Result<Vec<(i64, String, Vec<u8>)>, Trouble> {
    let mut all = Vec::new();
    for chunk in ledgers.chunks(ROWS) {
        let sql = Sql::new("SELECT ledger, rule, days FROM judged WHERE ledger IN");
        let rows: Vec<(i64, String, Vec<u8>)> = db.all(sql.list(chunk.iter().copied())).await?;
        all.extend(rows);
    }
    Ok(all)
}

fn packed(days: &[JudgedDay]) -> Vec<u8> {
    sealed(|out| days.iter().for_each(|judged| judged.put(out)))
}

fn unpacked(bytes: &[u8]) -> Result<Vec<JudgedDay>, &'static str> {
    let mut rest = unsealed(bytes)?;
    let mut days = Vec::new();
    while !rest.is_empty() {
        days.push(JudgedDay::take(&mut rest)?);
    }
    Ok(days)
}
