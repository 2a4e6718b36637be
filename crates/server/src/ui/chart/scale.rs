//! From values to places, and where an axis has its ticks.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};

use crate::ui::i18n::times::Times;

/// A linear scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linear {
    from: (f64, f64),
    to: (f64, f64),
}

impl Linear {
    /// Maps the values `from.0..from.1` to the places `to.0..to.1`.
    pub const fn new(from: (f64, f64), to: (f64, f64)) -> Self {
        Self { from, to }
    }

    /// The place of a value, held within the scale's places.
    pub fn place(&self, value: f64) -> f64 {
        let width = self.from.1 - self.from.0;
        let share = if width == 0.0 {
            0.0
        } else {
            ((value - self.from.0) / width).clamp(0.0, 1.0)
        };
        self.to.0 + share * (self.to.1 - self.to.0)
    }

    /// The place of an instant on a scale of seconds.
    pub fn place_of(&self, at: Timestamp) -> f64 {
        self.place(at.as_second() as f64)
    }
}

/// About `wanted` round values that lie within `low..=high`, and how many decimals they need.
///
/// ```
/// use tomoni_server::ui::chart::scale::nice_ticks;
/// assert_eq!(nice_ticks(0.0, 1.0, 4), (vec![0.0, 0.5, 1.0], 1));
/// ```
pub fn nice_ticks(low: f64, high: f64, wanted: usize) -> (Vec<f64>, usize) {
    let width = high - low;
    if width <= 0.0 || !width.is_finite() || wanted == 0 {
        return (vec![low], 0);
    }
    let rough = width / wanted as f64;
    let magnitude = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * magnitude)
        .find(|step| *step >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0 * magnitude);
    let places = (-(step.log10() + 1e-9).floor()).max(0.0) as usize;
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    // A value computed from its decimals has no binary noise: 3 · 0.1 is not 0.3.
    let inverse = 1.0 / step;
    let value = |n: i64| {
        if step < 1.0 {
            n as f64 / inverse.round().max(1.0)
        } else {
            n as f64 * step
        }
    };
    ((first..=last).map(value).collect(), places)
}

/// How far apart an axis of time has its ticks.
#[derive(Clone, Copy)]
enum Step {
    Minutes(i64),
    Days(i64),
    Months(i64),
}

const STEPS: &[Step] = &[
    Step::Minutes(5),
    Step::Minutes(15),
    Step::Minutes(30),
    Step::Minutes(60),
    Step::Minutes(180),
    Step::Minutes(360),
    Step::Minutes(720),
    Step::Days(1),
    Step::Days(2),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(3),
];

impl Step {
    const fn seconds(self) -> i64 {
        match self {
            Self::Minutes(n) => n * 60,
            Self::Days(n) => n * 86_400,
            Self::Months(n) => n * 30 * 86_400,
        }
    }
}

/// At most `count_max` round instants of `from..=until` in the zone, with their labels: midnights
/// for days, Mondays for weeks, the first for months.
pub fn time_ticks(
    from: Timestamp,
    until: Timestamp,
    times: &Times,
    count_max: usize,
) -> Vec<(Timestamp, String)> {
    let width = (until.as_second() - from.as_second()).max(1);
    let room = i64::try_from(count_max.max(1)).unwrap_or(i64::MAX);
    let fits = |step: &&Step| width / step.seconds() < room;
    let step = STEPS.iter().find(fits).copied().unwrap_or(Step::Months(12));
    let start = times.date_of(from);
    let midnight = |date: Date| zoned(date, Time::midnight(), &times.zone);
    let mut ticks = Vec::new();
    let mut push = |at: Option<Timestamp>, label: &dyn Fn(Timestamp) -> String| match at {
        Some(at) if at >= from && at <= until && ticks.len() < count_max => {
            ticks.push((at, label(at)));
        }
        _ => {}
    };
    let day = |at| times.day(times.date_of(at));
    match step {
        Step::Minutes(n) => {
            for date in dates(start, 1.day(), until, &times.zone) {
                for minute in (0..1_440).step_by(usize::try_from(n).unwrap_or(1)) {
                    let time = Time::midnight().wrapping_add(i64::from(minute).minutes());
                    let is_midnight = minute == 0;
                    push(zoned(date, time, &times.zone), &|at| {
                        if is_midnight {
                            day(at)
                        } else {
                            times.clock(at)
                        }
                    });
                }
            }
        }
        Step::Days(n) => {
            let back = if n % 7 == 0 {
                i64::from(start.weekday().to_monday_zero_offset())
            } else {
                0
            };
            let start = start.saturating_sub(back.days());
            for date in dates(start, n.days(), until, &times.zone) {
                push(midnight(date), &day);
            }
        }
        Step::Months(n) => {
            for date in dates(start.first_of_month(), n.months(), until, &times.zone) {
                push(midnight(date), &day);
            }
        }
    }
    ticks
}

/// Dates from a start on, one step apart, as long as they begin by `until`.
fn dates(start: Date, step: Span, until: Timestamp, zone: &TimeZone) -> impl Iterator<Item = Date> {
    const DATES_MAX: i64 = 10_000;
    let zone = zone.clone();
    (0..DATES_MAX)
        .map_while(move |n| {
            step.checked_mul(n)
                .ok()
                .and_then(|by| start.checked_add(by).ok())
        })
        .take_while(move |date| zoned(*date, Time::midnight(), &zone).is_some_and(|at| at <= until))
}

fn zoned(date: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    let civil = date
        .to_datetime(time)
        .to_zoned_datetime(zone.clone())
        .ok()?;
    Some(civil.timestamp())
}
