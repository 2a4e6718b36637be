//! Folding: facts into blocks, their sums into totals, what they settle and close into spans.

use std::collections::{BTreeMap, BTreeSet};

use tomoni_ledger::{DAY_MINUTES, Day, Fact, Minute, block};

use super::batch::Entry;
use super::packed::{self, DayTotals};
use super::reading::{self, Ledger, LedgerDay};
use super::tail::{self, Facts};
use crate::db::{ROWS, Sql, Tx};
use crate::error::Trouble;

/// The totals of days that have changed, by ledger and period.
type Changed = BTreeMap<(i64, i64), BTreeMap<Day, DayTotals>>;

/// Folds entries into blocks, oldest first: what is later replaces what is earlier.
pub(crate) async fn fold(db: &mut Tx, entries: &[Entry]) -> Result<(), Trouble> {
    let ids: BTreeSet<i64> = entries.iter().map(|entry| entry.ledger).collect();
    let ids: Vec<i64> = ids.into_iter().collect();
    let mut ledgers = reading::ledgers(db, &ids).await?;
    for entry in entries {
        let ledger = ledgers
            .get_mut(&entry.ledger)
            .ok_or_else(|| unnamed(entry.ledger))?;
        ledger.settled.extend(entry.settled.spans().iter().copied());
        ledger.closed.extend(entry.closed.spans().iter().copied());
    }
    write_ledgers(db, &ledgers).await?;
    let mut changed = Changed::new();
    let days: Vec<(LedgerDay, Facts)> = tail::by_day(entries).into_iter().collect();
    for chunk in days.chunks(ROWS) {
        fold_days(db, &ledgers, chunk, &mut changed).await?;
    }
    write_totals(db, changed).await
}

fn unnamed(ledger: i64) -> Trouble {
    Trouble::Row(
        format!("ledger number {ledger}"),
        "it is in the tail, but its row is missing",
    )
}

pub(crate) async fn write_ledgers(
    db: &mut Tx,
    ledgers: &BTreeMap<i64, Ledger>,
) -> Result<(), Trouble> {
    let rows: Vec<(&i64, &Ledger)> = ledgers.iter().collect();
    for chunk in rows.chunks(ROWS) {
        let row = |(id, ledger): &(&i64, &Ledger)| {
            [
                (**id).into(),
                ledger.key.to_string().into(),
                packed::spans(&ledger.settled).into(),
                packed::spans(&ledger.closed).into(),
            ]
        };
        let insert = Sql::new("INSERT INTO ledger (id, key, settled, closed)");
        let update =
            " ON CONFLICT (id) DO UPDATE SET settled = excluded.settled, closed = excluded.closed";
        db.run(insert.rows(chunk.iter().map(row)).then(update))
            .await?;
    }
    Ok(())
}

async fn fold_days(
    db: &mut Tx,
    ledgers: &BTreeMap<i64, Ledger>,
    days: &[(LedgerDay, Facts)],
    changed: &mut Changed,
) -> Result<(), Trouble> {
    let partial = days.iter().filter(|(_, facts)| !is_whole_day(facts));
    let wanted: Vec<LedgerDay> = partial.map(|(at, _)| *at).collect();
    let held = reading::blocks(db, &wanted).await?;
    let mut blocks = Vec::with_capacity(days.len());
    for (at, facts) in days {
        let (id, day) = *at;
        let ledger = ledgers.get(&id).ok_or_else(|| unnamed(id))?;
        let mut whole = reading::facts(&ledger.key, day, held.get(at).map(Vec::as_slice))?;
        tail::put(&mut whole, facts);
        let block = block::encode(&whole);
        let totals = DayTotals {
            sums: whole.totals(),
            checksum: block::checksum(&block).ok(),
        };
        changed
            .entry((id, packed::period(day)))
            .or_default()
            .insert(day, totals);
        blocks.push([id.into(), day.index().into(), block.into()]);
    }
    let insert = Sql::new("INSERT INTO block (ledger, day, block)").rows(blocks);
    let update = " ON CONFLICT (ledger, day) DO UPDATE SET block = excluded.block";
    db.run(insert.then(update)).await?;
    Ok(())
}

/// Whether every minute of the day is among the facts: then the block before does not matter.
fn is_whole_day(facts: &[(Minute, Fact)]) -> bool {
    let mut seen = [false; DAY_MINUTES as usize];
    for (minute, _) in facts {
        seen[minute.place_in_day()] = true;
    }
    seen.iter().all(|is_seen| *is_seen)
}

async fn write_totals(db: &mut Tx, changed: Changed) -> Result<(), Trouble> {
    let changed: Vec<((i64, i64), BTreeMap<Day, DayTotals>)> = changed.into_iter().collect();
    for chunk in changed.chunks(ROWS) {
        let wanted = chunk.iter().map(|(at, _)| [at.0.into(), at.1.into()]);
        let sql = Sql::new("WITH wanted (ledger, period) AS (").rows(wanted);
        let select = ") SELECT t.ledger, t.period, t.totals FROM wanted w JOIN totals t \
                      ON t.ledger = w.ledger AND t.period = w.period";
        let rows: Vec<(i64, i64, Vec<u8>)> = db.all(sql.then(select)).await?;
        let mut days = Changed::new();
        for (ledger, period, bytes) in rows {
            let held = reading::read_totals(ledger, period, &bytes)?;
            days.insert((ledger, period), held.into_iter().collect());
        }
        for (at, new) in chunk {
            days.entry(*at).or_default().extend(new);
        }
        let rows = days.into_iter().map(|((ledger, period), days)| {
            [ledger.into(), period.into(), packed::totals(days).into()]
        });
        let insert = Sql::new("INSERT INTO totals (ledger, period, totals)").rows(rows);
        let update = " ON CONFLICT (ledger, period) DO UPDATE SET totals = excluded.totals";
        db.run(insert.then(update)).await?;
    }
    Ok(())
}
