//! Raw samples as they come in, by series.

use std::collections::HashMap;

use tomoni_spec::promql::Selector;

use super::super::answer::Series;
use super::super::counting::Sample;
use super::super::labels::Labels;

/// The series of one reading and their samples, as far as they are still needed.
#[derive(Debug, Default)]
pub(super) struct Tapes {
    places: HashMap<Labels, usize>,
    tapes: Vec<(Labels, Vec<Sample>)>,
}

/// The series that one selector means, kept up to date as more of them appear.
#[derive(Debug)]
pub(super) struct Choice {
    selector: Selector,
    /// In the order of the series' labels, so that nothing depends on the order of answers.
    chosen: Vec<usize>,
    looked_at: usize,
}

impl Tapes {
    /// Takes in an answer. What is there already is not taken twice; gives how many samples are new.
    pub(super) fn take(&mut self, series: Vec<Series>) -> u64 {
        let mut taken = 0;
        for series in series {
            let at = match self.places.get(&series.labels) {
                Some(at) => *at,
                None => {
                    self.places.insert(series.labels.clone(), self.tapes.len());
                    self.tapes.push((series.labels, Vec::new()));
                    self.tapes.len() - 1
                }
            };
            if let Some((_, tape)) = self.tapes.get_mut(at) {
                let before = tape.len();
                append(tape, series.samples);
                taken += (tape.len() - before) as u64;
            }
        }
        taken
    }

    /// Forgets samples up to an instant.
    pub(super) fn forget_until(&mut self, at_ms: i64) {
        for (_, tape) in &mut self.tapes {
            let old = tape.partition_point(|sample| sample.at_ms <= at_ms);
            tape.drain(..old);
        }
    }

    /// Whether the first count of any series lies in `(from_ms, to_ms]`.
    pub(super) fn begin_within(&self, from_ms: i64, to_ms: i64) -> bool {
        let first = |tape: &[Sample]| tape.iter().find(|sample| sample.is_count()).copied();
        let firsts = self.tapes.iter().filter_map(|(_, tape)| first(tape));
        firsts
            .into_iter()
            .any(|sample| from_ms < sample.at_ms && sample.at_ms <= to_ms)
    }

    /// A series' labels.
    pub(super) fn labels(&self, at: usize) -> Option<&Labels> {
        self.tapes.get(at).map(|(labels, _)| labels)
    }

    fn tape(&self, at: usize) -> &[Sample] {
        self.tapes.get(at).map_or(&[], |(_, tape)| tape)
    }
}

impl Choice {
    pub(super) const fn new(selector: Selector) -> Self {
        Self {
            selector,
            chosen: Vec::new(),
            looked_at: 0,
        }
    }

    /// Looks through series that have appeared since the last time.
    pub(super) fn update(&mut self, tapes: &Tapes) {
        let known = self.chosen.len();
        for (at, (labels, _)) in tapes.tapes.iter().enumerate().skip(self.looked_at) {
            if self.selector.matches(|label| labels.get(label)) {
                self.chosen.push(at);
            }
        }
        self.looked_at = tapes.tapes.len();
        if self.chosen.len() > known {
            self.chosen
                .sort_by(|a, b| tapes.labels(*a).cmp(&tapes.labels(*b)));
        }
    }

    /// Whether any series was ever seen.
    pub(super) fn is_empty(&self) -> bool {
        self.chosen.is_empty()
    }

    /// The samples of the chosen series.
    pub(super) fn samples<'a>(&self, tapes: &'a Tapes) -> Vec<&'a [Sample]> {
        self.chosen.iter().map(|at| tapes.tape(*at)).collect()
    }

    /// The labels of one of the chosen series.
    pub(super) fn labels<'a>(&self, tapes: &'a Tapes, which: usize) -> Option<&'a Labels> {
        tapes.labels(*self.chosen.get(which)?)
    }
}

/// Adds samples to a tape. Answers overlap by a second, and servers may hold a sample twice.
fn append(tape: &mut Vec<Sample>, samples: Vec<Sample>) {
    let is_rising = samples.windows(2).all(|pair| match pair {
        [a, b] => a.at_ms < b.at_ms,
        _ => true,
    });
    let last_ms = tape.last().map(|sample| sample.at_ms);
    let first_ms = samples.first().map(|sample| sample.at_ms);
    if is_rising && last_ms < first_ms {
        if tape.is_empty() {
            *tape = samples;
        } else {
            tape.extend(samples);
        }
        return;
    }
    tape.extend(samples);
    // Of several samples of one instant, the largest; a number before what is none.
    tape.sort_by(|a, b| {
        a.at_ms.cmp(&b.at_ms).then_with(|| {
            b.value
                .is_finite()
                .cmp(&a.value.is_finite())
                .then(b.value.total_cmp(&a.value))
        })
    });
    tape.dedup_by_key(|sample| sample.at_ms);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(name: &str, samples: &[(i64, f64)]) -> Series {
        let labels = Labels::new(vec![("__name__".into(), name.into())]);
        let sample = |(at_ms, value): &(i64, f64)| Sample {
            at_ms: *at_ms,
            value: *value,
        };
        Series {
            labels,
            samples: samples.iter().map(sample).collect(),
        }
    }

    fn held(tapes: &Tapes, name: &str) -> Vec<(i64, f64)> {
        let mut choice = Choice::new(Selector::new(Some(name.to_owned()), Vec::new()));
        choice.update(tapes);
        let samples = choice.samples(tapes).concat();
        samples
            .iter()
            .map(|sample| (sample.at_ms, sample.value))
            .collect()
    }

    #[test]
    fn overlapping_answers_are_joined() {
        let mut tapes = Tapes::default();
        assert_eq!(tapes.take(vec![series("x", &[(1, 1.0), (2, 2.0)])]), 2);
        assert_eq!(
            tapes.take(vec![
                series("x", &[(2, 2.0), (3, 3.0)]),
                series("y", &[(9, 0.0)])
            ]),
            2
        );
        assert_eq!(
            tapes.take(vec![series("x", &[(0, 0.0), (1, 1.0)])]),
            1,
            "older ones, later"
        );
        assert_eq!(held(&tapes, "x"), [(0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0)]);
        assert_eq!(held(&tapes, "y"), [(9, 0.0)]);
        tapes.forget_until(2);
        assert_eq!(held(&tapes, "x"), [(3, 3.0)]);
        assert!(held(&tapes, "z").is_empty());
    }

    #[test]
    fn samples_out_of_order_or_twice_are_put_right() {
        let mut tapes = Tapes::default();
        let samples = [
            (3, 3.0),
            (1, f64::NAN),
            (1, 1.0),
            (2, 4.0),
            (2, 5.0),
            (2, f64::INFINITY),
        ];
        assert_eq!(tapes.take(vec![series("x", &samples)]), 3);
        assert_eq!(held(&tapes, "x"), [(1, 1.0), (2, 5.0), (3, 3.0)]);
    }
}
