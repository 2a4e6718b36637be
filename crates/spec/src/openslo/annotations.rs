//! Annotations under `tomoni.dev/`: what OpenSLO cannot say.

use tomoni_slo::{MissingData, Stage};

use super::window;
use crate::codes;
use crate::near::{listed, nearest};
use crate::scope::Scope;
use crate::shape::scalar::{self, is_name};
use crate::yaml::{Entry, Node, shortened};

/// The prefix of our annotations.
pub(crate) const PREFIX: &str = "tomoni.dev/";
/// The annotation that carries what of a Sloth document OpenSLO has no place for.
pub(crate) const SLOTH: &str = "tomoni.dev/sloth";
/// The annotation that carries what of a Pyrra document OpenSLO has no place for.
pub(crate) const PYRRA: &str = "tomoni.dev/pyrra";
/// The annotation that carries what of a v1alpha document OpenSLO v1 has no place for.
pub(crate) const OPENSLO_V1ALPHA: &str = "tomoni.dev/openslo-v1alpha";
/// The annotation that names labels whose values have a budget each.
pub(crate) const GROUP_BY: &str = "tomoni.dev/group-by";
/// The label that names a team.
pub(crate) const TEAM: &str = "team";
/// At what resolution an indicator is evaluated that cannot be counted, in minutes.
const RESOLUTION_MINUTES: i64 = 5;
/// The coarsest resolution, in minutes.
const RESOLUTION_MINUTES_MAX: i64 = 60;

/// One of our annotations.
#[derive(Debug)]
pub(crate) struct Annotation {
    /// Its name behind the prefix.
    pub(crate) name: &'static str,
    /// On which kinds of objects it may stand.
    pub(crate) kinds: &'static [&'static str],
    /// What it means.
    pub(crate) doc: &'static str,
    /// What its value can be.
    pub(crate) example: &'static str,
}

/// The annotations that are known.
pub(crate) static KNOWN: &[Annotation] = &[
    Annotation {
        name: "owner",
        kinds: &["SLO", "Service"],
        doc: "The team that answers for it.",
        example: "home",
    },
    Annotation {
        name: "missing-data",
        kinds: &["SLO"],
        doc: "What a minute counts as of which nothing is known: ignore, good or bad.",
        example: "ignore",
    },
    Annotation {
        name: "stage",
        kinds: &["SLO"],
        doc: "How far the SLO has come: draft, shadow (watched, nobody is alerted) or active.",
        example: "shadow",
    },
    Annotation {
        name: "resolution",
        kinds: &["SLO"],
        doc: "How often a query is evaluated that cannot be counted, from 1m to 1h.",
        example: "5m",
    },
    Annotation {
        name: "renamed-from",
        kinds: &["SLO"],
        doc: "The name that the SLO had before; it keeps its history.",
        example: "unlock-errors",
    },
    Annotation {
        name: "exclusions",
        kinds: &["SLO"],
        doc: "Times that do not count: a list, as a YAML or JSON text, of from, until, category, \
              reason and author.",
        example: "[{from: 2026-01-01T00:00:00Z, …}]",
    },
    Annotation {
        name: "sloth",
        kinds: &["SLO"],
        doc: "What OpenSLO has no place for, of the Sloth document that `tomoni convert` made the SLO \
              of: that document with this SLO alone, as JSON (convert.md).",
        example: "{\"document\": {\"version\": \"prometheus/v1\", …}, …}",
    },
    Annotation {
        name: "pyrra",
        kinds: &["SLO"],
        doc: "The same, of Pyrra.",
        example: "{\"document\": {\"kind\": \"ServiceLevelObjective\", …}}",
    },
    Annotation {
        name: "openslo-v1alpha",
        kinds: &["SLO"],
        doc: "The same, of OpenSLO v1alpha.",
        example: "{\"document\": {\"kind\": \"SLO\", …}}",
    },
    Annotation {
        name: "group-by",
        kinds: &["SLO"],
        doc: "Labels whose values have a budget each, beside the one for all: names with commas \
              between them.",
        example: "handler,method",
    },
];

/// The page that explains the annotations, in Markdown: docs/annotations.md.
pub fn page() -> String {
    let mut page = String::from(
        "\
# Annotations under tomoni.dev/

OpenSLO cannot say everything that Tomoni needs to know. The rest stands in annotations, so that a
document stays valid OpenSLO for other tools. Their values are texts. An annotation under this prefix
that is not in the table is a finding, for a misspelt one would have no effect.

| annotation | on | meaning | example |
|---|---|---|---|
",
    );
    for known in KNOWN {
        let kinds = known.kinds.join(", ");
        page.push_str(&format!(
            "| `{PREFIX}{}` | {kinds} | {} | `{}` |\n",
            known.name, known.doc, known.example
        ));
    }
    page.push_str(
        "\
\nThe owner of an SLO is the first that exists of: its own `tomoni.dev/owner`, the owner of its
service, its label `team` where that has one value.

## Exclusions

Each has `from` and `until` (RFC 3339, with an offset), a `category`, a `reason` and an `author`. Every
minute of which a part is excluded is taken out of the figures, and every figure says how many.

```yaml
metadata:
  name: unlock-availability
  annotations:
    tomoni.dev/exclusions: |
      - from: 2026-02-01T01:00:00+09:00
        until: 2026-02-01T03:00:00+09:00
        category: maintenance
        reason: the building's switches were replaced
        author: naoko
```
",
    );
    page
}

/// What an SLO's annotations say.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) missing_data: MissingData,
    pub(crate) stage: Stage,
    pub(crate) resolution_minutes: i64,
    pub(crate) group_by: Vec<String>,
}

/// An object's annotation.
pub(crate) fn find<'n, 'a>(root: &'n Node<'a>, name: &str) -> Option<&'n Entry<'a>> {
    let annotations = root.at(&["metadata", "annotations"])?;
    annotations
        .entries()
        .iter()
        .find(|e| e.key.strip_prefix(PREFIX) == Some(name))
}

/// The annotations that carry what OpenSLO has no place for.
pub(crate) const CARRIERS: [&str; 3] = [SLOTH, PYRRA, OPENSLO_V1ALPHA];

/// An object's annotations under our prefix, of a document of another format, whose SLOs carry it
/// themselves.
pub(crate) fn ours<'a>(root: &Node<'a>) -> Vec<Entry<'a>> {
    let annotations = root.at(&["metadata", "annotations"]);
    let entries = annotations.map_or(&[][..], Node::entries).iter();
    entries
        .filter(|e| e.key.starts_with(PREFIX) && !CARRIERS.contains(&e.key.as_ref()))
        .cloned()
        .collect()
}

/// An object's owner, where an annotation or the label `team` names one.
pub(crate) fn owner(root: &Node<'_>) -> Option<String> {
    let annotated = find(root, "owner").and_then(|e| e.node.text());
    annotated.map(ToOwned::to_owned)
}

/// The label `team`, where it has one value.
pub(crate) fn team_label(root: &Node<'_>) -> Option<String> {
    let label = root.at(&["metadata", "labels", TEAM])?;
    let one = match label.items() {
        [] => label.text(),
        [one] => one.text(),
        _ => None,
    };
    one.filter(|t| !t.is_empty()).map(ToOwned::to_owned)
}

/// Checks that an object's annotations are known, and on the right kind of object.
pub(crate) fn check(scope: &mut Scope<'_>, root: &Node<'_>, kind: &str) {
    let annotations = root.at(&["metadata", "annotations"]);
    for entry in annotations.map_or(&[][..], Node::entries) {
        let Some(name) = entry.key.strip_prefix(PREFIX) else {
            continue;
        };
        let known = KNOWN.iter().find(|a| a.name == name);
        let here = KNOWN.iter().filter(|a| a.kinds.contains(&kind));
        let names: Vec<&str> = here.map(|a| a.name).collect();
        match known {
            None => {
                let message = format!("`{}` is no annotation that Tomoni knows", entry.key);
                let all = listed(names.iter().copied(), "and");
                let help = match nearest(name, names.iter().copied()) {
                    Some(near) => format!("did you mean `{PREFIX}{near}`? It knows {all}"),
                    None => format!("under `{PREFIX}` it knows {all}"),
                };
                scope.report(&codes::UNKNOWN_ANNOTATION, entry.key_extent, message, help);
            }
            Some(annotation) if !annotation.kinds.contains(&kind) => {
                let message = format!("`{}` means nothing on this kind of object", entry.key);
                let help = format!("put it on {}", annotation.kinds.join(" or "));
                scope.report(&codes::UNKNOWN_ANNOTATION, entry.key_extent, message, help);
            }
            Some(_) => {}
        }
    }
    if let Some(entry) = find(root, "owner")
        && entry.node.text().is_some_and(|t| t.trim().is_empty())
    {
        wrong(
            scope,
            entry,
            "the owner has no name",
            "write the team's name",
        );
    }
}

/// An SLO's settings; what is wrong with them is reported.
pub(crate) fn settings(scope: &mut Scope<'_>, root: &Node<'_>) -> Settings {
    let missing = [MissingData::Ignore, MissingData::Good, MissingData::Bad];
    let stages = [Stage::Draft, Stage::Shadow, Stage::Active];
    Settings {
        missing_data: choice(scope, root, "missing-data", &missing, |m| m.as_str()),
        stage: choice(scope, root, "stage", &stages, |s| s.as_str()),
        resolution_minutes: resolution(scope, root),
        group_by: group_by(scope, root),
    }
}

fn group_by(scope: &mut Scope<'_>, root: &Node<'_>) -> Vec<String> {
    let Some((entry, text)) = with_text(root, "group-by") else {
        return Vec::new();
    };
    let labels: Vec<String> = text.split(',').map(|l| l.trim().to_owned()).collect();
    if let Some(label) = labels.iter().find(|label| !scalar::is_label(label)) {
        let message = format!("`{}` is no label's name", shortened(label));
        let help = "write the names of labels that the series have, with commas between them";
        wrong(scope, entry, &message, help);
        return Vec::new();
    }
    labels
}

fn choice<T: Copy + Default>(
    scope: &mut Scope<'_>,
    root: &Node<'_>,
    name: &str,
    all: &[T],
    word: fn(&T) -> &'static str,
) -> T {
    let Some((entry, text)) = with_text(root, name) else {
        return T::default();
    };
    if let Some(chosen) = all.iter().find(|one| word(one) == text) {
        return *chosen;
    }
    let message = format!("`{}` is not a value of `{}`", shortened(text), entry.key);
    let help = format!("write {}", listed(all.iter().map(word), "or"));
    wrong(scope, entry, &message, &help);
    T::default()
}

fn resolution(scope: &mut Scope<'_>, root: &Node<'_>) -> i64 {
    let Some((entry, text)) = with_text(root, "resolution") else {
        return RESOLUTION_MINUTES;
    };
    match window::minutes(text) {
        Some(minutes) if minutes <= RESOLUTION_MINUTES_MAX => minutes,
        _ => {
            let message = format!("`{}` is no resolution", shortened(text));
            wrong(scope, entry, &message, "write a duration from `1m` to `1h`");
            RESOLUTION_MINUTES
        }
    }
}

/// The name that an SLO had before.
pub(crate) fn renamed_from<'n>(
    scope: &mut Scope<'_>,
    root: &'n Node<'_>,
    own: &str,
) -> Option<(&'n Entry<'n>, &'n str)> {
    let (entry, text) = with_text(root, "renamed-from")?;
    if is_name(text) && text != own {
        return Some((entry, text));
    }
    let message = if text == own {
        format!("`{own}` is the name that the SLO has now")
    } else {
        format!("`{}` is no name that an SLO can have had", shortened(text))
    };
    wrong(scope, entry, &message, "write the name that it had before");
    None
}

fn with_text<'n, 'a>(root: &'n Node<'a>, name: &str) -> Option<(&'n Entry<'a>, &'n str)> {
    let entry = find(root, name)?;
    Some((entry, entry.node.text()?))
}

fn wrong(scope: &mut Scope<'_>, entry: &Entry<'_>, message: &str, help: &str) {
    scope.report(&codes::ANNOTATION, entry.node.extent, message, help);
}
