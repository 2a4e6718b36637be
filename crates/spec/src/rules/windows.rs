//! Over which windows alerts look, and how fast the budget burns when they tell.

use crate::sloth::{AlertWindow, AlertWindows, WindowPair};

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;

/// Sloth's period where nothing else is said.
pub(super) const DEFAULT_PERIOD_MS: u64 = 30 * DAY_MS;
/// The periods with built-in windows.
const PERIODS_MS: [u64; 2] = [28 * DAY_MS, DEFAULT_PERIOD_MS];

/// The windows of an SLO's alerts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Windows {
    /// When somebody is paged.
    pub(super) page: Pair,
    /// When a ticket is made.
    pub(super) ticket: Pair,
}

/// The windows of a severity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    pub(super) quick: Burning,
    pub(super) slow: Burning,
}

/// Two windows, and the burn rate over both with which an alert tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Burning {
    pub(super) short_ms: u64,
    pub(super) long_ms: u64,
    pub(super) factor: f64,
}

impl Windows {
    /// Those of a catalogue: the burn rate that spends its share of the budget in the long window.
    pub(super) fn of(catalogue: &AlertWindows) -> Self {
        let burning = |window: AlertWindow| {
            let hours = |ms: u64| ms as f64 / HOUR_MS as f64;
            // In Sloth's order of operations, so that the last digit is Sloth's as well.
            let spent_hours = window.error_budget_percent * hours(catalogue.period_ms) / 100.0;
            Burning {
                short_ms: window.short_ms,
                long_ms: window.long_ms,
                factor: spent_hours / hours(window.long_ms),
            }
        };
        let pair = |pair: WindowPair| Pair {
            quick: burning(pair.quick),
            slow: burning(pair.slow),
        };
        Self {
            page: pair(catalogue.page),
            ticket: pair(catalogue.ticket),
        }
    }

    /// All different windows, the shortest first.
    pub(super) fn lengths_ms(&self) -> Vec<u64> {
        let burning = [
            self.page.quick,
            self.page.slow,
            self.ticket.quick,
            self.ticket.slow,
        ];
        let mut all: Vec<u64> = burning
            .iter()
            .flat_map(|b| [b.short_ms, b.long_ms])
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The SRE Workbook's windows ("Alerting on SLOs", table 5-8), which hold for about a month.
pub(super) fn built_in(period_ms: u64) -> Option<Windows> {
    let window = |error_budget_percent: f64, short_ms: u64, long_ms: u64| AlertWindow {
        error_budget_percent,
        short_ms,
        long_ms,
    };
    PERIODS_MS.contains(&period_ms).then(|| {
        Windows::of(&AlertWindows {
            period_ms,
            page: WindowPair {
                quick: window(2.0, 5 * MINUTE_MS, HOUR_MS),
                slow: window(5.0, 30 * MINUTE_MS, 6 * HOUR_MS),
            },
            ticket: WindowPair {
                quick: window(10.0, 2 * HOUR_MS, DAY_MS),
                slow: window(10.0, 6 * HOUR_MS, 3 * DAY_MS),
            },
        })
    })
}

/// The windows that Pyrra looks over: shares of the period, rounded to the minute.
pub(super) fn of_pyrra(period_ms: u64) -> Windows {
    let burning = |short: u64, long: u64, factor: f64| {
        let share = |part: u64| {
            let minutes = (period_ms + part * MINUTE_MS / 2) / (part * MINUTE_MS);
            minutes.max(1) * MINUTE_MS
        };
        Burning {
            short_ms: share(short),
            long_ms: share(long),
            factor,
        }
    };
    Windows {
        page: Pair {
            quick: burning(8_064, 672, 14.0),
            slow: burning(1_344, 112, 7.0),
        },
        ticket: Pair {
            quick: burning(336, 28, 2.0),
            slow: burning(112, 7, 1.0),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_s_factors_are_sloth_s() {
        let factors = |days: u64| {
            let windows = built_in(days * DAY_MS).unwrap();
            let pairs = [windows.page, windows.ticket];
            let factors =
                pairs.map(|pair| format!("{:.4} {:.4}", pair.quick.factor, pair.slow.factor));
            factors.join(" ")
        };
        assert_eq!(factors(30), "14.4000 6.0000 3.0000 1.0000");
        assert_eq!(factors(28), "13.4400 5.6000 2.8000 0.9333");
        assert_eq!(built_in(7 * DAY_MS), None);
    }

    #[test]
    fn pyrra_s_windows_are_shares_of_the_period() {
        let minutes = |days: u64| {
            let windows = of_pyrra(days * DAY_MS);
            windows
                .lengths_ms()
                .iter()
                .map(|ms| ms / MINUTE_MS)
                .collect::<Vec<_>>()
        };
        assert_eq!(minutes(28), [5, 30, 60, 120, 360, 1_440, 5_760]);
        // 14 days through 8064 are two and a half minutes, which round up.
        assert_eq!(minutes(14), [3, 15, 30, 60, 180, 720, 2_880]);
        assert_eq!(minutes(1), [1, 2, 4, 13, 51, 206]);
        let (page, ticket) = (of_pyrra(DAY_MS).page, of_pyrra(DAY_MS).ticket);
        let factors = [page.quick, page.slow, ticket.quick, ticket.slow].map(|b| b.factor as u64);
        assert_eq!(factors, [14, 7, 2, 1]);
    }
}
