//! Times that do not count, from the annotation `tomoni.dev/exclusions`.

use jiff::Timestamp;
use tomoni_ledger::{Minute, Span};
use tomoni_slo::Exclusion;

use super::annotations::find;
use crate::codes;
use crate::near::{listed, nearest};
use crate::scope::Scope;
use crate::source::Extent;
use crate::yaml::{self, Limits, Node, Value, shortened, word_within};

/// The most exclusions of an SLO.
const EXCLUSIONS_MAX: usize = 1_000;
const FIELDS: [&str; 5] = ["from", "until", "category", "reason", "author"];

/// An SLO's exclusions; what is wrong with them is reported.
pub(crate) fn read(scope: &mut Scope<'_>, root: &Node<'_>) -> Vec<Exclusion> {
    let Some(node) = find(root, "exclusions").map(|e| &e.node) else {
        return Vec::new();
    };
    let Some(text) = node.text() else {
        return Vec::new();
    };
    let mut inner = Inner { scope, outer: node };
    let limits = Limits {
        document_bytes_max: text.len(),
        ..Limits::DEFAULT
    };
    let mut documents = yaml::documents(text, &limits);
    if let Some(problem) = documents
        .iter_mut()
        .find_map(|d| (!d.problems.is_empty()).then(|| d.problems.swap_remove(0)))
    {
        let help = problem.help.unwrap_or_default();
        inner.report(problem.extent, &problem.message, &help);
        return Vec::new();
    }
    let roots: Vec<Node<'_>> = documents.into_iter().filter_map(|d| d.root).collect();
    let [root] = roots.as_slice() else {
        inner.report(Extent::default(), "exclusions are one list", HELP);
        return Vec::new();
    };
    let Value::List(items) = &root.value else {
        let message = format!("exclusions are a list, but this is {}", root.what());
        inner.report(root.extent, &message, HELP);
        return Vec::new();
    };
    if items.len() > EXCLUSIONS_MAX {
        let message = format!(
            "an SLO has at most {EXCLUSIONS_MAX} exclusions, but here are {}",
            items.len()
        );
        inner.report(root.extent, &message, "take out those that are long past");
        return Vec::new();
    }
    items.iter().filter_map(|item| inner.one(item)).collect()
}

const HELP: &str = "write a list of mappings with from, until, category, reason and author";

/// A text inside the document, with places of its own.
struct Inner<'i, 's, 'n> {
    scope: &'i mut Scope<'s>,
    outer: &'n Node<'n>,
}

impl Inner<'_, '_, '_> {
    fn report(&mut self, inside: Extent, message: &str, help: &str) {
        let text = self.scope.text().as_str();
        let start = word_within(text, self.outer, inside.start);
        self.scope.report(&codes::EXCLUSION, start, message, help);
    }

    fn one(&mut self, item: &Node<'_>) -> Option<Exclusion> {
        let Value::Map(entries) = &item.value else {
            let message = format!("an exclusion is a mapping, but this is {}", item.what());
            self.report(item.extent, &message, HELP);
            return None;
        };
        let mut is_sound = true;
        for entry in entries {
            if !FIELDS.contains(&entry.key.as_ref()) {
                let message = format!("`{}` is no field of an exclusion", shortened(&entry.key));
                let help = match nearest(&entry.key, FIELDS) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("its fields are {}", listed(FIELDS, "and")),
                };
                self.report(entry.key_extent, &message, &help);
                is_sound = false;
            }
        }
        let from = self.time(item, "from");
        let until = self.time(item, "until");
        let category = self.text(item, "category");
        let reason = self.text(item, "reason");
        let author = self.text(item, "author");
        let (from, until) = from.zip(until)?;
        if until <= from {
            let message = "an exclusion ends after it begins";
            self.report(item.extent, message, "`until` must be later than `from`");
            return None;
        }
        let exclusion = Exclusion {
            // Every minute of which a part is excluded.
            span: Span::new(
                Minute::ended_by_ms(from.as_millisecond()),
                Minute::holding_ms(until.as_millisecond()),
            ),
            category: category?,
            reason: reason?,
            author: author?,
        };
        is_sound.then_some(exclusion)
    }

    fn text(&mut self, item: &Node<'_>, name: &str) -> Option<String> {
        let Some(node) = item.get(name) else {
            let message = format!("an exclusion has no `{name}`");
            let help =
                "say what kind it is (`category`), why (`reason`) and who says so (`author`)";
            self.report(item.extent, &message, help);
            return None;
        };
        let text = node.text().map(str::trim).filter(|t| !t.is_empty());
        if text.is_none() {
            let message = format!("`{name}` is a text, but this is {}", node.what());
            self.report(node.extent, &message, "put it in quotes");
        }
        text.map(ToOwned::to_owned)
    }

    fn time(&mut self, item: &Node<'_>, name: &str) -> Option<Timestamp> {
        let help = "write a time with its offset, as RFC 3339 has it: `2026-01-31T22:00:00Z` or \
                    `2026-02-01T07:00:00+09:00`";
        let Some(node) = item.get(name) else {
            self.report(item.extent, &format!("an exclusion has no `{name}`"), help);
            return None;
        };
        let time = node.text().and_then(|t| t.parse::<Timestamp>().ok());
        if time.is_none() {
            let message = format!("`{name}` is a time, but this is {}", node.what());
            self.report(node.extent, &message, help);
        }
        time
    }
}
