//! Under which codes each format's documents are told what is wrong with them.

use super::{Code, table};

/// The codes of a format, by what its table of fields can find.
#[derive(Debug)]
pub(crate) struct Dialect {
    /// A field that the format does not know.
    pub(crate) unknown_field: &'static Code,
    /// A field that must be there is not.
    pub(crate) missing_field: &'static Code,
    /// A value of the wrong type.
    pub(crate) wrong_type: &'static Code,
    /// A text that is none of those that are allowed.
    pub(crate) wrong_value: &'static Code,
    /// A number outside its range.
    pub(crate) out_of_range: &'static Code,
    /// A text that is too long.
    pub(crate) too_long: &'static Code,
    /// A name that is none.
    pub(crate) name: &'static Code,
    /// The key of a label or annotation that is none.
    pub(crate) key: &'static Code,
    /// A duration that is none.
    pub(crate) duration: &'static Code,
    /// A time or time zone that is none.
    pub(crate) time: &'static Code,
    /// A list with too many or too few items.
    pub(crate) list_length: &'static Code,
    /// Fields that exclude each other.
    pub(crate) exclusive: &'static Code,
}

/// OpenSLO, of every version.
pub(crate) static OPENSLO: Dialect = Dialect {
    unknown_field: &table::UNKNOWN_FIELD,
    missing_field: &table::MISSING_FIELD,
    wrong_type: &table::WRONG_TYPE,
    wrong_value: &table::WRONG_VALUE,
    out_of_range: &table::OUT_OF_RANGE,
    too_long: &table::TOO_LONG,
    name: &table::NAME,
    key: &table::KEY,
    duration: &table::DURATION,
    time: &table::TIME,
    list_length: &table::LIST_LENGTH,
    exclusive: &table::EXCLUSIVE,
};

/// Pyrra.
pub(crate) static PYRRA: Dialect = Dialect {
    unknown_field: &table::PYRRA_UNKNOWN_FIELD,
    missing_field: &table::PYRRA_MISSING_FIELD,
    wrong_type: &table::PYRRA_VALUE,
    wrong_value: &table::PYRRA_VALUE,
    out_of_range: &table::PYRRA_VALUE,
    too_long: &table::PYRRA_VALUE,
    name: &table::PYRRA_NAME,
    key: &table::PYRRA_VALUE,
    duration: &table::PYRRA_VALUE,
    time: &table::PYRRA_VALUE,
    list_length: &table::PYRRA_VALUE,
    exclusive: &table::PYRRA_VALUE,
};

/// Sloth, in both its spellings.
pub(crate) static SLOTH: Dialect = Dialect {
    unknown_field: &table::SLOTH_UNKNOWN_FIELD,
    missing_field: &table::SLOTH_MISSING_FIELD,
    wrong_type: &table::SLOTH_VALUE,
    wrong_value: &table::SLOTH_VALUE,
    out_of_range: &table::SLOTH_VALUE,
    too_long: &table::SLOTH_VALUE,
    name: &table::SLOTH_NAME,
    key: &table::SLOTH_LABEL,
    duration: &table::SLOTH_VALUE,
    time: &table::SLOTH_VALUE,
    list_length: &table::SLOTH_VALUE,
    exclusive: &table::SLOTH_VALUE,
};
