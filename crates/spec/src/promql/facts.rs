//! What can be said about a query, for findings.

use std::collections::BTreeSet;

use promql_parser::parser::{Expr, VectorSelector};

use super::Template;
use super::selector::NAME;
use super::template::SAMPLE_WINDOW_MS;
use super::walk;

/// What can be said about a query beyond whether it is right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The metrics that are read, as far as they are named.
    pub metrics: BTreeSet<String>,
    /// The labels that matchers look at, without `__name__`.
    pub labels: BTreeSet<String>,
    /// The ranges that are written out, in milliseconds; placeholders are not among them.
    pub ranges_ms: BTreeSet<u64>,
    /// Whether a placeholder stands for a range.
    pub has_placeholder: bool,
    /// Whether a selector is read at another time (`offset`, `@`).
    pub shifts_time: bool,
    /// Metrics whose name says that they are counters (`_total`, `_count`, `_bucket`, `_sum`) and
    /// whose bare value is read inside an expression, where `rate` was probably meant.
    pub unrated_counters: BTreeSet<String>,
}

pub(super) fn gather(template: &Template, expr: &Expr) -> Facts {
    let mut facts = Facts {
        has_placeholder: template.has_placeholder(),
        ..Facts::default()
    };
    walk::each(expr, &mut |part| facts.note(part));
    facts
}

impl Facts {
    fn note(&mut self, part: &Expr) {
        match part {
            Expr::Subquery(subquery) => {
                self.range(subquery.range.as_millis());
                self.shifts_time |= subquery.offset.is_some() || subquery.at.is_some();
            }
            Expr::MatrixSelector(matrix) => {
                self.range(matrix.range.as_millis());
                self.selector(&matrix.vs);
            }
            Expr::VectorSelector(vector) => {
                if let Some(name) = self.selector(vector)
                    && ["_total", "_count", "_bucket", "_sum"]
                        .iter()
                        .any(|end| name.ends_with(end))
                {
                    self.unrated_counters.insert(name);
                }
            }
            _ => {}
        }
    }

    fn range(&mut self, range_ms: u128) {
        if range_ms != SAMPLE_WINDOW_MS {
            self.ranges_ms
                .insert(u64::try_from(range_ms).unwrap_or(u64::MAX));
        }
    }

    fn selector(&mut self, vector: &VectorSelector) -> Option<String> {
        self.shifts_time |= vector.offset.is_some() || vector.at.is_some();
        let matchers = vector
            .matchers
            .matchers
            .iter()
            .chain(vector.matchers.or_matchers.iter().flatten());
        let mut name = vector.name.clone();
        for matcher in matchers {
            if matcher.name == NAME {
                name.get_or_insert_with(|| matcher.value.clone());
            } else {
                self.labels.insert(matcher.name.clone());
            }
        }
        self.metrics.extend(name.clone());
        name
    }
}
