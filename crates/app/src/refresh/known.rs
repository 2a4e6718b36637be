//! What the store knows of ledgers.

use std::collections::BTreeMap;

use tomoni_engine::Input;
use tomoni_slo::LedgerKey;
use tomoni_store::Store;

use super::Ledger;
use crate::error::AppError;

/// Takes the day totals of these ledgers in, and says what the engine has to know.
pub(super) async fn recall(
    store: &Store,
    keys: &[LedgerKey],
    ledgers: &mut BTreeMap<LedgerKey, Ledger>,
) -> Result<Vec<Input>, AppError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut inputs = Vec::new();
    for known in store.known(keys).await? {
        let ledger = ledgers.entry(known.key.clone()).or_default();
        for (day, totals) in known.totals {
            ledger.series.set_totals(day, totals);
        }
        ledger.settled = known.settled.clone();
        inputs.push(Input::Stored {
            key: known.key,
            settled: known.settled,
            closed: known.closed,
        });
    }
    Ok(inputs)
}
