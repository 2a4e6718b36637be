//! The source against the truth, against scraped samples, and against the example's story.

mod answers;
mod scrapes;
mod story;

use tomoni_ledger::{DAY_MINUTES, Minute};
use tomoni_slo::{Generation, Indicator, LedgerKey, Part, Query, Several, Threshold};

use crate::prometheus::Want;

/// 2026-11-24T12:00:00Z, a Tuesday evening in Japan.
const NOW: Minute = Minute::ended_by_ms(1_795_521_600_000);

const fn days(n: i64) -> i64 {
    n * DAY_MINUTES
}

fn want(indicator: Indicator, threshold: Option<Threshold>) -> Want {
    let generation = Generation::from_bits(1);
    Want {
        key: LedgerKey {
            generation,
            threshold,
        },
        indicator,
        resolution_minutes: 5,
    }
}

fn ratio(part: Part, part_query: &str, total: &str) -> Want {
    let indicator = Indicator::Ratio {
        part,
        part_query: Query::new(part_query),
        total: Query::new(total),
        counter: true,
    };
    want(indicator, None)
}

fn gauge(query: &str, threshold: Threshold) -> Want {
    let query = Query::new(query);
    let several = Several::Ambiguous;
    want(Indicator::Threshold { query, several }, Some(threshold))
}

fn raw(query: &str) -> Want {
    let indicator = Indicator::Raw {
        rates_success: true,
        query: Query::new(query),
    };
    want(indicator, None)
}
