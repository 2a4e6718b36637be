//! What is lost with an annotation that carries what another format says.

use serde_json::Value as Json;

use crate::near::listed;
use crate::raise::Carried;
use crate::yaml::{Entry, Node, json};

/// What tells which document it is, and what OpenSLO says as well, whatever it is written like.
const KNOWN: [&str; 7] = [
    "apiVersion",
    "kind",
    "version",
    "service",
    "name",
    "objective",
    "description",
];
/// Fields that people think of as one.
const WHOLE: [&str; 2] = ["annotations", "alerting"];

/// What goes with an annotation of an SLO, and what to do about it.
pub(super) fn lost(slo: &Node<'_>, carrier: &Entry<'_>) -> (String, String) {
    let mut gathered = Gathered {
        labels: slo.at(&["metadata", "labels"]),
        fields: Vec::new(),
    };
    match carrier.node.text().and_then(Carried::read) {
        Some(carried) => gathered.add("", &carried.document),
        None => gathered.fields.push("whatever it holds".to_owned()),
    }
    let fields = gathered.fields;
    let key = &carrier.key;
    let message = match fields.as_slice() {
        [] => format!("`{key}` is left out; nothing is lost with it"),
        fields => {
            let fields = listed(fields.iter().map(String::as_str), "and");
            format!("`{key}` is left out, and with it {fields}")
        }
    };
    let help = "write into what comes out what is needed of it";
    (message, help.to_owned())
}

/// The fields of a document that say something which its SLO does not.
struct Gathered<'g, 's> {
    labels: Option<&'g Node<'s>>,
    fields: Vec<String>,
}

impl Gathered<'_, '_> {
    fn add(&mut self, path: &str, value: &Json) {
        match value {
            Json::Null => {}
            Json::Object(map) if json::plain(value).is_none() => {
                let others = map.iter().filter(|(key, _)| !KNOWN.contains(&key.as_str()));
                for (key, value) in others {
                    let path = match path {
                        "" => key.clone(),
                        path => format!("{path}.{key}"),
                    };
                    self.field(key, path, value);
                }
            }
            Json::Array(items) if items.iter().all(Json::is_object) => {
                for (index, item) in items.iter().enumerate() {
                    self.add(&format!("{path}[{index}]"), item);
                }
            }
            _ => self.fields.push(path.to_owned()),
        }
    }

    fn field(&mut self, key: &str, path: String, value: &Json) {
        let says_something = || value.as_object().is_none_or(|map| !map.is_empty());
        match key {
            "labels" => {
                let all = value.as_object().into_iter().flatten();
                let lost = all.filter(|(name, text)| !self.has_label(name, text));
                let lost: Vec<String> = lost.map(|(name, _)| format!("{path}.{name}")).collect();
                self.fields.extend(lost);
            }
            key if WHOLE.contains(&key) => self.fields.extend(says_something().then_some(path)),
            _ => self.add(&path, value),
        }
    }

    fn has_label(&self, name: &str, text: &Json) -> bool {
        let text = json::plain(text).or(text.as_str());
        let own = self.labels.and_then(|labels| labels.text_at(&[name]));
        own.is_some() && own == text
    }
}
