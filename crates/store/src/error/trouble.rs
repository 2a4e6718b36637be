//! Errors within the crate, before they are told which database they happened in.

use tomoni_ledger::Day;
use tomoni_ledger::block::BlockError;
use tomoni_slo::LedgerKey;

use super::StoreError;
use crate::place::Place;

/// Why an operation stops: the database says no, or what it holds cannot be.
#[derive(Debug)]
pub(crate) enum Trouble {
    Sql(sqlx::Error),
    /// For so many milliseconds no answer has come.
    Silent(u64),
    Block(LedgerKey, Day, BlockError),
    Row(String, &'static str),
    /// What is to be said has nothing to do with the database's place, or is complete already.
    Said(Box<StoreError>),
    #[cfg(any(test, feature = "faults"))]
    Killed(&'static str, crate::faults::Point),
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Said(Box::new(error))
    }
}

impl Trouble {
    pub(crate) fn at(self, place: &Place) -> StoreError {
        let place = place.clone();
        match self {
            Self::Sql(source) => StoreError::of(&place, source),
            Self::Silent(ms) => StoreError::Unavailable {
                place,
                why: format!("no answer for {} seconds", ms / 1_000),
            },
            Self::Block(key, day, source) => StoreError::DamagedBlock {
                place,
                key,
                day,
                source,
            },
            Self::Row(what, why) => StoreError::DamagedRow { place, what, why },
            Self::Said(error) => *error,
            #[cfg(any(test, feature = "faults"))]
            Self::Killed(call, point) => StoreError::Killed { call, point },
        }
    }
}
