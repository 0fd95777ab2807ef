//! Languages of the pages, and amounts and times as each writes them.

use api::amount;

use crate::texts::Texts;

/// Least chance that is written as a number, in per cent.
const LEAST_PERCENT: f64 = 0.000_01;

/// Least number of times that is written with its decimals.
const LEAST_TIMES: f64 = 0.005;

/// Language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// 한국어
    #[default]
    Ko,
    /// English
    En,
}

impl Lang {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Ko, Self::En];

    /// Returns the language tag (BCP 47).
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }

    /// Returns the language's own name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ko => "한국어",
            Self::En => "English",
        }
    }

    /// Returns the language of this tag.
    pub fn named(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        let mut all = Self::ALL.into_iter();
        all.find(|lang| lang.code().eq_ignore_ascii_case(primary))
    }

    /// Returns the language that an `Accept-Language` header weighs most (RFC 9110, section
    /// 12.5.4); Korean where it names neither.
    pub fn accepted(header: &str) -> Self {
        let mut best = (Self::Ko, 0.0_f32);
        for item in header.split(',') {
            let (tag, weight) = item.split_once(';').unwrap_or((item, ""));
            let weight = weight.trim().strip_prefix("q=");
            let weight = weight.map_or(1.0, |q| q.parse().unwrap_or(0.0));
            if let Some(lang) = Self::named(tag.trim())
                && weight > best.1
            {
                best = (lang, weight);
            }
        }
        best.0
    }

    /// Returns the texts of this language.
    pub(crate) const fn texts(self) -> &'static Texts {
        match self {
            Self::Ko => &Texts::KO,
            Self::En => &Texts::EN,
        }
    }

    /// Picks the text of this language.
    pub(crate) const fn pick<'t>(self, ko: &'t str, en: &'t str) -> &'t str {
        match self {
            Self::Ko => ko,
            Self::En => en,
        }
    }

    /// Writes an amount of meso: `827억 6,771만` or `82.8B`.
    pub fn meso(self, meso: u128) -> String {
        match self {
            Self::Ko => amount::korean(meso),
            Self::En => amount::short(meso),
        }
    }

    /// Writes a chance: as per cent, and below 0.1 % also as one in so many.
    pub(crate) fn chance(self, chance: f64) -> String {
        let percent = chance * 100.0;
        if percent > 0.0 && percent < LEAST_PERCENT {
            return match self {
                Self::Ko => format!("{LEAST_PERCENT}% 미만"),
                Self::En => format!("below {LEAST_PERCENT}%"),
            };
        }
        let digits = match percent {
            _ if percent >= 10.0 => 1,
            _ if percent >= 1.0 => 2,
            _ if percent >= 0.01 => 3,
            _ => 6,
        };
        let percent = format!("{percent:.digits$}");
        let percent = if percent.contains('.') {
            percent.trim_end_matches('0').trim_end_matches('.')
        } else {
            &percent
        };
        if chance > 0.0 && chance < 0.01 {
            let one_in = amount::count(1.0 / chance);
            return match self {
                Self::Ko => format!("{percent}% ({one_in}번에 한 번)"),
                Self::En => format!("{percent}% (1 in {one_in})"),
            };
        }
        format!("{percent}%")
    }

    /// Writes an age in the largest whole unit.
    pub(crate) fn age(self, seconds: u64) -> String {
        let (number, ko, en) = match seconds {
            0..60 => return self.pick("방금", "just now").to_owned(),
            60..3_600 => (seconds / 60, "분 전", "min ago"),
            3_600..86_400 => (seconds / 3_600, "시간 전", "h ago"),
            _ => (seconds / 86_400, "일 전", "d ago"),
        };
        match self {
            Self::Ko => format!("{number}{ko}"),
            Self::En => format!("{number} {en}"),
        }
    }

    /// Writes a whole number of times, with its digits in groups.
    pub(crate) fn whole_times(self, count: u64) -> String {
        let digits = amount::grouped(count.into());
        match self {
            Self::Ko => format!("{digits}회"),
            Self::En => digits,
        }
    }

    /// Writes a mean number of resets or attempts.
    pub(crate) fn times(self, count: f64) -> String {
        let count = if count < LEAST_TIMES {
            "0".to_owned()
        } else {
            amount::count(count)
        };
        match self {
            Self::Ko => format!("{count}회"),
            Self::En => count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted_takes_the_heaviest_known_language_and_else_korean() {
        for (header, lang) in [
            ("", Lang::Ko),
            ("ko-KR,ko;q=0.9,en;q=0.8", Lang::Ko),
            ("en-US,en;q=0.9,ko;q=0.8", Lang::En),
            ("ja,de;q=0.5", Lang::Ko),
            ("ko;q=0.1, EN;q=0.5", Lang::En),
            ("en;q=nonsense", Lang::Ko),
        ] {
            assert_eq!(Lang::accepted(header), lang, "{header}");
        }
    }

    #[test]
    fn chance_is_also_one_in_so_many_when_small() {
        assert_eq!(Lang::En.chance(0.000_625_246), "0.063% (1 in 1,599)");
        assert_eq!(Lang::Ko.chance(0.25), "25%");
        assert_eq!(Lang::Ko.chance(0.0), "0%");
        assert_eq!(Lang::Ko.chance(1.9e-10), "0.00001% 미만");
        assert_eq!(Lang::En.chance(1.0), "100%");
    }

    #[test]
    fn age_is_in_the_largest_whole_unit() {
        assert_eq!(Lang::Ko.age(59), "방금");
        assert_eq!(Lang::En.age(3_599), "59 min ago");
        assert_eq!(Lang::Ko.age(90_000), "1일 전");
    }
}
