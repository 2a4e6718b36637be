//! Whether every row of a backup can be read, checksums included.

use std::collections::BTreeMap;

use tomoni_ledger::{Day, block};

use crate::db::{ROWS, Sql, Tx};
use crate::error::Trouble;
use crate::group;
use crate::journal::{self, JOURNAL_PAGE_MAX};
use crate::ledger::judged;
use crate::ledger::packed::DayTotals;
use crate::ledger::reading::{self, Ledger};
use crate::ledger::tail;
use crate::meta;

/// The schema that has a journal.
const WITH_JOURNAL: i64 = 2;
/// The schema that has groups.
const WITH_GROUPS: i64 = 3;
/// The schema that has judged days.
const WITH_JUDGED: i64 = 4;

/// Reads everything.
pub(super) async fn every_row(db: &mut Tx, schema: i64) -> Result<(), Trouble> {
    let ids: Vec<(i64,)> = db.all("SELECT id FROM ledger ORDER BY id").await?;
    let ids: Vec<i64> = ids.into_iter().map(|(id,)| id).collect();
    for chunk in ids.chunks(ROWS) {
        for (id, ledger) in reading::ledgers(db, chunk).await? {
            every_day(db, id, &ledger).await?;
        }
        if schema >= WITH_JUDGED {
            judged::check(db, chunk).await?;
        }
    }
    for entry in tail::read(db).await? {
        if ids.binary_search(&entry.ledger).is_err() {
            let what = format!("ledger number {}", entry.ledger);
            return Err(Trouble::Row(
                what,
                "it is in the tail, but its row is missing",
            ));
        }
    }
    meta::forgotten(db).await?;
    meta::upkeep(db).await?;
    if schema >= WITH_GROUPS {
        group::check(db).await?;
    }
    if schema < WITH_JOURNAL {
        return Ok(());
    }
    let mut last = 0;
    loop {
        match journal::after(db, last, JOURNAL_PAGE_MAX).await?.last() {
            Some(entry) => last = entry.seq,
            None => return Ok(()),
        }
    }
}

/// Each block of a ledger, and whether the totals beside them are theirs.
async fn every_day(db: &mut Tx, id: i64, ledger: &Ledger) -> Result<(), Trouble> {
    let mut totals: BTreeMap<Day, DayTotals> = BTreeMap::new();
    reading::each_total(db, &[id], |(_, day), of_day| {
        totals.insert(day, of_day);
    })
    .await?;
    let days = Sql::new("SELECT day FROM block WHERE ledger = $1 ORDER BY day").bind(id);
    let days: Vec<(i64,)> = db.all(days).await?;
    let days: Vec<_> = days
        .into_iter()
        .map(|(day,)| (id, Day::from_index(day)))
        .collect();
    for chunk in days.chunks(ROWS) {
        for (at, block) in reading::blocks(db, chunk).await? {
            let facts = reading::facts(&ledger.key, at.1, Some(&block))?;
            let checksum = block::checksum(&block).ok();
            let is_of = |told: &DayTotals| {
                told.sums == facts.totals()
                    && (told.checksum.is_none() || told.checksum == checksum)
            };
            if !totals.get(&at.1).is_some_and(is_of) {
                let what = format!("the totals of {} of ledger {}", at.1, ledger.key);
                return Err(Trouble::Row(what, "they are not those of its block"));
            }
        }
    }
    if totals.len() == days.len() {
        return Ok(());
    }
    let what = format!("the totals of ledger {}", ledger.key);
    Err(Trouble::Row(what, "there are more of them than blocks"))
}
