//! How much of the truth the scrapes cannot prove.

use super::events::Meter;
use super::life::Life;
use super::scraping::Scraping;
use super::world::{Class, Service, World};

/// After so long a series has no predecessor, so that a fall cannot hide.
const HOUR_MS: i64 = 3_600_000;

impl World {
    /// At most so many of the service's events, in the classes chosen, are missing from what the
    /// scrapes prove: for counters that are scraped without long gaps, `0 <= truth - proof <=
    /// unseen`. Three parts:
    ///
    /// - a process' events after its last scrape (the tail of the dead);
    /// - what the world's first scrape finds, which only sets the base;
    /// - what the first sample of a restarted process' series says: had the counter already climbed
    ///   to its old value, nobody can see that it fell. A counter that only exists from its first
    ///   event on may take an hour to be seen again, so this can be more than one scrape interval.
    pub fn unseen(
        &self,
        service: &Service,
        scraping: Scraping,
        chosen: impl Fn(&Class) -> bool,
    ) -> i64 {
        let lives = self.lives(service, scraping.until_ms + 1);
        let classes: Vec<usize> = (0..service.classes.len())
            .filter(|i| chosen(&service.classes[*i]))
            .collect();
        let mut unseen = 0;
        for (i, life) in lives.iter().enumerate() {
            let scrapes: Vec<i64> = self.scrapes(service, life, scraping).collect();
            let is_heir = i > 0 && lives[i - 1].instance == life.instance;
            let is_first = i == 0 || lives[i - 1].slot != life.slot;
            let mut meter = Meter::new(self, service, life);
            let hiding = match (is_first, is_heir) {
                (true, _) => &scrapes[..scrapes.len().min(1)],
                (_, true) => &scrapes[..scrapes.partition_point(|t| *t <= life.up_ms.0 + HOUR_MS)],
                _ => &[],
            };
            unseen += first_seen(&mut meter, service, hiding, &classes);
            let mut by = |at_ms: i64| -> i64 {
                let counts = meter.at(service, at_ms);
                classes.iter().map(|class| counts[*class]).sum()
            };
            let end_ms = life.served_ms.1.min(scraping.until_ms);
            unseen += by(end_ms) - scrapes.last().map_or(0, |at_ms| by(*at_ms));
        }
        unseen
    }

    /// When a life was scraped.
    fn scrapes<'a>(
        &'a self,
        service: &'a Service,
        life: &'a Life,
        scraping: Scraping,
    ) -> impl Iterator<Item = i64> + 'a {
        scraping
            .moments(life)
            .filter(move |at_ms| self.is_reachable(service, life, *at_ms))
    }
}

/// The classes' counts, each at the first scrape that found any.
fn first_seen(meter: &mut Meter, service: &Service, scrapes: &[i64], classes: &[usize]) -> i64 {
    let mut wanted = classes.to_vec();
    let mut sum = 0;
    for at_ms in scrapes {
        let counts = meter.at(service, *at_ms);
        wanted.retain(|class| {
            sum += counts[*class];
            counts[*class] == 0
        });
        if wanted.is_empty() {
            break;
        }
    }
    sum
}
