//! Every code that a finding can have.

use crate::finding::Severity;

/// A kind of finding.
#[derive(Debug)]
pub struct Code {
    /// Its name, such as `openslo/unknown-field`; it stays when the words around it change.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it says, as the heading of its chapter.
    pub title: &'static str,
}

const fn error(id: &'static str, title: &'static str) -> Code {
    Code {
        id,
        severity: Severity::Error,
        title,
    }
}

const fn warning(id: &'static str, title: &'static str) -> Code {
    Code {
        id,
        severity: Severity::Warning,
        title,
    }
}

macro_rules! codes {
    ($($name:ident = $make:ident($id:literal, $title:literal);)*) => {
        $(pub(crate) static $name: Code = $make($id, $title);)*

        /// Every code, in the order of the page that explains them.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    FILE_TOO_LARGE = error("file/too-large", "A file or document is larger than is read");
    FILE_NOT_UTF8 = error("file/not-utf8", "A file is not UTF-8 text");
    FILE_EMPTY = warning("file/empty", "A file holds no document");
    FILE_MORE = warning("file/more-findings", "A file has more findings than are told");

    YAML_SYNTAX = error("yaml/syntax", "A text is not YAML");
    YAML_CONTROL = error("yaml/control-character", "A text holds what YAML cannot hold");
    YAML_DUPLICATE_KEY = error("yaml/duplicate-key", "A key stands in a mapping twice");
    YAML_KEY = error("yaml/key", "A key is not a text");
    YAML_TOO_DEEP = error("yaml/too-deep", "Lists and mappings nest too deep");
    YAML_TOO_LARGE = error("yaml/too-large", "A file has too many values, its aliases counted");
    YAML_NOT_A_MAPPING = error("yaml/not-a-mapping", "A document is not a mapping");
    YAML_TAG = error("yaml/tag", "A value has a tag that means nothing here");

    NOT_YET = warning("formats/not-yet", "A document is of a format that is not read yet");

    API_VERSION = error("openslo/api-version", "A document's apiVersion is missing or misspelt");
    KIND = error("openslo/kind", "A document's kind is none of OpenSLO's");
    UNKNOWN_FIELD = error("openslo/unknown-field", "A field that OpenSLO does not know");
    MISSING_FIELD = error("openslo/missing-field", "A field that must be there is missing");
    WRONG_TYPE = error("openslo/wrong-type", "A value is of the wrong type");
    WRONG_VALUE = error("openslo/wrong-value", "A value is none of those that are allowed");
    NAME = error("openslo/name", "A name is not an RFC 1123 label");
    KEY = error("openslo/key", "The key of a label or an annotation is malformed");
    TOO_LONG = error("openslo/too-long", "A text is longer than OpenSLO allows");
    OUT_OF_RANGE = error("openslo/out-of-range", "A number is outside its range");
    DURATION = error("openslo/duration", "A duration is malformed or cannot be used here");
    LIST_LENGTH = error("openslo/list-length", "A list has too many or too few items");
    EXCLUSIVE = error("openslo/exclusive-fields", "Fields of which only one can be there");
    TIME_WINDOW = error("openslo/time-window", "A time window is neither rolling nor calendar-aligned");
    TIME = error("openslo/time", "A time or a time zone cannot be understood");
    THRESHOLD = error("openslo/threshold", "op and value do not fit the indicator");
    TIME_SLICE = error("openslo/time-slice", "A time slice does not fit the budgeting method");
    COMPOSITE = error("openslo/composite", "A composite SLO, which cannot be evaluated yet");
    DUPLICATE = error("openslo/duplicate-object", "Two objects have the same kind and name");
    DANGLING = error("openslo/dangling-reference", "A reference to what nobody defines");
    UNDEFINED_SERVICE = warning("openslo/undefined-service", "A service that nobody defines");
    SOURCE = error("openslo/source", "It is not said where metrics come from");
    SOURCE_TYPE = warning("openslo/source-type", "A source that cannot be asked from here");
    IGNORED = warning("openslo/ignored-field", "A field that has no effect here");
    DISAGREEMENT = warning("openslo/sdk-disagrees", "The specification allows it, its SDK does not");

    UNKNOWN_ANNOTATION = error("tomoni/unknown-annotation", "An annotation under tomoni.dev/ that is not known");
    ANNOTATION = error("tomoni/annotation", "An annotation's value cannot be understood");
    EXCLUSION = error("tomoni/exclusion", "An exclusion cannot be understood");

    PROMQL_SYNTAX = error("promql/syntax", "A query is not PromQL");
    PROMQL_UNITS = error("promql/units", "A ratio's two queries count in different units");
    PROMQL_SAME = warning("promql/part-is-total", "A ratio's two queries are the same");
    PROMQL_OUTSIDE = warning("promql/part-outside-total", "A ratio's part can never be in its total");
    PROMQL_NOTHING = warning("promql/matches-nothing", "A selector that can match nothing");
    PROMQL_UNRATED = warning("promql/unrated-counter", "A counter's bare value is used as a number");
}
