//! In what servers differ, found out by asking.

use tokio::sync::OnceCell;
use tomoni_ledger::MINUTE_MS;

use super::super::client::Client;
use super::super::error::SourceError;

/// In what a server differs from others; asked when it first matters, and remembered.
#[derive(Debug, Default)]
pub(in super::super) struct Dialect {
    range_of_a_minute_ms: OnceCell<i64>,
    writes_ends_as_nan: OnceCell<bool>,
}

impl Dialect {
    /// The range, in milliseconds, that holds just the samples of a minute when it is evaluated at
    /// the minute's end.
    ///
    /// Up to Prometheus 2 a range holds the samples at both of its ends; since Prometheus 3, and in
    /// VictoriaMetrics, not those at its start. A subquery that is evaluated at a whole minute tells.
    pub(super) async fn range_of_a_minute_ms(&self, client: &Client) -> Result<i64, SourceError> {
        let ask = async || {
            let whole_minute_ms = 1_000_000 * MINUTE_MS;
            let query = "count_over_time(vector(1)[1m:1m])";
            let answer = client.instant(query, whole_minute_ms).await?;
            let held = answer
                .series
                .first()
                .and_then(|series| series.samples.first());
            let is_closed = held.is_some_and(|sample| sample.value > 1.5);
            Ok(if is_closed { MINUTE_MS - 1 } else { MINUTE_MS })
        };
        self.range_of_a_minute_ms
            .get_or_try_init(ask)
            .await
            .copied()
    }

    /// Whether a NaN among raw samples says that the series has ended there.
    ///
    /// Prometheus keeps such marks to itself. VictoriaMetrics writes them as NaN, and keeps no other
    /// NaN. It is told by a function that only it has.
    pub(super) async fn writes_ends_as_nan(&self, client: &Client) -> Result<bool, SourceError> {
        let ask = async || {
            let query = "label_set(vector(1), \"dialect\", \"metricsql\")";
            match client.instant(query, MINUTE_MS).await {
                Ok(_) => Ok(true),
                Err(error) if error.is_about_the_server() => Err(error),
                Err(_) => Ok(false),
            }
        };
        self.writes_ends_as_nan.get_or_try_init(ask).await.copied()
    }
}
