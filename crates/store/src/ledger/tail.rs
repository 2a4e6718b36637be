//! The tail: what was kept last, one row for each call of `keep`, until it is folded into blocks.
//!
//! A tick brings a minute or two of every ledger. Written into blocks at once, each tick would read,
//! decode, encode and write a block of every ledger; as a batch it is one small row. The tail is
//! bounded, so that reading it stays quick and a fold stays small, and is folded when a new day
//! begins, so that past days lie in blocks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tomoni_ledger::{Day, DayFacts, Fact, Minute};

use super::batch::{self, Entry};
use super::reading::LedgerDay;
use crate::db::{ROWS, Sql, Tx};
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
        entries.extend(decoded(seq, &bytes)?);
    }
    Ok(entries)
}

/// Batches of the tail that were read before, decoded: who looks at one ledger need not decode what
/// was kept of all others again and again.
#[derive(Debug, Default)]
pub(crate) struct KeptTail(Mutex<BTreeMap<Label, Batch>>);

/// What tells a batch from every other: its number, which begins anew after a fold, with the day, the
/// minutes, the length and the checksum of what it holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Label(i64, i64, i64, i64, Vec<u8>);

/// A batch's entries, in order of ledgers.
type Batch = Arc<Vec<Entry>>;

impl KeptTail {
    /// What the tail holds of these ledgers, oldest first.
    pub(crate) async fn read(&self, db: &mut Tx, ledgers: &[i64]) -> Result<Vec<Entry>, Trouble> {
        let text = "SELECT seq, newest, CAST(facts AS BIGINT), CAST(length(batch) AS BIGINT), \
                    substr(batch, 1, 4) FROM tail ORDER BY seq";
        let rows: Vec<(i64, i64, i64, i64, Vec<u8>)> = db.all(text).await?;
        let labels = rows
            .into_iter()
            .map(|(seq, newest, facts, length, sum)| Label(seq, newest, facts, length, sum));
        let labels: Vec<Label> = labels.collect();
        let mut batches = self.known(&labels);
        let missing = labels.iter().filter(|label| !batches.contains_key(label));
        let missing: Vec<Label> = missing.cloned().collect();
        for chunk in missing.chunks(ROWS) {
            let sql = Sql::new("SELECT seq, batch FROM tail WHERE seq IN");
            let rows: Vec<(i64, Vec<u8>)> =
                db.all(sql.list(chunk.iter().map(|label| label.0))).await?;
            for (seq, bytes) in rows {
                let mut entries = decoded(seq, &bytes)?;
                entries.sort_by_key(|entry| entry.ledger);
                let label = chunk.iter().find(|label| label.0 == seq);
                batches.extend(label.map(|label| (label.clone(), Arc::new(entries))));
            }
        }
        let entries = labels.iter().filter_map(|label| batches.get(label));
        let entries = entries
            .flat_map(|batch| of_ledgers(batch, ledgers))
            .collect();
        *self.lock() = batches;
        Ok(entries)
    }

    fn known(&self, labels: &[Label]) -> BTreeMap<Label, Batch> {
        let kept = self.lock();
        let known = labels.iter().filter_map(|label| kept.get_key_value(label));
        known
            .map(|(label, batch)| (label.clone(), Arc::clone(batch)))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Label, Batch>> {
        // What a thread left behind that panicked is as good as any.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The entries of these ledgers.
fn of_ledgers(batch: &[Entry], ledgers: &[i64]) -> Vec<Entry> {
    let mut found = Vec::new();
    for ledger in ledgers {
        let from = batch.partition_point(|entry| entry.ledger < *ledger);
        let of_ledger = batch.iter().skip(from);
        found.extend(
            of_ledger
                .take_while(|entry| entry.ledger == *ledger)
                .cloned(),
        );
    }
    found
}

fn decoded(seq: i64, bytes: &[u8]) -> Result<Vec<Entry>, Trouble> {
    let row = || format!("batch {seq} of the tail");
    batch::decode(bytes).map_err(|why| Trouble::Row(row(), why))
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
