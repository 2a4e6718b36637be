//! The table of codes.

mod convert;
mod documents;
mod files;
mod groups;
mod openslo;
mod pyrra;
mod queries;
mod rules;
mod sloth;

use super::{Code, Example};
use crate::finding::Severity;

pub use openslo::DUPLICATE;
pub use sloth::SLOTH_PLUGIN;

pub(crate) use convert::*;
pub(crate) use documents::*;
pub(crate) use files::*;
pub(crate) use groups::*;
pub(crate) use openslo::*;
pub(crate) use pyrra::*;
pub(crate) use queries::*;
pub(crate) use rules::*;
pub(crate) use sloth::*;

/// Every code, in the order of the page.
pub(super) static TABLE: &[&Code] = &[
    &FILE_MISSING,
    &FILE_DANGLING,
    &FILE_UNREADABLE,
    &FILE_LOOP,
    &FILE_TOO_DEEP,
    &FILE_TOO_MANY,
    &FILE_NONE,
    &FILE_TOO_LARGE,
    &FILE_NOT_UTF8,
    &FILE_EMPTY,
    &FILE_MORE,
    &YAML_SYNTAX,
    &YAML_CONTROL,
    &YAML_DUPLICATE_KEY,
    &YAML_KEY,
    &YAML_TOO_DEEP,
    &YAML_TOO_LARGE,
    &YAML_NOT_A_MAPPING,
    &YAML_TAG,
    &NOT_YET,
    &NO_BUDGET,
    &NO_PAGE,
    &SHORT_WINDOW,
    &API_VERSION,
    &KIND,
    &UNKNOWN_FIELD,
    &MISSING_FIELD,
    &WRONG_TYPE,
    &WRONG_VALUE,
    &NAME,
    &KEY,
    &TOO_LONG,
    &OUT_OF_RANGE,
    &DURATION,
    &LIST_LENGTH,
    &EXCLUSIVE,
    &TIME_WINDOW,
    &TIME,
    &THRESHOLD,
    &TIME_SLICE,
    &COMPOSITE,
    &DUPLICATE,
    &DANGLING,
    &UNDEFINED_SERVICE,
    &SOURCE,
    &SOURCE_TYPE,
    &IGNORED,
    &DISAGREEMENT,
    &SLOTH_VERSION,
    &SLOTH_UNKNOWN_FIELD,
    &SLOTH_MISSING_FIELD,
    &SLOTH_VALUE,
    &SLOTH_NAME,
    &SLOTH_LABEL,
    &SLOTH_WINDOW,
    &SLOTH_SAME,
    &SLOTH_PLUGIN,
    &SLOTH_SLO_PLUGINS,
    &SLOTH_WINDOW_ORDER,
    &PYRRA_VERSION,
    &PYRRA_UNKNOWN_FIELD,
    &PYRRA_MISSING_FIELD,
    &PYRRA_VALUE,
    &PYRRA_NAME,
    &PYRRA_SELECTOR,
    &PYRRA_BUCKET,
    &PYRRA_HISTOGRAM,
    &PYRRA_NATIVE,
    &PYRRA_FRACTION,
    &UNKNOWN_ANNOTATION,
    &ANNOTATION,
    &EXCLUSION,
    &PUSH,
    &PROMQL_SYNTAX,
    &PROMQL_UNITS,
    &PROMQL_SAME,
    &PROMQL_OUTSIDE,
    &PROMQL_NOTHING,
    &PROMQL_UNRATED,
    &RULES_PERIOD,
    &RULES_IMPOSSIBLE,
    &RULES_IDENTITY,
    &RULES_LABEL,
    &CONVERT_NO_PLACE,
    &CONVERT_CHANGED,
    &CONVERT_CARRIED,
    &CONVERT_LOST,
    &CONVERT_RENAMED,
    &GROUPS_IMPOSSIBLE,
    &GROUPS_TOO_MANY,
    &GROUPS_TOO_LONG,
    &GROUPS_UNKNOWN,
    &HELD_BACK,
    &STILL_NEEDED,
    &FOLDER_EMPTY,
    &TOO_MANY_DOCUMENTS,
];

const fn error(id: &'static str, title: &'static str, why: &'static str, example: Example) -> Code {
    Code {
        id,
        severity: Severity::Error,
        title,
        why,
        example,
    }
}

const fn warning(
    id: &'static str,
    title: &'static str,
    why: &'static str,
    example: Example,
) -> Code {
    Code {
        id,
        severity: Severity::Warning,
        title,
        why,
        example,
    }
}
