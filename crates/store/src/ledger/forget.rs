//! Deleting ledgers for good.

use std::collections::HashSet;

use tomoni_slo::LedgerKey;

use super::fold::fold;
use super::ids::Ids;
use super::tail;
use crate::db::{ROWS, Sql, Tx};
use crate::error::Trouble;
use crate::meta;

/// Deletes these ledgers, and what the tail holds of them. Their numbers are free for others then,
/// so everybody who remembers numbers is told.
pub(crate) async fn forget(db: &mut Tx, ids: &Ids, keys: &[LedgerKey]) -> Result<(), Trouble> {
    let found = ids.find(db, keys).await?;
    let gone: HashSet<i64> = found.ids.into_values().collect();
    if gone.is_empty() {
        return Ok(());
    }
    let mut rest = tail::read(db).await?;
    if rest.iter().any(|entry| gone.contains(&entry.ledger)) {
        rest.retain(|entry| !gone.contains(&entry.ledger));
        fold(db, &rest).await?;
        tail::clear(db).await?;
    }
    let gone: Vec<i64> = gone.into_iter().collect();
    for chunk in gone.chunks(ROWS) {
        for text in [
            "DELETE FROM push WHERE ledger IN",
            "DELETE FROM block WHERE ledger IN",
            "DELETE FROM totals WHERE ledger IN",
            "DELETE FROM judged WHERE ledger IN",
            "DELETE FROM ledger WHERE id IN",
        ] {
            db.run(Sql::new(text).list(chunk.iter().copied())).await?;
        }
    }
    meta::forget(db).await
}
