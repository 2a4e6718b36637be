//! The head of a block: what it is, which day, what the day adds up to.

use super::{BlockError, MINUTES};
use crate::fact::Events;
use crate::invariants;
use crate::minute::{DAY_MINUTES, Day};
use crate::sums::Sums;

/// How many bytes a head has.
pub const HEAD_LEN: usize = 46;
/// The format that is written; older ones are read.
pub const VERSION: u8 = 1;

const MAGIC: [u8; 3] = *b"tlb";
/// Where the part begins that the head's checksum covers, with the magic and the version before.
const CHECKED_FROM: usize = 8;
/// No body is longer: eight bytes for each number, and as much again for what is around them.
const BODY_LEN_MAX: usize = 32 * MINUTES;
const _: () = assert!(BODY_LEN_MAX <= u16::MAX as usize);

/// What a block tells without a look at its minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The day.
    pub day: Day,
    /// What its minutes add up to.
    pub totals: Sums,
}

impl Head {
    /// The head of a block: a matter of nanoseconds. The body is not looked at, but for its length.
    ///
    /// # Errors
    ///
    /// When the bytes are not a block, are too few or too many, or the head is damaged.
    pub fn read(block: &[u8]) -> Result<Self, BlockError> {
        read(block).map(|(head, _)| head)
    }

    /// The block with this head and this body.
    pub(super) fn before(&self, body: &[u8]) -> Vec<u8> {
        debug_assert!(body.len() <= BODY_LEN_MAX, "{} bytes", body.len());
        let mut block = Vec::with_capacity(HEAD_LEN + body.len());
        block.extend(MAGIC);
        block.push(VERSION);
        block.extend([0; 4]);
        block.extend(crc32fast::hash(body).to_le_bytes());
        block.extend((body.len() as u16).to_le_bytes());
        block.extend(self.day.index().to_le_bytes());
        let sums = self.totals;
        block.extend(sums.bad.parts().to_le_bytes());
        block.extend(sums.total.parts().to_le_bytes());
        for minutes in [sums.known, sums.approximate, sums.clamped, sums.invalid] {
            block.extend((minutes as u16).to_le_bytes());
        }
        debug_assert_eq!(block.len(), HEAD_LEN);
        let sum = head_checksum(&block).to_le_bytes();
        block[4..CHECKED_FROM].copy_from_slice(&sum);
        block.extend(body);
        block
    }
}

/// The checksum of a block's minutes, which its head holds: two blocks of one day that differ in it
/// say different things, and two that agree say the same but for one chance in 2³². The body is not
/// looked at.
///
/// # Errors
///
/// Those of [`Head::read`].
pub fn checksum(block: &[u8]) -> Result<u32, BlockError> {
    read(block).map(|(_, body)| body)
}

/// The head's checksum, over all of it but the checksum itself.
fn head_checksum(head: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&head[..4]);
    hasher.update(&head[CHECKED_FROM..HEAD_LEN]);
    hasher.finalize()
}

/// The head, and the body once its checksum fits.
pub(super) fn split(block: &[u8]) -> Result<(Head, &[u8]), BlockError> {
    let (head, body_sum) = read(block)?;
    let body = &block[HEAD_LEN..];
    if crc32fast::hash(body) == body_sum {
        Ok((head, body))
    } else {
        Err(BlockError::BodyDamaged { day: head.day })
    }
}

/// The head and the body's checksum. The block has as many bytes as the head says.
fn read(block: &[u8]) -> Result<(Head, u32), BlockError> {
    let found = block.len();
    let begins = block.len().min(MAGIC.len());
    if block[..begins] != MAGIC[..begins] {
        return Err(BlockError::Foreign);
    }
    let needed = HEAD_LEN;
    match block.get(MAGIC.len()) {
        Some(&version) if version > VERSION => return Err(BlockError::Newer { version }),
        Some(0) => return Err(BlockError::Foreign),
        _ => {}
    }
    let Some(head) = block.first_chunk::<HEAD_LEN>() else {
        return Err(BlockError::Truncated { needed, found });
    };
    if u32::from_le_bytes(field(head, 4)) != head_checksum(head) {
        return Err(BlockError::HeadDamaged);
    }
    let needed = HEAD_LEN + usize::from(u16::from_le_bytes(field(head, 12)));
    if found < needed {
        return Err(BlockError::Truncated { needed, found });
    }
    if found > needed {
        let surplus = found - needed;
        return Err(BlockError::Surplus { surplus });
    }
    let day = Day::from_index(i64::from_le_bytes(field(head, 14)));
    let minutes = |at| i64::from(u16::from_le_bytes(field(head, at)));
    let totals = Sums {
        bad: Events::from_parts(i64::from_le_bytes(field(head, 22))),
        total: Events::from_parts(i64::from_le_bytes(field(head, 30))),
        known: minutes(38),
        approximate: minutes(40),
        clamped: minutes(42),
        invalid: minutes(44),
    };
    if !invariants::sums(totals, DAY_MINUTES) {
        let what = "its totals cannot be";
        return Err(BlockError::Contradiction { day, what });
    }
    Ok((Head { day, totals }, u32::from_le_bytes(field(head, 8))))
}

/// The `N` bytes at a place of the head; zeros beyond it.
fn field<const N: usize>(head: &[u8; HEAD_LEN], at: usize) -> [u8; N] {
    let bytes = head.get(at..).and_then(|rest| rest.first_chunk());
    debug_assert!(bytes.is_some(), "a field beyond the head");
    bytes.copied().unwrap_or([0; N])
}
