//! Samples as OpenMetrics text, for `promtool tsdb create-blocks-from openmetrics`.

use std::io::{self, Write};

use super::exposition::braces;
use super::scraping::Metric;

/// Writes the metrics as one OpenMetrics exposition with timestamps.
///
/// A family's metrics stand together, a metric's samples in order of time, and the whole ends with
/// `# EOF`, as the format wants it. Timestamps are seconds with milliseconds as decimals.
///
/// # Errors
///
/// Those of the writer. Nothing else can go wrong.
pub fn write_openmetrics(metrics: &[Metric], to: &mut impl Write) -> io::Result<()> {
    let mut by_family: Vec<&Metric> = metrics.iter().collect();
    by_family.sort_by(|a, b| a.name.cmp(b.name).then_with(|| a.labels.cmp(&b.labels)));
    let mut line = Vec::with_capacity(256);
    for (i, metric) in by_family.iter().enumerate() {
        if i == 0 || by_family[i - 1].name != metric.name {
            writeln!(to, "# HELP {} {}", metric.name, metric.help)?;
            writeln!(to, "# TYPE {} {}", metric.name, metric.type_name)?;
        }
        let heads: Vec<String> = metric.heads().collect();
        for (at_ms, row) in metric.rows() {
            let (s, ms) = (at_ms.div_euclid(1_000), at_ms.rem_euclid(1_000));
            line.clear();
            for (head, value) in heads.iter().zip(row) {
                writeln!(line, "{head} {value} {s}.{ms:03}")?;
            }
            to.write_all(&line)?;
        }
    }
    to.write_all(b"# EOF\n")
}

/// Writes the metrics in the Prometheus text format with timestamps in milliseconds, as
/// VictoriaMetrics' `/api/v1/import/prometheus` reads it.
///
/// # Errors
///
/// Those of the writer. Nothing else can go wrong.
pub fn write_prometheus_text(metrics: &[Metric], to: &mut impl Write) -> io::Result<()> {
    for metric in metrics {
        let heads: Vec<String> = metric.heads().collect();
        for (at_ms, row) in metric.rows() {
            for (head, value) in heads.iter().zip(row) {
                writeln!(to, "{head} {value} {at_ms}")?;
            }
        }
    }
    Ok(())
}

impl Metric {
    /// Name and labels of each column, as they begin a line.
    fn heads(&self) -> impl Iterator<Item = String> + '_ {
        self.columns.iter().map(|column| {
            let labels = braces(&self.labels, column.le.as_deref());
            format!("{}{}{labels}", self.name, column.suffix)
        })
    }
}
