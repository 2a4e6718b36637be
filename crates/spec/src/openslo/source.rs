//! Data sources: where metrics are.

use std::collections::BTreeMap;

use super::Object;
use crate::codes;
use crate::definition::{DataSource, is_askable};
use crate::scope::{Findings, Scope};
use crate::source::Extent;
use crate::yaml::{Entry, Node, Value};

/// What is known of a data source.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// `spec.type`, as written.
    pub(crate) kind: String,
    /// What distinguishes it from others: its address and headers.
    pub(crate) identity: String,
    /// Whether its document is sound.
    pub(crate) is_sound: bool,
}

/// The data sources, by name.
pub(crate) type Sources<'a> = BTreeMap<&'a str, Source>;

/// Reads a data source; what is wrong with it is reported.
pub(crate) fn read(findings: &mut Findings, object: &Object<'_>) -> (DataSource, Source) {
    let mut scope = Scope::new(object.text, findings).of_object(object.label());
    let mark = scope.mark();
    let kind = object
        .root
        .text_at(&["spec", "type"])
        .unwrap_or_default()
        .to_owned();
    let details = object.root.at(&["spec", "connectionDetails"]);
    let url = details.and_then(|d| detail(d, "url"));
    if is_askable(&kind) {
        check_url(&mut scope, object, details, url);
    }
    let headers = details
        .and_then(|d| detail(d, "headers"))
        .map_or_else(Vec::new, |entry| headers(&mut scope, entry));
    let url = url.and_then(|e| e.node.text()).map(ToOwned::to_owned);
    let mut identity = url.clone().unwrap_or_default();
    for (name, value) in &headers {
        identity.push_str(&format!("\n{}: {value}", name.to_ascii_lowercase()));
    }
    let is_sound = object.is_sound && !scope.has_errors_since(mark, None);
    let source = Source {
        kind: kind.clone(),
        identity,
        is_sound,
    };
    let data_source = DataSource {
        name: object.name.to_owned(),
        kind,
        url,
        headers,
    };
    (data_source, source)
}

/// A connection detail; the details may be a mapping or a list of mappings.
fn detail<'n, 'a>(details: &'n Node<'a>, key: &str) -> Option<&'n Entry<'a>> {
    match &details.value {
        Value::Map(_) => details.entry(key),
        Value::List(items) => items.iter().find_map(|item| item.entry(key)),
        Value::Scalar(_) => None,
    }
}

fn check_url(
    scope: &mut Scope<'_>,
    object: &Object<'_>,
    details: Option<&Node<'_>>,
    url: Option<&Entry<'_>>,
) {
    let help = "write `url: http://prometheus.example.com:9090` under `connectionDetails`";
    let Some(entry) = url else {
        // That there are no details at all has been reported.
        if let Some(details) = details {
            let at = object
                .root
                .at(&["spec"])
                .and_then(|s| s.entry("connectionDetails"));
            let place = at.map_or(details.extent, |e| e.key_extent);
            let message = "it is not said at which `url` this server answers";
            scope.report(&codes::SOURCE, place, message, help);
        }
        return;
    };
    if !entry.node.text().is_some_and(is_http) {
        let message = format!(
            "`url` is an http address, but this is {}",
            entry.node.what()
        );
        let place = match entry.node.value {
            Value::Scalar(_) => entry.node.extent,
            _ => entry.key_extent,
        };
        scope.report(&codes::SOURCE, place, message, help);
    }
}

fn is_http(url: &str) -> bool {
    let rest = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"));
    rest.is_some_and(|rest| {
        !rest.starts_with(['/', ':', '?', '#']) && !rest.is_empty() && !rest.contains(' ')
    })
}

/// Request headers: a mapping, or a list of mappings.
fn headers(scope: &mut Scope<'_>, entry: &Entry<'_>) -> Vec<(String, String)> {
    let maps: Vec<&Node<'_>> = match &entry.node.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![&entry.node],
    };
    let mut headers = Vec::new();
    for map in maps {
        if !matches!(map.value, Value::Map(_)) {
            let message = format!("`headers` is a mapping, but this is {}", map.what());
            let help = "write `headers: {X-Scope-OrgID: my-tenant}`";
            scope.report(&codes::SOURCE, entry.key_extent, message, help);
            continue;
        }
        for header in map.entries() {
            match header.node.text() {
                Some(value) if is_header(&header.key, value) => {
                    headers.push((header.key.to_string(), value.to_owned()));
                }
                _ => bad_header(scope, header.key_extent),
            }
        }
    }
    headers.sort();
    headers
}

fn bad_header(scope: &mut Scope<'_>, place: Extent) {
    let message = "this is no request header";
    let help = "write a name of letters, digits and `-`, and a text on one line, such as \
                `X-Scope-OrgID: my-tenant`; a number needs quotes";
    scope.report(&codes::SOURCE, place, message, help);
}

fn is_header(name: &str, value: &str) -> bool {
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(is_token) && !value.contains(['\n', '\r'])
}
