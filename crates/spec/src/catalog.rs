//! Everything that a set of files defines.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tomoni_slo::Slo;

use crate::definition::{DataSource, Defined, Service};
use crate::finding::Finding;
use crate::identity::Identity;
use crate::pyrra::ServiceLevelObjective;
use crate::sloth::{AlertWindows, ServiceLevel};

/// A file as it was read, with the name under which findings call it.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its name: the path as the user would write it.
    pub name: Arc<str>,
    /// Its content; need not be UTF-8.
    pub bytes: Vec<u8>,
}

/// Everything that a set of files defines, as far as it could be understood.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// SLOs that can be evaluated, sorted by service and name.
    pub slos: Vec<Defined<Slo>>,
    /// Services, sorted by name.
    pub services: Vec<Defined<Service>>,
    /// Data sources, sorted by name.
    pub data_sources: Vec<Defined<DataSource>>,
    /// What documents are called in which SLOs stand that are called otherwise: by the SLO's name.
    pub made_of: BTreeMap<String, Identity>,
    /// The names of SLOs that are written in OpenSLO v1alpha.
    pub alpha: BTreeSet<String>,
    /// Sloth's documents, in the order of the files; their SLOs are among `slos`, too, where they
    /// have figures.
    pub service_levels: Vec<Defined<ServiceLevel>>,
    /// Pyrra's documents, in the order of the files; their SLOs are among `slos`, too, where they have
    /// figures.
    pub objectives: Vec<Defined<ServiceLevelObjective>>,
    /// Sloth's catalogues of windows, in the order of the files; one for each period.
    pub alert_windows: Vec<Defined<AlertWindows>>,
    /// Everything that is wrong or unwise, sorted by file and place.
    pub findings: Vec<Finding>,
    /// How many documents were found, of whatever format.
    pub documents: usize,
    /// How many of them are some other YAML and were passed over, such as a Kubernetes Deployment.
    pub passed_over: usize,
}
