//! Figures, burn rates and slots of random ledgers against the naive evaluation.

use proptest::prelude::*;
use tomoni_ledger::{Day, Events, Fact, Minute, NotLoaded, Series, Span};
use tomoni_slo::invariants::{
    broken_by, broken_by_burn, broken_by_slot, is_close, is_sum_of_parts,
};
use tomoni_slo::{
    BAD_EVENTS_MIN, DaySlices, Method, Objective, Replay, Window, burn_rates, evaluate, is_above,
    required_days, required_span, slots,
};

use crate::arbitrary::{self, instant};
use crate::naive::{self, Facts};

/// A ledger of some days, an objective over it, and a minute near its end.
pub(crate) fn case() -> impl Strategy<Value = (Facts, Objective, Minute)> {
    (instant(), 1..9_000_i64, -200..400_i64)
        .prop_flat_map(|(end, length, by)| {
            let span = Span::ending_at(end, length);
            (
                arbitrary::facts(span),
                arbitrary::objective(span),
                Just(end + by),
                0..4_u8,
            )
        })
        .prop_map(|(facts, objective, at, snap)| {
            // A quarter of the cases at the very end of a period, where its last slice may be cut.
            let whole = naive::window(&objective, at).map(|(_, whole)| whole.until);
            let at = whole.filter(|_| snap == 0).unwrap_or(at);
            (facts, objective, at)
        })
}

fn are_close(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => is_close(a, b),
        (None, None) => true,
        _ => false,
    }
}

/// A state may flip where a share lies on its limit but for rounding.
fn is_on_a_limit(consumed: f64) -> bool {
    (consumed - 1.0).abs() < 1e-9 || (consumed - 0.75).abs() < 1e-9
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn figures_are_those_of_the_naive_evaluation((facts, objective, at) in case()) {
        let series = arbitrary::series(&facts);
        let figures = evaluate(&series, &objective, at).unwrap();
        let naive = naive::evaluate(&facts, &objective, at);
        prop_assert_eq!(figures.window, naive.window);
        prop_assert_eq!(figures.bad, naive.bad);
        prop_assert_eq!(figures.total, naive.total);
        prop_assert_eq!(figures.minutes, naive.minutes);
        prop_assert_eq!(figures.known_minutes, naive.known);
        prop_assert_eq!(figures.excluded_minutes, naive.excluded);
        prop_assert_eq!(figures.imputed_minutes, naive.imputed);
        let slices = figures.slices.map(|s| [s.all, s.known, s.good, s.with_traffic]);
        prop_assert_eq!(slices, naive.slices);
        prop_assert!(are_close(figures.sli, naive.sli), "{:?} {:?}", figures.sli, naive.sli);
        let budget = figures.budget;
        prop_assert!(is_close(budget.allowed, naive.allowed), "{:?} {:?}", budget, naive);
        prop_assert!(is_close(budget.spent, naive.spent), "{:?} {:?}", budget, naive);
        prop_assert!(is_close(budget.consumed, naive.consumed), "{:?} {:?}", budget, naive);
        prop_assert!(figures.state == naive.state || is_on_a_limit(naive.consumed));
        prop_assert_eq!(broken_by(&figures, &objective), None);
    }

    #[test]
    fn burn_rates_are_those_of_the_naive_evaluation((facts, objective, at) in case()) {
        let series = arbitrary::series(&facts);
        for burn in burn_rates(&series, &objective, at).unwrap() {
            let (rate, lacks, bad) = naive::burn(&facts, &objective, at, burn.minutes);
            prop_assert!(are_close(burn.rate, rate), "{:?} {:?}", burn, rate);
            prop_assert_eq!(burn.lacks_coverage, lacks, "{:?}", burn);
            prop_assert_eq!(burn.bad, bad);
            prop_assert_eq!(broken_by_burn(&burn, &objective), None);
        }
    }

    #[test]
    fn slots_follow_from_their_burn_rates((facts, objective, at) in case()) {
        let series = arbitrary::series(&facts);
        let rates = burn_rates(&series, &objective, at).unwrap();
        for slot in slots(&series, &objective, at).unwrap() {
            prop_assert!(rates.contains(&slot.long) && rates.contains(&slot.short));
            prop_assert!(slot.short.minutes <= slot.long.minutes);
            let above = |rate: Option<f64>| rate.is_some_and(|rate| is_above(rate, slot.factor));
            let is_frozen = slot.long.lacks_coverage || slot.short.lacks_coverage;
            let is_true = above(slot.long.rate)
                && above(slot.short.rate)
                && slot.short.bad >= BAD_EVENTS_MIN;
            prop_assert_eq!(slot.holds, (!is_frozen).then_some(is_true));
            prop_assert_eq!(broken_by_slot(&slot, &objective), None);
        }
    }

    /// With the days that are required, everything can be computed and is what it is with all days;
    /// with one of them fewer, something cannot.
    #[test]
    fn required_days_are_exact((facts, objective, at) in case()) {
        let whole = arbitrary::series(&facts);
        let mut away = whole.clone();
        for day in whole.extent().days() {
            away.unload(day);
        }
        let required = required_days(&away, &objective, at);
        let load = |days: &[Day]| {
            let mut series = away.clone();
            for day in days {
                series.load(&whole.day(*day).unwrap());
            }
            series
        };
        let some = load(&required);
        prop_assert_eq!(required_days(&some, &objective, at), vec![]);
        prop_assert_eq!(all(&some, &objective, at).unwrap(), all(&whole, &objective, at).unwrap());
        for one in &required {
            let fewer: Vec<Day> = required.iter().copied().filter(|day| day != one).collect();
            prop_assert_eq!(all(&load(&fewer), &objective, at), Err(NotLoaded(*one)));
        }
    }

    /// What lies outside the required span changes nothing; its first minute may.
    #[test]
    fn nothing_outside_the_required_span_counts((facts, objective, at) in case()) {
        let span = required_span(&objective, at);
        let inside: Facts = facts.iter().filter(|(m, _)| span.contains(**m))
            .map(|(minute, fact)| (*minute, *fact)).collect();
        let (some, whole) = (arbitrary::series(&inside), arbitrary::series(&facts));
        prop_assert_eq!(all(&some, &objective, at).unwrap(), all(&whole, &objective, at).unwrap());
    }

    /// A replay says the same, to the bit, wherever it was made ready and elsewhere.
    #[test]
    fn a_replay_answers_as_if_asked_alone(
        (facts, objective, at) in case(),
        (before, length) in (0..4_000_i64, 0..6_000_i64),
        steps in prop::collection::vec(-5_000..2_000_i64, 8),
    ) {
        let series = arbitrary::series(&facts);
        let minutes = Span::ending_at(at - before + length, length);
        let replay = Replay::new(&series, &objective, minutes).unwrap();
        for at in steps.into_iter().map(|step| at + step).chain([at, minutes.until]) {
            let alone = all(&series, &objective, at).unwrap();
            prop_assert_eq!(replay.evaluate(at).unwrap(), alone.0);
            prop_assert_eq!(replay.burn_rates(at).unwrap(), alone.1);
            prop_assert_eq!(replay.slots(at).unwrap(), alone.2);
        }
    }

    /// One for slots alone, likewise.
    #[test]
    fn a_replay_for_slots_answers_as_if_asked_alone(
        (facts, objective, at) in case(),
        length in 1..2_000_i64,
        steps in prop::collection::vec(0..2_000_i64, 8),
    ) {
        let series = arbitrary::series(&facts);
        let minutes = Span::ending_at(at, length);
        let replay = Replay::for_slots(&series, &objective, minutes).unwrap();
        for at in steps.into_iter().map(|step| at - step) {
            let alone = all(&series, &objective, at).unwrap();
            prop_assert_eq!(replay.evaluate(at).unwrap(), alone.0);
            prop_assert_eq!(replay.slots(at).unwrap(), alone.2);
        }
    }

    /// Days that were judged stand for their minutes, at whatever minutes they were judged, as long
    /// as nothing of them changes.
    #[test]
    fn judged_days_stand_for_their_minutes(
        (facts, objective, at) in case(),
        steps in prop::collection::vec(-4_000..2_000_i64, 0..3),
        changes in prop::collection::vec(0..9_000_i64, 0..2),
    ) {
        let mut whole = arbitrary::series(&facts);
        let mut days = DaySlices::default();
        for step in steps {
            days.judge(&whole, &objective, at + step);
        }
        days.judge(&whole, &objective, at);
        for before in changes {
            let counted = Fact::counted(Events::whole(7), Events::whole(9));
            whole.put(&[(at - before, counted)]).unwrap();
        }
        let mut away = whole.clone();
        for day in whole.extent().days() {
            away.unload(day);
        }
        for day in Replay::of_days(&away, &objective, &days).required_days(at) {
            away.load(&whole.day(day).unwrap());
        }
        let alone = all(&whole, &objective, at).unwrap();
        // As it is, and with what was loaded judged anew.
        for _ in 0..2 {
            let replay = Replay::of_days(&away, &objective, &days);
            prop_assert_eq!(replay.required_days(at), vec![]);
            prop_assert_eq!(replay.evaluate(at).unwrap(), alone.0.clone());
            prop_assert_eq!(replay.burn_rates(at).unwrap(), alone.1);
            prop_assert_eq!(replay.slots(at).unwrap(), alone.2);
            days.judge(&away, &objective, at);
        }
    }

    #[test]
    fn a_window_is_the_sum_of_its_parts((facts, objective, at) in case(), cut in 1..4_000_i64) {
        let series = arbitrary::series(&facts);
        let over = |at: Minute, minutes: i64| {
            let window = Window::Rolling { minutes, text: format!("{minutes}m") };
            let objective = Objective { window, method: Method::Occurrences, ..objective.clone() };
            evaluate(&series, &objective, at).unwrap()
        };
        let parts = [over(at - cut, 5_000 - cut), over(at, cut)];
        prop_assert!(is_sum_of_parts(&over(at, 5_000), parts.each_ref()));
    }
}

type All = (
    tomoni_slo::Figures,
    [tomoni_slo::BurnRate; 7],
    [tomoni_slo::Slot; 4],
);

fn all(series: &Series, objective: &Objective, at: Minute) -> Result<All, NotLoaded> {
    Ok((
        evaluate(series, objective, at)?,
        burn_rates(series, objective, at)?,
        slots(series, objective, at)?,
    ))
}
