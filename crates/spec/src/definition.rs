//! What documents define.

use crate::finding::Place;

/// Something with the place of its definition.
#[derive(Clone, Debug)]
pub struct Defined<T> {
    /// What was defined.
    pub value: T,
    /// Where.
    pub place: Place,
}

/// A service (OpenSLO's `Service`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.displayName`.
    pub display_name: Option<String>,
    /// `spec.description`.
    pub description: Option<String>,
    /// The team that owns it, where one is known.
    pub team: Option<String>,
}

/// A place where metrics are (OpenSLO's `DataSource`).
#[derive(Clone, Debug, PartialEq)]
pub struct DataSource {
    /// `metadata.name`.
    pub name: String,
    /// `spec.type`, such as `Prometheus`, as written.
    pub kind: String,
    /// The address in its connection details, where it has one.
    pub url: Option<String>,
    /// Request headers in its connection details, such as Mimir's tenant.
    pub headers: Vec<(String, String)>,
}

/// Types of sources that answer as Prometheus does, in lower case.
const PROMETHEUS_LIKE: [&str; 5] = ["prometheus", "thanos", "mimir", "cortex", "victoriametrics"];

/// Whether a source of this type can be asked from here.
pub(crate) fn is_askable(kind: &str) -> bool {
    PROMETHEUS_LIKE
        .iter()
        .any(|known| kind.eq_ignore_ascii_case(known))
}

impl DataSource {
    /// Whether it can be asked from here: whether its type speaks Prometheus' API.
    pub fn is_askable(&self) -> bool {
        is_askable(&self.kind)
    }
}
