//! Opening minutes that are closed.

use tomoni_ledger::Span;
use tomoni_slo::LedgerKey;

use super::fold::write_ledgers;
use super::ids::Ids;
use super::keep::fold_tail;
use super::reading;
use crate::db::Tx;
use crate::error::Trouble;

/// Opens these minutes of the ledgers that are there. What the tail closes is folded before.
pub(crate) async fn reopen(
    db: &mut Tx,
    ids: &Ids,
    keys: &[LedgerKey],
    span: Span,
) -> Result<(), Trouble> {
    let found = ids.find(db, keys).await?;
    fold_tail(db, Vec::new()).await?;
    let ids: Vec<i64> = found.ids.into_values().collect();
    let mut ledgers = reading::ledgers(db, &ids).await?;
    for ledger in ledgers.values_mut() {
        ledger.closed.remove(span);
    }
    write_ledgers(db, &ledgers).await
}
