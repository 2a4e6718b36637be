//! How much there is.

use crate::db::Tx;
use crate::error::Trouble;

/// How much a database holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Bytes that the database takes: SQLite's pages, or PostgreSQL's tables with their indexes.
    pub bytes: u64,
    /// Ledgers.
    pub ledgers: u64,
    /// Days of ledgers in blocks.
    pub blocks: u64,
    /// Minutes in the tail that are not yet in blocks.
    pub tail_minutes: u64,
    /// Entries of the journal.
    pub journal_entries: u64,
    /// Ids of pushed batches that are remembered.
    pub pushes: u64,
}

const COUNTS: &str = "SELECT (SELECT count(*) FROM ledger), (SELECT count(*) FROM block), \
                      (SELECT CAST(coalesce(sum(facts), 0) AS BIGINT) FROM tail), \
                      (SELECT count(*) FROM journal), (SELECT count(*) FROM push)";

pub(crate) async fn sizes(db: &mut Tx) -> Result<Sizes, Trouble> {
    let bytes = db.bytes();
    let (bytes,): (i64,) = db.one(bytes).await?;
    let (ledgers, blocks, minutes, entries, pushes): (i64, i64, i64, i64, i64) =
        db.one(COUNTS).await?;
    let [
        bytes,
        ledgers,
        blocks,
        tail_minutes,
        journal_entries,
        pushes,
    ] = [bytes, ledgers, blocks, minutes, entries, pushes].map(|n| n.try_into().unwrap_or(0));
    Ok(Sizes {
        bytes,
        ledgers,
        blocks,
        tail_minutes,
        journal_entries,
        pushes,
    })
}
