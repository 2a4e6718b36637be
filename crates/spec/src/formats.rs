//! Of which format a document is.

use crate::codes;
use crate::near::distance;
use crate::openslo::{API_VERSION, kind_names};
use crate::scope::Scope;
use crate::source::Extent;
use crate::yaml::{Node, shortened};

/// Of which format a document is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// OpenSLO v1.
    OpenSlo,
    /// One that is known by name only.
    NotYet(&'static str),
    /// One that was meant to be OpenSLO: what is wrong, and what to write.
    Misspelt(String, String),
    /// Some other YAML.
    Other,
}

/// Formats that are known by their apiVersion, or what it begins with.
const NOT_YET: [(&str, &str); 5] = [
    ("openslo/v1alpha", "OpenSLO v1alpha"),
    ("openslo.com/v2alpha", "OpenSLO v2alpha"),
    ("sloth.slok.dev/", "Sloth"),
    ("pyrra.dev/", "Pyrra"),
    ("backstage.io/", "Backstage"),
];

/// Of which format a document is.
pub(crate) fn of(root: &Node<'_>) -> Format {
    let has_our_kind = root
        .text_at(&["kind"])
        .is_some_and(|kind| kind_names().any(|known| known == kind));
    let Some(node) = root.get("apiVersion") else {
        if root.text_at(&["version"]) == Some("prometheus/v1") {
            return Format::NotYet("Sloth");
        }
        let is_meant = has_our_kind && root.get("spec").is_some();
        return if is_meant {
            let message = "this document has no `apiVersion`".to_owned();
            Format::Misspelt(
                message,
                format!("begin it with `apiVersion: {API_VERSION}`"),
            )
        } else {
            Format::Other
        };
    };
    let version = node.text().unwrap_or_default();
    if version == API_VERSION {
        return Format::OpenSlo;
    }
    let known = NOT_YET
        .into_iter()
        .find(|(v, _)| version == *v || (v.ends_with('/') && version.starts_with(v)));
    if let Some((_, name)) = known {
        return Format::NotYet(name);
    }
    if is_meant(version) || (has_our_kind && !is_kubernetes(version)) {
        let message = format!("`{}` is no apiVersion that is known", shortened(version));
        return Format::Misspelt(message, format!("write `{API_VERSION}`"));
    }
    Format::Other
}

/// Whether a version was probably meant to be one of OpenSLO's.
fn is_meant(version: &str) -> bool {
    let group = version.split_once('/').map_or(version, |(group, _)| group);
    let folded: Vec<char> = group
        .chars()
        .flat_map(char::to_lowercase)
        .take(32)
        .collect();
    let wanted: Vec<char> = "openslo".chars().collect();
    distance(&folded, &wanted, 2).is_some()
}

/// Whether a version is one that Kubernetes and its extensions use: `v1`, `apps/v1`.
fn is_kubernetes(version: &str) -> bool {
    let (group, last) = match version.rsplit_once('/') {
        Some((group, last)) => (Some(group), last),
        None => (None, version),
    };
    let is_numbered = last
        .strip_prefix('v')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    is_numbered && group.is_none_or(|g| !g.is_empty())
}

/// Says that a document's format is not read yet.
pub(crate) fn report_not_yet(scope: &mut Scope<'_>, root: &Node<'_>, name: &str) {
    let message = format!("this is a document of {name}, which is not read yet");
    let help = format!("only {API_VERSION} is read so far; the document is passed over");
    scope.report(&codes::NOT_YET, version_place(root), message, help);
}

/// Says that a document's apiVersion is not what it was meant to be.
pub(crate) fn report_misspelt(
    scope: &mut Scope<'_>,
    root: &Node<'_>,
    message: String,
    help: String,
) {
    scope.report(&codes::API_VERSION, version_place(root), message, help);
}

fn version_place(root: &Node<'_>) -> Extent {
    let version = root.get("apiVersion").or_else(|| root.get("version"));
    let first = root.entries().first().map(|e| e.key_extent);
    version.map(|n| n.extent).or(first).unwrap_or(root.extent)
}
