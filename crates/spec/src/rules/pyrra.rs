//! What Pyrra's documents say of an objective beside what it is: labels, alerts, windows.

use super::slo::{Alert, Origin};
use super::{Input, Refusal, refusal, windows};
use crate::catalog::Catalog;
use crate::codes;
use crate::kubernetes::Metadata;
use crate::pyrra::{API_VERSION, ServiceLevelObjective};
use crate::sloth::Texts;

const ORIGIN: Origin = Origin {
    mode: "cli-gen-pyrra",
    spec: API_VERSION,
};
/// Pyrra's name for alerts that have none.
const ALERT: &str = "ErrorBudgetBurn";

/// The same SLO, with what Pyrra says.
pub(super) fn with(mut input: Input, objective: &ServiceLevelObjective) -> Input {
    let alerting = &objective.alerting;
    let has_alerts = !alerting.disabled.unwrap_or(false) && alerting.burnrates.unwrap_or(true);
    let alert = |severity: &str| {
        has_alerts.then(|| Alert {
            name: alerting.name.clone().unwrap_or_else(|| ALERT.to_owned()),
            // By these Pyrra's alerts are told apart, which mostly have one name.
            labels: [
                ("slo".to_owned(), objective.metadata.name.clone()),
                ("severity".to_owned(), severity.to_owned()),
            ]
            .into_iter()
            .chain(objective.labels())
            .collect(),
            annotations: objective.annotations(),
        })
    };
    let slo = &mut input.slo;
    slo.objective_percent = objective.percent().unwrap_or(slo.objective_percent);
    slo.labels = objective.labels();
    slo.page = alert("critical");
    slo.ticket = alert("warning");
    slo.origin = ORIGIN;
    input.otherwise = Some(windows::of_pyrra(slo.period_ms));
    input.object = Some(Metadata {
        annotations: Texts::new(),
        ..objective.metadata.clone()
    });
    input
}

/// Objectives of 100 %, which are no SLOs of a catalog.
pub(super) fn without_budget(catalog: &Catalog) -> impl Iterator<Item = Result<Input, Refusal>> {
    let objectives = catalog.objectives.iter();
    let without = objectives.filter(|o| o.value.percent().is_some_and(|p| p >= 100.0));
    without.map(|objective| {
        let message = "an objective of 100 % leaves no budget whose burning rules could tell";
        let (place, name) = (&objective.place, objective.value.name());
        let help = "promise a little less";
        Err(refusal(
            &codes::RULES_IMPOSSIBLE,
            place,
            &name,
            message,
            help,
        ))
    })
}
