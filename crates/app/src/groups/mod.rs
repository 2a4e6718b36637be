//! Grouped objectives: a budget for each group beside the one for all.
//!
//! An SLO with `group_by` stays as it is: the roll-up, over all series together. Each group that its
//! source knows becomes an SLO of its own beside it, made of it by [`tomoni_spec::group::of_slo`], so
//! that all that is done for SLOs is done for groups. This module knows which groups there are:
//! what is asked to find them, and in [`known`] what was found and who of it has a budget.

pub(crate) mod known;

use std::collections::{BTreeMap, BTreeSet};

use tomoni_ledger::{Minute, Span};
use tomoni_slo::{Generation, Objective, Promise, Slo, required_span};
use tomoni_sources::prometheus::Grouping;
use tomoni_spec::{Catalog, Defined, Finding, Severity, group};

pub(crate) use known::Known;

/// How many groups of an SLO have a budget at most.
pub const GROUPS_MAX: usize = 100;

/// How many answers about groups are waited for at once.
pub(crate) const LOOKS_AT_ONCE: usize = 4;
/// How much is asked for at least, in minutes: who is there now, however often one asks.
const LOOK_MINUTES_MIN: i64 = 10;

/// Which groups: those of what is counted under a generation, by some labels. SLOs over one indicator
/// share their groups as they share their ledgers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    /// The generation of all events together.
    pub(crate) of: Generation,
    /// The labels' names, sorted, each once.
    pub(crate) labels: Vec<String>,
}

impl Key {
    /// Which groups an SLO has; `None` where it has none.
    pub(crate) fn of(slo: &Slo) -> Option<Self> {
        let promise = slo.promises.first()?;
        let labels: BTreeSet<String> = slo.group_by.iter().cloned().collect();
        (!labels.is_empty()).then(|| Self {
            of: promise.key.generation,
            labels: labels.into_iter().collect(),
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
    /// The minute after which figures at a minute need what happened.
    pub(crate) fn after(&self, at: Minute) -> Minute {
        needed_after(self.objectives.iter(), at)
    }

    /// In which time it is to be asked who was there, up to a minute, given until when that is known.
    pub(crate) fn since(&self, known_until: Option<Minute>, at: Minute) -> Span {
        let after = self.after(at);
        let until = known_until.unwrap_or(after).max(after);
        Span::new(until.min(at - LOOK_MINUTES_MIN), at)
    }
}

fn needed_after<'a>(objectives: impl Iterator<Item = &'a Objective>, at: Minute) -> Minute {
    let spans = objectives.map(|objective| required_span(objective, at));
    spans.map(|span| span.after).min().unwrap_or(at)
}

/// The groups that some SLOs want.
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
        let labels = key.labels.clone();
        let wanted = Wanted {
            grouping: Grouping { selectors, labels },
            promise: promise.clone(),
            objectives: objectives.cloned().collect(),
        };
        all.insert(key, wanted);
    }
    all
}

/// The documents with an SLO for each known group behind the one that it is a group of. A group is
/// there while something of it is in the window.
pub(crate) fn with_groups(catalog: &Catalog, known: &BTreeMap<Key, Known>, at: Minute) -> Catalog {
    let mut slos = Vec::with_capacity(catalog.slos.len());
    for slo in &catalog.slos {
        slos.push(slo.clone());
        let known = Key::of(&slo.value).and_then(|key| known.get(&key));
        if let Some(known) = known {
            let objectives = slo.value.promises.iter().map(|promise| &promise.objective);
            let after = needed_after(objectives, at);
            slos.extend(known.there(Span::new(after, at)).filter_map(|labels| {
                Some(Defined {
                    value: group::of_slo(&slo.value, labels).ok()?,
                    place: slo.place.clone(),
                })
            }));
        }
    }
    Catalog {
        slos,
        ..catalog.clone()
    }
}

const TOO_MANY: &str = "groups/too-many";
const UNKNOWN: &str = "groups/unknown";

/// Whether a finding is one of [`findings()`].
pub(crate) fn is_told_of(finding: &Finding) -> bool {
    [TOO_MANY, UNKNOWN].contains(&finding.code)
}

/// What is to be said of documents' groups.
pub(crate) fn findings(catalog: &Catalog, known: &BTreeMap<Key, Known>) -> Vec<Finding> {
    let of_slo = |slo: &Defined<Slo>| {
        let known = Key::of(&slo.value).and_then(|key| known.get(&key));
        let too_many = known.and_then(|known| {
            let all = known.groups.len() + known.without_budget;
            (known.without_budget > 0).then(|| Finding {
                code: TOO_MANY,
                severity: Severity::Warning,
                place: slo.place.clone(),
                message: format!(
                    "there are {all} groups by {}, and {GROUPS_MAX} of them have a budget each",
                    slo.value.group_by.join(", ")
                ),
                help: Some("group by labels with fewer values, or narrow the queries".to_owned()),
                object: Some(format!("SLO {}", slo.value.name)),
            })
        });
        let unknown = known.and_then(|known| known.failure.as_ref());
        let unknown = unknown.map(|failure| Finding {
            code: UNKNOWN,
            severity: Severity::Warning,
            place: slo.place.clone(),
            message: format!("it could not be asked which groups there are: {failure}"),
            help: None,
            object: Some(format!("SLO {}", slo.value.name)),
        });
        too_many.into_iter().chain(unknown)
    };
    catalog.slos.iter().flat_map(of_slo).collect()
}
