//! How small the ledger packs the simulator's ordinary traffic.

use tomoni_ledger::{DAY_MINUTES, Day, DayFacts, Fact, block};
use tomoni_sources::simulator::{Class, Outcome, scenarios};

/// The goal: bytes a minute, good and total together.
const GOAL: f64 = 3.0;

#[test]
fn a_minute_of_the_lab_takes_less_than_three_bytes() {
    let days = [20_600, 20_601, 20_602, 20_603].map(Day::from_index);
    let now = days[3].last();
    let world = scenarios::lab(7, days[0].span().after, now);
    for service in &world.services {
        let lives = world.lives(service, now.end_ms());
        let mut bytes = 0;
        for day in days {
            let mut facts = DayFacts::unknown(day);
            for minute in day.span().minutes() {
                let counts = world.truth(service, &lives, minute, is_failed);
                facts.set(minute, Fact::counted(counts.bad, counts.total));
            }
            let packed = block::encode(&facts);
            assert_eq!(block::decode(&packed).as_ref(), Ok(&facts));
            bytes += packed.len();
        }
        let per_minute = bytes as f64 / (days.len() as i64 * DAY_MINUTES) as f64;
        println!("{}: {per_minute:.2} bytes a minute", service.name);
        assert!(per_minute < GOAL, "{}: {per_minute}", service.name);
    }
}

fn is_failed(class: &Class) -> bool {
    class.outcome == Outcome::Failed
}
