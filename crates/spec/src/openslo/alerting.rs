//! Alert policies, their conditions and the targets they notify.

use super::{Index, Object, refer};
use crate::codes;
use crate::scope::{Findings, Scope};
use crate::shape::scalar;
use crate::source::Extent;
use crate::yaml::Node;

/// Checks what the table of fields cannot say of a policy's spec.
pub(crate) fn inspect_policy(scope: &mut Scope<'_>, spec: &Node<'_>) {
    for item in items(spec, "conditions") {
        if let Some(entry) = item.entry("spec") {
            inspect_condition(scope, &entry.node, entry.key_extent);
        }
    }
}

/// Checks what the table of fields cannot say of a condition's spec.
pub(crate) fn inspect_condition(scope: &mut Scope<'_>, spec: &Node<'_>, at: Extent) {
    let Some(entry) = spec.entry("condition") else {
        return;
    };
    let condition = &entry.node;
    if condition.entries().is_empty() {
        return;
    }
    let missing = [
        (
            "kind",
            "which is `burnrate` where it is left out",
            "write `kind: burnrate`",
        ),
        ("op", "and does not mention it", "write `op: gte`"),
    ];
    for (name, prose, help) in missing {
        if condition.get(name).is_none() {
            let message =
                format!("the specification needs no `{name}` here, {prose}; its SDK does");
            let place = if entry.key_extent.end > 0 {
                entry.key_extent
            } else {
                at
            };
            let help = format!("{help}, so that every tool reads it");
            scope.report(&codes::DISAGREEMENT, place, message, help);
        }
    }
}

/// Checks the policies that an SLO has written out.
pub(crate) fn inspect_slo(scope: &mut Scope<'_>, spec: &Node<'_>) {
    for item in items(spec, "alertPolicies") {
        if let Some(policy) = item.get("spec") {
            inspect_policy(scope, policy);
        }
    }
}

/// Checks the references of an SLO to policies, and of those it has written out.
pub(crate) fn resolve_slo(findings: &mut Findings, object: &Object<'_>, index: &Index<'_>) {
    let Some(spec) = object.root.get("spec") else {
        return;
    };
    let mut scope = Scope::new(object.text, findings).of_object(object.label());
    for item in items(spec, "alertPolicies") {
        reference(&mut scope, item, "alertPolicyRef", "AlertPolicy", index);
        if let Some(policy) = item.get("spec") {
            resolve_spec(&mut scope, policy, index);
        }
    }
}

/// Checks the references of a policy.
pub(crate) fn resolve_policy(findings: &mut Findings, object: &Object<'_>, index: &Index<'_>) {
    if let Some(spec) = object.root.get("spec") {
        let mut scope = Scope::new(object.text, findings).of_object(object.label());
        resolve_spec(&mut scope, spec, index);
    }
}

fn resolve_spec(scope: &mut Scope<'_>, spec: &Node<'_>, index: &Index<'_>) {
    for item in items(spec, "conditions") {
        reference(scope, item, "conditionRef", "AlertCondition", index);
    }
    for item in items(spec, "notificationTargets") {
        reference(scope, item, "targetRef", "AlertNotificationTarget", index);
    }
}

fn items<'n, 'a>(spec: &'n Node<'a>, key: &str) -> &'n [Node<'a>] {
    spec.get(key).map_or(&[], Node::items)
}

fn reference(
    scope: &mut Scope<'_>,
    item: &Node<'_>,
    key: &str,
    kind: &'static str,
    index: &Index<'_>,
) {
    let Some((node, name)) = item.get(key).and_then(|n| Some((n, n.text()?))) else {
        return;
    };
    // What is no name has been reported.
    if scalar::is_name(name) && !index.knows(kind, name) {
        refer::dangling(scope, node.extent, kind, name, index.names(kind).iter());
    }
}
