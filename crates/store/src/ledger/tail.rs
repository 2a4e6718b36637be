//! The tail: what was kept last, one row for each call of `keep`, until it is folded into blocks.
//!
//! A tick brings a minute or two of every ledger. Written into blocks at once, each tick would read,
//! decode, encode and write a block of every ledger; as a batch it is one small row. The tail is
//! bounded, so that reading it stays quick and a fold stays small, and is folded when a new day
//! begins, so that past days lie in blocks.

use std::collections::BTreeMap;

use tomoni_ledger::{Day, DayFacts, Fact, Minute};

use super::batch::{self, Entry};
use super::reading::LedgerDay;
use crate::db::{Sql, Tx};
use crate::error::Trouble;

/// The most minutes in the tail, of all ledgers together; about half a megabyte.
const FACTS_MAX: usize = 65_536;
/// The most batches in the tail.
const BATCHES_MAX: i64 = 256;
/// A batch with so many minutes of one day of one ledger is worth writing a block at once.
const PIECE_MAX: usize = 240;

/// Minutes with their facts, in the order in which they were kept; later ones replace earlier ones.
pub(crate) type Facts = Vec<(Minute, Fact)>;

/// All that the tail holds, oldest first.
pub(crate) async fn read(db: &mut Tx) -> Result<Vec<Entry>, Trouble> {
    let text = "SELECT seq, batch FROM tail ORDER BY seq";
    let rows: Vec<(i64, Vec<u8>)> = db.all(text).await?;
    let mut entries = Vec::new();
    for (seq, bytes) in rows {
        let row = || format!("batch {seq} of the tail");
        entries.extend(batch::decode(&bytes).map_err(|why| Trouble::Row(row(), why))?);
    }
    Ok(entries)
}

/// Whether the batch can be appended; otherwise the tail is to be folded together with it.
pub(crate) async fn has_room(db: &mut Tx, entries: &[Entry]) -> Result<bool, Trouble> {
    if by_day(entries)
        .values()
        .any(|facts| facts.len() >= PIECE_MAX)
    {
        return Ok(false);
    }
    let text = "SELECT count(*), CAST(coalesce(sum(facts), 0) AS BIGINT), min(newest) FROM tail";
    let (batches, facts, newest): (i64, i64, Option<i64>) = db.one(text).await?;
    let begins_a_day = newest
        .zip(batch::newest(entries))
        .is_some_and(|(held, new)| held < new.index());
    let facts = usize::try_from(facts).unwrap_or(usize::MAX);
    let is_full = facts.saturating_add(batch::weight(entries)) > FACTS_MAX;
    Ok(batches < BATCHES_MAX && !is_full && !begins_a_day)
}

/// Appends a batch.
pub(crate) async fn append(db: &mut Tx, entries: &[Entry]) -> Result<(), Trouble> {
    // A batch without minutes must not look like the oldest day of the tail.
    let newest = batch::newest(entries).map_or(i64::MAX, Day::index);
    let insert = Sql::new(
        "INSERT INTO tail (seq, newest, facts, batch) \
         SELECT coalesce(max(seq), 0) + 1, $1, $2, $3 FROM tail",
    );
    let row = insert
        .bind(newest)
        .bind(batch::weight(entries) as i64)
        .bind(batch::encode(entries));
    db.run(row).await.map(drop)
}

/// Empties the tail, once it is folded.
pub(crate) async fn clear(db: &mut Tx) -> Result<(), Trouble> {
    db.run("DELETE FROM tail").await.map(drop)
}

/// The facts of each day of each ledger.
pub(crate) fn by_day(entries: &[Entry]) -> BTreeMap<LedgerDay, Facts> {
    let mut days: BTreeMap<LedgerDay, Facts> = BTreeMap::new();
    for entry in entries {
        for piece in entry.facts.chunk_by(|a, b| a.0.day() == b.0.day()) {
            if let Some((minute, _)) = piece.first() {
                let day = days.entry((entry.ledger, minute.day())).or_default();
                day.extend_from_slice(piece);
            }
        }
    }
    days
}

/// Puts facts into a day, later ones over earlier ones.
pub(crate) fn put(day: &mut DayFacts, facts: &[(Minute, Fact)]) {
    for (minute, fact) in facts {
        day.set(*minute, *fact);
    }
}
