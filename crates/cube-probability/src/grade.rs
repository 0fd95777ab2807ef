//! Grades of a potential.

use crate::words::words;

/// The grade of an item's potential or additional potential, from lowest to highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// 레어
    Rare,
    /// 에픽
    Epic,
    /// 유니크
    Unique,
    /// 레전드리
    Legendary,
}

words!("grade", Grade { Rare = "rare", Epic = "epic", Unique = "unique", Legendary = "legendary" });

impl Grade {
    /// The game's own word.
    pub const fn korean(self) -> &'static str {
        match self {
            Self::Rare => "레어",
            Self::Epic => "에픽",
            Self::Unique => "유니크",
            Self::Legendary => "레전드리",
        }
    }

    /// Finds a grade by the game's own word, such as `레전드리`.
    pub fn from_korean(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|grade| grade.korean() == word)
    }

    /// The grade above, if there is one.
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self as usize + 1).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_rise_in_order_and_end_at_legendary() {
        assert_eq!(Grade::Rare.next(), Some(Grade::Epic));
        assert_eq!(Grade::Legendary.next(), None);
        assert!(Grade::ALL.is_sorted());
    }

    #[test]
    fn every_grade_is_found_by_its_words() {
        for &grade in Grade::ALL {
            assert_eq!(grade.id().parse(), Ok(grade));
            assert_eq!(Grade::from_korean(grade.korean()), Some(grade));
        }
    }

    #[test]
    fn unknown_grade_names_what_was_expected() {
        let error = "mythic".parse::<Grade>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown grade `mythic`; expected one of rare epic unique legendary"
        );
    }
}
