//! Spans and totals as bytes, each with a checksum before them. docs/STORAGE.md describes them.

use tomoni_ledger::bytes::{Bytes, put_signed, put_varint};
use tomoni_ledger::{DAY_MINUTES, Day, Events, Minute, Span, SpanSet, Sums, invariants};

/// Days in a row of totals.
pub(crate) const PERIOD_DAYS: i64 = 64;
const SUM_LEN: usize = 4;

/// Bytes that follow their checksum.
pub(crate) fn sealed(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = vec![0; SUM_LEN];
    write(&mut out);
    let sum = crc32fast::hash(&out[SUM_LEN..]).to_le_bytes();
    out[..SUM_LEN].copy_from_slice(&sum);
    out
}

/// The bytes after the checksum, when it fits.
pub(crate) fn unsealed(bytes: &[u8]) -> Result<Bytes<'_>, &'static str> {
    let (sum, rest) = bytes
        .split_first_chunk::<SUM_LEN>()
        .ok_or("it is cut short")?;
    if crc32fast::hash(rest) == u32::from_le_bytes(*sum) {
        Ok(Bytes::new(rest))
    } else {
        Err("its checksum does not fit")
    }
}

/// The last thing to read must have been the last thing that was written.
pub(crate) fn ended<T>(rest: &Bytes<'_>, value: T) -> Result<T, &'static str> {
    if rest.is_empty() {
        Ok(value)
    } else {
        Err("bytes follow its end")
    }
}

pub(crate) fn put_spans(set: &SpanSet, out: &mut Vec<u8>) {
    put_varint(set.spans().len() as u64, out);
    let mut before = 0;
    for span in set.spans() {
        put_signed(span.after.index().wrapping_sub(before), out);
        put_varint(span.len() as u64, out);
        before = span.until.index();
    }
}

pub(crate) fn take_spans(rest: &mut Bytes<'_>) -> Result<SpanSet, &'static str> {
    let mut set = SpanSet::new();
    let mut before = 0_i64;
    for _ in 0..rest.varint()? {
        let after = before.checked_add(rest.signed()?);
        let len = i64::try_from(rest.varint()?).ok();
        let ends = after
            .zip(len)
            .and_then(|(a, n)| Some((a, a.checked_add(n)?)));
        let (after, until) = ends.ok_or("a span is out of range")?;
        set.insert(Span::new(
            Minute::from_index(after),
            Minute::from_index(until),
        ));
        before = until;
    }
    Ok(set)
}

/// A column of spans.
pub(crate) fn spans(set: &SpanSet) -> Vec<u8> {
    sealed(|out| put_spans(set, out))
}

/// The spans of a column.
pub(crate) fn read_spans(bytes: &[u8]) -> Result<SpanSet, &'static str> {
    let mut rest = unsealed(bytes)?;
    let set = take_spans(&mut rest)?;
    ended(&rest, set)
}

/// In which row a day's totals are.
pub(crate) const fn period(day: Day) -> i64 {
    day.index().div_euclid(PERIOD_DAYS)
}

/// What a day's block adds up to, and which block that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DayTotals {
    pub(crate) sums: Sums,
    /// The checksum of its minutes; `None` where it was written before that was noted.
    pub(crate) checksum: Option<u32>,
}

/// Beside a day's place: its checksum follows.
const WITH_CHECKSUM: u8 = 128;

/// The totals of days of one period, in order.
pub(crate) fn totals(days: impl IntoIterator<Item = (Day, DayTotals)>) -> Vec<u8> {
    sealed(|out| {
        for (day, DayTotals { sums, checksum }) in days {
            let place = day.index().rem_euclid(PERIOD_DAYS) as u8;
            out.push(checksum.map_or(place, |_| place | WITH_CHECKSUM));
            let events = [sums.total, sums.bad].map(Events::parts);
            let minutes = [sums.known, sums.approximate, sums.clamped, sums.invalid];
            for number in events.into_iter().chain(minutes) {
                put_varint(number as u64, out);
            }
            out.extend(checksum.into_iter().flat_map(u32::to_le_bytes));
        }
    })
}

/// The days of a period with their totals.
pub(crate) fn read_totals(
    period: i64,
    bytes: &[u8],
) -> Result<Vec<(Day, DayTotals)>, &'static str> {
    let mut rest = unsealed(bytes)?;
    let mut days = Vec::with_capacity(PERIOD_DAYS as usize);
    while !rest.is_empty() {
        let first = rest.byte()?;
        let place = i64::from(first & !WITH_CHECKSUM);
        let begin = period
            .checked_mul(PERIOD_DAYS)
            .ok_or("its period is out of range")?;
        let day = Day::from_index(begin.saturating_add(place));
        let [total, bad, known, approximate, clamped, invalid] = take_numbers(&mut rest)?;
        let sums = Sums {
            bad: Events::from_parts(bad),
            total: Events::from_parts(total),
            known,
            approximate,
            clamped,
            invalid,
        };
        let checksum = match first & WITH_CHECKSUM {
            0 => None,
            _ => Some(take_checksum(&mut rest)?),
        };
        let follows = days.last().is_none_or(|(last, _)| *last < day);
        if place >= PERIOD_DAYS || !follows || !invariants::sums(sums, DAY_MINUTES) {
            return Err("a day's totals cannot be");
        }
        days.push((day, DayTotals { sums, checksum }));
    }
    Ok(days)
}

fn take_checksum(rest: &mut Bytes<'_>) -> Result<u32, &'static str> {
    let mut bytes = [0; 4];
    for byte in &mut bytes {
        *byte = rest.byte()?;
    }
    Ok(u32::from_le_bytes(bytes))
}

fn take_numbers<const N: usize>(rest: &mut Bytes<'_>) -> Result<[i64; N], &'static str> {
    let mut numbers = [0; N];
    for number in &mut numbers {
        *number = i64::try_from(rest.varint()?).map_err(|_| "a number is out of range")?;
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_have_a_checksum_or_none() {
        let day = |place: i64, checksum| {
            let sums = Sums {
                bad: Events::whole(1),
                total: Events::whole(300),
                known: 20,
                ..Sums::default()
            };
            let day = Day::from_index(3 * PERIOD_DAYS + place);
            (day, DayTotals { sums, checksum })
        };
        let days = [day(0, None), day(5, Some(0x8012_3480)), day(63, None)];
        let bytes = totals(days);
        assert_eq!(read_totals(3, &bytes), Ok(days.to_vec()));
        // As they were written before schema 4.
        let plain = sealed(|out| {
            out.push(5);
            for number in [300 * 1_024, 1_024, 20, 0, 0, 0] {
                put_varint(number, out);
            }
        });
        assert_eq!(read_totals(3, &plain), Ok(vec![day(5, None)]));
        assert_eq!(totals([day(5, None)]), plain);
        let cut = sealed(|out| out.extend(&bytes[4..bytes.len() - 20]));
        assert!(read_totals(3, &cut).is_err());
    }
}
