//! What OpenSLO and another format both say, and where the other says it.

use serde_json::{Map, Value as Json};

use crate::lower;
use crate::prometheus::duration_ms;
use crate::yaml::{Node, json};

/// A step on the way to a value in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The value of a key.
    Key(&'static str),
    /// An item of a list, from 0.
    Item(usize),
}

/// A value as the other format writes it, with its place there.
#[derive(Debug)]
pub(crate) struct Leaf {
    path: Vec<Step>,
    value: Json,
    /// Whether a document that was there before means the same, so that it stays as it is.
    is_same: fn(&Json, &Json) -> bool,
}

/// Leaves below a place in a document.
pub(crate) struct Leaves {
    base: Vec<Step>,
    list: Vec<Leaf>,
}

/// The value at the end of a path.
pub(crate) fn part<'j>(document: &'j mut Json, path: &[Step]) -> Option<&'j mut Json> {
    path.iter().try_fold(document, |node, step| match step {
        Step::Key(key) => node.get_mut(*key),
        Step::Item(index) => node.get_mut(*index),
    })
}

impl Leaf {
    /// Takes the value out of a document that writes it the same.
    pub(super) fn take_from(&self, document: &mut Json) {
        let Some((Step::Key(key), path)) = self.path.split_last() else {
            return;
        };
        if let Some(Json::Object(map)) = part(document, path)
            && map.get(*key) == Some(&self.value)
        {
            map.remove(*key);
        }
    }

    /// Puts the value into a document that does not mean the same.
    pub(super) fn put_into(self, document: &mut Json) {
        let mut node = document;
        for step in &self.path {
            node = match step {
                Step::Key(key) => {
                    if !node.is_object() {
                        *node = Json::Object(Map::new());
                    }
                    let Json::Object(map) = node else { return };
                    map.entry(*key).or_insert(Json::Null)
                }
                Step::Item(index) => {
                    if !node.is_array() {
                        *node = Json::Array(Vec::new());
                    }
                    let Json::Array(items) = node else { return };
                    if *index == items.len() {
                        items.push(Json::Null);
                    }
                    let Some(item) = items.get_mut(*index) else {
                        return;
                    };
                    item
                }
            };
        }
        if !(self.is_same)(node, &self.value) {
            *node = self.value;
        }
    }
}

impl Leaves {
    /// No leaves yet, below a place.
    pub(crate) fn below(base: &[Step]) -> Self {
        Self {
            base: base.to_vec(),
            list: Vec::new(),
        }
    }

    /// A value, where there is one.
    pub(crate) fn put(&mut self, path: &[Step], value: Option<Json>) {
        self.add(path, value, |before, value| {
            let is_same_number = || {
                let number = json::plain(before).and_then(|text| text.parse().ok());
                number.is_some() && number == value.as_f64()
            };
            before == value || is_same_number()
        });
    }

    /// What an OpenSLO document says at a place.
    pub(crate) fn node(&mut self, path: &[Step], node: Option<&Node<'_>>) {
        self.put(path, node.map(json::of));
    }

    /// A description, which OpenSLO may have cut.
    pub(crate) fn description(&mut self, path: &[Step], node: Option<&Node<'_>>) {
        self.add(path, node.map(json::of), |before, value| {
            let (before, value) = (word(before), word(value));
            before.is_some()
                && before.as_deref().map(lower::cut) == value.as_deref().map(Into::into)
        });
    }

    /// A number that the other format writes as a text.
    pub(crate) fn number_as_text(&mut self, path: &[Step], number: Option<Json>) {
        let number = number.map(|number| number.to_string().into());
        self.add(path, number, |before, value| {
            let number = |json| word(json)?.parse::<f64>().ok();
            number(before).is_some() && number(before) == number(value)
        });
    }

    /// A duration as Prometheus writes it.
    pub(crate) fn duration(&mut self, path: &[Step], text: Option<String>) {
        self.add(path, text.map(Into::into), |before, value| {
            let ms = |json| duration_ms(&word(json)?);
            ms(before).is_some() && ms(before) == ms(value)
        });
    }

    /// All of them.
    pub(crate) fn list(self) -> Vec<Leaf> {
        self.list
    }

    fn add(&mut self, path: &[Step], value: Option<Json>, is_same: fn(&Json, &Json) -> bool) {
        if let Some(value) = value {
            self.list.push(Leaf {
                path: [&self.base, path].concat(),
                value,
                is_same,
            });
        }
    }
}

/// A text, number or truth value as it was written.
fn word(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(json.to_string()),
        other => json::plain(other).map(ToOwned::to_owned),
    }
}
