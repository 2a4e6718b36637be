//! Reading rows, and what they mean.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use tomoni_ledger::{Day, DayFacts, SpanSet, block};
use tomoni_slo::LedgerKey;

use super::ids;
use super::packed::{self, DayTotals};
use crate::db::{ROWS, Sql, Tx};
use crate::error::Trouble;

/// A ledger's row.
pub(crate) struct Ledger {
    pub(crate) key: LedgerKey,
    pub(crate) settled: SpanSet,
    pub(crate) closed: SpanSet,
}

/// The day of a ledger, by the ledger's number.
pub(crate) type LedgerDay = (i64, Day);

/// The rows of these ledgers.
pub(crate) async fn ledgers(db: &mut Tx, wanted: &[i64]) -> Result<BTreeMap<i64, Ledger>, Trouble> {
    let mut ledgers = BTreeMap::new();
    for chunk in wanted.chunks(ROWS) {
        let sql = Sql::new("SELECT id, key, settled, closed FROM ledger WHERE id IN");
        let rows: Vec<(i64, String, Vec<u8>, Vec<u8>)> =
            db.all(sql.list(chunk.iter().copied())).await?;
        for (id, text, settled, closed) in rows {
            let damaged =
                |what: &str, why| Trouble::Row(format!("the {what} of ledger {text}"), why);
            let ledger = Ledger {
                key: ids::key(&text)?,
                settled: packed::read_spans(&settled)
                    .map_err(|why| damaged("settled spans", why))?,
                closed: packed::read_spans(&closed).map_err(|why| damaged("closed spans", why))?,
            };
            ledgers.insert(id, ledger);
        }
    }
    Ok(ledgers)
}

/// Tells the totals of all blocks of these ledgers; those of one ledger in order of days.
pub(crate) async fn each_total(
    db: &mut Tx,
    wanted: &[i64],
    mut told: impl FnMut(LedgerDay, DayTotals),
) -> Result<(), Trouble> {
    for chunk in wanted.chunks(ROWS) {
        let sql = Sql::new("SELECT ledger, period, totals FROM totals WHERE ledger IN");
        let sql = sql.list(chunk.iter().copied());
        let rows: Vec<(i64, i64, Vec<u8>)> = db.all(sql.then(" ORDER BY ledger, period")).await?;
        let read = |(ledger, period, bytes): &(i64, i64, Vec<u8>)| {
            read_totals(*ledger, *period, bytes).map(|days| (*ledger, days))
        };
        let read: Vec<Result<_, Trouble>> = rows.par_iter().map(read).collect();
        for of_period in read {
            let (ledger, days) = of_period?;
            for (day, totals) in days {
                told((ledger, day), totals);
            }
        }
    }
    Ok(())
}

/// The days of a row of totals.
pub(crate) fn read_totals(
    ledger: i64,
    period: i64,
    bytes: &[u8],
) -> Result<Vec<(Day, DayTotals)>, Trouble> {
    let first = Day::from_index(period.saturating_mul(packed::PERIOD_DAYS));
    let row = || format!("the day totals from {first} on of ledger number {ledger}");
    packed::read_totals(period, bytes).map_err(|why| Trouble::Row(row(), why))
}

/// Those of these blocks that are there, as bytes.
pub(crate) async fn blocks(
    db: &mut Tx,
    wanted: &[LedgerDay],
) -> Result<HashMap<LedgerDay, Vec<u8>>, Trouble> {
    let mut blocks = HashMap::with_capacity(wanted.len());
    for chunk in wanted.chunks(ROWS) {
        let days = chunk.iter().map(|at| [at.0.into(), at.1.index().into()]);
        let sql = Sql::new("WITH wanted (ledger, day) AS (").rows(days);
        let select = ") SELECT b.ledger, b.day, b.block FROM wanted w \
                      JOIN block b ON b.ledger = w.ledger AND b.day = w.day";
        let rows: Vec<(i64, i64, Vec<u8>)> = db.all(sql.then(select)).await?;
        let keyed = rows.into_iter();
        blocks.extend(keyed.map(|(ledger, day, block)| ((ledger, Day::from_index(day)), block)));
    }
    Ok(blocks)
}

/// The facts of a day from its block; of a day without one, nothing is known.
pub(crate) fn facts(key: &LedgerKey, day: Day, block: Option<&[u8]>) -> Result<DayFacts, Trouble> {
    block.map_or_else(
        || Ok(DayFacts::unknown(day)),
        |block| block::decode_of(day, block).map_err(|why| Trouble::Block(key.clone(), day, why)),
    )
}
