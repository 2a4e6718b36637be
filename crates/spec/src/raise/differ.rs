//! In what two OpenSLO documents differ.

use crate::openslo::target;
use crate::source::Extent;
use crate::yaml::{Entry, Node, Value, json};

/// A field in which a document differs from another.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The field, from the document's root on, such as `spec.objectives[0].target`.
    pub(crate) field: String,
    /// Where it stands, or would stand.
    pub(crate) at: Extent,
}

/// Which of two documents must say what the other says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ways {
    /// The second, what the first says.
    There,
    /// Each, what the other says.
    Both,
}

/// In what `one` differs from `other`, apart from some fields. A field without a value, and an empty
/// list or mapping, is as good as none.
pub(crate) fn differences(
    one: &Node<'_>,
    other: &Node<'_>,
    ways: Ways,
    apart_from: &[&str],
) -> Vec<Difference> {
    let mut walk = Walk {
        ways,
        apart_from,
        found: Vec::new(),
    };
    walk.maps("", (one, one.extent), other);
    walk.found
}

struct Walk<'w> {
    ways: Ways,
    apart_from: &'w [&'w str],
    found: Vec<Difference>,
}

impl Walk<'_> {
    fn maps(&mut self, path: &str, (one, at): (&Node<'_>, Extent), other: &Node<'_>) {
        let is_same_target = target(one).is_some() && target(one) == target(other);
        let is_skipped = |field: &str, key: &str| {
            let is_target = matches!(key, "target" | "targetPercent");
            self.apart_from.contains(&field) || (is_same_target && is_target)
        };
        let fields = |node: &Node<'_>| -> Vec<String> {
            let entries = node.entries().iter().filter(|e| !is_nothing(&e.node));
            let fields = entries.map(|e| (joined(path, &e.key), e.key.as_ref().to_owned()));
            fields
                .filter(|(field, key)| !is_skipped(field, key))
                .map(|(_, key)| key)
                .collect()
        };
        let (ours, theirs) = (fields(one), fields(other));
        for key in &ours {
            let field = joined(path, key);
            match (one.entry(key), other.get(key).filter(|n| !is_nothing(n))) {
                (Some(entry), Some(node)) => self.nodes(&field, entry, node),
                (Some(entry), None) => self.report(field, entry.key_extent),
                (None, _) => {}
            }
        }
        if self.ways == Ways::Both {
            for key in theirs.iter().filter(|key| !ours.contains(key)) {
                self.report(joined(path, key), at);
            }
        }
    }

    fn nodes(&mut self, field: &str, entry: &Entry<'_>, other: &Node<'_>) {
        self.values(field, (&entry.node, entry.key_extent), other);
    }

    fn values(&mut self, field: &str, (one, at): (&Node<'_>, Extent), other: &Node<'_>) {
        match (&one.value, &other.value) {
            (Value::Map(_), Value::Map(_)) => self.maps(field, (one, at), other),
            (Value::List(ours), Value::List(theirs)) if ours.len() == theirs.len() => {
                for (index, (one, other)) in ours.iter().zip(theirs).enumerate() {
                    let field = format!("{field}[{index}]");
                    let at = crate::shape::beginning(one);
                    self.values(&field, (one, at), other);
                }
            }
            (Value::Scalar(_), Value::Scalar(_)) if json::of(one) == json::of(other) => {}
            (Value::Scalar(_), _) => self.report(field.to_owned(), one.extent),
            (Value::Map(_) | Value::List(_), _) => self.report(field.to_owned(), at),
        }
    }

    fn report(&mut self, field: String, at: Extent) {
        self.found.push(Difference { field, at });
    }
}

fn joined(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    }
}

fn is_nothing(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Scalar(_) => node.is_null(),
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
    }
}
