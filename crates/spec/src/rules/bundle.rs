//! SLOs whose rules go together.

use std::collections::HashMap;
use std::sync::Arc;

use super::groups::{self, Wanted};
use super::slo::Slo;
use super::windows::Windows;
use super::{Group, Input, Settings};
use crate::kubernetes::Metadata;

/// The rules of a Kubernetes object, or of a service where there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// What the object is called, and what is on it; of a service the name alone.
    pub metadata: Metadata,
    wanted: Arc<Wanted>,
    /// Its SLOs, each with at least one group.
    slos: Vec<(Slo, Windows)>,
}

impl Bundle {
    /// Its groups, in order. They are made when they are asked for: rules are thirty times as large as
    /// what they are made of.
    pub fn groups(&self) -> Vec<Group> {
        let slos = self.slos.iter();
        slos.flat_map(|(slo, windows)| groups::of(slo, windows, &self.wanted))
            .collect()
    }

    /// How many objectives it has rules of.
    pub fn objectives(&self) -> usize {
        self.slos.len()
    }
}

/// Bundles to which SLOs are added.
pub(super) struct Bundles {
    bundles: Vec<Bundle>,
    wanted: Arc<Wanted>,
    /// Where in the list each is, by namespace and name.
    known: HashMap<(Option<String>, String), usize>,
}

impl Bundles {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            bundles: Vec::new(),
            wanted: Arc::new(Wanted::of(settings)),
            known: HashMap::new(),
        }
    }

    /// Adds an SLO to those of the same object, where it has any rules. An object that a document names
    /// has labels that one named after a service has not.
    pub(super) fn add(&mut self, input: Input, windows: Windows) {
        let Input { slo, object, .. } = input;
        if !self.wanted.has_any(&slo) {
            return;
        }
        let metadata = object.unwrap_or_else(|| Metadata {
            name: crate::lower::name(&slo.service),
            ..Metadata::default()
        });
        let key = (metadata.namespace.clone(), metadata.name.clone());
        let index = *self.known.entry(key).or_insert(self.bundles.len());
        match self.bundles.get_mut(index) {
            Some(bundle) => {
                bundle.metadata.labels.extend(metadata.labels);
                bundle.metadata.annotations.extend(metadata.annotations);
                bundle.slos.push((slo, windows));
            }
            None => self.bundles.push(Bundle {
                metadata,
                wanted: Arc::clone(&self.wanted),
                slos: vec![(slo, windows)],
            }),
        }
    }

    pub(super) fn finish(self) -> Vec<Bundle> {
        self.bundles
    }
}
