//! Judging a gauge, minute by minute.

use tomoni_ledger::{Events, Fact, Marks, Minute, Span};
use tomoni_slo::{Several, Threshold};

use super::Sample;

/// How a gauge's values are judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct Judged {
    /// Which values are good.
    pub(in super::super) threshold: Threshold,
    /// Whose.
    pub(in super::super) several: Several,
}

/// What a gauge's samples say about each minute of a span, in order.
#[derive(Debug, Default, PartialEq)]
pub(in super::super) struct Gauged {
    pub(in super::super) facts: Vec<Fact>,
    /// Minutes whose value is not known because several series have one.
    pub(in super::super) ambiguous: u64,
}

#[derive(Clone, Copy, Default)]
struct Bin {
    last: Option<Sample>,
    /// Series with a sample in this minute.
    here: u32,
    /// Those of them that had one in the minute before, too.
    steady: u32,
}

/// Judges each minute by its last sample (semantics.md, "Gauges"). Values may be negative; NaN and
/// infinities tell nothing.
///
/// Where a series takes over from another (a process was replaced), the later sample counts. Where
/// two are there for good, nobody can say which is meant, and the minute is unknown.
///
/// Where each series counts, its last sample in the minute is one event.
pub(in super::super) fn judge(tapes: &[&[Sample]], judged: Judged, span: Span) -> Gauged {
    let threshold = judged.threshold;
    if judged.several == Several::Each {
        return each(tapes, threshold, span);
    }
    let mut bins = vec![Bin::default(); span.len() as usize];
    for tape in tapes {
        walk(tape, span, &mut bins);
    }
    let mut gauged = Gauged::default();
    for bin in &bins {
        let fact = gauged.judge(bin, threshold);
        gauged.facts.push(fact);
    }
    gauged
}

fn walk(tape: &[Sample], span: Span, bins: &mut [Bin]) {
    let mut before: Option<Minute> = None;
    let first = tape.partition_point(|s| Minute::holding_ms(s.at_ms) < span.after);
    for sample in &tape[first..] {
        let minute = Minute::holding_ms(sample.at_ms);
        if minute > span.until {
            break;
        }
        let at = usize::try_from(minute - span.after - 1).ok();
        if let Some(bin) = at.and_then(|i| bins.get_mut(i)) {
            if before != Some(minute) {
                bin.here += 1;
                bin.steady += u32::from(before == Some(minute - 1));
            }
            if bin.last.is_none_or(|last| last.at_ms <= sample.at_ms) {
                bin.last = Some(*sample);
            }
        }
        before = Some(minute);
    }
}

impl Gauged {
    fn judge(&mut self, bin: &Bin, threshold: Threshold) -> Fact {
        match bin.last {
            None => Fact::UNKNOWN,
            Some(_) if bin.steady > 1 => {
                self.ambiguous += 1;
                Fact::UNKNOWN
            }
            Some(sample) if !sample.value.is_finite() => Fact::UNKNOWN.marked(Marks::INVALID),
            Some(sample) => verdict(threshold.is_good(sample.value)),
        }
    }
}

fn each(tapes: &[&[Sample]], threshold: Threshold, span: Span) -> Gauged {
    let mut values: Vec<Vec<f64>> = vec![Vec::new(); span.len() as usize];
    for tape in tapes {
        let first = tape.partition_point(|s| Minute::holding_ms(s.at_ms) <= span.after);
        for minute in tape[first..].chunk_by(is_same_minute) {
            let Some(last) = minute.last() else {
                continue;
            };
            let at = Minute::holding_ms(last.at_ms) - span.after - 1;
            if let Some(values) = usize::try_from(at).ok().and_then(|at| values.get_mut(at)) {
                values.push(last.value);
            }
        }
    }
    let facts = values.into_iter();
    Gauged {
        facts: facts.map(|values| verdicts(threshold, values)).collect(),
        ambiguous: 0,
    }
}

fn is_same_minute(a: &Sample, b: &Sample) -> bool {
    Minute::holding_ms(a.at_ms) == Minute::holding_ms(b.at_ms)
}

/// An event for each value; NaN and infinities tell nothing, and all of them alone leave the minute
/// unknown.
pub(in super::super) fn verdicts(
    threshold: Threshold,
    values: impl IntoIterator<Item = f64>,
) -> Fact {
    let (mut bad, mut total, mut is_invalid) = (0, 0, false);
    for value in values {
        if value.is_finite() {
            total += 1;
            bad += i64::from(!threshold.is_good(value));
        } else {
            is_invalid = true;
        }
    }
    let fact = match total {
        0 => Fact::UNKNOWN,
        _ => Fact::counted(Events::whole(bad), Events::whole(total)),
    };
    if is_invalid {
        fact.marked(Marks::INVALID)
    } else {
        fact
    }
}

/// One event, good or bad.
pub(in super::super) fn verdict(is_good: bool) -> Fact {
    Fact::counted(Events::whole(i64::from(!is_good)), Events::whole(1))
}

#[cfg(test)]
mod tests;
