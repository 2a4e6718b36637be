//! Of which format a document is.

use crate::alpha;
use crate::codes::{self, Code};
use crate::near::{distance, listed, nearest};
use crate::openslo::{API_VERSION, kind_names};
use crate::scope::Scope;
use crate::source::Extent;
use crate::yaml::{Node, shortened};
use crate::{pyrra, sloth};

/// Of which format a document is.
#[derive(Debug)]
pub(crate) enum Format {
    /// OpenSLO v1.
    OpenSlo,
    /// Sloth's SLOs, in either spelling.
    Sloth,
    /// One of Sloth's catalogues of windows.
    AlertWindows,
    /// Pyrra's objectives.
    Pyrra,
    /// OpenSLO v1alpha.
    OpenSloAlpha,
    /// One that is known by name only.
    NotYet(&'static str),
    /// One that was meant to be read.
    Misspelt(Misspelt),
    /// Some other YAML.
    Other,
}

/// A document that was meant to be read, but does not say rightly what it is.
#[derive(Debug)]
pub(crate) struct Misspelt {
    code: &'static Code,
    place: Extent,
    message: String,
    help: String,
}

/// Formats that are known by their apiVersion, or what it begins with.
const NOT_YET: [(&str, &str); 2] = [
    ("openslo.com/v2alpha", "OpenSLO v2alpha"),
    ("backstage.io/", "Backstage"),
];

/// Of which format a document is.
pub(crate) fn of(root: &Node<'_>) -> Format {
    let has_our_kind = root
        .text_at(&["kind"])
        .is_some_and(|kind| kind_names().any(|known| known == kind));
    let Some(node) = root.get("apiVersion") else {
        let is_meant = has_our_kind && root.get("spec").is_some();
        return match sloth_version(root) {
            Some(format) => format,
            None if is_meant => Format::Misspelt(Misspelt {
                code: &codes::API_VERSION,
                place: version_place(root),
                message: "this document has no `apiVersion`".to_owned(),
                help: format!("begin it with `apiVersion: {API_VERSION}`"),
            }),
            None => Format::Other,
        };
    };
    let version = node.text().unwrap_or_default();
    if version == API_VERSION {
        return Format::OpenSlo;
    }
    if version == alpha::API_VERSION {
        return Format::OpenSloAlpha;
    }
    let group = version.split_once('/').map(|(group, _)| group);
    if let Some(family) = FAMILIES.iter().find(|family| Some(family.group()) == group) {
        return family.format(root, version);
    }
    let known = NOT_YET
        .into_iter()
        .find(|(v, _)| version == *v || (v.ends_with('/') && version.starts_with(v)));
    if let Some((_, name)) = known {
        return Format::NotYet(name);
    }
    if is_meant(version) || (has_our_kind && !is_kubernetes(version)) {
        return Format::Misspelt(Misspelt {
            code: &codes::API_VERSION,
            place: version_place(root),
            message: format!("`{}` is no apiVersion that is known", shortened(version)),
            help: format!("write `{API_VERSION}`"),
        });
    }
    Format::Other
}

/// Sloth's documents that are no Kubernetes objects.
fn sloth_version(root: &Node<'_>) -> Option<Format> {
    let version = root.get("version")?;
    let written = version.text()?;
    if written == sloth::VERSION {
        return Some(Format::Sloth);
    }
    let is_meant = root.get("slos").is_some()
        && (written.starts_with("prometheus/") || nearest(written, [sloth::VERSION]).is_some());
    is_meant.then(|| {
        Format::Misspelt(Misspelt {
            code: &codes::SLOTH_VERSION,
            place: version.extent,
            message: format!("`{}` is no version that Sloth knows", shortened(written)),
            help: format!("write `{}`", sloth::VERSION),
        })
    })
}

/// Kubernetes objects of one program.
struct Family {
    program: &'static str,
    version: &'static str,
    code: &'static Code,
    kinds: &'static [(&'static str, Made)],
}

type Made = fn() -> Format;

static FAMILIES: [Family; 2] = [
    Family {
        program: "Sloth",
        version: sloth::API_VERSION,
        code: &codes::SLOTH_VERSION,
        kinds: &[
            (sloth::SERVICE_LEVEL, || Format::Sloth),
            (sloth::ALERT_WINDOWS, || Format::AlertWindows),
        ],
    },
    Family {
        program: "Pyrra",
        version: pyrra::API_VERSION,
        code: &codes::PYRRA_VERSION,
        kinds: &[(pyrra::KIND, || Format::Pyrra)],
    },
];

impl Family {
    /// What its apiVersion begins with.
    fn group(&self) -> &'static str {
        self.version.split_once('/').map_or("", |(group, _)| group)
    }

    fn format(&self, root: &Node<'_>, version: &str) -> Format {
        let misspelt = |place: Extent, message: String, help: String| {
            Format::Misspelt(Misspelt {
                code: self.code,
                place,
                message,
                help,
            })
        };
        let program = self.program;
        if version != self.version {
            let written = shortened(version);
            let message = format!("`{written}` is no version that {program} knows");
            let help = format!("write `{}`", self.version);
            return misspelt(version_place(root), message, help);
        }
        let names = || self.kinds.iter().map(|(name, _)| *name);
        let Some(kind) = root.get("kind") else {
            let message = format!("this document of {program}'s has no `kind`");
            let help = format!("write {}", listed(names(), "or"));
            return misspelt(version_place(root), message, help);
        };
        let written = kind.text().unwrap_or_default();
        if let Some((_, format)) = self.kinds.iter().find(|(name, _)| *name == written) {
            return format();
        }
        let message = format!("`{}` is no kind of {program}'s", shortened(written));
        let help = match nearest(written, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write {}", listed(names(), "or")),
        };
        misspelt(kind.extent, message, help)
    }
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
    let help = "it is passed over: OpenSLO, Sloth and Pyrra are read so far";
    scope.report(&codes::NOT_YET, version_place(root), message, help);
}

impl Misspelt {
    /// Says what is wrong, and what to write.
    pub(crate) fn report(self, scope: &mut Scope<'_>) {
        scope.report(self.code, self.place, self.message, self.help);
    }
}

fn version_place(root: &Node<'_>) -> Extent {
    let version = root.get("apiVersion").or_else(|| root.get("version"));
    let first = root.entries().first().map(|e| e.key_extent);
    version.map(|n| n.extent).or(first).unwrap_or(root.extent)
}
