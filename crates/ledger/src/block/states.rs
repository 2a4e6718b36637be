//! Which minutes are known, and the marks of all.

use super::MINUTES;
use crate::bytes::{Bytes, put_varint};
use crate::fact::{Fact, Marks};

/// The first byte of states that are written as half a byte each; else it begins a count of runs.
const RAGGED: u8 = 0;
const KNOWN: u8 = 8;

/// What is known of a minute beside its counts: whether it is known (8), and its marks' bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct State(u8);

impl State {
    const fn of(fact: &Fact) -> Self {
        let known = if fact.counts.is_some() { KNOWN } else { 0 };
        Self(known | fact.marks.bits())
    }

    pub(super) const fn is_known(self) -> bool {
        self.0 & KNOWN != 0
    }

    pub(super) fn marks(self) -> Marks {
        Marks::from_bits(self.0 & !KNOWN).unwrap_or_default()
    }

    fn from_byte(byte: u8) -> Result<Self, &'static str> {
        if byte < 2 * KNOWN {
            Ok(Self(byte))
        } else {
            Err("a minute has a mark that no minute can have")
        }
    }
}

/// The states of all minutes of a day.
pub(super) struct States {
    pub(super) states: [State; MINUTES],
    /// How many minutes are known.
    pub(super) known: usize,
}

/// Writes runs (their count, and of each its length and its state) or, when that is longer, zero
/// and half a byte for each minute.
pub(super) fn encode(facts: &[Fact], out: &mut Vec<u8>) {
    let start = out.len();
    let runs = facts.chunk_by(|a, b| State::of(a) == State::of(b));
    put_varint(runs.clone().count() as u64, out);
    for run in runs {
        put_varint(run.len() as u64, out);
        out.extend(run.first().map(|fact| State::of(fact).0));
        if out.len() - start > MINUTES / 2 {
            out.truncate(start);
            out.push(RAGGED);
            out.extend(facts.chunks(2).map(|pair| {
                let halves = pair.iter().rev().map(|fact| State::of(fact).0);
                halves.fold(0, |byte, half| byte << 4 | half)
            }));
            return;
        }
    }
}

pub(super) fn decode(rest: &mut Bytes<'_>) -> Result<States, &'static str> {
    let mut states = [State::default(); MINUTES];
    let mut known = 0;
    let runs = rest.varint()?;
    if runs == u64::from(RAGGED) {
        let bytes = rest.take(MINUTES / 2)?;
        for (pair, byte) in states.chunks_mut(2).zip(bytes) {
            for (state, half) in pair.iter_mut().zip([byte & 0xf, byte >> 4]) {
                *state = State(half);
                known += usize::from(state.is_known());
            }
        }
        return Ok(States { states, known });
    }
    let mut at = 0;
    for _ in 0..runs {
        let len = rest.varint()?;
        let state = State::from_byte(rest.byte()?)?;
        let run = usize::try_from(len)
            .ok()
            .and_then(|len| states[at..].get_mut(..len))
            .filter(|run| !run.is_empty())
            .ok_or("its runs are not the minutes of a day")?;
        run.fill(state);
        at += run.len();
        known += if state.is_known() { run.len() } else { 0 };
    }
    if at == MINUTES {
        Ok(States { states, known })
    } else {
        Err("its runs are fewer than the minutes of a day")
    }
}
