//! SLOs: what is promised.

use tomoni_ledger::SpanSet;
use tomoni_slo::{
    Indicator, LedgerKey, Method, Objective, Op, Promise, Slo, Target, Threshold, Window,
};

use super::annotations::{self, Settings};
use super::sli::{Measure, Measured};
use super::{Index, Object, exclusions, refer, sli, window};
use crate::codes;
use crate::group;
use crate::near::listed;
use crate::promql;
use crate::scope::{Findings, Scope};
use crate::shape::beginning;
use crate::source::Extent;
use crate::yaml::{Entry, Node, Value};

/// Checks what the table of fields cannot say of an SLO, and what needs no other document.
pub(crate) fn inspect(scope: &mut Scope<'_>, root: &Node<'_>) {
    let Some(spec) = root.get("spec") else {
        return;
    };
    composite(scope, spec);
    let method = spec.text_at(&["budgetingMethod"]).unwrap_or_default();
    for objective in objectives(spec) {
        slices(scope, objective, method);
    }
}

/// An SLO's objectives; what is no mapping has been reported.
fn objectives<'n, 'a>(spec: &'n Node<'a>) -> impl Iterator<Item = &'n Node<'a>> {
    let items = spec.get("objectives").map_or(&[][..], Node::items);
    items.iter().filter(|o| matches!(o.value, Value::Map(_)))
}

/// A composite SLO has its indicators on its objectives.
fn composite(scope: &mut Scope<'_>, spec: &Node<'_>) {
    let first = objectives(spec).find_map(|o| {
        ["indicator", "indicatorRef", "compositeWeight"]
            .iter()
            .find_map(|key| o.entry(key))
    });
    if let Some(entry) = first {
        let message = format!(
            "`{}` on an objective makes this a composite SLO, which cannot be evaluated yet",
            entry.key
        );
        let help = "write an SLO for each of its parts, with the indicator on the SLO";
        scope.report(&codes::COMPOSITE, entry.key_extent, message, help);
    }
}

/// What an objective says of time slices must fit the budgeting method.
fn slices(scope: &mut Scope<'_>, objective: &Node<'_>, method: &str) {
    let needed: &[&str] = match method {
        "Timeslices" => &["timeSliceTarget", "timeSliceWindow"],
        "RatioTimeslices" => &["timeSliceWindow"],
        "Occurrences" => &[],
        // What is wrong with the method has been reported.
        _ => return,
    };
    let at = beginning(objective);
    for name in ["timeSliceTarget", "timeSliceWindow"] {
        match (objective.entry(name), needed.contains(&name)) {
            (None, true) => {
                let message = format!("the budgeting method {method} needs `{name}`");
                let help = match name {
                    "timeSliceTarget" => "add the share of good events that makes a slice good",
                    _ => "add how wide a slice is, such as `timeSliceWindow: 1m`",
                };
                scope.report(&codes::TIME_SLICE, at, message, help);
            }
            (Some(entry), false) => {
                let message = format!("`{name}` has no effect with the method {method}");
                let help = "take it out, or choose the method that was meant";
                scope.report(&codes::IGNORED, entry.key_extent, message, help);
            }
            _ => {}
        }
    }
    if let Some(node) = objective.get("timeSliceWindow") {
        slice_window(scope, node);
    }
}

fn slice_window(scope: &mut Scope<'_>, node: &Node<'_>) {
    let Some(number) = node.number() else {
        return;
    };
    if minutes_of_number(number).is_none() {
        let message =
            format!("`timeSliceWindow` is a whole number of minutes, but this is {number}");
        let help = "write a duration such as `5m`";
        scope.report(&codes::DURATION, node.extent, message, help);
        return;
    }
    let message = "the specification allows a number of minutes here, but its SDK refuses it";
    let help = format!("write `{number}m`, so that every tool reads it");
    scope.report(&codes::DISAGREEMENT, node.extent, message, help);
}

fn minutes_of_number(number: f64) -> Option<i64> {
    const MOST: f64 = 1e6;
    let is_whole = number.fract() == 0.0 && (1.0..=MOST).contains(&number);
    is_whole.then_some(number as i64)
}

/// Reads an SLO; what is wrong with it is reported. `None` where it cannot be evaluated.
pub(crate) fn read(
    findings: &mut Findings,
    object: &Object<'_>,
    defined: &Index<'_>,
) -> Option<Slo> {
    let mut scope = Scope::new(object.text, findings).of_object(object.label());
    let scope = &mut scope;
    let mark = scope.mark();
    let spec = object.root.get("spec")?;
    let settings = annotations::settings(scope, object.root);
    let excluded = exclusions::read(scope, object.root);
    renamed(scope, object, defined);
    let window = window(scope, spec);
    if !object.implies_service {
        service(scope, spec, defined);
    }
    let (spec_node, measured) = indicator(scope, spec, defined);
    if let Some(node) = spec_node {
        for objective in objectives(spec) {
            threshold_fits(scope, objective, node);
        }
    }
    let (Measured::Here(measure), Some(window)) = (measured, window) else {
        return None;
    };
    if !object.is_sound || scope.has_errors_since(mark, None) {
        return None;
    }
    grouped(scope, object.root, &measure, &settings.group_by);
    let common = Common {
        measure: &measure,
        window: &window,
        settings: &settings,
        exclusions: excluded.iter().map(|e| e.span).collect(),
        method: spec.text_at(&["budgetingMethod"])?,
    };
    let promises: Option<Vec<Promise>> = objectives(spec)
        .map(|objective| common.promise(scope, objective))
        .collect();
    let service = spec.text_at(&["service"])?;
    let team = annotations::owner(object.root)
        .or_else(|| defined.service_owner(service))
        .or_else(|| annotations::team_label(object.root));
    Some(Slo {
        name: object.name.to_owned(),
        display_name: object.display_name(),
        description: spec.text_at(&["description"]).map(ToOwned::to_owned),
        service: service.to_owned(),
        team,
        stage: settings.stage,
        group_by: settings.group_by.clone(),
        group: None,
        exclusions: excluded,
        promises: promises.filter(|p| !p.is_empty())?,
    })
}

/// Whether there can be a budget for each group, where that is wanted.
fn grouped(scope: &mut Scope<'_>, root: &Node<'_>, measure: &Measure, labels: &[String]) {
    let entry = annotations::find(root, "group-by").filter(|_| !labels.is_empty());
    let obstacle = entry.and_then(|entry| {
        let obstacle = group::obstacle(&measure.indicator, labels)?;
        Some((entry, obstacle))
    });
    if let Some((entry, obstacle)) = obstacle {
        let message = format!(
            "there can be no budget for each {}: {obstacle}",
            listed(labels.iter().map(String::as_str), "and")
        );
        let help = "take the labels out, or group by labels that the series of its queries have";
        scope.report(&codes::GROUPS_IMPOSSIBLE, entry.node.extent, message, help);
    }
}

fn window(scope: &mut Scope<'_>, spec: &Node<'_>) -> Option<Window> {
    let first = spec.get("timeWindow")?.items().first()?;
    window::read(scope, first)
}

fn renamed(scope: &mut Scope<'_>, object: &Object<'_>, defined: &Index<'_>) {
    let Some((entry, old)) = annotations::renamed_from(scope, object.root, object.name) else {
        return;
    };
    if defined.find("SLO", old).is_some() {
        let message = format!("there still is an SLO `{old}`, so this one was not renamed from it");
        let help = "take the old SLO out, or the annotation";
        scope.report(&codes::ANNOTATION, entry.node.extent, message, help);
    }
}

fn service(scope: &mut Scope<'_>, spec: &Node<'_>, defined: &Index<'_>) {
    let Some(node) = spec.get("service") else {
        return;
    };
    let Some(name) = node.text() else {
        return;
    };
    if !defined.knows("Service", name) {
        let names = defined.names("Service");
        let message = format!("nobody defines the Service `{name}`");
        let help = refer::offer("Service", name, &names);
        scope.report(&codes::UNDEFINED_SERVICE, node.extent, message, help);
    }
}

/// What an SLO measures, with the SLI's spec.
fn indicator<'n>(
    scope: &mut Scope<'_>,
    spec: &'n Node<'n>,
    defined: &'n Index<'n>,
) -> (Option<&'n Node<'n>>, Measured) {
    if let Some(inline) = spec.get("indicator") {
        return match inline.get("spec") {
            Some(node) => (Some(node), sli::measure(scope, node, defined)),
            None => (None, Measured::Unsound),
        };
    }
    let Some(node) = spec.get("indicatorRef") else {
        return (None, Measured::Unsound);
    };
    let Some(name) = node.text() else {
        return (None, Measured::Unsound);
    };
    match defined.find("SLI", name) {
        Some(object) => {
            let measured = defined.measured.get(name).cloned();
            let spec = object.root.get("spec");
            (spec, measured.unwrap_or(Measured::Unsound))
        }
        None if defined.knows("SLI", name) => (None, Measured::Unsound),
        None => {
            refer::dangling(scope, node.extent, "SLI", name, defined.names("SLI").iter());
            (None, Measured::Unsound)
        }
    }
}

/// `op` and `value` belong to a thresholdMetric, and to nothing else.
fn threshold_fits(scope: &mut Scope<'_>, objective: &Node<'_>, sli: &Node<'_>) {
    let at = beginning(objective);
    if sli.get("thresholdMetric").is_some() {
        for (name, help) in [
            (
                "op",
                "add how a value is compared: `op: lte` means that a value is good when it is at most `value`",
            ),
            ("value", "add with what the metric's value is compared"),
        ] {
            if objective.get(name).is_none() {
                let message = format!("an objective over a thresholdMetric needs `{name}`");
                scope.report(&codes::THRESHOLD, at, message, help);
            }
        }
        return;
    }
    if let Some(entry) = objective.entry("value") {
        let message = "`value` has no meaning for a ratioMetric";
        let help = "take it out: good and bad events are told apart by the queries";
        scope.report(&codes::THRESHOLD, entry.key_extent, message, help);
    }
    if let Some(entry) = objective.entry("op") {
        needless_op(scope, entry);
    }
}

fn needless_op(scope: &mut Scope<'_>, entry: &Entry<'_>) {
    let message = "the specification's examples have `op` beside a ratioMetric, where it means \
                   nothing; its SDK refuses it";
    let help = "take it out, so that every tool reads it";
    scope.report(&codes::DISAGREEMENT, entry.key_extent, message, help);
}

/// What the promises of an SLO have in common.
struct Common<'c> {
    measure: &'c Measure,
    window: &'c Window,
    settings: &'c Settings,
    exclusions: SpanSet,
    method: &'c str,
}

impl Common<'_> {
    fn promise(&self, scope: &mut Scope<'_>, objective: &Node<'_>) -> Option<Promise> {
        let resolution_minutes = self.settings.resolution_minutes;
        let Measure {
            indicator,
            queries,
            identity,
        } = self.measure;
        let generation =
            promql::generation_of(indicator, queries, identity, resolution_minutes).ok()?;
        let threshold = match self.measure.indicator {
            Indicator::Threshold { .. } => Some(Threshold {
                op: objective.text_at(&["op"])?.parse::<Op>().ok()?,
                value: objective.get("value")?.number()? + 0.0,
            }),
            Indicator::Ratio { .. } | Indicator::Raw { .. } | Indicator::Pushed { .. } => None,
        };
        Some(Promise {
            display_name: objective.text_at(&["displayName"]).map(ToOwned::to_owned),
            indicator: self.measure.indicator.clone(),
            threshold,
            key: LedgerKey {
                generation,
                threshold,
            },
            resolution_minutes,
            objective: Objective {
                target: target(objective)?,
                method: self.method(scope, objective)?,
                window: self.window.clone(),
                missing_data: self.settings.missing_data,
                exclusions: self.exclusions.clone(),
            },
        })
    }

    fn method(&self, scope: &mut Scope<'_>, objective: &Node<'_>) -> Option<Method> {
        if self.method == "Occurrences" {
            return Some(Method::Occurrences);
        }
        let node = objective.get("timeSliceWindow")?;
        let width_minutes = match node.number() {
            Some(number) => minutes_of_number(number)?,
            None => window::minutes(node.text()?)?,
        };
        if width_minutes > self.window.nominal_minutes() {
            let message = format!("a time slice is wider than the window of {}", self.window);
            let help = "make the slices narrower: there should be many in a window";
            scope.report(&codes::TIME_SLICE, node.extent, message, help);
            return None;
        }
        match self.method {
            "Timeslices" => Some(Method::Timeslices {
                target: objective.get("timeSliceTarget")?.number()?,
                width_minutes,
            }),
            _ => Some(Method::RatioTimeslices { width_minutes }),
        }
    }
}

/// An objective's target.
pub(crate) fn target(objective: &Node<'_>) -> Option<Target> {
    match objective.get("target").and_then(Node::number) {
        Some(fraction) => Target::new(fraction).ok(),
        None => Target::from_percent(objective.get("targetPercent")?.number()?).ok(),
    }
}

/// The bytes of an SLO's alert policies: what is wrong there does not touch its figures.
pub(crate) fn alerting(root: &Node<'_>) -> Option<Extent> {
    let entry = root.get("spec")?.entry("alertPolicies")?;
    Some(Extent::new(entry.key_extent.start, entry.node.extent.end))
}
