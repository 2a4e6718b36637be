//! What is not counted but evaluated by the server.

use insta::assert_snapshot;
use tomoni_ledger::{Events, Fact, Marks, Span};
use tomoni_slo::{Op, Part};

use crate::support::{Held, START, events, facts, first, gauge, ratio, ready_made, sums, told};

fn approximate(bad: f64, total: f64) -> Fact {
    events(bad, total).marked(Marks::APPROXIMATE)
}

#[tokio::test]
async fn rates_are_times_the_seconds_and_increases_are_not() {
    let held = Held::default()
        .canned("sum(rate(a[5m])) * 2", &[0.5])
        .canned("sum(rate(b[5m])) / 1", &[2.0])
        .canned("sum(increase(c[10m])) * 1", &[30.0])
        .canned("sum(increase(d[5m])) * 1", &[90.0])
        // A counter beside an expression is increased by the server.
        .canned("sum(increase(e[5m]))", &[25.0]);
    let wants = [
        ratio(
            Part::Bad,
            "sum(rate(a[{{.window}}])) * 2",
            "sum(rate(b[$__rate_interval])) / 1",
        ),
        ratio(
            Part::Good,
            "sum(increase(c[10m])) * 1",
            "sum(increase(d[{{ .window }}])) * 1",
        ),
        ratio(Part::Bad, "e", "sum(increase(d[5m])) * 1"),
    ];
    let fake = held.serve().await;
    let harvests = fake.read_as_of(&wants, first(7), START + 10).await;
    assert_eq!(facts(&harvests[0]), [approximate(30.0, 120.0); 7]);
    assert_eq!(facts(&harvests[1]), [approximate(15.0, 18.0); 7]);
    assert_eq!(facts(&harvests[2]), [approximate(5.0, 18.0); 7]);
    assert_snapshot!(told(&harvests[0].observations));
}

#[tokio::test]
async fn nothing_is_lost_to_rounding_and_cuts_change_nothing() {
    let held = Held::default()
        .canned("abs(rate(a[5m]))", &[0.001_1, 0.000_2])
        .canned("abs(rate(b[5m]))", &[0.017]);
    let fake = held.serve().await;
    let wants = [ratio(Part::Bad, "abs(rate(a[5m]))", "abs(rate(b[5m]))")];
    let span = Span::new(START + 3, START + 23);
    let horizon = START + 25;
    let whole = fake.read_as_of(&wants, span, horizon).await.remove(0);
    let twenty = |per_second: f64| {
        Events::from_parts(4 * Events::nearest(per_second * 300.0).unwrap().parts())
    };
    assert_eq!(
        (sums(&whole).bad, sums(&whole).total),
        (twenty(0.001_3), twenty(0.017))
    );
    let mut pieces = Vec::new();
    for (after, until) in [(3, 4), (4, 11), (11, 23)] {
        let span = Span::new(START + after, START + until);
        pieces.extend(facts(
            &fake.read_as_of(&wants, span, horizon).await.remove(0),
        ));
    }
    assert_eq!(pieces, facts(&whole));
}

#[tokio::test]
async fn a_step_that_has_not_ended_is_unknown_and_once_it_has_it_does_not_change() {
    let fake = Held::default()
        .canned("abs(a)", &[1.0])
        .canned("abs(b)", &[4.0])
        .canned("failure", &[0.25])
        .serve()
        .await;
    let wants = [
        ratio(Part::Bad, "abs(a)", "abs(b)"),
        ready_made("failure", false),
    ];
    let (known, ready) = (approximate(60.0, 240.0), approximate(15.0, 60.0));
    // Up to the end of what is known: the step under way is left out, wherever the span ends.
    for minutes in 1..=11 {
        let read = fake.read(&wants, first(minutes)).await;
        let whole = minutes as usize / 5 * 5;
        for (harvest, known) in read.iter().zip([known, ready]) {
            let facts = facts(harvest);
            let (ended, under_way) = facts.split_at(whole);
            assert!(ended.iter().all(|fact| *fact == known), "{minutes}");
            assert!(
                under_way.iter().all(|fact| *fact == Fact::UNKNOWN),
                "{minutes}"
            );
        }
    }
    // Minute by minute, later: as all at once.
    for (minute, horizon) in [(6, 10), (7, 11), (10, 10), (9, 14), (1, 500)] {
        let span = Span::ending_at(START + minute, 1);
        let read = fake.read_as_of(&wants, span, START + horizon).await;
        assert_eq!((facts(&read[0])[0], facts(&read[1])[0]), (known, ready));
    }
}

#[tokio::test]
async fn what_is_no_number_of_events_is_unknown() {
    let nan = Fact::UNKNOWN.marked(Marks::INVALID);
    let held = Held::default()
        .canned("abs(a)", &[1.0])
        .canned("abs(broken)", &[f64::NAN])
        .canned("abs(less)", &[-1.0])
        .canned("abs(none)", &[]);
    let fake = held.serve().await;
    let wants = [
        ratio(Part::Bad, "abs(broken)", "abs(a)"),
        ratio(Part::Bad, "abs(a)", "abs(broken)"),
        ratio(Part::Bad, "abs(less)", "abs(a)"),
        ratio(Part::Bad, "abs(none)", "abs(a)"),
        ratio(Part::Bad, "abs(a)", "abs(none)"),
    ];
    let harvests = fake.read_as_of(&wants, first(1), START + 5).await;
    let facts: Vec<Fact> = harvests.iter().map(|harvest| facts(harvest)[0]).collect();
    assert_eq!(
        facts,
        [nan, nan, nan, approximate(0.0, 60.0), Fact::UNKNOWN]
    );
    let all: Vec<String> = harvests
        .iter()
        .map(|harvest| told(&harvest.observations))
        .collect();
    assert_snapshot!(all.join("\n---\n"));
}

#[tokio::test]
async fn a_ready_made_ratio_counts_as_sixty_a_minute() {
    let held = Held::default()
        .canned("success", &[0.9])
        .canned("failure", &[0.25])
        .canned("percent", &[99.0])
        .canned("two", &[0.5, 0.5]);
    let fake = held.serve().await;
    let wants = [
        ready_made("success", true),
        ready_made("failure", false),
        ready_made("percent", true),
        ready_made("two", true),
    ];
    let harvests = fake.read(&wants, first(5)).await;
    let total = |i: usize| (sums(&harvests[i]).bad, sums(&harvests[i]).total);
    assert_eq!(
        total(0),
        (Events::nearest(30.0).unwrap(), Events::whole(300))
    );
    assert_eq!(total(1), (Events::whole(75), Events::whole(300)));
    assert_eq!(total(2), (Events::ZERO, Events::whole(300)));
    assert!(
        facts(&harvests[2])[0].marks.has(Marks::CLAMPED),
        "percents are no ratio"
    );
    assert_eq!(facts(&harvests[3])[0], Fact::UNKNOWN);
    let all: Vec<String> = harvests
        .iter()
        .map(|harvest| told(&harvest.observations))
        .collect();
    assert_snapshot!(all.join("\n---\n"));
}

#[tokio::test]
async fn a_gauge_that_is_computed_is_judged_at_the_end_of_each_minute() {
    let quantile = "histogram_quantile(0.99, sum by (le) (rate(seconds_bucket[5m])))";
    let held = Held::default()
        .canned(quantile, &[0.3])
        .canned("a + b", &[f64::NAN])
        .canned("a - b", &[1.0, 2.0]);
    let fake = held.serve().await;
    let wants = [
        gauge(&quantile.replace("5m", "{{.window}}"), Op::Lt, 0.25),
        gauge("a + b", Op::Lt, 1.0),
        gauge("a - b", Op::Lt, 1.0),
    ];
    let harvests = fake.read(&wants, first(2)).await;
    assert_eq!(facts(&harvests[0]), [approximate(1.0, 1.0); 2]);
    assert_eq!(
        facts(&harvests[1]),
        [Fact::UNKNOWN.marked(Marks::INVALID); 2]
    );
    assert_eq!(facts(&harvests[2]), [Fact::UNKNOWN; 2]);
    let all: Vec<String> = harvests
        .iter()
        .map(|harvest| told(&harvest.observations))
        .collect();
    assert_snapshot!(all.join("\n---\n"));
}

#[tokio::test]
async fn a_server_that_gives_few_points_is_asked_for_fewer() {
    let mut held = Held::default()
        .canned("abs(a)", &[1.0])
        .canned("abs(b)", &[4.0]);
    held.samples_max = Some(7);
    let fake = held.serve().await;
    let wants = [
        ratio(Part::Bad, "abs(a)", "abs(b)"),
        gauge("abs(a)", Op::Lt, 1.0),
    ];
    let harvests = fake.read(&wants, first(200)).await;
    assert_eq!(facts(&harvests[0]), [approximate(60.0, 240.0); 200]);
    assert_eq!(facts(&harvests[1]), [approximate(1.0, 1.0); 200]);
}
