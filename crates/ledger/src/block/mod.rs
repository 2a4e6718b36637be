//! A day as bytes: one immutable block for each (ledger, UTC day). docs/STORAGE.md describes the
//! format byte by byte.
//!
//! A block is a [`Head`] of fixed size, which tells the day and its totals without a look at the
//! minutes, and a body of three parts:
//!
//! 1. the *states*: which minutes are known, and their marks, as runs or, when they are ragged, as
//!    half a byte each;
//! 2. the *totals* of the known minutes, 3. their *bads*: [columns](column) of integers.
//!
//! # Why a codec of our own
//!
//! Traffic is a line with noise on it: within two hours its level hardly bends, and minutes differ
//! from the line by about the square root of what is expected. So a column is cut into groups; each
//! group has a line and the packed distances from it, with exceptions for what lies far above.
//! That is near to what Poisson's noise allows, needs one pass to decode, and no table.
//!
//! pco, the library first chosen, finds distributions in many numbers; a day has 1440. It packs
//! ordinary traffic as small (0.9 to 1.1 bytes a minute, either way), but takes four to seven times
//! as long to encode a day: about 160 MiB/s where 200 MB/s are asked for and this codec does 830.
//! (Measured on one core of an AMD EPYC; a minute is 16 bytes.) Both decode at 1.6 to 1.8 GiB/s.
//! `cargo bench -p tomoni-ledger --bench codec` measures both over the same days and prints sizes.
//!
//! # Damage
//!
//! Head and body have a checksum each (CRC-32: every single flipped bit and every burst of up to 32
//! bits is found). What passes them is still checked: each number against its range, the minutes'
//! sums against the head's. Bytes that are not a block are an error, never a panic and never
//! another day; decoding allocates one day, whatever the bytes say.

mod column;
mod head;
mod states;

use crate::bytes::Bytes;
use crate::day_facts::DayFacts;
use crate::fact::{Counts, Events, Fact};
use crate::minute::{DAY_MINUTES, Day};
use crate::sums::Sums;

pub use head::{HEAD_LEN, Head, VERSION, checksum};
use states::States;

const MINUTES: usize = DAY_MINUTES as usize;

/// Why bytes are not a block that can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BlockError {
    /// They do not begin as a block does.
    #[error("these bytes are not a ledger block: they do not begin with `tlb`")]
    Foreign,
    /// They are a block of a format that this version does not know.
    #[error(
        "the block has format {version}, and this version of tomoni reads up to format {VERSION}; \
         use the version that wrote it, or a newer one"
    )]
    Newer {
        /// The block's format.
        version: u8,
    },
    /// Bytes are missing at the end.
    #[error("the block is cut short: it has {found} of {needed} bytes")]
    Truncated {
        /// How many bytes the block has, or at least its head.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// Bytes follow the block.
    #[error("{surplus} bytes follow the block")]
    Surplus {
        /// How many.
        surplus: usize,
    },
    /// The head is not what was written.
    #[error("the block's head is damaged: its checksum does not fit")]
    HeadDamaged,
    /// The body is not what was written; the head, and with it the day's totals, is.
    #[error("the minutes of {day} are damaged: their checksum does not fit")]
    BodyDamaged {
        /// The day.
        day: Day,
    },
    /// The block is whole, but of another day than the place where it was found says.
    #[error("the block of {wanted} is one of {found}")]
    OtherDay {
        /// The day whose block was wanted.
        wanted: Day,
        /// The day that the block is of.
        found: Day,
    },
    /// The checksums fit, but the content cannot be: it was written wrongly.
    #[error("the block of {day} contradicts itself: {what}")]
    Contradiction {
        /// The day.
        day: Day,
        /// What cannot be.
        what: &'static str,
    },
}

/// The day as a block.
///
/// ```
/// use tomoni_ledger::{Day, DayFacts, Events, Fact, block};
///
/// let mut facts = DayFacts::unknown(Day::from_index(20_000));
/// let noon = facts.day().minute(720);
/// facts.set(noon, Fact::counted(Events::whole(1), Events::whole(20)));
///
/// let bytes = block::encode(&facts);
/// assert_eq!(block::Head::read(&bytes)?.totals.total, Events::whole(20));
/// assert_eq!(block::decode(&bytes)?, facts);
/// # Ok::<(), block::BlockError>(())
/// ```
pub fn encode(facts: &DayFacts) -> Vec<u8> {
    let mut totals = Vec::with_capacity(MINUTES);
    let mut bads = Vec::with_capacity(MINUTES);
    for counts in facts.facts().iter().filter_map(|fact| fact.counts) {
        totals.push(counts.total.parts());
        bads.push(counts.bad.parts());
    }
    let mut body = Vec::with_capacity(2 * MINUTES);
    states::encode(facts.facts(), &mut body);
    column::encode(&totals, &mut body);
    column::encode(&bads, &mut body);
    let head = Head {
        day: facts.day(),
        totals: facts.totals(),
    };
    head.before(&body)
}

/// The day of a block.
///
/// # Errors
///
/// When the bytes are not an undamaged block; see [`BlockError`].
pub fn decode(block: &[u8]) -> Result<DayFacts, BlockError> {
    let (head, body) = head::split(block)?;
    let contradiction = |what| BlockError::Contradiction {
        day: head.day,
        what,
    };
    let (facts, sums) = facts(body).map_err(contradiction)?;
    if sums != head.totals {
        return Err(contradiction("its minutes do not add up to its totals"));
    }
    DayFacts::from_facts(head.day, facts).ok_or_else(|| contradiction("a minute cannot be"))
}

/// The day of a block that should be of this day.
///
/// # Errors
///
/// As [`decode`], and when the block is of another day.
pub fn decode_of(wanted: Day, block: &[u8]) -> Result<DayFacts, BlockError> {
    let facts = decode(block)?;
    let found = facts.day();
    if found == wanted {
        Ok(facts)
    } else {
        Err(BlockError::OtherDay { wanted, found })
    }
}

/// The facts of a body whose checksum fits, and what they add up to.
fn facts(body: &[u8]) -> Result<(Vec<Fact>, Sums), &'static str> {
    let padded = column::padded(body);
    let mut rest = Bytes::padded(&padded, body.len());
    let States { states, known } = states::decode(&mut rest)?;
    let (mut totals, mut bads) = ([0; MINUTES], [0; MINUTES]);
    let (totals, bads) = (&mut totals[..known], &mut bads[..known]);
    column::decode(&mut rest, totals)?;
    column::decode(&mut rest, bads)?;
    if !rest.is_empty() {
        return Err("bytes follow its minutes");
    }
    let mut counts = totals.iter().zip(bads.iter()).map(|(total, bad)| Counts {
        bad: Events::from_parts(*bad),
        total: Events::from_parts(*total),
    });
    let mut sums = Sums::default();
    let facts = states.iter().map(|state| {
        let fact = Fact {
            counts: if state.is_known() {
                counts.next()
            } else {
                None
            },
            marks: state.marks(),
        };
        sums += Sums::of(fact);
        fact
    });
    Ok((facts.collect(), sums))
}
