//! Times, dates and durations as people write them, in the viewer's zone.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use super::Language;

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 86_400;

/// Writes times in one language and zone.
#[derive(Clone, Debug)]
pub struct Times {
    /// The language.
    pub language: Language,
    /// The zone.
    pub zone: TimeZone,
}

impl Times {
    fn civil(&self, at: Timestamp) -> ZonedDateTime {
        at.to_zoned_datetime(self.zone.clone())
    }

    /// The calendar date of an instant, here.
    pub fn date_of(&self, at: Timestamp) -> Date {
        self.civil(at).date()
    }

    /// The zone's abbreviation at an instant, `JST`.
    pub fn abbreviation(&self, at: Timestamp) -> String {
        self.zone.to_offset_info(at).abbreviation().to_owned()
    }

    /// The zone's name, and how far it is from UTC: `Asia/Tokyo (UTC+9)`.
    pub fn zone_name(&self, at: Timestamp) -> String {
        let minutes = self.zone.to_offset(at).seconds() / 60;
        let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
        let sign = if minutes < 0 { '\u{2212}' } else { '+' };
        let name = self.zone.iana_name().unwrap_or("UTC");
        match (hours, rest) {
            (0, 0) => name.to_owned(),
            (_, 0) => format!("{name} (UTC{sign}{hours})"),
            _ => format!("{name} (UTC{sign}{hours}:{rest:02})"),
        }
    }

    /// `18:00`.
    pub fn clock(&self, at: Timestamp) -> String {
        let civil = self.civil(at);
        format!("{:02}:{:02}", civil.hour(), civil.minute())
    }

    /// `22 Nov`, `11/22`.
    pub fn day(&self, date: Date) -> String {
        match self.language {
            Language::English => format!("{} {}", date.day(), month_en(date.month())),
            Language::Japanese => format!("{}/{}", date.month(), date.day()),
        }
    }

    /// `22 Nov 18:00`, `11/22 18:00`.
    pub fn day_clock(&self, at: Timestamp) -> String {
        format!("{} {}", self.day(self.date_of(at)), self.clock(at))
    }

    /// `22 Nov 2026, 18:00 JST`, `2026年11月22日 18:00 JST`.
    pub fn full(&self, at: Timestamp) -> String {
        let date = self.date_of(at);
        let clock = self.clock(at);
        let zone = self.abbreviation(at);
        match self.language {
            Language::English => format!("{} {}, {clock} {zone}", self.day(date), date.year()),
            Language::Japanese => {
                let (year, month, day) = (date.year(), date.month(), date.day());
                format!("{year}年{month}月{day}日 {clock} {zone}")
            }
        }
    }

    /// `Sunday, 22 November 2026`, `2026年11月22日(日)`.
    pub fn long_date(&self, date: Date) -> String {
        let (year, month, day) = (date.year(), date.month(), date.day());
        let weekday = weekday(date.weekday(), self.language);
        match self.language {
            Language::English => format!("{weekday}, {day} {} {year}", month_long_en(month)),
            Language::Japanese => format!("{year}年{month}月{day}日({weekday})"),
        }
    }

    /// A length of time in its two largest units: `2 h 13 min`, `2時間13分`.
    pub fn length(&self, seconds: i64) -> String {
        let seconds = seconds.max(0);
        let (days, rest) = (seconds / DAY_S, seconds % DAY_S);
        let (hours, minutes) = (rest / HOUR_S, rest % HOUR_S / MINUTE_S);
        let units: [(i64, &str, &str); 3] = [
            (days, " d", "日"),
            (hours, " h", "時間"),
            (minutes, " min", "分"),
        ];
        let first = units.iter().position(|unit| unit.0 > 0);
        let Some(first) = first else {
            return self.unit(seconds, " s", "秒");
        };
        let parts = units.iter().skip(first).take(2).filter(|unit| unit.0 > 0);
        let parts: Vec<String> = parts.map(|(n, en, ja)| self.unit(*n, en, ja)).collect();
        match self.language {
            Language::English => parts.join(" "),
            Language::Japanese => parts.concat(),
        }
    }

    /// The length of a burn window, which is one unit: `5m`, `5分`.
    pub fn window(&self, minutes: i64) -> String {
        let (n, en, ja) = match minutes {
            m if m % 1_440 == 0 => (m / 1_440, "d", "日"),
            m if m % 60 == 0 => (m / 60, "h", "時間"),
            m => (m, "m", "分"),
        };
        self.unit(n, en, ja)
    }

    /// A window as its document writes it (`28d`, `1M`), in words: `28 days`, `28日`; a single
    /// calendar period only names it: `month`, `1か月`.
    pub fn window_words(&self, text: &str, is_calendar: bool) -> String {
        let is_unit = |c: char| !c.is_ascii_digit();
        let (digits, unit) = text.split_at(text.find(is_unit).unwrap_or(text.len()));
        let (english, japanese) = match unit {
            "m" => ("minute", "分"),
            "h" => ("hour", "時間"),
            "d" => ("day", "日"),
            "w" => ("week", "週間"),
            "M" => ("month", "か月"),
            "Q" => ("quarter", "四半期"),
            "Y" => ("year", "年"),
            _ => return text.to_owned(),
        };
        match self.language {
            Language::Japanese => format!("{digits}{japanese}"),
            Language::English if is_calendar && digits == "1" => english.to_owned(),
            Language::English if digits == "1" => format!("1 {english}"),
            Language::English => format!("{digits} {english}s"),
        }
    }

    fn unit(&self, number: i64, english: &str, japanese: &str) -> String {
        match self.language {
            Language::English => format!("{number}{english}"),
            Language::Japanese => format!("{number}{japanese}"),
        }
    }
}

fn month_en(month: i8) -> &'static str {
    month_long_en(month).get(..3).unwrap_or_default()
}

fn month_long_en(month: i8) -> &'static str {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let place = usize::try_from(month - 1).unwrap_or_default();
    MONTHS.get(place).copied().unwrap_or_default()
}

fn weekday(day: Weekday, language: Language) -> &'static str {
    let (english, japanese) = match day {
        Weekday::Monday => ("Monday", "月"),
        Weekday::Tuesday => ("Tuesday", "火"),
        Weekday::Wednesday => ("Wednesday", "水"),
        Weekday::Thursday => ("Thursday", "木"),
        Weekday::Friday => ("Friday", "金"),
        Weekday::Saturday => ("Saturday", "土"),
        Weekday::Sunday => ("Sunday", "日"),
    };
    match language {
        Language::English => english,
        Language::Japanese => japanese,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(language: Language, zone: &str) -> Times {
        let zone = TimeZone::get(zone).unwrap();
        Times { language, zone }
    }

    #[test]
    fn times_stand_in_the_zone_and_say_which() {
        let at: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let tokyo = times(Language::English, "Asia/Tokyo");
        assert_eq!(tokyo.full(at), "22 Nov 2026, 18:00 JST");
        assert_eq!(tokyo.zone_name(at), "Asia/Tokyo (UTC+9)");
        assert_eq!(
            tokyo.long_date(tokyo.date_of(at)),
            "Sunday, 22 November 2026"
        );
        let japanese = times(Language::Japanese, "Asia/Tokyo");
        assert_eq!(japanese.full(at), "2026年11月22日 18:00 JST");
        assert_eq!(
            japanese.long_date(japanese.date_of(at)),
            "2026年11月22日(日)"
        );
        let kolkata = times(Language::English, "Asia/Kolkata");
        assert_eq!(kolkata.zone_name(at), "Asia/Kolkata (UTC+5:30)");
        assert_eq!(times(Language::English, "UTC").zone_name(at), "UTC");
    }

    #[test]
    fn lengths_name_their_two_largest_units() {
        let english = times(Language::English, "UTC");
        let japanese = times(Language::Japanese, "UTC");
        for (seconds, en, ja) in [
            (0, "0 s", "0秒"),
            (59, "59 s", "59秒"),
            (60, "1 min", "1分"),
            (7_980, "2 h 13 min", "2時間13分"),
            (86_400, "1 d", "1日"),
            (90_061, "1 d 1 h", "1日1時間"),
        ] {
            assert_eq!(english.length(seconds), en);
            assert_eq!(japanese.length(seconds), ja);
        }
        assert_eq!(english.window(30), "30m");
        assert_eq!(japanese.window(360), "6時間");
        assert_eq!(english.window(4_320), "3d");
        assert_eq!(english.window_words("28d", false), "28 days");
        assert_eq!(english.window_words("1M", true), "month");
        assert_eq!(english.window_words("1w", false), "1 week");
        assert_eq!(japanese.window_words("1Q", true), "1四半期");
        assert_eq!(japanese.window_words("1h30m", false), "1h30m");
    }
}
