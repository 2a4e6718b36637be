//! A batch: what one call of `keep` brought for all its ledgers, as one row of the tail.

use tomoni_engine::Keep;
use tomoni_ledger::bytes::{Bytes, put_signed, put_varint};
use tomoni_ledger::{Counts, Day, Events, Fact, Marks, Minute, PARTS, SpanSet};

use super::packed::{ended, put_spans, sealed, take_spans, unsealed};

/// The format of batches.
const VERSION: u8 = 1;
/// Beside the marks' bits: the minute is known; its counts are whole events.
const KNOWN: u8 = 8;
const WHOLE: u8 = 16;

/// What a batch holds of one ledger, in the order in which it was kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) ledger: i64,
    pub(crate) settled: SpanSet,
    pub(crate) closed: SpanSet,
    pub(crate) facts: Vec<(Minute, Fact)>,
}

impl Entry {
    pub(crate) fn of(ledger: i64, keep: &Keep) -> Self {
        Self {
            ledger,
            settled: keep.settled.clone(),
            closed: keep.closed.clone(),
            facts: keep.facts.clone(),
        }
    }
}

/// How many minutes there are in all.
pub(crate) fn weight(entries: &[Entry]) -> usize {
    entries.iter().map(|entry| entry.facts.len()).sum()
}

/// The newest day that has a fact.
pub(crate) fn newest(entries: &[Entry]) -> Option<Day> {
    let facts = entries.iter().flat_map(|entry| &entry.facts);
    facts.map(|(minute, _)| minute.day()).max()
}

pub(crate) fn encode(entries: &[Entry]) -> Vec<u8> {
    sealed(|out| {
        out.push(VERSION);
        for entry in entries {
            put_varint(entry.ledger as u64, out);
            put_spans(&entry.settled, out);
            put_spans(&entry.closed, out);
            put_facts(&entry.facts, out);
        }
    })
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<Entry>, &'static str> {
    let mut rest = unsealed(bytes)?;
    if rest.byte()? != VERSION {
        return Err("it has a format that this version of tomoni does not know");
    }
    let mut entries = Vec::new();
    while !rest.is_empty() {
        entries.push(Entry {
            ledger: i64::try_from(rest.varint()?).map_err(|_| "a ledger is out of range")?,
            settled: take_spans(&mut rest)?,
            closed: take_spans(&mut rest)?,
            facts: take_facts(&mut rest)?,
        });
    }
    ended(&rest, entries)
}

fn put_facts(facts: &[(Minute, Fact)], out: &mut Vec<u8>) {
    put_varint(facts.len() as u64, out);
    let mut expected = 0;
    for (minute, fact) in facts {
        put_signed(minute.index().wrapping_sub(expected), out);
        expected = minute.index().wrapping_add(1);
        let fact = fact.checked();
        let Some(counts) = fact.counts else {
            out.push(fact.marks.bits());
            continue;
        };
        let parts = [counts.total, counts.bad].map(Events::parts);
        let is_whole = parts.iter().all(|parts| parts % PARTS == 0);
        let (state, unit) = if is_whole {
            (KNOWN | WHOLE, PARTS)
        } else {
            (KNOWN, 1)
        };
        out.push(fact.marks.bits() | state);
        for parts in parts {
            put_varint((parts / unit) as u64, out);
        }
    }
}

fn take_facts(rest: &mut Bytes<'_>) -> Result<Vec<(Minute, Fact)>, &'static str> {
    let n = usize::try_from(rest.varint()?).map_err(|_| "its minutes are too many")?;
    // A minute takes two bytes at least: no more is allocated than the bytes can hold.
    let mut facts = Vec::with_capacity(n.min(rest.len() / 2));
    let mut expected = 0_i64;
    for _ in 0..n {
        let index = expected.wrapping_add(rest.signed()?);
        expected = index.wrapping_add(1);
        let state = rest.byte()?;
        let marks = Marks::from_bits(state & !(KNOWN | WHOLE)).ok_or("a mark is unknown")?;
        let counts = if state & KNOWN == 0 {
            None
        } else {
            let unit = if state & WHOLE == 0 { 1 } else { PARTS };
            let (total, bad) = (take_events(rest, unit)?, take_events(rest, unit)?);
            Some(Counts { bad, total })
        };
        let fact = Fact { counts, marks };
        facts.push((Minute::from_index(index), fact.checked()));
    }
    Ok(facts)
}

fn take_events(rest: &mut Bytes<'_>, unit: i64) -> Result<Events, &'static str> {
    let number = i64::try_from(rest.varint()?).ok();
    let parts = number.and_then(|n| n.checked_mul(unit));
    parts
        .map(Events::from_parts)
        .ok_or("a count is out of range")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tomoni_ledger::Span;

    use super::*;

    fn any_entry() -> impl Strategy<Value = Entry> {
        let minute = prop_oneof![
            -9..9_i64,
            28_000_000..28_000_400_i64,
            -(1_i64 << 60)..1 << 60
        ];
        let spans = prop::collection::vec((minute.clone(), 0..90_i64), 0..4).prop_map(|spans| {
            let span = |(end, n)| Span::ending_at(Minute::from_index(end), n);
            spans.into_iter().map(span).collect::<SpanSet>()
        });
        let parts = prop_oneof![
            0..99_i64,
            (0..99_i64).prop_map(|n| n * PARTS),
            0..1_i64 << 46
        ];
        let fact =
            (parts, 0..100_i64, 0..8_u8, any::<bool>()).prop_map(|(total, part, bits, known)| {
                let counts = Counts {
                    bad: Events::from_parts(total / 100 * part),
                    total: Events::from_parts(total),
                };
                let marks = Marks::from_bits(bits).unwrap_or_default();
                Fact {
                    counts: known.then_some(counts),
                    marks,
                }
                .checked()
            });
        let facts = prop::collection::vec((minute.prop_map(Minute::from_index), fact), 0..9);
        (0..i64::MAX, spans.clone(), spans, facts).prop_map(|(ledger, settled, closed, facts)| {
            Entry {
                ledger,
                settled,
                closed,
                facts,
            }
        })
    }

    proptest! {
        #[test]
        fn batches_survive_their_bytes(entries in prop::collection::vec(any_entry(), 0..5)) {
            prop_assert_eq!(decode(&encode(&entries)), Ok(entries));
        }

        #[test]
        fn damaged_batches_are_found(
            entries in prop::collection::vec(any_entry(), 0..5),
            at: prop::sample::Index,
            bit in 0..8_u8,
        ) {
            let mut bytes = encode(&entries);
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(decode(&bytes).is_err());
            prop_assert!(decode(&bytes[..at]).is_err());
        }

        #[test]
        fn hostile_batches_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&sealed(|out| {
                out.push(VERSION);
                out.extend(&bytes);
            }));
            let _ = crate::ledger::packed::read_spans(&sealed(|out| out.extend(&bytes)));
            let _ = crate::ledger::packed::read_totals(i64::MAX, &sealed(|out| out.extend(&bytes)));
        }
    }
}
