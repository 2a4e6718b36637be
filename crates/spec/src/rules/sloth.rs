//! Sloth's own documents.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::slo::{Alert, Origin, Sli, Slo};
use super::{Input, Named, Refusal};
use crate::catalog::Catalog;
use crate::definition::Defined;
use crate::promql::Template;
use crate::sloth::{self, ServiceLevel, Texts};

const PLAIN: Origin = Origin {
    mode: "cli-gen-prom",
    spec: sloth::VERSION,
};
const KUBERNETES: Origin = Origin {
    mode: "cli-gen-k8s",
    spec: sloth::API_VERSION,
};

/// The SLOs of Sloth's documents.
pub(super) fn inputs(
    catalog: &Catalog,
    named: &Named<'_>,
    period_ms: u64,
) -> Vec<Result<Input, Refusal>> {
    let mut inputs = Vec::new();
    for level in &catalog.service_levels {
        for slo in &level.value.slos {
            inputs.push(Ok(input(named, level, slo, period_ms)));
        }
    }
    inputs
}

/// The names of Sloth's SLOs among a catalog's, each with its file.
pub(super) fn names(catalog: &Catalog) -> BTreeSet<(&Arc<str>, String)> {
    let mut names = BTreeSet::new();
    for level in &catalog.service_levels {
        let slos = level.value.slos.iter();
        names.extend(slos.map(|slo| (&level.place.file, level.value.name_of(slo))));
    }
    names
}

fn input(
    named: &Named<'_>,
    level: &Defined<ServiceLevel>,
    slo: &sloth::Slo,
    period_ms: u64,
) -> Input {
    let Defined {
        value: level,
        place,
    } = level;
    let name = level.name_of(slo);
    // One without a budget is no objective with figures; then the document's place has to do.
    let defined = named
        .slos
        .get(name.as_str())
        .filter(|d| d.place.file == place.file && d.place.bytes >= place.bytes);
    Input {
        called: name,
        otherwise: None,
        is_second: slo.objective < 100.0 && defined.is_none(),
        place: defined.map_or(place, |defined| &defined.place).clone(),
        object: level.object.clone(),
        slo: Slo {
            id: level.id(slo),
            service: level.service.clone(),
            name: slo.name.clone(),
            objective_percent: slo.objective,
            period_ms,
            sli: match &slo.sli {
                sloth::Sli::Events {
                    error_query,
                    total_query,
                } => Sli::Events {
                    error: Template::new(error_query),
                    total: Template::new(total_query),
                },
                sloth::Sli::Raw { error_ratio_query } => {
                    Sli::Ratio(Template::new(error_ratio_query))
                }
            },
            labels: merged(&level.labels, &slo.labels),
            page: alert(slo, &slo.alerting.page),
            ticket: alert(slo, &slo.alerting.ticket),
            origin: match level.object {
                Some(_) => KUBERNETES,
                None => PLAIN,
            },
        },
    }
}

fn alert(slo: &sloth::Slo, own: &sloth::Alert) -> Option<Alert> {
    let both = &slo.alerting;
    let name = both.name.as_ref().filter(|_| !own.disable)?;
    Some(Alert {
        name: name.clone(),
        labels: merged(&both.labels, &own.labels),
        annotations: merged(&both.annotations, &own.annotations),
    })
}

/// Both, of which the second wins.
fn merged(one: &Texts, two: &Texts) -> Texts {
    one.iter()
        .chain(two)
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}
