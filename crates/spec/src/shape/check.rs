//! Checks a document by the table of known fields.

use super::scalar;
use super::{Field, Kind, Rule, Shape};
use crate::codes;
use crate::near::{listed, nearest};
use crate::scope::Scope;
use crate::source::Extent;
use crate::yaml::{Entry, Node, Value};

/// Checks a mapping; `at` is the key it stands under, where findings about the whole are shown.
pub(crate) fn shape(scope: &mut Scope<'_>, node: &Node<'_>, at: Extent, shape: &'static Shape) {
    let Value::Map(entries) = &node.value else {
        wrong_type(scope, node, &format!("{} is a mapping", shape.name));
        return;
    };
    for entry in entries {
        match shape.field(&entry.key) {
            None => unknown(scope, entry, shape),
            // A key without a value is as good as none.
            Some(_) if entry.node.is_null() => {}
            Some(field) => value(
                scope,
                &entry.node,
                entry.key_extent,
                field.name,
                &field.kind,
            ),
        }
    }
    // What was written under a name like it is reported as that.
    let missing = shape.fields.iter().filter(|f| {
        f.is_required && node.get(f.name).is_none() && !has_near_miss(node, shape, &[f.name])
    });
    for field in missing {
        report_missing(scope, node, at, shape, field);
    }
    for rule in shape.rules {
        self::rule(scope, node, at, shape, rule);
    }
}

fn unknown(scope: &mut Scope<'_>, entry: &Entry<'_>, shape: &'static Shape) {
    if scope.drops_error() {
        return;
    }
    let message = format!("`{}` is no field of {}", entry.key, shape.name);
    let fields = listed(shape.keys(), "and");
    let fields = match shape.fields {
        [_] => format!("its only field is {fields}"),
        _ => format!("its fields are {fields}"),
    };
    let help = match nearest(&entry.key, shape.keys()) {
        Some(near) => format!("did you mean `{near}`? {}", capitalised(&fields)),
        None => fields,
    };
    scope.report(
        scope.dialect().unknown_field,
        entry.key_extent,
        message,
        help,
    );
}

fn report_missing(
    scope: &mut Scope<'_>,
    node: &Node<'_>,
    at: Extent,
    shape: &'static Shape,
    field: &Field,
) {
    // An empty value is shown where it is missing.
    let empty = node.entries().iter().find(|e| e.key == field.name);
    let place = empty.map_or(at, |e| e.key_extent);
    let message = match empty {
        Some(_) => format!("`{}` has no value", field.name),
        None => format!("{} has no `{}`", shape.name, field.name),
    };
    let example = example(&field.kind);
    let help = format!(
        "add `{}: {example}`: {}",
        field.name,
        decapitalised(field.doc)
    );
    scope.report(scope.dialect().missing_field, place, message, help);
}

/// What a field's value could be.
fn example(kind: &Kind) -> String {
    match kind {
        Kind::Choice(words) if words.len() == 1 => words.join(""),
        Kind::Duration | Kind::DurationOrMinutes => String::from("28d"),
        Kind::DateTime => String::from("2026-01-01 00:00:00"),
        Kind::TimeZone => String::from("Europe/Berlin"),
        _ => String::from("…"),
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

fn decapitalised(text: &str) -> String {
    let mut chars = text.trim_end_matches('.').chars();
    match chars.next() {
        // An acronym stays one.
        Some(first) if chars.clone().next().is_none_or(|c| !c.is_uppercase()) => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.trim_end_matches('.').to_owned(),
    }
}

fn value(scope: &mut Scope<'_>, node: &Node<'_>, at: Extent, name: &str, kind: &'static Kind) {
    if let Some(tag) = node.scalar().and_then(|s| s.tag.as_deref()) {
        let message = format!("the tag `{tag}` means nothing here");
        let help = "write the value itself: nothing is included or looked up";
        scope.report(&codes::YAML_TAG, node.extent, message, help);
        return;
    }
    match kind {
        Kind::Object(shape) => self::shape(scope, node, at, shape),
        Kind::List { of, least, most } => list(scope, node, at, name, of, (*least, *most)),
        Kind::Free => match &node.value {
            Value::Map(entries) if entries.is_empty() => {
                let message = format!("`{name}` is empty");
                let help = "write what the source is asked; of Prometheus `query`, in PromQL";
                scope.report(scope.dialect().missing_field, at, message, help);
            }
            Value::Map(_) => {}
            _ => wrong_type(scope, node, &format!("`{name}` is a mapping")),
        },
        Kind::Labels => scalar::labels(scope, node),
        Kind::Annotations => scalar::annotations(scope, node),
        Kind::Anything | Kind::Apart(_) => {}
        Kind::Own(check) => check(scope, node, name),
        kind => scalar::value(scope, node, name, kind),
    }
}

fn list(
    scope: &mut Scope<'_>,
    node: &Node<'_>,
    at: Extent,
    name: &str,
    of: &'static Kind,
    (least, most): (usize, usize),
) {
    let Value::List(items) = &node.value else {
        let message = format!("`{name}` is a list");
        let found = node.what();
        let help = "start each item with `- `, one below the other";
        let message = format!("{message}, but this is {found}");
        scope.report(scope.dialect().wrong_type, node.extent, message, help);
        return;
    };
    if items.len() < least || items.len() > most {
        let wanted = match (least, most) {
            (1, 1) => String::from("exactly one item"),
            (1, _) if items.is_empty() => String::from("at least one item"),
            _ => format!("at most {most} items"),
        };
        let message = format!("`{name}` takes {wanted}, but has {}", items.len());
        let help = match items.len() {
            0 => "write one",
            _ => "take the others out, or give each a document of its own",
        };
        let place = items.get(most).map_or(at, |item| item.extent);
        scope.report(
            scope.dialect().list_length,
            first_line(scope, place),
            message,
            help,
        );
    }
    for item in items.iter().take(most) {
        value(scope, item, beginning(item), name, of);
    }
}

/// The first line of some bytes: a whole mapping is too much to point at.
fn first_line(scope: &Scope<'_>, extent: Extent) -> Extent {
    let text = scope.text().as_str();
    let line = text
        .get(extent.start..extent.end)
        .and_then(|t| t.lines().next())
        .unwrap_or_default();
    Extent::new(extent.start, extent.start + line.len())
}

/// Where a mapping or list that has no key of its own is pointed at.
pub(crate) fn beginning(node: &Node<'_>) -> Extent {
    let first = node.entries().first().map(|e| e.key_extent);
    first.unwrap_or(Extent::new(
        node.extent.start,
        (node.extent.start + 1).min(node.extent.end),
    ))
}

/// Reports a value that is of another type than it must be.
pub(crate) fn wrong_type(scope: &mut Scope<'_>, node: &Node<'_>, wanted: &str) {
    let message = format!("{wanted}, but this is {}", node.what());
    let place = first_line(scope, node.extent);
    scope.report(scope.dialect().wrong_type, place, message, "");
}

fn rule(
    scope: &mut Scope<'_>,
    node: &Node<'_>,
    at: Extent,
    shape: &'static Shape,
    rule: &'static Rule,
) {
    let there = |names: &'static [&'static str]| -> Vec<&Entry<'_>> {
        names.iter().filter_map(|n| node.entry(n)).collect()
    };
    match rule {
        Rule::OneOf(names) | Rule::OneOfHereOrIn { names, .. } | Rule::AtMostOneOf(names) => {
            let given = there(names);
            if let [_, second, ..] = given.as_slice() {
                let both = listed(given.iter().map(|e| e.key.as_ref()), "and");
                let message = format!("{both} exclude each other");
                let help = "keep one of them";
                scope.report(scope.dialect().exclusive, second.key_extent, message, help);
            } else if given.is_empty() && !matches!(rule, Rule::AtMostOneOf(_)) {
                let is_elsewhere = match rule {
                    Rule::OneOfHereOrIn { list, .. } => items_have(node, list, names),
                    _ => false,
                };
                if is_elsewhere || has_near_miss(node, shape, names) {
                    return;
                }
                let one = listed(names.iter().copied(), "or");
                let message = format!("{} needs {one}", shape.name);
                scope.report(
                    scope.dialect().missing_field,
                    at,
                    message,
                    "add one of them",
                );
            }
        }
        Rule::With(name, needed) => {
            let Some(entry) = node.entry(name) else {
                return;
            };
            for missing in needed.iter().filter(|n| node.entry(n).is_none()) {
                let message = format!("`{name}` needs `{missing}` beside it");
                let field = shape.field(missing);
                let help = field.map_or(String::new(), |f| {
                    format!("`{missing}`: {}", decapitalised(f.doc))
                });
                scope.report(
                    scope.dialect().missing_field,
                    entry.key_extent,
                    message,
                    help,
                );
            }
        }
        Rule::Without(name, barred) => {
            if node.entry(name).is_none() {
                return;
            }
            for entry in there(barred) {
                let message = format!("`{}` cannot stand beside `{name}`", entry.key);
                let help = format!("take `{}` or `{name}` out", entry.key);
                scope.report(scope.dialect().exclusive, entry.key_extent, message, help);
            }
        }
    }
}

/// Whether the items of a list have one of some fields.
fn items_have(node: &Node<'_>, list: &str, names: &[&str]) -> bool {
    let items = node.get(list).map_or(&[][..], Node::items);
    items
        .iter()
        .any(|item| names.iter().any(|name| item.get(name).is_some()))
}

/// Whether an unknown field was probably meant to be one of these; that is reported already.
fn has_near_miss(node: &Node<'_>, shape: &'static Shape, names: &[&'static str]) -> bool {
    let mut unknown = node
        .entries()
        .iter()
        .filter(|e| shape.field(&e.key).is_none());
    unknown.any(|e| nearest(&e.key, shape.keys()).is_some_and(|near| names.contains(&near)))
}
