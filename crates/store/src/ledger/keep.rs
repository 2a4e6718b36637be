//! Keeping more.

use tomoni_engine::Keep;
use tomoni_slo::LedgerKey;

use super::batch::Entry;
use super::fold::fold;
use super::ids::{Found, Ids};
use super::tail;
use crate::db::Tx;
use crate::error::Trouble;

/// Whether there is nothing to keep.
pub(crate) fn is_nothing(keep: &Keep) -> bool {
    keep.facts.is_empty() && keep.settled.is_empty() && keep.closed.is_empty()
}

/// Appends to the tail, or folds it; gives the ledgers' numbers.
pub(crate) async fn keep(db: &mut Tx, ids: &Ids, keeps: &[&Keep]) -> Result<Found, Trouble> {
    let keys: Vec<&LedgerKey> = keeps.iter().map(|keep| &keep.key).collect();
    let found = ids.find_or_make(db, &keys).await?;
    let entry = |keep: &&Keep| found.get(&keep.key).map(|id| Entry::of(id, keep));
    let entries: Vec<Entry> = keeps.iter().filter_map(entry).collect();
    debug_assert_eq!(entries.len(), keeps.len(), "every ledger has a number now");
    if tail::has_room(db, &entries).await? {
        tail::append(db, &entries).await?;
    } else {
        fold_tail(db, entries).await?;
    }
    Ok(found)
}

/// Folds the tail into blocks, and these entries after it.
pub(crate) async fn fold_tail(db: &mut Tx, entries: Vec<Entry>) -> Result<(), Trouble> {
    let mut all = tail::read(db).await?;
    all.extend(entries);
    fold(db, &all).await?;
    tail::clear(db).await
}
