//! Documents of any format that is read, as OpenSLO v1, and back.
//!
//! To OpenSLO is [`lower`](crate::lower) with everything carried over; back is
//! [`raise`](crate::raise). Nothing is lost without a word: what the other format cannot say is a
//! finding, and its document is not converted.
//!
//! ```
//! use tomoni_spec::{Losses, SourceFile, Target, convert};
//!
//! let text = "\
//! version: prometheus/v1
//! service: unlock-api
//! slos:
//!   - name: errors
//!     objective: 99.9
//!     sli:
//!       raw:
//!         error_ratio_query: job:errors:ratio_rate{{.window}}
//!     alerting:
//!       name: UnlockErrors
//! ";
//! let file = |text: &str| [SourceFile { name: "slos.yaml".into(), bytes: text.into() }];
//! let there = convert(&file(text), Target::OpenSloV1, Losses::Refused);
//! assert!(there.documents[1].contains("kind: SLO\n"));
//! let openslo = there.documents.join("---\n");
//! let back = convert(&file(&openslo), Target::Sloth, Losses::Refused);
//! assert_eq!(back.documents, [text]);
//! ```

mod back;
mod layout;
mod lost;
mod there;
mod units;

use crate::alpha;
use crate::catalog::{Catalog, SourceFile};
use crate::codes::{self, Code};
use crate::finding::{Finding, Severity};
use crate::formats::{self, Format};
use crate::lower::Carry;
use crate::raise::Foreign;
use crate::read;
use crate::scope::{Findings, Scope};
use crate::source::{Extent, Text};
use crate::yaml::{Limits, Node, Parsed, Value};
use crate::{pyrra, sloth};

/// What documents are converted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// OpenSLO v1.
    OpenSloV1,
    /// Sloth's SLOs: `prometheus/v1`, or the Kubernetes object that they came from.
    Sloth,
    /// Pyrra's objectives.
    Pyrra,
    /// OpenSLO v1alpha.
    OpenSloV1Alpha,
}

/// What becomes of a document that the target cannot say whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Losses {
    /// It is not converted.
    #[default]
    Refused,
    /// What cannot be said is left out, and told. A document of another format becomes one of the
    /// target's, by way of OpenSLO.
    Told,
}

/// What documents were converted to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Converted {
    /// Each document as YAML, in the order of the files.
    pub documents: Vec<String>,
    /// Everything that is wrong or unwise with what was read, and what could not be converted.
    pub findings: Vec<Finding>,
    /// How many documents are some other YAML and were passed over.
    pub passed_over: usize,
}

/// Converts the documents of files. Those with errors are not converted, of Sloth's the SLOs with
/// errors; nor is what the target cannot say, unless losses are allowed. Comments are not carried over.
pub fn convert(files: &[SourceFile], target: Target, losses: Losses) -> Converted {
    let limits = Limits::DEFAULT;
    let mut findings = Findings::new(limits.findings_max);
    let texts = read::texts(files, &limits, &mut findings);
    let (catalog, found) = read::catalog(&texts, &limits, findings);
    let mut findings = Findings::new(limits.findings_max);
    // What is wrong with them as YAML is known.
    let mut known = Findings::new(0);
    let parsed = read::documents(&texts, &limits, &mut known);
    let sources = texts.iter().zip(&parsed);
    let documents: Vec<Source<'_>> = sources
        .flat_map(|(text, documents)| documents.iter().flat_map(|d| Source::of(text, d)))
        .collect();
    let lowered = match (target.foreign(), losses) {
        (Some(foreign), Losses::Told) => lowered(&documents, foreign),
        _ => Vec::new(),
    };
    let lowered: Vec<(usize, Source<'_>)> = lowered.iter().map(Made::source).collect();
    let all = All {
        documents: &documents,
        lowered: &lowered,
        losses,
        catalog: &catalog,
        errors: Errors::of(files.len(), &found),
    };
    let documents = match target.foreign() {
        None => there::convert(&all, &mut findings),
        Some(foreign) => back::convert(&all, target, foreign, &mut findings),
    };
    let converting = findings.finish(&texts);
    let mut findings: Vec<Finding> = found
        .into_iter()
        .chain(converting)
        .map(|(_, f)| f)
        .collect();
    findings.sort_by(|a, b| a.place.cmp(&b.place));
    Converted {
        documents,
        findings,
        passed_over: catalog.passed_over,
    }
}

impl Target {
    fn foreign(self) -> Option<&'static Foreign> {
        match self {
            Self::OpenSloV1 => None,
            Self::Sloth => Some(&sloth::raise::FORMAT),
            Self::Pyrra => Some(&pyrra::raise::FORMAT),
            Self::OpenSloV1Alpha => Some(&alpha::raise::FORMAT),
        }
    }
}

/// A document that was read.
struct Source<'s> {
    text: &'s Text<'s>,
    root: &'s Node<'s>,
    format: Format,
}

impl<'s> Source<'s> {
    fn of(text: &'s Text<'s>, parsed: &'s Parsed<'s>) -> Vec<Self> {
        let roots = match parsed.root.as_ref() {
            Some(root) => match &root.value {
                Value::List(items) => items.as_slice(),
                _ => std::slice::from_ref(root),
            },
            None => &[],
        };
        let mappings = roots
            .iter()
            .filter(|root| matches!(root.value, Value::Map(_)));
        mappings
            .map(|root| Self {
                text,
                root,
                format: formats::of(root),
            })
            .collect()
    }

    /// Its kind.
    fn kind(&self) -> &str {
        self.root.text_at(&["kind"]).unwrap_or_default()
    }

    /// The format that it is lowered from; `None` where it is not lowered.
    fn foreign(&self) -> Option<&'static Foreign> {
        match self.format {
            Format::Sloth => Some(&sloth::raise::FORMAT),
            Format::Pyrra => Some(&pyrra::raise::FORMAT),
            Format::OpenSloAlpha => Some(&alpha::raise::FORMAT),
            _ => None,
        }
    }

    /// The same, where it is not one of the target's documents already.
    fn foreign_to(&self, target: &Foreign) -> Option<&'static Foreign> {
        self.foreign()
            .filter(|foreign| foreign.annotation != target.annotation)
    }
}

/// What a document of another format is as OpenSLO v1, with all that it carries.
struct Made<'s> {
    /// The document's number.
    number: usize,
    text: &'s Text<'s>,
    root: Node<'s>,
}

impl<'s> Made<'s> {
    fn source(&'s self) -> (usize, Source<'s>) {
        let source = Source {
            text: self.text,
            root: &self.root,
            format: Format::OpenSlo,
        };
        (self.number, source)
    }
}

/// What documents are as OpenSLO v1 that are neither that nor of the target's format.
fn lowered<'s>(documents: &'s [Source<'s>], target: &Foreign) -> Vec<Made<'s>> {
    let mut made = Vec::new();
    // What is wrong has been told.
    let mut told = Findings::new(0);
    for (number, source) in documents.iter().enumerate() {
        let Some(foreign) = source.foreign_to(target) else {
            continue;
        };
        let Source { text, root, .. } = *source;
        let roots = (foreign.lower)(text, root, Carry::All, &mut told);
        made.extend(roots.into_iter().map(|root| Made { number, text, root }));
    }
    made
}

/// All documents, and what is known of them.
struct All<'s> {
    documents: &'s [Source<'s>],
    /// What documents of other formats are as OpenSLO v1, each with the number of that; only where the
    /// target is to be made of them.
    lowered: &'s [(usize, Source<'s>)],
    losses: Losses,
    catalog: &'s Catalog,
    errors: Errors,
}

/// Where documents are wrong.
struct Errors {
    /// The first bytes of errors, for each file; `None` where not all of a file's are known.
    places: Vec<Option<Vec<usize>>>,
}

impl Errors {
    fn of(files: usize, found: &[(usize, Finding)]) -> Self {
        let mut places = vec![Some(Vec::new()); files];
        for (file, finding) in found {
            let Some(of_file) = places.get_mut(*file) else {
                continue;
            };
            if finding.code == codes::FILE_MORE.id {
                *of_file = None;
            } else if finding.severity == Severity::Error
                && let Some(starts) = of_file
            {
                starts.push(finding.place.bytes.0);
            }
        }
        Self { places }
    }

    /// Whether something is wrong within an extent, other than within some parts of it.
    fn within(&self, text: &Text<'_>, extent: Extent, beside: &[Node<'_>]) -> bool {
        let Some(Some(starts)) = self.places.get(text.index) else {
            return true;
        };
        let is_beside = |start| {
            let mut parts = beside.iter();
            parts.any(|part| text.extent_holds(part.extent, start))
        };
        starts
            .iter()
            .any(|start| text.extent_holds(extent, *start) && !is_beside(*start))
    }
}

impl Losses {
    /// The code of what the target has no place for.
    fn code(self) -> &'static Code {
        match self {
            Self::Refused => &codes::CONVERT_NO_PLACE,
            Self::Told => &codes::CONVERT_LOST,
        }
    }
}

/// Says that the target has no place for something, so that it does not come out.
fn no_place(
    findings: &mut Findings,
    text: &Text<'_>,
    at: Extent,
    message: impl Into<String>,
    help: impl Into<String>,
) {
    Scope::new(text, findings).report(&codes::CONVERT_NO_PLACE, at, message, help);
}

/// Says that SLOs do not come out with which nothing is wrong, and which yet are not among what their
/// document was lowered to: they promise 100 %.
fn no_budget(all: &All<'_>, source: &Source<'_>, lowered: &[&Node<'_>], findings: &mut Findings) {
    let Source { text, root, format } = source;
    let (slos, target) = match format {
        Format::Sloth => (sloth::slos(root), &["objective"][..]),
        Format::Pyrra => (std::slice::from_ref(*root), &["spec", "target"][..]),
        _ => return,
    };
    if all.errors.within(text, root.extent, slos) {
        return;
    }
    for slo in slos {
        let is_lowered = |one: &&Node<'_>| slo.extent.contains(one.extent.start);
        if lowered.iter().any(is_lowered) || all.errors.within(text, slo.extent, &[]) {
            continue;
        }
        let at = slo.at(target).map_or(slo.extent, |node| node.extent);
        let message = "OpenSLO has no place for a target of 100 %";
        let help = "promise a little less, such as 99.99";
        no_place(findings, text, at, message, help);
    }
}
