//! A year of minutes in a store, put there through the store's own door: what a server finds that
//! has been running for so long.

use std::error::Error;
use std::f64::consts::TAU;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;
use tomoni_app::documents;
use tomoni_engine::Keep;
use tomoni_ledger::{DAY_MINUTES, Day, Events, Fact, Minute, Span, SpanSet};
use tomoni_slo::LedgerKey;
use tomoni_store::Store;

/// The golden ratio's bits, as hashes use them.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
/// Of a thousand days of a service so many have an incident.
const INCIDENTS_PER_MILLE: u64 = 20;

/// Fewer requests a minute than this are told by chance one by one.
const FEW: f64 = 10.0;

/// How much a service is asked, over a day.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// Hundreds of requests a minute, with a busy and a quiet half of the day.
    Busy,
    /// A request now and then, at any time.
    Rare,
    /// Thousands of requests a minute between two and four in the night, none else.
    Nightly,
}

/// The traffic of one ledger: a function of its number and the minute.
#[derive(Clone, Copy, Debug)]
pub struct Traffic {
    number: u64,
    shape: Shape,
}

impl Traffic {
    /// Of ten ledgers seven are busy, two rare, and one works at night.
    pub const fn of(number: usize) -> Self {
        let shape = match number % 10 {
            4 | 8 => Shape::Rare,
            6 => Shape::Nightly,
            _ => Shape::Busy,
        };
        Self {
            number: number as u64,
            shape,
        }
    }

    /// All minutes of a span within one day.
    fn facts(self, span: Span) -> Vec<(Minute, Fact)> {
        let day = (span.after + 1).day();
        let incident = self.incident(day);
        let fact = |minute: Minute| {
            let share = if incident.contains(minute) {
                0.2
            } else {
                0.000_1 * (1 + self.number % 7) as f64
            };
            (minute, self.fact(minute, share))
        };
        span.minutes().map(fact).collect()
    }

    /// When it fails more than ever on a day; mostly never.
    fn incident(self, day: Day) -> Span {
        let chance = hash(self.number ^ (day.index() as u64) << 20);
        let begins = day.span().after + (chance >> 20) as i64 % (DAY_MINUTES - 60);
        let is_one = chance % 1_000 < INCIDENTS_PER_MILLE;
        let minutes = if is_one { 5 + (chance >> 40) % 50 } else { 0 };
        Span::new(begins, begins + minutes as i64)
    }

    fn fact(self, minute: Minute, failing: f64) -> Fact {
        let chance = hash(self.number << 40 ^ minute.index() as u64);
        let mean = self.mean(minute.place_in_day());
        // The spread of independent requests, near enough; of a few a share of a request decides.
        let spread = if mean < FEW { 0.0 } else { 2.4 * mean.sqrt() };
        let swing = (share(chance) + share(chance >> 16) - 1.0) * spread;
        let total = (mean + swing + share(chance >> 32)) as i64;
        let bad = ((total as f64 * failing + share(chance >> 48)) as i64).min(total);
        Fact::counted(Events::whole(bad), Events::whole(total))
    }

    /// Requests in a minute of the day, on average.
    fn mean(self, place: usize) -> f64 {
        match self.shape {
            Shape::Busy => {
                let turn = TAU * place as f64 / DAY_MINUTES as f64 + self.number as f64;
                60.0 * (1 + self.number % 17) as f64 * (1.0 + 0.8 * turn.sin())
            }
            Shape::Rare => 0.2,
            Shape::Nightly if (120..240).contains(&place) => 4_000.0,
            Shape::Nightly => 0.0,
        }
    }
}

/// A well-mixed number (the finaliser of `SplitMix64`).
const fn hash(number: u64) -> u64 {
    let mut bits = number.wrapping_mul(MIX).wrapping_add(MIX);
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

/// The lowest sixteen bits as a part of one.
fn share(bits: u64) -> f64 {
    (bits & 0xffff) as f64 / 65_536.0
}

/// The ledgers that documents speak of, in order.
///
/// # Errors
///
/// When a document has an error.
pub fn ledgers(specs: &Path) -> Result<Vec<LedgerKey>, Box<dyn Error>> {
    let read = documents::read(&[PathBuf::from(specs)]);
    if read.errors() > 0 {
        return Err(format!("{:?}", read.catalog.findings.first()).into());
    }
    let slos = read.catalog.slos.iter();
    let promises = slos.flat_map(|slo| &slo.value.promises);
    Ok(promises.map(|promise| promise.key.clone()).collect())
}

/// Fills a data folder with so many days of these ledgers, up to the present, day by day as time
/// does: a day that is written later lies elsewhere on the disk.
///
/// # Errors
///
/// When the store cannot be written.
pub async fn fill(
    data: &Path,
    keys: Vec<LedgerKey>,
    days: i64,
    now_ms: impl Fn() -> i64 + Send + 'static,
) -> Result<(), Box<dyn Error>> {
    let store = Store::open(data).await?;
    let (give, mut take) = mpsc::channel::<Vec<Keep>>(1);
    let making = tokio::task::spawn_blocking(move || {
        let mut after = Day::from_index(last_minute(now_ms()).day().index() - days)
            .span()
            .after;
        loop {
            // What has passed meanwhile is history, too.
            let until = (after + 1).day().last().min(last_minute(now_ms()));
            if until <= after
                || give
                    .blocking_send(keeps(&keys, Span::new(after, until)))
                    .is_err()
            {
                return;
            }
            after = until;
        }
    });
    while let Some(keeps) = take.recv().await {
        store.keep(&keeps).await?;
    }
    making.await?;
    store.close().await;
    Ok(())
}

/// The last minute that a server would call settled.
fn last_minute(now_ms: i64) -> Minute {
    Minute::ended_by_ms(now_ms - 60_000)
}

fn keeps(keys: &[LedgerKey], span: Span) -> Vec<Keep> {
    let keep = |(number, key): (usize, &LedgerKey)| Keep {
        key: key.clone(),
        facts: Traffic::of(number).facts(span),
        settled: SpanSet::from_iter([span]),
        closed: SpanSet::from_iter([span]),
    };
    keys.iter().enumerate().map(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(number: usize) -> (i64, i64, Vec<i64>) {
        let traffic = Traffic::of(number);
        let mut bad = 0;
        let mut totals = Vec::new();
        for day in (20_000..20_365).map(Day::from_index) {
            for (_, fact) in traffic.facts(day.span()) {
                let counts = fact.counts.unwrap();
                bad += counts.bad.parts() / tomoni_ledger::PARTS;
                totals.push(counts.total.parts() / tomoni_ledger::PARTS);
            }
        }
        (bad, totals.iter().sum(), totals)
    }

    #[test]
    fn each_shape_has_its_traffic_and_few_failures() {
        for (number, a_day) in [(0, 60 * 1_440), (4, 288), (6, 120 * 4_000)] {
            let (bad, total, _) = year(number);
            let expected = 365 * a_day;
            assert!(
                (expected * 9 / 10..expected * 11 / 10).contains(&total),
                "{number}: {total}"
            );
            assert!(bad > 0 && bad < total / 100, "{number}: {bad} of {total}");
        }
    }

    #[test]
    fn minutes_differ_as_real_ones_do() {
        let (_, _, totals) = year(1);
        let same = totals.windows(2).filter(|pair| pair[0] == pair[1]).count();
        assert!(same < totals.len() / 10, "{same}");
    }

    #[tokio::test]
    async fn a_filled_store_holds_every_minute() {
        let folder = tempfile::tempdir().unwrap();
        let key = LedgerKey {
            generation: tomoni_slo::Generation::from_bits(7),
            threshold: None,
        };
        let now_ms = 20_600 * 86_400_000 + 3_600_000;
        fill(folder.path(), vec![key.clone()], 3, move || now_ms)
            .await
            .unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let known = store.known(&[key]).await.unwrap();
        assert_eq!(known[0].settled.len(), 3 * DAY_MINUTES + 59);
        let minutes: i64 = known[0].totals.iter().map(|(_, sums)| sums.known).sum();
        assert_eq!(minutes, 3 * DAY_MINUTES + 59);
    }
}
