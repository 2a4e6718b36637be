//! The short number of each ledger. A number once given never changes, so those that were seen are
//! remembered.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use sqlx::{QueryBuilder, SqliteConnection};
use tomoni_ledger::SpanSet;
use tomoni_slo::LedgerKey;

use crate::error::Trouble;
use crate::packed;
use crate::sql::{ROWS, with_list};

/// Ledgers and their numbers.
pub(crate) type Found = HashMap<LedgerKey, i64>;

#[derive(Debug, Default)]
pub(crate) struct Ids {
    seen: RwLock<Found>,
}

impl Ids {
    /// The numbers of those of these ledgers that are there.
    pub(crate) async fn find(
        &self,
        db: &mut SqliteConnection,
        keys: &[&LedgerKey],
    ) -> Result<Found, Trouble> {
        let (mut found, missing) = self.seen_of(keys);
        for chunk in missing.chunks(ROWS) {
            let texts = chunk.iter().map(ToString::to_string);
            let mut query = with_list("SELECT id, key FROM ledger WHERE key IN", texts);
            let rows: Vec<(i64, String)> = query.build_query_as().fetch_all(&mut *db).await?;
            for (id, text) in rows {
                found.insert(key(&text)?, id);
            }
        }
        Ok(found)
    }

    /// The numbers of these ledgers; those that are not there are made. What is found is to be
    /// [remembered](Self::remember) only when the transaction is kept.
    pub(crate) async fn find_or_make(
        &self,
        db: &mut SqliteConnection,
        keys: &[&LedgerKey],
    ) -> Result<Found, Trouble> {
        let mut found = self.find(db, keys).await?;
        let mut new: Vec<&LedgerKey> = keys.to_vec();
        new.retain(|key| !found.contains_key(key));
        new.sort_unstable();
        new.dedup();
        if new.is_empty() {
            return Ok(found);
        }
        let last = "SELECT coalesce(max(id), 0) FROM ledger";
        let last: i64 = sqlx::query_scalar(last).fetch_one(&mut *db).await?;
        let rows: Vec<(i64, &LedgerKey)> = (last + 1..).zip(new).collect();
        let empty = packed::spans(&SpanSet::new());
        for chunk in rows.chunks(ROWS) {
            let mut query = QueryBuilder::new("INSERT INTO ledger (id, key, settled, closed) ");
            query.push_values(chunk, |mut row, (id, key)| {
                row.push_bind(*id).push_bind(key.to_string());
                row.push_bind(empty.clone()).push_bind(empty.clone());
            });
            query.build().execute(&mut *db).await?;
        }
        found.extend(rows.into_iter().map(|(id, key)| (key.clone(), id)));
        Ok(found)
    }

    pub(crate) fn remember(&self, found: Found) {
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        seen.extend(found);
    }

    /// Those that were seen before, and those that were not.
    fn seen_of<'k>(&self, keys: &[&'k LedgerKey]) -> (Found, Vec<&'k LedgerKey>) {
        let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
        let mut found = Found::with_capacity(keys.len());
        let mut missing = Vec::new();
        for key in keys {
            match seen.get(key) {
                Some(id) => _ = found.insert((*key).clone(), *id),
                None => missing.push(*key),
            }
        }
        (found, missing)
    }
}

/// The key that a row's text names.
pub(crate) fn key(text: &str) -> Result<LedgerKey, Trouble> {
    let row = || format!("the ledger with the key `{text}`");
    text.parse()
        .map_err(|_| Trouble::Row(row(), "it is not a ledger's key"))
}
