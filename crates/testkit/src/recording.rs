//! What recording rules would have recorded, had they been there all the while.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use crate::error::TestkitError;
use crate::http;
use crate::prometheus::{Prometheus, backfill};
use crate::server::file_error;

/// How often rules are evaluated where nobody says otherwise, in seconds.
const EVERY_S: i64 = 60;

/// A recording rule.
#[derive(Clone, Copy, Debug)]
pub struct Recording<'r> {
    /// What it records.
    pub record: &'r str,
    /// Labels on what it records.
    pub labels: &'r BTreeMap<String, String>,
    /// Of what, in PromQL.
    pub expr: &'r str,
}

impl Prometheus {
    /// Evaluates rules at the end of every minute of a time, and is started again with what they
    /// would have recorded. Each is evaluated over what is there now, so rules over what others
    /// record need a call of their own.
    ///
    /// # Errors
    ///
    /// When it does not answer, promtool refuses what is recorded, or it does not get ready again.
    pub async fn record(
        &mut self,
        rules: &[Recording<'_>],
        time_s: (i64, i64),
    ) -> Result<(), TestkitError> {
        let mut text = String::new();
        let names: BTreeSet<&str> = rules.iter().map(|rule| rule.record).collect();
        for name in names {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "# TYPE {name} gauge");
            for rule in rules.iter().filter(|rule| rule.record == name) {
                let result = http::query_range(self.url(), rule.expr, time_s, EVERY_S).await?;
                for series in result.as_array().into_iter().flatten() {
                    write_series(&mut text, rule, series);
                }
            }
        }
        text.push_str("# EOF\n");
        let file = self.folder().join("recorded.om");
        fs::write(&file, text)
            .map_err(|error| file_error("cannot write what is recorded", &file, error))?;
        self.vanish();
        backfill(&file, &self.data())?;
        self.come_back().await
    }
}

/// The samples of a series: its labels with those of the rule over them.
fn write_series(text: &mut String, rule: &Recording<'_>, series: &serde_json::Value) {
    let mut labels: BTreeMap<&str, &str> = series["metric"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .filter(|(name, _)| *name != "__name__")
        .collect();
    let own = rule.labels.iter();
    labels.extend(own.map(|(name, value)| (name.as_str(), value.as_str())));
    let labels: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{name}={value:?}"))
        .collect();
    let labels = labels.join(",");
    for sample in series["values"].as_array().into_iter().flatten() {
        if let (Some(at_s), Some(value)) = (sample[0].as_f64(), sample[1].as_str()) {
            let _ = writeln!(text, "{}{{{labels}}} {value} {at_s}", rule.record);
        }
    }
}
