//! Grouped objectives: a budget for each group beside the one for all.
//!
//! An SLO with `group_by` stays as it is: the roll-up, over all series together. Each group that its
//! source knows becomes an SLO of its own beside it, made of it by [`tomoni_spec::group::of_slo`], so
//! that all that is done for SLOs is done for groups. This module knows which groups there are:
//! what is asked to find them, in [`known`] what was found and who of it has a budget, in [`told`]
//! what is to be said of that, and in [`kept`] which ledgers groups ever had.

mod kept;
pub(crate) mod known;
mod look;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use tomoni_ledger::{Minute, Span};
use tomoni_slo::{Generation, GroupLabels, Objective, Promise, Slo, required_span};
use tomoni_sources::prometheus::Grouping;
use tomoni_spec::{Catalog, Defined, group};

pub use kept::{GroupLedger, ledgers};
pub(crate) use known::Known;
pub(crate) use look::{Look, look};
pub(crate) use told::{findings, is_told_of};

/// How many groups of an SLO have a budget at most.
pub const GROUPS_MAX: usize = 100;

/// How many answers about groups are waited for at once.
pub(crate) const LOOKS_AT_ONCE: usize = 4;

/// Which groups: those of what is counted under a generation, by some labels. SLOs over one indicator
/// share their groups as they share their ledgers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    /// The generation of all events together.
    pub(crate) whole: Generation,
    /// The labels' names, sorted, each once.
    pub(crate) names: Vec<String>,
}

impl Key {
    /// Which groups an SLO has; `None` where it has none.
    pub(crate) fn of(slo: &Slo) -> Option<Self> {
        let promise = slo.promises.first()?;
        let names: BTreeSet<&String> = slo.group_by.iter().collect();
        (!names.is_empty()).then(|| Self {
            whole: promise.key.generation,
            names: names.into_iter().cloned().collect(),
        })
    }
}

/// Groups that documents want.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// What is asked to find them.
    pub(crate) grouping: Grouping,
    /// A promise over all events together: its server is asked.
    pub(crate) promise: Promise,
    objectives: Vec<Objective>,
}

impl Wanted {
    /// The minutes that figures at a minute need.
    pub(crate) fn window(&self, at: Minute) -> Span {
        Span::new(needed_after(self.objectives.iter(), at), at)
    }
}

fn needed_after<'a>(objectives: impl Iterator<Item = &'a Objective>, at: Minute) -> Minute {
    let spans = objectives.map(|objective| required_span(objective, at));
    spans.map(|span| span.after).min().unwrap_or(at)
}

/// The groups that some SLOs want. Who looks at a few SLOs only has to know what all of them want: groups
/// are for all that share them.
pub(crate) fn wanted<'a>(slos: impl Iterator<Item = &'a Slo>) -> BTreeMap<Key, Wanted> {
    let mut all: BTreeMap<Key, Wanted> = BTreeMap::new();
    for slo in slos {
        let Some(key) = Key::of(slo) else { continue };
        let objectives = slo.promises.iter().map(|promise| &promise.objective);
        if let Some(wanted) = all.get_mut(&key) {
            wanted.objectives.extend(objectives.cloned());
            continue;
        }
        // Why there can be none has been told where the document was read.
        let (Ok(selectors), Some(promise)) = (group::series(slo), slo.promises.first()) else {
            continue;
        };
        let labels = key.names.clone();
        let wanted = Wanted {
            grouping: Grouping { selectors, labels },
            promise: promise.clone(),
            objectives: objectives.cloned().collect(),
        };
        all.insert(key, wanted);
    }
    all
}

/// The groups that SLOs have at a minute, each with the SLO's place among the documents': those of
/// which something is in the SLO's own window.
pub(crate) fn present<'a>(
    catalog: &'a Catalog,
    known: impl Fn(&Key) -> Option<&'a Known>,
    at: Minute,
) -> impl Iterator<Item = (usize, &'a GroupLabels)> {
    let slos = catalog.slos.iter().enumerate();
    let with_groups = slos.filter_map(move |(place, slo)| {
        let known = known(&Key::of(&slo.value)?)?;
        let objectives = slo.value.promises.iter().map(|promise| &promise.objective);
        let window = Span::new(needed_after(objectives, at), at);
        Some(known.there(window).map(move |labels| (place, labels)))
    });
    with_groups.flatten()
}

/// The documents with an SLO for each of these groups behind the one that it is a group of.
pub(crate) fn with_groups(catalog: &Catalog, present: &[(usize, GroupLabels)]) -> Catalog {
    let mut slos = Vec::with_capacity(catalog.slos.len() + present.len());
    let mut rest = present;
    for (place, slo) in catalog.slos.iter().enumerate() {
        slos.push(slo.clone());
        let of_slo = rest.iter().take_while(|(of, _)| *of == place).count();
        let (groups, behind) = rest.split_at(of_slo);
        slos.extend(groups.iter().filter_map(|(_, labels)| {
            Some(Defined {
                value: group::of_slo(&slo.value, labels).ok()?,
                place: slo.place.clone(),
            })
        }));
        rest = behind;
    }
    Catalog {
        slos,
        ..catalog.clone()
    }
}
