//! One group of an SLO, as an SLO: the same promises over a part of the events.

use tomoni_slo::{Group, GroupLabels, Indicator, LedgerKey, Promise, Query, Slo};

use crate::promql::{self, PromqlError, Selector};

/// The SLO that is one group of another: its queries are the other's, narrowed to the group. Its
/// name is what [`GroupLabels::name_within`] makes of the other's, and its ledgers are its own.
///
/// # Errors
///
/// When it has a query that cannot be narrowed (see [`promql::narrow`]), or counts what is pushed.
pub fn of_slo(slo: &Slo, labels: &GroupLabels) -> Result<Slo, PromqlError> {
    let promises = slo.promises.iter().map(|promise| {
        let LedgerKey {
            generation,
            threshold,
        } = &promise.key;
        Ok(Promise {
            indicator: narrowed(&promise.indicator, labels)?,
            key: LedgerKey {
                generation: labels.generation_within(*generation),
                threshold: *threshold,
            },
            ..promise.clone()
        })
    });
    let title = slo.display_name.as_deref().unwrap_or(&slo.name);
    Ok(Slo {
        name: labels.name_within(&slo.name),
        display_name: Some(format!("{title} · {labels}")),
        group_by: Vec::new(),
        group: Some(Group {
            of: slo.name.clone(),
            labels: labels.clone(),
        }),
        promises: promises.collect::<Result<_, PromqlError>>()?,
        ..slo.clone()
    })
}

/// Whose series tell which groups an SLO's events have: what all of them are counted from.
///
/// # Errors
///
/// When the SLO can have no groups, as [`of_slo`].
pub fn series(slo: &Slo) -> Result<Vec<Selector>, PromqlError> {
    let mut all = Vec::new();
    for promise in &slo.promises {
        if let Some(obstacle) = obstacle(&promise.indicator, &slo.group_by) {
            return Err(obstacle);
        }
        let query = match &promise.indicator {
            Indicator::Ratio { total, .. } => total,
            Indicator::Raw { query, .. } | Indicator::Threshold { query, .. } => query,
            Indicator::Pushed { .. } => return Err(pushed()),
        };
        for selector in promql::selectors(&query.promql)? {
            if !all.contains(&selector) {
                all.push(selector);
            }
        }
    }
    Ok(all)
}

fn narrowed(indicator: &Indicator, labels: &GroupLabels) -> Result<Indicator, PromqlError> {
    let narrow = |query: &Query| {
        Ok(Query {
            source: query.source.clone(),
            promql: promql::narrow(&query.promql, labels)?,
        })
    };
    Ok(match indicator {
        Indicator::Ratio {
            part,
            part_query,
            total,
            counter,
        } => Indicator::Ratio {
            part: *part,
            part_query: narrow(part_query)?,
            total: narrow(total)?,
            counter: *counter,
        },
        Indicator::Raw {
            rates_success,
            query,
        } => Indicator::Raw {
            rates_success: *rates_success,
            query: narrow(query)?,
        },
        Indicator::Threshold { query, several } => Indicator::Threshold {
            query: narrow(query)?,
            several: *several,
        },
        Indicator::Pushed { .. } => return Err(pushed()),
    })
}

fn pushed() -> PromqlError {
    PromqlError {
        message: "its counts are pushed".to_owned(),
        offset: None,
    }
}

/// Why an indicator's events cannot be told apart by these labels; `None` where they can.
pub(crate) fn obstacle(indicator: &Indicator, labels: &[String]) -> Option<PromqlError> {
    let sample = labels.iter().map(|label| (label.clone(), String::new()));
    narrowed(indicator, &GroupLabels::new(sample)).err()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::EXAMPLE;
    use crate::{SourceFile, read};

    fn slo(annotations: &str) -> Slo {
        let annotated = format!("    tomoni.dev/missing-data: ignore\n    {annotations}\n");
        let text = EXAMPLE.replacen("    tomoni.dev/missing-data: ignore\n", &annotated, 1);
        let file = SourceFile {
            name: "slo.yaml".into(),
            bytes: text.into_bytes(),
        };
        let catalog = read(&[file]);
        assert_eq!(catalog.findings, []);
        let is_meant = |slo: &&crate::Defined<Slo>| slo.value.name == "unlock-availability";
        catalog.slos.iter().find(is_meant).unwrap().value.clone()
    }

    #[test]
    fn a_group_is_an_slo_over_a_part_of_the_events() {
        let all = slo("tomoni.dev/group-by: pod,zone");
        assert_eq!(all.group_by, ["pod", "zone"]);
        let labels = [("zone", "a/1"), ("pod", "x")];
        let labels = GroupLabels::new(labels.map(|(n, v)| (n.to_owned(), v.to_owned())));
        let group = of_slo(&all, &labels).unwrap();
        assert_eq!(group.name, "unlock-availability:x,a~1");
        assert_eq!(
            group.display_name.as_deref(),
            Some("unlock-availability · pod=x, zone=a/1")
        );
        assert!(group.group_by.is_empty());
        let of = group.group.as_ref().unwrap();
        assert_eq!(
            (of.of.as_str(), &of.labels),
            ("unlock-availability", &labels)
        );
        let (one, whole) = (&group.promises[0], &all.promises[0]);
        assert_eq!(one.objective, whole.objective);
        assert_ne!(one.key, whole.key);
        let queries: Vec<&str> = one
            .indicator
            .queries()
            .iter()
            .map(|query| query.promql.as_str())
            .collect();
        assert_eq!(
            queries,
            [
                r#"http_requests_total{job="unlock-api",code=~"5..",pod="x",zone="a/1"}"#,
                r#"http_requests_total{job="unlock-api",pod="x",zone="a/1"}"#
            ]
        );
        let found = series(&all).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].to_string(),
            r#"http_requests_total{job="unlock-api"}"#
        );
    }
}
