//! What objects are called.

use std::fmt;

use crate::shape::scalar::is_name;
use crate::{openslo, pyrra, sloth};

/// What an object is called: its kind and name together are its identity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    kind: &'static str,
    name: String,
}

impl Identity {
    /// The kinds of objects that are read, of every format.
    pub fn kinds() -> impl Iterator<Item = &'static str> + Clone {
        openslo::kind_names()
            .chain(sloth::KINDS)
            .chain([pyrra::KIND])
    }

    /// The identity of an object of one of the kinds that are read; `None` for other kinds, and for
    /// what is no name.
    pub fn new(kind: &str, name: &str) -> Option<Self> {
        let kind = Self::kinds().find(|known| *known == kind)?;
        is_name(name).then(|| Self {
            kind,
            name: name.to_owned(),
        })
    }

    /// Whether objects of this kind define SLOs.
    pub fn is_of_slos(&self) -> bool {
        ["SLO", sloth::SERVICE_LEVEL, pyrra::KIND].contains(&self.kind)
    }

    /// The kind, such as `SLO`.
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// The name: of OpenSLO `metadata.name`; of Sloth's and Pyrra's documents the namespace and
    /// the name, or the service and the first SLO, and of catalogues of windows the period, as RFC 1123
    /// labels.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}
