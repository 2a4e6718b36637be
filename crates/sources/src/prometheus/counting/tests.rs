use proptest::prelude::*;
use tomoni_ledger::{Events, Fact, MINUTE_MS, Marks, Minute, Span};
use tomoni_slo::Part;

use super::{Claim, Knowledge, LOOKAHEAD_MS, LOOKBACK_MS, Sample, Tally, Term, count, spread};
use crate::simulator::Series;
use crate::simulator::proof::{self, Pick};

/// Where the small worlds begin: a whole minute.
pub(super) const START: Minute = Minute::from_index(30_000_000);

fn samples(series: &Series) -> Vec<Sample> {
    series
        .samples
        .iter()
        .map(|(at_ms, value)| Sample {
            at_ms: *at_ms,
            value: *value,
        })
        .collect()
}

/// A ratio in both tongues.
#[derive(Debug)]
struct Asked {
    total: Vec<(i64, Pick)>,
    part: Vec<(i64, Pick)>,
    part_is: Part,
}

impl Asked {
    fn proof(&self, world: &[Series], span: Span) -> Vec<Fact> {
        let part = match self.part_is {
            Part::Good => proof::Part::Good(self.part.clone()),
            Part::Bad => proof::Part::Bad(self.part.clone()),
        };
        let claim = proof::Claim {
            job: "api".to_owned(),
            total: self.total.clone(),
            part,
        };
        proof::of_counters(world, &claim, span)
    }

    /// Counts from only those samples that a span is said to need.
    fn count(&self, world: &[Series], span: Span) -> (Vec<Fact>, Tally) {
        let needed = |sample: &Sample| {
            span.after.end_ms() - LOOKBACK_MS < sample.at_ms
                && sample.at_ms <= span.until.end_ms() + LOOKAHEAD_MS
        };
        let tapes: Vec<Vec<Sample>> = world
            .iter()
            .map(|series| samples(series).into_iter().filter(needed).collect())
            .collect();
        let terms = |terms: &[(i64, Pick)]| -> Vec<Term<'_>> {
            let chosen = |pick: &Pick| {
                let held = world
                    .iter()
                    .zip(&tapes)
                    .filter(|(series, _)| pick.matches(series));
                held.map(|(_, tape)| tape.as_slice()).collect()
            };
            terms
                .iter()
                .map(|(sign, pick)| Term {
                    negative: *sign < 0,
                    tapes: chosen(pick),
                })
                .collect()
        };
        let claim = Claim {
            total: terms(&self.total),
            part: terms(&self.part),
            part_is: self.part_is,
        };
        let counted = count(&claim, span);
        let is_there = |minute: Minute| {
            world
                .iter()
                .flat_map(|s| &s.samples)
                .any(|(at_ms, _)| Minute::holding_ms(*at_ms) == minute)
        };
        let minutes = span.minutes().zip(&counted.minutes);
        let facts = minutes
            .map(|(minute, counted)| counted.fact(is_there(minute)))
            .collect();
        (facts, counted.tally)
    }
}

/// A series whose scrapes come and go: gaps of all lengths, resets, NaN, floods.
fn tape(code: &'static str) -> impl Strategy<Value = Series> {
    let gap = prop_oneof![
        20 => Just(15_000_i64),
        20 => 14_000..61_000_i64,
        3 => 60_000..400_000_i64,
        1 => 3_000_000..4_000_000_i64,
        1 => Just(3_600_000_i64),
    ];
    let rise = prop_oneof![
        6 => 0..3_i64,
        2 => 0..50_i64,
        1 => Just(-1_i64),
        1 => 100..10_000_i64,
    ];
    let broken = prop_oneof![60 => Just(None), 1 => Just(Some(f64::NAN)), 1 => Just(Some(-1.0))];
    let steps = prop::collection::vec((gap, rise, broken), 1..120);
    // Some begin in one scrape.
    let first_ms = prop_oneof![0..7_200_000_i64, (0..4_i64).prop_map(|i| i * 1_800_000)];
    (first_ms, 0..200_i64, steps).prop_map(move |(first_ms, born, steps)| {
        let (mut at_ms, mut value) = (START.end_ms() + first_ms, born);
        let mut samples = Vec::new();
        for (gap_ms, rise, broken) in steps {
            // A fall is a reset: the counter begins again.
            value = if rise < 0 { value / 7 } else { value + rise };
            samples.push((at_ms, broken.unwrap_or(value as f64)));
            at_ms += gap_ms;
        }
        let labels = [("job", "api"), ("code", code)];
        let labels = labels
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        Series {
            name: "requests".to_owned(),
            labels,
            samples,
        }
    })
}

fn world() -> impl Strategy<Value = Vec<Series>> {
    let codes = || prop_oneof![tape("200"), tape("404"), tape("500")];
    prop::collection::vec(codes(), 1..5).prop_map(|mut world| {
        // Two series of the same labels are one; tell them apart.
        for (i, series) in world.iter_mut().enumerate() {
            series.labels.insert("pod".to_owned(), i.to_string());
        }
        world
    })
}

fn asked() -> impl Strategy<Value = Asked> {
    let all = || Pick::named("requests");
    let of = move |code: &str| all().with("code", &[code]);
    let asked = move |total: Vec<(i64, Pick)>, part: Vec<(i64, Pick)>, part_is| {
        Just((total, part, part_is))
    };
    let asked = prop_oneof![
        asked(vec![(1, all())], vec![(1, of("500"))], Part::Bad),
        asked(
            vec![(1, all())],
            vec![(1, all().without("code", "500"))],
            Part::Good
        ),
        asked(
            vec![(1, of("200")), (1, of("500"))],
            vec![(1, of("500"))],
            Part::Bad
        ),
        // Good and total of different series: clamps.
        asked(vec![(1, of("200"))], vec![(1, of("404"))], Part::Good),
    ];
    asked.prop_map(|(total, part, part_is)| Asked {
        total,
        part,
        part_is,
    })
}

/// The whole of a small world, and an hour on each side.
fn whole(world: &[Series]) -> Span {
    let last = world
        .iter()
        .filter_map(|series| series.samples.last())
        .map(|(at_ms, _)| *at_ms);
    let last = last.max().map_or(START, Minute::holding_ms);
    Span::new(START - 60, last + 60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn counting_agrees_with_the_proof(world in world(), asked in asked()) {
        let span = whole(&world);
        let (facts, _) = asked.count(&world, span);
        let proof = asked.proof(&world, span);
        for ((minute, counted), proved) in span.minutes().zip(&facts).zip(&proof) {
            prop_assert_eq!(counted, proved, "{:?}", minute);
        }
    }

    #[test]
    fn cuts_change_nothing(
        world in world(),
        asked in asked(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), -2..3_i64), 1..20),
    ) {
        let span = whole(&world);
        let (facts, mut tally) = asked.count(&world, span);
        // Where it can hurt: near samples.
        let times: Vec<i64> = world.iter().flat_map(|s| &s.samples).map(|s| s.0).collect();
        let cut = |(at, minutes): (prop::sample::Index, i64)| {
            Minute::holding_ms(*at.get(&times)) + minutes
        };
        let mut edges: Vec<Minute> = cuts.into_iter().map(cut).collect();
        edges.extend([span.after, span.until]);
        edges.sort();
        let mut pieces = Vec::new();
        let mut tallied = Tally::default();
        for pair in edges.windows(2) {
            let (piece, more) = asked.count(&world, Span::new(pair[0], pair[1]));
            pieces.extend(piece);
            let refused = more.refused.clone();
            tallied.add(more);
            tallied.refused.extend(refused);
        }
        prop_assert_eq!(facts, pieces);
        // What is usual may be told from other samples; the places of refused births differ.
        let by_minute = |tally: &mut Tally| {
            tally.interval_ms = None;
            tally.refused.sort_by_key(|r| (r.minute, r.term, r.tape));
        };
        by_minute(&mut tally);
        by_minute(&mut tallied);
        prop_assert_eq!(tally, tallied);
    }

    #[test]
    fn what_is_spread_adds_up(bad in 0..1_i64 << 40, more in 0..1_i64 << 40, minutes in 1..400_usize) {
        let (bad, total) = (Events::from_parts(bad), Events::from_parts(bad + more));
        let facts = spread(bad, total, minutes);
        prop_assert_eq!(facts.len(), minutes);
        let counts: Vec<_> = facts.iter().map(|fact| fact.counts.unwrap()).collect();
        prop_assert_eq!(counts.iter().map(|c| c.bad).sum::<Events>(), bad);
        prop_assert_eq!(counts.iter().map(|c| c.total).sum::<Events>(), total);
        prop_assert!(facts.iter().all(|fact| fact.marks == Marks::APPROXIMATE));
        prop_assert!(counts.iter().all(|c| Events::ZERO <= c.bad && c.bad <= c.total));
    }
}

/// Samples a minute apart, from a second after the start.
pub(super) fn minutely(values: &[f64]) -> Vec<Sample> {
    let at = |i: usize| START.end_ms() + 1_000 + i as i64 * MINUTE_MS;
    values
        .iter()
        .enumerate()
        .map(|(i, value)| Sample {
            at_ms: at(i),
            value: *value,
        })
        .collect()
}

fn count_total(tapes: &[&[Sample]], minutes: i64) -> (Vec<Option<i64>>, Tally) {
    let total = vec![Term {
        negative: false,
        tapes: tapes.to_vec(),
    }];
    let claim = Claim {
        total,
        part: Vec::new(),
        part_is: Part::Bad,
    };
    let counted = count(&claim, Span::new(START, START + minutes));
    let whole = |fact: Fact| fact.counts.map(|counts| counts.total.parts() / 1_024);
    (
        counted
            .minutes
            .into_iter()
            .map(|m| whole(m.fact(false)))
            .collect(),
        counted.tally,
    )
}

#[test]
fn a_reset_counts_its_new_value_and_a_gap_of_an_hour_only_sets_the_base() {
    let tape = minutely(&[10.0, 12.0, 3.0, 3.0]);
    let (events, tally) = count_total(&[&tape], 5);
    assert_eq!(events, [Some(0), Some(2), Some(3), Some(0), None]);
    assert_eq!(
        (tally.births, tally.resets, tally.interval_ms),
        (1, 1, Some(60_000))
    );

    let mut tape = minutely(&[10.0]);
    tape.push(Sample {
        at_ms: tape[0].at_ms + 60 * MINUTE_MS,
        value: 15.0,
    });
    assert_eq!(
        count_total(&[&tape], 61).0.last(),
        Some(&Some(5)),
        "just within the hour"
    );
    tape[1].at_ms += 1;
    assert_eq!(
        count_total(&[&tape], 61).0.last(),
        Some(&Some(0)),
        "just beyond"
    );
    let (_, tally) = count_total(&[&tape], 61);
    assert_eq!((tally.births, tally.deaths), (2, 1), "another life");
}

#[test]
fn a_born_series_counts_where_somebody_was_looking() {
    let old = minutely(&[100.0, 101.0, 102.0, 103.0, 104.0]);
    let at = |minute: usize, values: &[f64]| {
        let mut tape = minutely(&[&vec![0.0; minute], values].concat());
        tape.drain(..minute);
        tape
    };
    let known = |events: [i64; 5]| events.map(Some);
    let born = at(3, &[7.0, 8.0]);
    assert_eq!(count_total(&[&old, &born], 5).0, known([0, 1, 1, 8, 2]));
    let alone = count_total(&[&born], 5).0;
    assert_eq!(alone, [None, None, None, Some(0), Some(1)], "no witness");
    // Where a history begins, others begin a moment later; they have been there all the while.
    let early = at(2, &[7.0, 7.0, 8.0]);
    assert_eq!(count_total(&[&old, &early], 5).0, known([0, 1, 1, 1, 2]));
    // Of a hundred times an hour's traffic nobody says that it is traffic.
    let (flood, more) = (at(3, &[201.0, 202.0]), at(3, &[1.0, 1.0]));
    let (events, tally) = count_total(&[&old, &flood], 5);
    assert_eq!(events, known([0, 1, 1, 1, 2]));
    let refused: Vec<(f64, f64)> = tally
        .refused
        .iter()
        .map(|r| (r.value, r.hour_before))
        .collect();
    assert_eq!(refused, [(201.0, 2.0)]);
    // Nor of what else came with it.
    let (flood, tally) = (
        at(3, &[200.0, 202.0]),
        count_total(&[&old, &flood, &more], 5).1,
    );
    assert_eq!(tally.refused.len(), 2);
    assert_eq!(count_total(&[&old, &flood], 5).0, known([0, 1, 1, 201, 3]));
    assert_eq!(
        count_total(&[&old, &flood, &more], 5).0,
        known([0, 1, 1, 1, 3])
    );
}

#[test]
fn a_birth_is_held_against_an_hour_of_deltas_whose_predecessors_are_older() {
    let at = |minutes: i64, value| Sample {
        at_ms: START.end_ms() + minutes * MINUTE_MS,
        value,
    };
    let old = [at(-118, 0.0), at(-59, 2.0), at(-2, 2.0), at(-1, 2.0)];
    let born = [at(1, 150.0)];
    assert!(START.end_ms() - LOOKBACK_MS <= old[0].at_ms);
    assert_eq!(count_total(&[&old, &born], 1).0, [Some(150)]);
    assert_eq!(
        count_total(&[&old[1..], &born], 1).0,
        [Some(0)],
        "had less been read"
    );
}

#[test]
fn a_missed_scrape_leaves_no_hole_but_silence_does() {
    let mut tape = minutely(&[1.0, 1.0, 2.0, 2.0, 2.0, 9.0]);
    tape.remove(1);
    tape.drain(2..4);
    assert_eq!(
        count_total(&[&tape], 6).0,
        [Some(0), Some(0), Some(1), None, None, Some(7)]
    );
    assert_eq!(count_total(&[], 1).0, [None]);
}

#[test]
fn the_dead_are_counted_once_and_not_those_that_come_back() {
    let mut tape = minutely(&[1.0; 20]);
    assert_eq!(count_total(&[&tape], 20).1.deaths, 0, "still there");
    assert_eq!(count_total(&[&tape], 60).1.deaths, 1);
    tape.drain(5..12);
    assert_eq!(count_total(&[&tape], 20).1.deaths, 0, "it came back");
    assert_eq!(
        count_total(&[&tape], 11).1.deaths,
        1,
        "as far as one can tell by then"
    );
}

#[test]
fn what_no_counter_can_say_makes_its_minute_unknown() {
    for value in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
        let tape = minutely(&[5.0, value, 9.0]);
        let claim = Claim {
            total: vec![Term {
                negative: false,
                tapes: vec![&tape],
            }],
            part: Vec::new(),
            part_is: Part::Bad,
        };
        let counted = count(&claim, Span::new(START, START + 3));
        assert_eq!(counted.minutes[1].knowledge, Knowledge::Invalid, "{value}");
        assert_eq!(
            counted.minutes[1].fact(true),
            Fact::UNKNOWN.marked(Marks::INVALID)
        );
        let later = Fact::counted(Events::ZERO, Events::whole(4));
        assert_eq!(
            counted.minutes[2].fact(true),
            later,
            "the next one is held against the last"
        );
    }
}

#[test]
fn more_good_or_bad_than_all_is_clamped() {
    let (total, part) = (minutely(&[0.0, 2.0]), minutely(&[0.0, 5.0]));
    for (part_is, bad) in [(Part::Bad, 2), (Part::Good, 0)] {
        let term = |tape| {
            vec![Term {
                negative: false,
                tapes: vec![tape],
            }]
        };
        let claim = Claim {
            total: term(&*total),
            part: term(&*part),
            part_is,
        };
        let fact = count(&claim, Span::new(START, START + 2)).minutes[1].fact(true);
        let clamped = Fact::counted(Events::whole(bad), Events::whole(2)).marked(Marks::CLAMPED);
        assert_eq!(fact, clamped);
    }
}
