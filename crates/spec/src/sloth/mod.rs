//! Sloth's documents: the SLOs of a service (`version: prometheus/v1`, or a Kubernetes object), and
//! catalogues of windows.
//!
//! A document is held to the table of its spelling and to what Sloth itself refuses; SLO by SLO, so
//! that one which is wrong leaves the others sound. What is sound becomes a [`ServiceLevel`], and is
//! lowered to OpenSLO v1.

mod check;
mod lower;
mod model;
pub(crate) mod raise;
mod table;

pub use model::{
    Alert, AlertWindow, AlertWindows, Alerting, ServiceLevel, Sli, Slo, Texts, Unknown, WindowPair,
};

use crate::codes;
use crate::kubernetes::{Metadata, texts};
use crate::lower::Carry;
use crate::prometheus::{duration_ms, duration_text};
use crate::scope::{Findings, Scope};
use crate::shape::{self, Shape, beginning};
use crate::source::{Extent, Text};
use crate::yaml::json;
use crate::yaml::{Node, Value, shortened};
use lower::Lowering;
use table::Fields;

#[cfg(test)]
mod tests;

pub(crate) use table::{ALERT_WINDOWS, API_VERSION, KINDS, SERVICE_LEVEL, VERSION};

/// A document as it was read.
pub(crate) struct Read<'a> {
    /// What it says, as far as it is sound.
    pub(crate) model: ServiceLevel,
    /// Its SLOs as OpenSLO v1 documents.
    pub(crate) lowered: Vec<Node<'a>>,
    /// Where its service is named.
    pub(crate) extent: Extent,
}

/// Reads a document that holds SLOs; what is wrong with it is reported. `None` where the service is
/// not known, so that no SLO can be told.
pub(crate) fn read<'a>(
    text: &Text<'_>,
    root: &Node<'a>,
    carry: Carry,
    findings: &mut Findings,
) -> Option<Read<'a>> {
    let at = root.entries().first().map_or(root.extent, |e| e.key_extent);
    let is_object = root.get("apiVersion").is_some();
    let object = is_object.then(|| Metadata::read(root.get("metadata")));
    let name = match &object {
        Some(object) => Some(object.name.as_str()),
        None => root.get("service").and_then(Node::word),
    };
    let label = format!("{SERVICE_LEVEL} {}", shortened(name.unwrap_or_default()));
    let mut scope = Scope::new(text, findings)
        .of_format(&codes::SLOTH)
        .of_object(label.trim_end());
    let mark = scope.mark();
    let (fields, spec, spec_at): (&'static Fields, _, _) = if is_object {
        shape::check::shape(&mut scope, root, at, &table::OBJECT);
        let spec = root.entry("spec")?;
        (&table::KUBERNETES, &spec.node, spec.key_extent)
    } else {
        (&table::PLAIN, root, at)
    };
    shape::check::shape(&mut scope, spec, spec_at, fields.spec);
    if let Some(entry) = spec.entry(fields.slo_plugins) {
        check::slo_plugins(&mut scope, entry);
    }
    let is_sound = !scope.has_errors_since(mark, None);
    let service = spec.get("service")?;
    let mut read = Read {
        model: ServiceLevel {
            object,
            service: service.word()?.to_owned(),
            labels: texts(spec.get("labels")),
            slos: Vec::new(),
            unknown: unknown(spec, fields.spec, &[fields.slo_plugins]),
        },
        lowered: Vec::new(),
        extent: service.extent,
    };
    let lowering = Lowering::new(fields, root, spec, carry);
    let slos = spec.get("slos").map_or(&[][..], Node::items);
    for (index, node) in slos.iter().enumerate() {
        let mut scope = Scope::new(text, findings).of_format(&codes::SLOTH);
        if let Some(name) = node.get("name").and_then(Node::word) {
            let id = format!("{}-{name}", read.model.service);
            scope = scope.of_object(format!("SLO {}", crate::lower::name(&id)));
        }
        let Some(slo) = slo(&mut scope, node, fields).filter(|_| is_sound) else {
            continue;
        };
        if slo.objective < 100.0 {
            let id = read.model.id(&slo);
            read.lowered.extend(lowering.slo(node, &id, index));
        }
        read.model.slos.push(slo);
    }
    Some(read)
}

/// Reads a document that holds SLOs, for what they are in OpenSLO.
fn lower<'a>(
    text: &Text<'_>,
    root: &Node<'a>,
    carry: Carry,
    findings: &mut Findings,
) -> Vec<Node<'a>> {
    read(text, root, carry, findings).map_or_else(Vec::new, |read| read.lowered)
}

/// The SLOs of a document, as they are written.
pub(crate) fn slos<'n, 'a>(root: &'n Node<'a>) -> &'n [Node<'a>] {
    let spec = match root.get("apiVersion") {
        Some(_) => root.get("spec"),
        None => Some(root),
    };
    let slos = spec.and_then(|spec| spec.get("slos"));
    slos.map_or(&[][..], Node::items)
}

/// Checks an SLO, and reads it where nothing is wrong with it.
fn slo(scope: &mut Scope<'_>, node: &Node<'_>, fields: &'static Fields) -> Option<Slo> {
    let mark = scope.mark();
    let at = beginning(node);
    shape::check::shape(scope, node, at, fields.slo);
    if !matches!(node.value, Value::Map(_)) {
        return None;
    }
    check::slo(scope, node, at, fields);
    if scope.has_errors_since(mark, None) {
        return None;
    }
    let sli = node.get("sli")?;
    let query = |kind: &str, key: &str| Some(sli.get(kind)?.text_at(&[key])?.to_owned());
    let sli = match query("raw", fields.error_ratio_query) {
        Some(error_ratio_query) => Sli::Raw { error_ratio_query },
        None => Sli::Events {
            error_query: query("events", fields.error_query)?,
            total_query: query("events", fields.total_query)?,
        },
    };
    Some(Slo {
        name: node.get("name")?.word()?.to_owned(),
        description: node
            .get("description")
            .and_then(Node::word)
            .map(ToOwned::to_owned),
        objective: node.get("objective")?.number()?,
        labels: texts(node.get("labels")),
        sli,
        alerting: node
            .get("alerting")
            .map_or_else(Alerting::default, |node| alerting(node, fields)),
        unknown: unknown(node, fields.slo, &["plugins"]),
    })
}

fn alerting(node: &Node<'_>, fields: &Fields) -> Alerting {
    let alert = |key: &str| {
        let node = node.get(key);
        node.map_or_else(Alert::default, |node| Alert {
            disable: node
                .get("disable")
                .and_then(Node::boolean)
                .unwrap_or_default(),
            labels: texts(node.get("labels")),
            annotations: texts(node.get("annotations")),
            unknown: unknown(node, fields.alert, &[]),
        })
    };
    Alerting {
        name: node.get("name").and_then(Node::word).map(ToOwned::to_owned),
        labels: texts(node.get("labels")),
        annotations: texts(node.get("annotations")),
        page: alert(fields.page_alert),
        ticket: alert(fields.ticket_alert),
        unknown: unknown(node, fields.alerting, &[]),
    }
}

/// The fields that a shape does not know, and those that have no effect here.
fn unknown(node: &Node<'_>, shape: &Shape, idle: &[&str]) -> Unknown {
    let mut unknown = Unknown::new();
    for entry in node.entries().iter().filter(|e| !e.node.is_null()) {
        let key = entry.key.as_ref();
        if shape.field(key).is_none() || idle.contains(&key) {
            unknown
                .entry(key.to_owned())
                .or_insert_with(|| json::of(&entry.node));
        }
    }
    unknown
}

/// Reads a catalogue of windows; what is wrong with it is reported.
pub(crate) fn read_windows(
    text: &Text<'_>,
    root: &Node<'_>,
    findings: &mut Findings,
) -> Option<AlertWindows> {
    let at = root.entries().first().map_or(root.extent, |e| e.key_extent);
    let mut scope = Scope::new(text, findings).of_format(&codes::SLOTH);
    if let Some(name) = windows_name(root) {
        scope = scope.of_object(format!("{ALERT_WINDOWS} {name}"));
    }
    let mark = scope.mark();
    shape::check::shape(&mut scope, root, at, &table::WINDOWS);
    if scope.has_errors_since(mark, None) {
        return None;
    }
    let spec = root.get("spec")?;
    for severity in ["page", "ticket"] {
        for speed in ["quick", "slow"] {
            if let Some(window) = spec.at(&[severity, speed]) {
                check::window_order(&mut scope, window);
            }
        }
    }
    let window = |severity: &str, speed: &str| {
        let node = spec.at(&[severity, speed])?;
        let ms = |key: &str| duration_ms(node.get(key)?.word()?);
        Some(AlertWindow {
            error_budget_percent: node.get("errorBudgetPercent")?.number()?,
            short_ms: ms("shortWindow")?,
            long_ms: ms("longWindow")?,
        })
    };
    let pair = |severity: &str| {
        Some(WindowPair {
            quick: window(severity, "quick")?,
            slow: window(severity, "slow")?,
        })
    };
    Some(AlertWindows {
        period_ms: duration_ms(spec.get("sloPeriod")?.word()?)?,
        page: pair("page")?,
        ticket: pair("ticket")?,
    })
}

/// What a catalogue of windows is called: its period, of which there is one catalogue.
pub(crate) fn windows_name(root: &Node<'_>) -> Option<String> {
    let period_ms = duration_ms(root.at(&["spec", "sloPeriod"])?.word()?)?;
    (period_ms > 0).then(|| duration_text(period_ms))
}

/// What a document that holds SLOs is called: as a Kubernetes object its namespace and name, else
/// its service and its first SLO, since a service may have several documents.
pub(crate) fn name_of(root: &Node<'_>) -> Option<String> {
    if root.get("apiVersion").is_some() {
        return Metadata::read(root.get("metadata")).full_name();
    }
    let service = root.get("service")?.word()?;
    let first = root.get("slos")?.items().first()?.get("name")?.word()?;
    Some(crate::lower::name(&format!("{service}-{first}")))
}
