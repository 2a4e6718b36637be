//! What an SLI measures.

use std::sync::Arc;

use tomoni_slo::{Indicator, Part, Query, Several};

use super::{Index, push, queries, query, refer};
use crate::codes;
use crate::definition::is_askable;
use crate::near::nearest;
use crate::promql::Parsed;
use crate::scope::Scope;
use crate::shape::beginning;
use crate::source::Extent;
use crate::yaml::Node;

/// What an SLI's spec says.
#[derive(Clone, Debug)]
pub(crate) enum Measured {
    /// Something that can be asked from here.
    Here(Arc<Measure>),
    /// Something that cannot be asked from here; that has been reported.
    Elsewhere,
    /// The spec is not sound; that has been reported.
    Unsound,
}

/// What is measured, and where.
#[derive(Debug)]
pub(crate) struct Measure {
    /// What is measured.
    pub(crate) indicator: Indicator,
    /// Its queries, parsed.
    pub(crate) queries: Vec<Arc<Parsed>>,
    /// The identity of the server that is asked.
    pub(crate) identity: String,
}

/// A query as it was read, with where it stands.
pub(super) struct Asked<'n, 'a> {
    pub(super) query: Query,
    pub(super) parsed: Arc<Parsed>,
    pub(super) node: &'n Node<'a>,
    identity: String,
}

/// Why a metric is not asked.
enum Refusal {
    Elsewhere,
    Unsound,
}

/// Reads a sound SLI spec; what is wrong with its sources and queries is reported.
pub(crate) fn measure(scope: &mut Scope<'_>, spec: &Node<'_>, index: &Index<'_>) -> Measured {
    let mark = scope.mark();
    let mut asker = Asker { index, told: false };
    let measured = if let Some(metric) = spec.get("thresholdMetric") {
        asker.ask(scope, metric, &["series"]).map(|asked| {
            query::check_gauge(scope, &asked);
            let several = several(scope, metric);
            Measure {
                indicator: Indicator::Threshold {
                    query: asked.query,
                    several,
                },
                queries: vec![asked.parsed],
                identity: asked.identity,
            }
        })
    } else {
        let Some(ratio) = spec.get("ratioMetric") else {
            return Measured::Unsound;
        };
        if let Some(raw) = ratio.get("raw").filter(|raw| push::is_meant(raw)) {
            push::read(scope, ratio, raw).ok_or(Refusal::Unsound)
        } else if let Some(raw) = ratio.get("raw") {
            asker.ask(scope, raw, &[]).map(|asked| {
                query::check_raw(scope, &asked);
                let rates_success = ratio.text_at(&["rawType"]) == Some("success");
                Measure {
                    indicator: Indicator::Raw {
                        rates_success,
                        query: asked.query,
                    },
                    queries: vec![asked.parsed],
                    identity: asked.identity,
                }
            })
        } else {
            asker.ratio(scope, ratio)
        }
    };
    match measured {
        Err(Refusal::Elsewhere) => Measured::Elsewhere,
        Err(Refusal::Unsound) => Measured::Unsound,
        Ok(_) if scope.has_errors_since(mark, None) => Measured::Unsound,
        Ok(measure) => Measured::Here(Arc::new(measure)),
    }
}

/// Reads metrics.
struct Asker<'q> {
    index: &'q Index<'q>,
    /// Whether it has been told that a source cannot be asked: once for an SLI is enough.
    told: bool,
}

impl Asker<'_> {
    fn ratio(&mut self, scope: &mut Scope<'_>, ratio: &Node<'_>) -> Result<Measure, Refusal> {
        let (part, metric) = match (ratio.get("good"), ratio.get("bad")) {
            (Some(good), None) => (Part::Good, good),
            (None, Some(bad)) => (Part::Bad, bad),
            // That there are both has been reported.
            (Some(_), Some(_)) => return Err(Refusal::Unsound),
            (None, None) => {
                // That there is neither `total` nor `raw` has been reported.
                let total = ratio.entry("total").ok_or(Refusal::Unsound)?;
                let place = total.key_extent;
                let message = "`total` needs `good` or `bad` beside it";
                let help = "add the query for the good or for the bad events";
                scope.report(&codes::MISSING_FIELD, place, message, help);
                return Err(Refusal::Unsound);
            }
        };
        let total = ratio.get("total").ok_or(Refusal::Unsound)?;
        // Both are looked at, so that all findings are told.
        let part_asked = self.ask(scope, metric, &[]);
        let total_asked = self.ask(scope, total, &[]);
        let (part_asked, total_asked) = (part_asked?, total_asked?);
        // What is neither true nor false has been reported.
        let counter = ratio.get("counter");
        let is_counter = counter.is_some_and(|c| c.boolean().unwrap_or(true));
        query::check_ratio(scope, &part_asked, &total_asked, is_counter);
        let identity = if part_asked.identity == total_asked.identity {
            part_asked.identity
        } else {
            format!("{}\n\n{}", part_asked.identity, total_asked.identity)
        };
        let indicator = Indicator::Ratio {
            part,
            part_query: part_asked.query,
            total: total_asked.query,
            counter: is_counter,
        };
        Ok(Measure {
            indicator,
            queries: vec![part_asked.parsed, total_asked.parsed],
            identity,
        })
    }

    /// The query of a metric, and which server is asked.
    fn ask<'n, 'a>(
        &mut self,
        scope: &mut Scope<'_>,
        metric: &'n Node<'a>,
        others: &[&str],
    ) -> Result<Asked<'n, 'a>, Refusal> {
        let source = metric.get("metricSource").ok_or(Refusal::Unsound)?;
        if push::is_meant(metric) {
            push::elsewhere(scope, source);
            return Err(Refusal::Unsound);
        }
        let Some(identity) = server(scope, source, self.index)? else {
            if !std::mem::replace(&mut self.told, true) {
                elsewhere(scope, source, self.index);
            }
            return Err(Refusal::Elsewhere);
        };
        let spec = source.get("spec").ok_or(Refusal::Unsound)?;
        let at = source.entry("spec").map_or(source.extent, |e| e.key_extent);
        let node = query_of(scope, spec, at, others).ok_or(Refusal::Unsound)?;
        let promql = queries::asked(node).ok_or(Refusal::Unsound)?;
        let query = Query {
            source: source.text_at(&["metricSourceRef"]).map(ToOwned::to_owned),
            promql: promql.to_owned(),
        };
        let parsed = self
            .index
            .queries
            .get(promql)
            .map_err(|error| query::syntax(scope, node, error))
            .map_err(|()| Refusal::Unsound)?;
        let asked = Asked {
            query,
            parsed,
            node,
            identity,
        };
        query::short_range(scope, &asked);
        Ok(asked)
    }
}

/// Whose values a threshold judges.
fn several(scope: &mut Scope<'_>, metric: &Node<'_>) -> Several {
    let Some(node) = metric.at(&["metricSource", "spec", "series"]) else {
        return Several::Ambiguous;
    };
    match node.text() {
        Some("one") => Several::Ambiguous,
        Some("each") => Several::Each,
        _ => {
            let message = format!("`series` is `one` or `each`, but this is {}", node.what());
            let help = "write `each` where every series that the query finds is an event";
            scope.report(&codes::WRONG_VALUE, node.extent, message, help);
            Several::Ambiguous
        }
    }
}

/// The identity of the server that is asked; `None` where it cannot be asked from here.
fn server(
    scope: &mut Scope<'_>,
    source: &Node<'_>,
    index: &Index<'_>,
) -> Result<Option<String>, Refusal> {
    let kind = source.get("type");
    let Some(reference) = source.get("metricSourceRef") else {
        let Some(kind) = kind.and_then(Node::text) else {
            let at = beginning(source);
            let message = "a metricSource needs `metricSourceRef` or `type`";
            let help = "write `type: Prometheus` for the configured server";
            scope.report(&codes::SOURCE, at, message, help);
            return Err(Refusal::Unsound);
        };
        return Ok(is_askable(kind).then(String::new));
    };
    let name = reference.text().ok_or(Refusal::Unsound)?;
    let Some(found) = index.sources.get(name) else {
        if !index.is_meant("DataSource", name) {
            let names = index.sources.keys();
            refer::dangling(scope, reference.extent, "DataSource", name, names);
        }
        return Err(Refusal::Unsound);
    };
    if !found.is_sound {
        return Err(Refusal::Unsound);
    }
    if let Some(node) = kind
        && let Some(written) = node.text()
        && !written.eq_ignore_ascii_case(&found.kind)
    {
        let message = format!(
            "the DataSource `{name}` is of type `{}`, not `{written}`",
            found.kind
        );
        let help = "take `type` out: it is known from the DataSource";
        scope.report(&codes::SOURCE, node.extent, message, help);
        return Err(Refusal::Unsound);
    }
    Ok(is_askable(&found.kind).then(|| found.identity.clone()))
}

fn elsewhere(scope: &mut Scope<'_>, source: &Node<'_>, index: &Index<'_>) {
    let reference = source.text_at(&["metricSourceRef"]);
    let kind = source
        .text_at(&["type"])
        .or_else(|| Some(index.sources.get(reference?)?.kind.as_str()))
        .unwrap_or_default();
    let place = source
        .get("type")
        .or_else(|| source.get("metricSourceRef"))
        .map_or(source.extent, |n| n.extent);
    let message =
        format!("a source of type `{kind}` cannot be asked from here, so this has no figures");
    let help = "sources that speak Prometheus' language can: Prometheus, Thanos, Mimir, Cortex, \
                VictoriaMetrics";
    scope.report(&codes::SOURCE_TYPE, place, message, help);
}

/// The query in a Prometheus source's spec.
fn query_of<'n, 'a>(
    scope: &mut Scope<'_>,
    spec: &'n Node<'a>,
    at: Extent,
    others: &[&str],
) -> Option<&'n Node<'a>> {
    const KNOWN: [&str; 3] = ["query", "promql", "queryType"];
    let given: Vec<_> = queries::KEYS
        .iter()
        .filter_map(|key| spec.entry(key))
        .collect();
    let others = spec
        .entries()
        .iter()
        .filter(|e| !KNOWN.contains(&e.key.as_ref()) && !others.contains(&e.key.as_ref()));
    match given.as_slice() {
        [entry] => {
            for other in others {
                let message = format!("`{}` has no effect on a Prometheus source", other.key);
                let help = "a Prometheus source is asked `query`; take the rest out";
                scope.report(&codes::IGNORED, other.key_extent, message, help);
            }
            if entry.node.text().is_none() {
                let message = format!(
                    "`{}` is a text, but this is {}",
                    entry.key,
                    entry.node.what()
                );
                let help = "write the query in PromQL; a long one behind `|`";
                scope.report(&codes::WRONG_TYPE, entry.key_extent, message, help);
                return None;
            }
            Some(&entry.node)
        }
        // That it is empty has been reported.
        [] if spec.entries().is_empty() => None,
        [] => {
            let near = spec.entries().iter().find_map(|e| {
                nearest(&e.key, ["query"]).map(|_| format!("did you mean `query` by `{}`?", e.key))
            });
            let help = near.unwrap_or_else(|| "add `query: …`, in PromQL".to_owned());
            let message = "a Prometheus source's spec has no `query`";
            scope.report(&codes::MISSING_FIELD, at, message, help);
            None
        }
        [_, second, ..] => {
            let message = "`query` and `promql` exclude each other";
            scope.report(
                &codes::EXCLUSIVE,
                second.key_extent,
                message,
                "keep `query`",
            );
            None
        }
    }
}
