//! What the slices of a day add up to, as it can be kept beside the day's minutes.

use tomoni_ledger::bytes::{Bytes, put_signed, put_varint};
use tomoni_ledger::{DAY_MINUTES, Day, Events};

use crate::figures::Slices;
use crate::objective::{Method, Objective};
use crate::slices::SliceTally;

/// Raised when the same minutes come to be judged otherwise: what was kept before holds no more.
const VERSION: u8 = 1;

/// By which rule slices are judged. Objectives with one rule find the same in the same minutes, as
/// far as nothing is excluded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JudgingRule(String);

impl JudgingRule {
    /// The rule of an objective; `None` where it has no slices.
    pub fn of(objective: &Objective) -> Option<Self> {
        let method = objective.method;
        let width = method.width_minutes()?.max(1);
        let target = match method {
            Method::Timeslices { target, .. } => format!(" {target:?}"),
            Method::Occurrences | Method::RatioTimeslices { .. } => String::new(),
        };
        Some(Self(format!("{VERSION} {method} {width}{target}")))
    }

    /// A rule from its text. Any text is one; what no objective has is asked for by nobody.
    pub const fn from_text(text: String) -> Self {
        Self(text)
    }

    /// The rule's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the slices of one UTC day add up to by some [`JudgingRule`], nothing being excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JudgedDay {
    /// The day.
    pub day: Day,
    /// The checksum of the minutes that were judged, as [`tomoni_ledger::block::checksum`] has it of
    /// their block.
    pub checksum: u32,
    pub(crate) tally: SliceTally,
}

impl JudgedDay {
    /// Writes it, some 30 bytes; docs/STORAGE.md describes them.
    pub fn put(&self, out: &mut Vec<u8>) {
        let tally = &self.tally;
        put_signed(self.day.index(), out);
        put_varint(u64::from(self.checksum), out);
        let slices = &tally.slices;
        let slices = [slices.all, slices.known, slices.good, slices.with_traffic];
        let minutes = [tally.bad_minutes, tally.unknown_minutes];
        for number in slices.into_iter().chain(minutes) {
            put_varint(number as u64, out);
        }
        // At most 1440 ratios of 2⁵³ parts.
        put_varint(tally.ratio_parts as u64, out);
        put_varint(tally.events.parts() as u64, out);
    }

    /// The next one as [`JudgedDay::put`] wrote it.
    ///
    /// # Errors
    ///
    /// When it does not end, or cannot be.
    pub fn take(bytes: &mut Bytes<'_>) -> Result<Self, &'static str> {
        let day = Day::from_index(bytes.signed()?);
        let checksum = u32::try_from(bytes.varint()?).map_err(|_| CANNOT_BE)?;
        let mut numbers = [0; 6];
        for number in &mut numbers {
            let minutes = bytes.varint()?;
            *number = i64::try_from(minutes).map_err(|_| CANNOT_BE)?;
        }
        let [all, known, good, with_traffic, bad_minutes, unknown_minutes] = numbers;
        let ratio_parts = i128::from(bytes.varint()?);
        let events = i64::try_from(bytes.varint()?).map_err(|_| CANNOT_BE)?;
        let can_be = known <= all
            && good.max(with_traffic) <= known
            && all <= DAY_MINUTES
            && bad_minutes <= DAY_MINUTES
            && unknown_minutes <= DAY_MINUTES - bad_minutes
            && ratio_parts <= i128::from(with_traffic) << 53;
        let tally = SliceTally {
            slices: Slices {
                all,
                known,
                good,
                with_traffic,
            },
            bad_minutes,
            unknown_minutes,
            ratio_parts,
            events: Events::from_parts(events),
        };
        can_be
            .then_some(Self {
                day,
                checksum,
                tally,
            })
            .ok_or(CANNOT_BE)
    }
}

const CANNOT_BE: &str = "what the slices of a day add up to cannot be";
