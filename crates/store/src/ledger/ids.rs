//! The short number of each ledger. A number once given stays, until the ledger is forgotten; so
//! those that were seen are remembered.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use tomoni_ledger::SpanSet;
use tomoni_slo::LedgerKey;

use super::packed;
use crate::db::{ROWS, Sql, Tx};
use crate::error::Trouble;
use crate::meta;

/// Ledgers and their numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    pub(crate) ids: HashMap<LedgerKey, i64>,
    /// How often ledgers had been forgotten when these numbers were true.
    as_of: i64,
}

impl Found {
    pub(crate) fn get(&self, key: &LedgerKey) -> Option<i64> {
        self.ids.get(key).copied()
    }

    /// The ledgers of the numbers.
    pub(crate) fn names(&self) -> HashMap<i64, LedgerKey> {
        let pairs = self.ids.iter();
        pairs.map(|(key, id)| (*id, key.clone())).collect()
    }
}

#[derive(Debug, Default)]
pub(crate) struct Ids {
    seen: RwLock<Found>,
}

impl Ids {
    /// The numbers of those of these ledgers that are there.
    pub(crate) async fn find(
        &self,
        db: &mut Tx,
        keys: impl IntoIterator<Item = &LedgerKey>,
    ) -> Result<Found, Trouble> {
        let as_of = meta::forgotten(db).await?;
        let (mut found, missing) = self.seen_of(as_of, keys);
        for chunk in missing.chunks(ROWS) {
            let sql = Sql::new("SELECT id, key FROM ledger WHERE key IN");
            let sql = sql.list(chunk.iter().map(ToString::to_string));
            let rows: Vec<(i64, String)> = db.all(sql).await?;
            for (id, text) in rows {
                found.ids.insert(key(&text)?, id);
            }
        }
        Ok(found)
    }

    /// The numbers of these ledgers; those that are not there are made. What is found is to be
    /// [remembered](Self::remember) only when the transaction is kept.
    pub(crate) async fn find_or_make(
        &self,
        db: &mut Tx,
        keys: &[&LedgerKey],
    ) -> Result<Found, Trouble> {
        let mut found = self.find(db, keys.iter().copied()).await?;
        let mut new: Vec<&LedgerKey> = keys.to_vec();
        new.retain(|key| !found.ids.contains_key(key));
        new.sort_unstable();
        new.dedup();
        if new.is_empty() {
            return Ok(found);
        }
        let last = "SELECT coalesce(max(id), 0) FROM ledger";
        let (last,): (i64,) = db.one(last).await?;
        let rows: Vec<(i64, &LedgerKey)> = (last + 1..).zip(new).collect();
        let empty = packed::spans(&SpanSet::new());
        for chunk in rows.chunks(ROWS) {
            let row = |(id, key): &(i64, &LedgerKey)| {
                let (settled, closed) = (empty.clone().into(), empty.clone().into());
                [(*id).into(), key.to_string().into(), settled, closed]
            };
            let insert = Sql::new("INSERT INTO ledger (id, key, settled, closed)");
            db.run(insert.rows(chunk.iter().map(row))).await?;
        }
        let made = rows.into_iter().map(|(id, key)| (key.clone(), id));
        found.ids.extend(made);
        Ok(found)
    }

    pub(crate) fn remember(&self, found: Found) {
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        if seen.as_of < found.as_of {
            *seen = found;
        } else if seen.as_of == found.as_of {
            seen.ids.extend(found.ids);
        }
    }

    /// Those that were seen before, and those that were not.
    fn seen_of<'k>(
        &self,
        as_of: i64,
        keys: impl IntoIterator<Item = &'k LedgerKey>,
    ) -> (Found, Vec<&'k LedgerKey>) {
        let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
        let mut ids = HashMap::new();
        let mut missing = Vec::new();
        for key in keys {
            match seen.get(key).filter(|_| seen.as_of == as_of) {
                Some(id) => _ = ids.insert(key.clone(), id),
                None => missing.push(key),
            }
        }
        (Found { ids, as_of }, missing)
    }
}

/// The key that a row's text names.
pub(crate) fn key(text: &str) -> Result<LedgerKey, Trouble> {
    let row = || format!("the ledger with the key `{text}`");
    text.parse()
        .map_err(|_| Trouble::Row(row(), "it is not a ledger's key"))
}
