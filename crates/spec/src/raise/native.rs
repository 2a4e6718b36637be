//! SLOs that were written in OpenSLO, by what they mean.

use serde_json::{Map, Number, Value as Json};
use tomoni_slo::{Promise, Slo};

use crate::openslo::annotations::{CARRIERS, PREFIX};
use crate::source::Extent;
use crate::yaml::{Node, json};

/// An SLO that was written in OpenSLO, with what it says and what it means.
pub(crate) struct Native<'n, 'a> {
    /// Its document.
    pub(crate) root: &'n Node<'a>,
    /// The spec of its indicator, wherever that stands.
    pub(crate) indicator: &'n Node<'a>,
    /// The same, read.
    pub(crate) slo: &'n Slo,
}

/// Why another format cannot say an SLO.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The field that stands in the way.
    pub(crate) at: Extent,
    /// What cannot be said, with the field's name.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: String,
}

/// An objective's target in percent.
pub(crate) fn percent(objective: &Node<'_>) -> Option<Json> {
    if let Some(node) = objective.get("targetPercent") {
        return Some(json::of(node));
    }
    let fraction = objective.get("target")?.number()?;
    // By its digits: 0.999 · 100 is not 99.9.
    let percent: f64 = format!("{fraction}e2").parse().ok()?;
    match percent.fract() == 0.0 {
        true => Some(Json::from(percent as i64)),
        false => Number::from_f64(percent).map(Json::Number),
    }
}

impl<'n, 'a> Native<'n, 'a> {
    /// Its one objective.
    pub(crate) fn promise(&self, called: &str) -> Result<(&'n Promise, &'n Node<'a>), Refusal> {
        let objectives = self.root.at(&["spec", "objectives"]);
        let items = objectives.map_or(&[][..], Node::items);
        match (self.slo.promises.as_slice(), items) {
            ([promise], [objective]) => Ok((promise, objective)),
            (_, items) => {
                let at = items.get(1).map(crate::shape::beginning);
                let message =
                    format!("`objectives` has more than one, and an SLO of {called}'s has one");
                let help = "write an SLO for each";
                Err(Refusal {
                    at: at.unwrap_or(self.root.extent),
                    message,
                    help: help.to_owned(),
                })
            }
        }
    }

    /// A text of its spec.
    pub(crate) fn spec(&self, key: &str) -> Option<&'n Node<'a>> {
        self.root.get("spec")?.get(key)
    }

    /// Its labels that have one text, which is not empty.
    pub(crate) fn labels(&self) -> Map<String, Json> {
        let labels = self.root.at(&["metadata", "labels"]);
        let entries = labels.map_or(&[][..], Node::entries).iter();
        let texts = entries.filter_map(|e| Some((e, e.node.text().filter(|t| !t.is_empty())?)));
        texts
            .map(|(e, text)| (e.key.as_ref().to_owned(), text.into()))
            .collect()
    }

    /// Its annotations that are ours, without what is carried of another document.
    pub(crate) fn annotations(&self) -> Map<String, Json> {
        let annotations = self.root.at(&["metadata", "annotations"]);
        let entries = annotations.map_or(&[][..], Node::entries).iter();
        entries
            .filter(|e| e.key.starts_with(PREFIX) && !CARRIERS.contains(&e.key.as_ref()))
            .map(|e| (e.key.as_ref().to_owned(), json::of(&e.node)))
            .collect()
    }

    /// What stands in the way of saying its indicator.
    pub(crate) fn refused(&self, message: impl Into<String>, help: impl Into<String>) -> Refusal {
        let spec = self.root.get("spec");
        let entry = spec.and_then(|s| s.entry("indicator").or_else(|| s.entry("indicatorRef")));
        Refusal {
            at: entry.map_or(self.root.extent, |e| e.key_extent),
            message: message.into(),
            help: help.into(),
        }
    }
}

/// Takes what is nothing out of a mapping, so that it is not written.
pub(crate) fn without_nothing(mut fields: Map<String, Json>) -> Map<String, Json> {
    fields.retain(|_, value| match value {
        Json::Null => false,
        Json::Object(map) => !map.is_empty(),
        _ => true,
    });
    fields
}
