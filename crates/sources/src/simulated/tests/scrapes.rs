//! The source against the world's truth, and against what scrapes of the world prove.

use tomoni_ledger::{Counts, Events, Fact, Minute, Span};
use tomoni_slo::Part;

use super::{days, ratio};
use crate::simulated::Simulated;
use crate::simulator::proof::{self, Claim, Pick};
use crate::simulator::{Class, Metric, Scraping, Series, World, scenarios};

/// 2026-03-01T00:00:00Z.
const START: Minute = Minute::ended_by_ms(1_772_323_200_000);
const ALL: &str = r#"sum(rate(http_requests_total{job="unlock-api"}[5m]))"#;
const ERRORS: &str = r#"sum(rate(http_requests_total{job="unlock-api",code=~"5.."}[5m]))"#;

fn is_error(class: &Class) -> bool {
    let mut labels = class.labels.iter();
    labels.any(|(name, value)| *name == "code" && value.starts_with('5'))
}

/// Deploys, restarts, an outage: everything but hours in which nothing is known.
fn world() -> World {
    let mut world = scenarios::hard_to_count(42, START);
    world.unscraped_ms.clear();
    world
}

fn facts(world: World, span: Span) -> Vec<Fact> {
    let harvest = Simulated::new(world).read(&[ratio(Part::Bad, ERRORS, ALL)], span);
    harvest[0].facts.iter().map(|(_, fact)| *fact).collect()
}

fn sums(facts: &[Fact]) -> (i64, i64) {
    let known = facts.iter().filter_map(|fact| fact.counts);
    let (bad, total) = known.fold((Events::ZERO, Events::ZERO), |(bad, total), counts| {
        (bad + counts.bad, total + counts.total)
    });
    (bad.parts() / 1_024, total.parts() / 1_024)
}

#[test]
fn every_minute_is_the_truth() {
    let world = world();
    let service = world.service("unlock-api").unwrap();
    let span = Span::new(START + days(3), START + days(6));
    let lives = world.lives(service, span.until.end_ms());
    assert!(lives.len() > 12, "processes die in it: {}", lives.len());
    let truth: Vec<Counts> = span
        .minutes()
        .map(|minute| world.truth(service, &lives, minute, is_error))
        .collect();
    let facts = facts(world.clone(), span);
    let known = facts
        .iter()
        .zip(&truth)
        .filter(|(fact, _)| fact.counts.is_some());
    assert!(known.clone().count() > 4_300);
    for (fact, truth) in known {
        assert_eq!(fact.counts, Some(*truth));
    }
}

#[test]
fn scrapes_prove_the_same_sums_up_to_the_tails_of_the_dead() {
    let world = world();
    let service = world.service("unlock-api").unwrap();
    let span = Span::new(START, START + days(6));
    let scraping = Scraping {
        interval_ms: 15_000,
        from_ms: START.end_ms(),
        until_ms: span.until.end_ms(),
    };
    let series: Vec<Series> = world
        .scraped(service, scraping)
        .iter()
        .flat_map(Metric::series)
        .collect();
    let requests = Pick::named("http_requests_total").with("job", &["unlock-api"]);
    let errors = requests.clone().with("code", &["500", "504"]);
    let claim = Claim {
        job: "unlock-api".to_owned(),
        total: vec![(1, requests)],
        part: proof::Part::Bad(vec![(1, errors)]),
    };
    let proved = sums(&proof::of_counters(&series, &claim, span));
    let counted = sums(&facts(world.clone(), span));
    let unseen = (
        world.unseen(service, scraping, is_error),
        world.unseen(service, scraping, |_| true),
    );
    let missing = (counted.0 - proved.0, counted.1 - proved.1);
    println!("counted {counted:?}, proved {proved:?}, at most unseen {unseen:?}");
    assert!((0..=unseen.0).contains(&missing.0) && (0..=unseen.1).contains(&missing.1));
    assert!(counted.0 > 500 && counted.1 > 500_000 && unseen.1 < counted.1 / 200);
}
