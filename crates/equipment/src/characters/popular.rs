//! Counts of questions by character.

use std::cmp::Reverse;
use std::collections::HashMap;

use kernel::CharacterName;
use parking_lot::{Mutex, MutexGuard};

/// At most so many names are counted; a crowd of names asked for once cannot take more memory.
const NAMES: usize = 10_000;

/// Counts questions by name; what is long ago counts less and less.
#[derive(Debug, Default)]
pub(super) struct Popularity(Mutex<HashMap<CharacterName, u32>>);

impl Popularity {
    /// Somebody asked for this character.
    pub(super) fn asked(&self, name: &CharacterName) {
        let mut counts = self.counts();
        if let Some(count) = counts.get_mut(name) {
            *count = count.saturating_add(1);
        } else if counts.len() < NAMES {
            counts.insert(name.clone(), 1);
        }
    }

    /// Up to `limit` names asked for more than once, the most asked for first. Halves all counts.
    pub(super) fn most(&self, limit: usize) -> Vec<CharacterName> {
        let mut counts = self.counts();
        let mut most: Vec<_> = counts.iter().filter(|(_, count)| **count > 1).collect();
        most.sort_by_key(|(name, count)| (Reverse(**count), *name));
        let most = most.into_iter().take(limit);
        let most = most.map(|(name, _)| name.clone()).collect();
        counts.retain(|_, count| {
            *count /= 2;
            *count > 0
        });
        most
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<CharacterName, u32>> {
        self.0.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(names: &[&str]) -> Popularity {
        let popularity = Popularity::default();
        for name in names {
            popularity.asked(&name.parse().unwrap());
        }
        popularity
    }

    fn most(popularity: &Popularity, limit: usize) -> Vec<String> {
        let most = popularity.most(limit);
        most.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn most_asked_for_come_first_and_fade() {
        let popularity = asked(&["가가", "나나", "가가", "나나", "나나", "다다", "나나"]);
        assert_eq!(most(&popularity, 9), ["나나", "가가"]);
        assert_eq!(most(&popularity, 9), ["나나"], "two of four are left");
        assert_eq!(most(&popularity, 9), [""; 0]);
    }

    #[test]
    fn limit_bounds_the_names() {
        let popularity = asked(&["가가", "나나", "가가", "나나"]);
        assert_eq!(most(&popularity, 1), ["가가"]);
    }

    #[test]
    fn crowd_of_names_takes_no_place_from_those_that_are_known() {
        let popularity = asked(&["가가"]);
        for number in 0..NAMES {
            popularity.asked(&format!("n{number}").parse().unwrap());
        }
        popularity.asked(&"가가".parse().unwrap());
        assert_eq!(most(&popularity, 9), ["가가"]);
    }
}
