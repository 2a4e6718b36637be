//! When two indicators count the same.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use tomoni_slo::{Generation, Indicator, Part, Several};

use super::canonical::of_terms;
use super::{Parsed, PromqlError, Reading};

/// Changes when the same text begins to count something else; every ledger then starts anew.
const VERSION: &str = "tomoni/generation/1";

/// The generation of an indicator: the hash of what it counts and where that is read.
///
/// `source_identity` names the server that answers (a data source's URL, or the empty text for the
/// configured one). `resolution_minutes` counts only for what is evaluated at it, not for what is
/// read raw.
///
/// ```
/// use tomoni_slo::{Indicator, Part, Query};
/// use tomoni_spec::promql::generation;
///
/// let ratio = |bad: &str, total: &str| Indicator::Ratio {
///     part: Part::Bad,
///     part_query: Query::new(bad),
///     total: Query::new(total),
///     counter: true,
/// };
/// let plain = ratio(r#"x{code="500"}"#, "x");
/// let sloth = ratio(r#"sum(rate(x{code="500"}[{{.window}}]))"#, "sum(rate(x[{{.window}}]))");
/// assert_eq!(generation(&plain, "", 5)?, generation(&sloth, "", 1)?);
/// assert_ne!(generation(&plain, "", 5)?, generation(&plain, "http://other", 5)?);
/// # Ok::<(), tomoni_spec::promql::PromqlError>(())
/// ```
///
/// # Errors
///
/// When one of the indicator's queries is not PromQL.
pub fn generation(
    indicator: &Indicator,
    source_identity: &str,
    resolution_minutes: i64,
) -> Result<Generation, PromqlError> {
    let queries = indicator.queries().into_iter();
    let parsed: Result<Vec<Arc<Parsed>>, _> = queries
        .map(|query| Parsed::new(&query.promql).map(Arc::new))
        .collect();
    generation_of(indicator, &parsed?, source_identity, resolution_minutes)
}

/// As [`generation`], of an indicator whose queries have been parsed, in their order.
pub(crate) fn generation_of(
    indicator: &Indicator,
    queries: &[Arc<Parsed>],
    source_identity: &str,
    resolution_minutes: i64,
) -> Result<Generation, PromqlError> {
    let mut hash = Hash(Sha256::new());
    hash.put(VERSION);
    hash.put(source_identity);
    match (indicator, queries) {
        (Indicator::Ratio { part, counter, .. }, [part_query, total]) => {
            hash.put(match part {
                Part::Good => "ratio of good",
                Part::Bad => "ratio of bad",
            });
            hash.events(part_query, total, *counter, resolution_minutes)?;
        }
        (Indicator::Raw { rates_success, .. }, [query]) => {
            hash.put(if *rates_success {
                "raw success"
            } else {
                "raw failure"
            });
            hash.put(&query.expression()?);
            hash.put(&resolution_minutes.to_string());
        }
        (Indicator::Threshold { several, .. }, [query]) => match query.read_gauge()? {
            Some(selector) => {
                hash.put(match several {
                    Several::Ambiguous => "gauge",
                    Several::Each => "gauges",
                });
                hash.put(&selector.to_string());
            }
            None => {
                hash.put(match several {
                    Several::Ambiguous => "evaluated gauge",
                    Several::Each => "evaluated gauges",
                });
                hash.put(&query.expression()?);
            }
        },
        (Indicator::Pushed { sli }, []) => {
            hash.put("pushed");
            hash.put(sli);
        }
        _ => {
            return Err(PromqlError::somewhere(
                "an indicator has other queries than were parsed",
            ));
        }
    }
    Ok(hash.finish())
}

struct Hash(Sha256);

impl Hash {
    /// Puts a field; lengths keep neighbours apart.
    fn put(&mut self, field: &str) {
        self.0.update((field.len() as u64).to_be_bytes());
        self.0.update(field.as_bytes());
    }

    /// Puts a ratio's queries. Both are read raw or both are evaluated.
    fn events(
        &mut self,
        part: &Parsed,
        total: &Parsed,
        is_counter: bool,
        resolution_minutes: i64,
    ) -> Result<(), PromqlError> {
        let readings = (
            part.read_events(is_counter)?,
            total.read_events(is_counter)?,
        );
        if let (Reading::Counters(part), Reading::Counters(total)) = readings {
            self.put("counted");
            self.put(&of_terms(&part.terms));
            self.put(&of_terms(&total.terms));
            return Ok(());
        }
        self.put("evaluated");
        self.put(&part.expression()?);
        self.put(&total.expression()?);
        self.put(&resolution_minutes.to_string());
        Ok(())
    }

    fn finish(self) -> Generation {
        let digest = self.0.finalize();
        let bits = digest
            .iter()
            .take(16)
            .fold(0, |bits, byte| (bits << 8) | u128::from(*byte));
        Generation::from_bits(bits)
    }
}
