//! How traffic breathes over the day and the week.

use tomoni_ledger::{DAY_MINUTES, Minute};

/// A daily and a weekly rhythm of traffic, as factors of its level.
///
/// Between the full hours the factor changes linearly. Hours and days are those of the clock that
/// is `ahead` of UTC.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rhythm {
    /// The factor at each full hour of the day.
    pub hours: [f64; 24],
    /// The factor of each weekday, from Monday.
    pub days: [f64; 7],
    /// Minutes that the clock of these hours is ahead of UTC; 540 in Japan.
    pub ahead: i64,
}

impl Rhythm {
    /// Always the same.
    pub const FLAT: Self = Self {
        hours: [1.0; 24],
        days: [1.0; 7],
        ahead: 0,
    };

    /// People coming home: a peak in the morning, a higher one in the evening, a quiet night.
    pub const HOME: Self = Self {
        hours: [
            0.30, 0.20, 0.14, 0.12, 0.16, 0.35, 0.80, 1.25, 1.20, 0.95, 0.85, 0.90, //
            1.00, 0.95, 0.92, 1.00, 1.25, 1.60, 1.85, 1.80, 1.55, 1.20, 0.80, 0.50,
        ],
        days: [0.95, 0.95, 0.95, 1.0, 1.1, 1.15, 1.05],
        ahead: 0,
    };

    /// People at work: weekdays from nine to six, a dip at noon, nearly nothing on weekends.
    pub const OFFICE: Self = Self {
        hours: [
            0.05, 0.04, 0.04, 0.04, 0.05, 0.08, 0.20, 0.70, 1.60, 2.20, 2.30, 2.20, //
            1.50, 2.00, 2.20, 2.10, 1.90, 1.50, 0.90, 0.50, 0.30, 0.20, 0.12, 0.08,
        ],
        days: [1.1, 1.1, 1.1, 1.05, 0.95, 0.12, 0.1],
        ahead: 0,
    };

    /// The same rhythm by a clock that is so many minutes ahead of UTC.
    #[must_use]
    pub const fn ahead(mut self, minutes: i64) -> Self {
        self.ahead = minutes;
        self
    }

    /// The factor in a minute.
    pub fn at(&self, minute: Minute) -> f64 {
        let minute = minute + self.ahead;
        // 1970-01-01 was a Thursday, three days after a Monday.
        let weekday = (minute.day().index() + 3).rem_euclid(7) as usize;
        let place = minute.place_in_day();
        let (hour, past) = (place / 60, (place % 60) as f64 / 60.0);
        debug_assert!(place < DAY_MINUTES as usize);
        let (this, next) = (self.hours[hour], self.hours[(hour + 1) % 24]);
        self.days[weekday] * (this + (next - this) * past)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evenings_are_busier_than_nights_and_weekdays_than_weekends() {
        // 2026-06-01 is a Monday.
        let monday = Minute::ended_by_ms(1_780_272_000_000);
        assert!(Rhythm::HOME.at(monday + 18 * 60) > 10.0 * Rhythm::HOME.at(monday + 3 * 60));
        let noon = |day: i64| Rhythm::OFFICE.at(monday + day * DAY_MINUTES + 12 * 60);
        assert!(noon(0) > 5.0 * noon(5) && noon(4) > 5.0 * noon(6) && noon(7) > 5.0 * noon(6));
        let tokyo = Rhythm::HOME.ahead(540).at(monday + 9 * 60);
        assert!((tokyo - Rhythm::HOME.at(monday + 18 * 60)).abs() < f64::EPSILON);
        assert!((Rhythm::FLAT.at(monday) - 1.0).abs() < f64::EPSILON);
    }
}
