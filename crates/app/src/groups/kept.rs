//! Which ledgers groups ever had.

use std::collections::BTreeSet;

use tomoni_ledger::Minute;
use tomoni_slo::{Generation, GroupLabels, LedgerKey};
use tomoni_store::{Store, StoreError};

/// A group's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupLedger {
    /// The ledger of all events together.
    pub whole: LedgerKey,
    /// Which group.
    pub labels: GroupLabels,
    /// The group's own ledger.
    pub key: LedgerKey,
}

/// The ledgers of all groups that are known of what is counted in these, also of such as have gone.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn ledgers(
    store: &Store,
    whole: &BTreeSet<LedgerKey>,
) -> Result<Vec<GroupLedger>, StoreError> {
    let of: Vec<Generation> = whole.iter().map(|key| key.generation).collect();
    let ever = Minute::from_index(i64::MIN);
    let kept = store.groups(&of, ever).await?;
    let of_ledger = |whole: &LedgerKey| {
        let groups = kept.seen.iter();
        let groups = groups.filter(|group| group.whole == whole.generation);
        let ledger = |labels: &GroupLabels| GroupLedger {
            whole: whole.clone(),
            labels: labels.clone(),
            key: LedgerKey {
                generation: labels.generation_within(whole.generation),
                threshold: whole.threshold,
            },
        };
        groups
            .map(|group| ledger(&group.labels))
            .collect::<Vec<_>>()
    };
    Ok(whole.iter().flat_map(of_ledger).collect())
}
