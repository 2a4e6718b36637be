//! Queries that are parsed before anything is made of them.
//!
//! Parsing is most of the work of resolving, and each query is by itself, so all of the machine does it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::Object;
use crate::promql::{Parsed, PromqlError};
use crate::yaml::{Node, Value};

/// The keys under which sources are asked.
pub(super) const KEYS: [&str; 2] = ["query", "promql"];

/// Queries by their texts.
#[derive(Debug)]
pub(super) struct Queries<'a>(HashMap<&'a str, Result<Arc<Parsed>, PromqlError>>);

impl<'a> Queries<'a> {
    /// Parses whatever stands in objects where a query may stand.
    pub(super) fn of(objects: &'a [Object<'a>]) -> Self {
        let mut texts = HashSet::new();
        for object in objects {
            collect(object.root, &mut texts);
        }
        let parsed = texts.into_par_iter();
        Self(parsed.map(|text| (text, parse(text))).collect())
    }

    /// A query, parsed.
    ///
    /// # Errors
    ///
    /// When it is not PromQL.
    pub(super) fn get(&self, text: &str) -> Result<Arc<Parsed>, PromqlError> {
        self.0.get(text).cloned().unwrap_or_else(|| parse(text))
    }
}

fn parse(text: &str) -> Result<Arc<Parsed>, PromqlError> {
    Parsed::new(text).map(Arc::new)
}

/// A query as it is asked, without white space behind it.
pub(super) fn asked<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    node.text().map(str::trim_end)
}

fn collect<'a>(node: &'a Node<'_>, texts: &mut HashSet<&'a str>) {
    match &node.value {
        Value::Map(entries) => {
            for entry in entries {
                if KEYS.contains(&entry.key.as_ref()) {
                    texts.extend(asked(&entry.node));
                }
                collect(&entry.node, texts);
            }
        }
        Value::List(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Scalar(_) => {}
    }
}
