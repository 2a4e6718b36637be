//! Every day survives its block; no other bytes are a day.

use proptest::prelude::*;
use tomoni_ledger::block::{self, BlockError, HEAD_LEN, Head};
use tomoni_ledger::{Counts, DAY_MINUTES, Day, DayFacts, Events, Fact, Marks, invariants};

use crate::support::{any_day, ragged_day};
use crate::traffic;

fn round_trip(facts: &DayFacts) -> Vec<u8> {
    let bytes = block::encode(facts);
    assert_eq!(block::decode(&bytes).as_ref(), Ok(facts));
    let head = Head::read(&bytes).expect("a block has a head");
    assert_eq!((head.day, head.totals), (facts.day(), facts.totals()));
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn every_day_survives(facts in any_day(20_000)) {
        round_trip(&facts);
    }

    #[test]
    fn ragged_days_survive(facts in ragged_day(-3)) {
        round_trip(&facts);
    }

    #[test]
    fn any_day_index_survives(index: i64) {
        round_trip(&DayFacts::unknown(Day::from_index(index)));
    }

    #[test]
    fn a_flipped_bit_is_found(facts in any_day(20_000), at: prop::sample::Index, bit in 0..8_u8) {
        let mut bytes = block::encode(&facts);
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let error = block::decode(&bytes).expect_err("a flipped bit");
        if at >= HEAD_LEN {
            prop_assert_eq!(error, BlockError::BodyDamaged { day: facts.day() });
            prop_assert_eq!(Head::read(&bytes).map(|head| head.totals), Ok(facts.totals()));
        } else {
            prop_assert!(Head::read(&bytes).is_err() || (8..12).contains(&at));
        }
    }

    #[test]
    fn a_cut_block_is_found(facts in any_day(20_000), to: prop::sample::Index) {
        let bytes = block::encode(&facts);
        let to = to.index(bytes.len());
        let needed = if to < HEAD_LEN { HEAD_LEN } else { bytes.len() };
        let error = BlockError::Truncated { needed, found: to };
        prop_assert_eq!(block::decode(&bytes[..to]), Err(error));
    }

    #[test]
    fn a_longer_block_is_found(facts in any_day(20_000), more in prop::collection::vec(any::<u8>(), 1..64)) {
        let surplus = more.len();
        let bytes = [block::encode(&facts), more].concat();
        prop_assert_eq!(block::decode(&bytes), Err(BlockError::Surplus { surplus }));
    }

    #[test]
    fn foreign_bytes_are_no_block(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(block::decode(&bytes).is_err());
    }

    /// Bodies that pass the checksums reach the decoder proper: it must stand anything.
    #[test]
    fn hostile_bodies_are_no_day(
        facts in any_day(20_000),
        body in prop::collection::vec(any::<u8>(), 0..600),
        keep: prop::sample::Index,
        known in 0..=1_440_u16,
    ) {
        let block = block::encode(&facts);
        // The beginning of a true body, then anything.
        let kept = HEAD_LEN + keep.index(block.len() - HEAD_LEN + 1);
        let forged = forge(&block[..HEAD_LEN], &[&block[HEAD_LEN..kept], &body].concat(), None);
        if let Ok(day) = block::decode(&forged) {
            // Nothing keeps another writer from packing the same day in other bytes.
            prop_assert_eq!(day.totals(), facts.totals());
        }
        let forged = forge(&block[..HEAD_LEN], &body, Some(known));
        if let Ok(day) = block::decode(&forged) {
            prop_assert!(day.facts().iter().all(|fact| invariants::fact(*fact)));
        }
    }

    /// One changed byte in a true body, with checksums that fit.
    #[test]
    fn changed_bodies_are_no_wrong_sum(facts in any_day(5), at: prop::sample::Index, to: u8) {
        let block = block::encode(&facts);
        let mut body = block[HEAD_LEN..].to_vec();
        let at = at.index(body.len());
        body[at] = to;
        if let Ok(day) = block::decode(&forge(&block[..HEAD_LEN], &body, None)) {
            prop_assert_eq!(day.totals(), facts.totals());
            prop_assert!(day.facts().iter().all(|fact| invariants::fact(*fact)));
        }
    }
}

/// A block with this head, this body, and checksums that fit.
fn forge(head: &[u8], body: &[u8], known: Option<u16>) -> Vec<u8> {
    let mut block = head.to_vec();
    block[8..12].copy_from_slice(&crc32fast::hash(body).to_le_bytes());
    block[12..14].copy_from_slice(&(body.len() as u16).to_le_bytes());
    if let Some(known) = known {
        block[38..40].copy_from_slice(&known.to_le_bytes());
    }
    let checked = [&block[..4], &block[8..]].concat();
    block[4..8].copy_from_slice(&crc32fast::hash(&checked).to_le_bytes());
    block.extend(body);
    block
}

#[test]
fn extreme_days_survive() {
    let day = Day::from_index(20_500);
    let fill = |fact: &dyn Fn(usize) -> Fact| {
        let mut facts = DayFacts::unknown(day);
        for place in 0..DAY_MINUTES as usize {
            facts.set(day.minute(place), fact(place));
        }
        facts
    };
    let max = Events::MINUTE_MAX;
    let part = Events::from_parts(1);
    assert!(round_trip(&fill(&|_| Fact::UNKNOWN)).len() < 60);
    round_trip(&fill(&|_| Fact::counted(Events::ZERO, Events::ZERO)));
    round_trip(&fill(&|_| Fact::counted(max, max)));
    round_trip(&fill(&|i| {
        Fact::counted(Events::ZERO, if i % 2 == 0 { max } else { Events::ZERO })
    }));
    round_trip(&fill(&|i| {
        Fact::counted(Events::ZERO, if i % 97 == 0 { max } else { part })
    }));
    round_trip(&fill(&|i| {
        Fact::counted(part, Events::from_parts((max.parts() / 1_439) * i as i64))
    }));
    for bits in 0..8 {
        let marks = Marks::from_bits(bits).expect("below 8");
        round_trip(&fill(&|i| {
            if i % 2 == 0 {
                Fact::UNKNOWN.marked(marks)
            } else {
                Fact::UNKNOWN
            }
        }));
        let known = round_trip(&fill(&|_| {
            Fact::counted(part, part).marked(marks).checked()
        }));
        assert!(known.len() < 200);
    }
}

/// What cannot be held is not held, so that every day can be stored.
#[test]
fn impossible_facts_become_invalid() {
    let day = Day::from_index(1);
    let counts = |bad, total| {
        let (bad, total) = (Events::from_parts(bad), Events::from_parts(total));
        let counts = Some(Counts { bad, total });
        Fact {
            counts,
            marks: Marks::APPROXIMATE,
        }
    };
    for fact in [
        counts(2, 1),
        counts(-1, 1),
        counts(i64::MIN, i64::MIN),
        counts(0, i64::MAX),
    ] {
        let mut facts = DayFacts::unknown(day);
        facts.set(day.first(), fact);
        let held = Fact::UNKNOWN.marked(Marks::INVALID.with(Marks::APPROXIMATE));
        assert_eq!(facts.facts()[0], held);
        round_trip(&facts);
    }
    let counted = Fact::counted(Events::ZERO, Events::MINUTE_MAX + Events::from_parts(1));
    assert_eq!(counted, Fact::UNKNOWN.marked(Marks::INVALID));
}

#[test]
fn errors_say_what_is_wrong() {
    let block = block::encode(&DayFacts::unknown(Day::from_index(20_000)));
    let said = |bytes: &[u8]| block::decode(bytes).expect_err("no block").to_string();
    assert_eq!(
        said(b"SQLite format 3"),
        "these bytes are not a ledger block: they do not begin with `tlb`"
    );
    assert_eq!(said(&[]), "the block is cut short: it has 0 of 46 bytes");
    let mut newer = block.clone();
    newer[3] = 9;
    assert_eq!(
        said(&newer),
        "the block has format 9, and this version of tomoni reads up to format 1; use the version \
         that wrote it, or a newer one"
    );
    let mut damaged = block.clone();
    damaged[HEAD_LEN] ^= 1;
    assert_eq!(
        said(&damaged),
        "the minutes of 2024-10-04 are damaged: their checksum does not fit"
    );
    damaged[20] ^= 1;
    assert_eq!(
        said(&damaged),
        "the block's head is damaged: its checksum does not fit"
    );
    let other = block::decode_of(Day::from_index(0), &block).expect_err("another day");
    assert_eq!(
        other.to_string(),
        "the block of 1970-01-01 is one of 2024-10-04"
    );
    assert_eq!(
        said(&forge(&block[..HEAD_LEN], &block[HEAD_LEN..], Some(3))),
        "the block of 2024-10-04 contradicts itself: its minutes do not add up to its totals"
    );
}

/// The bytes of one small block, so that a change of the format is seen: docs/STORAGE.md walks
/// through them.
#[test]
fn the_format_is_pinned() {
    let mut facts = DayFacts::unknown(Day::from_index(20_000));
    for (place, bad) in [(720, 1), (721, 0), (722, 0), (723, 2)] {
        let fact = Fact::counted(Events::whole(bad), Events::whole(20 + 3 * bad));
        facts.set(facts.day().minute(place), fact);
    }
    let hex: Vec<String> = round_trip(&facts)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let expected = [
        "74 6c 62 01 12 06 27 2c 4f ab 53 4a 12 00 20 4e 00 00 00 00 00 00 00 0c 00 00 00 00 00 00",
        "00 64 01 00 00 00 00 00 04 00 00 00 00 00 00 00",
        "03 d0 05 00 04 08 cc 05 00",
        "03 0a 28 03 0c",
        "02 0a 00 81",
    ];
    assert_eq!(hex.join(" "), expected.join(" "));
}

#[test]
fn ordinary_traffic_takes_less_than_three_bytes_a_minute() {
    for service in &traffic::SERVICES[..6] {
        let days = traffic::days(*service, 28);
        let bytes: usize = days.iter().map(|day| round_trip(day).len()).sum();
        let per_minute = bytes as f64 / (28 * DAY_MINUTES) as f64;
        assert!(per_minute < 1.25, "{}: {per_minute}", service.0);
    }
    let huge = traffic::days(traffic::SERVICES[6], 7);
    assert!(
        huge.iter()
            .all(|day| round_trip(day).len() < 4 * DAY_MINUTES as usize)
    );
}
