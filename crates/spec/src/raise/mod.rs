//! OpenSLO v1 documents as documents of other formats: the way back from [`lower`](crate::lower).
//!
//! What OpenSLO has a place for is taken from there, so that what somebody changed after converting
//! holds. The rest of the original is carried in an annotation. What comes out is lowered again, and
//! must be the document that it was made of: so nothing that was changed or added is lost without a
//! word.

pub(crate) mod differ;
mod leaves;
mod native;

use serde_json::{Map, Value as Json};

use crate::lower::{self, Reader};
use crate::shape::Shape;
use crate::yaml::Node;

pub(crate) use leaves::{Leaf, Leaves, Step, part};
pub(crate) use native::{Native, Refusal, percent, without_nothing};

/// A format that OpenSLO documents are made of and raised to.
pub(crate) struct Foreign {
    /// Whose it is, as people call it.
    pub(crate) called: &'static str,
    /// The annotation that carries what OpenSLO has no place for.
    pub(crate) annotation: &'static str,
    /// What the format and OpenSLO both say, of an SLO and of what is carried of its document.
    pub(crate) leaves: fn(&Node<'_>, &Json) -> Vec<Leaf>,
    /// The document of an SLO that was not made of one.
    pub(crate) written: fn(&Native<'_, '_>) -> Result<Json, Refusal>,
    /// Where a document's list stands of which each item may be an SLO of its own.
    pub(crate) list: fn(&Json) -> Option<&'static [Step]>,
    /// How its documents are lowered.
    pub(crate) lower: Reader,
    /// What its documents may hold.
    pub(crate) shape: fn(&Json) -> Option<&'static Shape>,
    /// Which fields of an SLO that was not made of one may come back otherwise: its name, where the
    /// format has another.
    pub(crate) renamed: &'static [&'static str],
    /// What to do about fields that the format cannot say.
    pub(crate) hints: &'static [(&'static str, &'static str)],
}

/// What to do about alerts, which each format has of its own kind.
pub(crate) const ALERTS: (&str, &str) = (
    "spec.alertPolicies",
    "take it out, and write alerts into what comes out: they are of another kind there",
);

/// What an annotation carries.
pub(crate) struct Carried {
    /// The document with this SLO alone, without what OpenSLO has a place for.
    pub(crate) document: Json,
    /// What the document's first SLO is called, and the how manieth of its SLOs this is; `None` where
    /// it is the only one.
    pub(crate) of: Option<(String, u64)>,
}

/// Makes an SLO carry the document that it was made of, with this SLO alone, beside what it says
/// itself.
pub(crate) fn carry(slo: &mut Node<'_>, format: &Foreign, carried: Carried) {
    let Carried { mut document, of } = carried;
    for leaf in (format.leaves)(slo, &document) {
        leaf.take_from(&mut document);
    }
    let mut fields = Map::new();
    fields.insert("document".to_owned(), document);
    if let Some((group, position)) = of {
        fields.insert("group".to_owned(), group.into());
        fields.insert("position".to_owned(), position.into());
    }
    lower::annotate(slo, format.annotation, Json::Object(fields).to_string());
}

impl Carried {
    /// What the text of an annotation carries.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let fields: Json = serde_json::from_str(text).ok()?;
        let document = fields.get("document").filter(|d| d.is_object())?;
        let group = fields.get("group").and_then(Json::as_str);
        let position = fields.get("position").and_then(Json::as_u64);
        Some(Self {
            document: document.clone(),
            of: group.map(ToOwned::to_owned).zip(position),
        })
    }

    /// The document with what an SLO says.
    pub(crate) fn with(mut self, leaves: Vec<Leaf>) -> Json {
        for leaf in leaves {
            leaf.put_into(&mut self.document);
        }
        self.document
    }
}
