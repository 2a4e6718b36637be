//! Ledgers that nobody keeps: packed days, so that a month of a thousand of them fits in memory.

use std::collections::{BTreeMap, BTreeSet};

use tomoni_engine::Keep;
use tomoni_ledger::{Day, DayFacts, Series, block};
use tomoni_slo::LedgerKey;

use super::Ledger;

/// What a run without a store has read.
#[derive(Debug, Default)]
pub(super) struct Memory {
    ledgers: BTreeMap<LedgerKey, BTreeMap<Day, Vec<u8>>>,
}

impl Memory {
    /// Packs what came in, and tells the ledger its days' totals.
    pub(super) fn keep(&mut self, keep: Keep, ledger: &mut Ledger) {
        let blocks = self.ledgers.entry(keep.key).or_default();
        for of_day in keep.facts.chunk_by(|a, b| a.0.day() == b.0.day()) {
            let Some((first, _)) = of_day.first() else {
                continue;
            };
            let mut facts = unpacked(blocks, first.day());
            for (minute, fact) in of_day {
                facts.set(*minute, *fact);
            }
            ledger.series.set_totals(facts.day(), facts.totals());
            blocks.insert(facts.day(), block::encode(&facts));
        }
        for span in keep.settled.spans() {
            ledger.settled.insert(*span);
        }
    }

    /// Loads days of a ledger.
    pub(super) fn load(&self, key: &LedgerKey, days: &BTreeSet<Day>, series: &mut Series) {
        if let Some(blocks) = self.ledgers.get(key) {
            for day in days {
                series.load(&unpacked(blocks, *day));
            }
        }
    }
}

fn unpacked(blocks: &BTreeMap<Day, Vec<u8>>, day: Day) -> DayFacts {
    let packed = blocks.get(&day).map(|block| block::decode_of(day, block));
    match packed {
        Some(Ok(facts)) => facts,
        // Blocks are our own and never leave this struct: they can be read.
        Some(Err(error)) => {
            debug_assert!(false, "{error}");
            DayFacts::unknown(day)
        }
        None => DayFacts::unknown(day),
    }
}

#[cfg(test)]
mod tests {
    use tomoni_ledger::{Events, Fact, Minute, Span, SpanSet};
    use tomoni_slo::Generation;

    use super::*;

    #[test]
    fn what_came_in_pieces_is_one_ledger() {
        let key = LedgerKey {
            generation: Generation::from_bits(1),
            threshold: None,
        };
        let (mut memory, mut ledger) = (Memory::default(), Ledger::default());
        let midnight = Day::from_index(20_000).last();
        let pieces = [
            Span::new(midnight - 10, midnight + 10),
            Span::new(midnight - 30, midnight - 10),
        ];
        for span in pieces {
            let fact =
                |minute: Minute| Fact::counted(Events::ZERO, Events::whole(minute.index() % 7));
            let keep = Keep {
                key: key.clone(),
                facts: span
                    .minutes()
                    .map(|minute| (minute, fact(minute)))
                    .collect(),
                settled: SpanSet::from_iter([span]),
                closed: SpanSet::new(),
            };
            memory.keep(keep, &mut ledger);
        }
        let all = Span::new(midnight - 30, midnight + 10);
        assert_eq!(ledger.settled, SpanSet::from_iter([all]));
        memory.load(&key, &all.days().collect(), &mut ledger.series);
        let sums = ledger.series.sum(all).unwrap();
        let total: i64 = all.minutes().map(|minute| minute.index() % 7).sum();
        assert_eq!((sums.known, sums.total), (40, Events::whole(total)));
    }
}
