//! A series against a map of its minutes.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tomoni_ledger::{
    DAY_MINUTES, Day, DayFacts, Events, Fact, Minute, NotLoaded, Series, Span, Sums, invariants,
};

use crate::support::any_fact;

/// Days in play: a few around the epoch, so that negative indices are met too.
const DAYS: std::ops::Range<i64> = -3..4;

#[derive(Clone, Debug)]
enum Act {
    Put(Vec<(Minute, Fact)>),
    Load(i64, Vec<(usize, Fact)>),
    SetTotals(i64),
    Unload(i64),
}

fn any_minute() -> impl Strategy<Value = Minute> {
    let edge = (DAYS, -2..3_i64).prop_map(|(day, off)| Day::from_index(day).first() + off);
    let inside = (DAYS, 0..1_440_usize).prop_map(|(day, at)| Day::from_index(day).minute(at));
    prop_oneof![edge, inside].prop_map(|m| {
        let (first, last) = (DAYS.start, DAYS.end - 1);
        m.clamp(Day::from_index(first).first(), Day::from_index(last).last())
    })
}

fn any_act() -> impl Strategy<Value = Act> {
    let put = prop::collection::vec((any_minute(), any_fact()), 0..12);
    let stretch = (any_minute(), prop::collection::vec(any_fact(), 0..40))
        .prop_map(|(at, facts)| (0..).zip(facts).map(|(i, fact)| (at + i, fact)).collect());
    let load = (
        DAYS,
        prop::collection::vec((0..1_440_usize, any_fact()), 0..12),
    );
    prop_oneof![
        3 => put.prop_map(Act::Put),
        3 => stretch.prop_map(Act::Put),
        2 => load.prop_map(|(day, facts)| Act::Load(day, facts)),
        2 => DAYS.prop_map(Act::SetTotals),
        2 => DAYS.prop_map(Act::Unload),
    ]
}

/// The naive way: every known minute, and which days are away.
#[derive(Default)]
struct Model {
    facts: BTreeMap<i64, Fact>,
    away: BTreeSet<Day>,
}

impl Model {
    fn sums(&self, span: Span) -> Sums {
        let (first, last) = (span.after.index() + 1, span.until.index());
        let facts = self.facts.range(first..(last + 1).max(first));
        facts.map(|(_, fact)| Sums::of(*fact)).sum()
    }

    fn day(&self, day: Day) -> DayFacts {
        let mut facts = DayFacts::unknown(day);
        for minute in day.span().minutes() {
            facts.set(
                minute,
                self.facts.get(&minute.index()).copied().unwrap_or_default(),
            );
        }
        facts
    }

    /// Away days of which something is known: the others need no block.
    fn is_away(&self, day: Day) -> bool {
        self.away.contains(&day) && self.sums(day.span()) != Sums::default()
    }

    fn act(&mut self, series: &mut Series, act: Act) {
        match act {
            Act::Put(facts) => self.put(series, &facts),
            Act::Load(day, set) => {
                let mut facts = DayFacts::unknown(Day::from_index(day));
                for (place, fact) in set {
                    facts.set(facts.day().minute(place), fact);
                }
                series.load(&facts);
                self.facts
                    .extend(facts.minutes().map(|(m, fact)| (m.index(), fact)));
                self.away.remove(&facts.day());
            }
            Act::SetTotals(day) => {
                let day = Day::from_index(day);
                series.set_totals(day, self.sums(day.span()));
                self.away.insert(day);
            }
            Act::Unload(day) => {
                series.unload(Day::from_index(day));
                self.away.insert(Day::from_index(day));
            }
        }
    }

    /// Days before the first that is away are put, it and what follows is not.
    fn put(&mut self, series: &mut Series, facts: &[(Minute, Fact)]) {
        let mut expected = Ok(());
        for (minute, fact) in facts {
            if self.is_away(minute.day()) {
                expected = Err(NotLoaded(minute.day()));
                break;
            }
            self.facts.insert(minute.index(), *fact);
            self.away.remove(&minute.day());
        }
        assert_eq!(series.put(facts), expected);
    }

    fn check(&self, series: &Series, span: Span) {
        let needs: BTreeSet<Day> = series.needs(span).collect();
        let edges = [span.after, span.until]
            .into_iter()
            .filter(|m| !span.is_empty() && self.is_away(m.day()) && *m != m.day().last());
        assert_eq!(needs, edges.map(Minute::day).collect());
        match series.sum(span) {
            Ok(sums) => {
                assert!(needs.is_empty());
                assert_eq!(sums, self.sums(span));
                assert!(invariants::sums(sums, span.len()));
            }
            Err(NotLoaded(day)) => assert!(needs.contains(&day)),
        }
    }
}

/// [`Series::each_until`] is [`Series::until`] again and again.
fn told_in_steps_is_told_one_by_one(
    series: &Series,
    span: Span,
    step: i64,
) -> Result<(), TestCaseError> {
    let mut told = Vec::new();
    let all = series.each_until(span, step, |minute, sums| told.push((minute, Ok(sums))));
    let mut minute = span.after;
    let mut one_by_one = vec![(minute, series.until(minute))];
    while minute < span.until && one_by_one.iter().all(|(_, sums)| sums.is_ok()) {
        minute = (minute + step).min(span.until);
        one_by_one.push((minute, series.until(minute)));
    }
    let last = one_by_one.last().and_then(|(_, sums)| sums.err());
    one_by_one.retain(|(_, sums)| sums.is_ok());
    prop_assert_eq!((told, all.err()), (one_by_one, last));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_series_is_the_map_of_its_minutes(
        acts in prop::collection::vec(any_act(), 0..14),
        spans in prop::collection::vec((any_minute(), any_minute()), 12),
        step in 1..3_000_i64,
    ) {
        let (mut series, mut model) = (Series::new(), Model::default());
        for act in acts {
            model.act(&mut series, act);
        }
        for (a, b) in spans {
            model.check(&series, Span::new(a, b));
            told_in_steps_is_told_one_by_one(&series, Span::new(a, b), step)?;
        }
        let everything = Span::new(Minute::from_index(-90_000), Minute::from_index(90_000));
        prop_assert_eq!(series.sum(everything), Ok(model.sums(everything)));
        for day in DAYS.map(Day::from_index) {
            if model.is_away(day) {
                prop_assert_eq!(series.day(day), Err(NotLoaded(day)));
                prop_assert_eq!(series.fact(day.first()), Err(NotLoaded(day)));
                continue;
            }
            let facts = model.day(day);
            prop_assert_eq!(series.fact(day.last()), Ok(facts.facts()[1_439]));
            prop_assert_eq!(series.day(day), Ok(facts));
        }
    }
}

#[test]
fn an_empty_series_knows_nothing() {
    let series = Series::new();
    let span = Span::ending_at(Minute::from_index(5), 40_000);
    assert!(series.extent().is_empty());
    assert_eq!(series.needs(span).count(), 0);
    assert_eq!(series.sum(span), Ok(Sums::default()));
    assert_eq!(series.fact(span.until), Ok(Fact::UNKNOWN));
}

#[test]
fn the_extent_spans_the_held_days() {
    let mut series = Series::new();
    let of = |series: &mut Series, index| series.load(&DayFacts::unknown(Day::from_index(index)));
    of(&mut series, 7);
    assert_eq!(series.extent(), Day::from_index(7).span());
    of(&mut series, 4);
    let (first, last) = (Day::from_index(4).span(), Day::from_index(7).span());
    assert_eq!(series.extent(), Span::new(first.after, last.until));
}

/// Running totals over a year at the limit turn round; windows of three months stay exact.
#[test]
fn windows_stay_exact_where_running_totals_turn_round() {
    let max = Events::MINUTE_MAX;
    let mut series = Series::new();
    let mut facts = DayFacts::unknown(Day::from_index(0));
    for minute in facts.day().span().minutes() {
        facts.set(minute, Fact::counted(Events::ZERO, max));
    }
    for day in 0..400 {
        series.set_totals(Day::from_index(day), facts.totals());
    }
    let window = Span::ending_at(Day::from_index(399).last(), 91 * DAY_MINUTES);
    let sums = series.sum(window).expect("whole days");
    assert_eq!(sums.total.parts(), max.parts() * 91 * DAY_MINUTES);
    assert_eq!(sums.known, 91 * DAY_MINUTES);
}

#[test]
fn a_ledger_without_minutes_keeps_its_totals() {
    let mut series = Series::new();
    let mut facts = DayFacts::unknown(Day::from_index(3));
    facts.set(
        Day::from_index(3).minute(7),
        Fact::counted(Events::ZERO, Events::whole(5)),
    );
    series.load(&facts);
    series.set_totals(Day::from_index(5), facts.totals());
    assert_eq!(series.loaded().collect::<Vec<_>>(), [Day::from_index(3)]);
    let bare = series.without_minutes();
    assert_eq!(bare.loaded().count(), 0);
    assert_eq!(bare.sum(series.extent()), series.sum(series.extent()));
    let within = Span::ending_at(Day::from_index(3).minute(9), 5);
    assert_eq!(bare.needs(within).collect::<Vec<_>>(), [Day::from_index(3)]);
}
