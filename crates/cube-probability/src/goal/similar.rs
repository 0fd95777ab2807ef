//! The stat a misspelt word probably means.

use crate::Stat;

/// The stat whose identifier differs from `word` in the fewest letters, if in at most three.
pub(super) fn most_similar(word: &str) -> Option<Stat> {
    let distance = |stat: &Stat| edit_distance(word, stat.id());
    let nearest = *Stat::ALL.iter().min_by_key(|stat| distance(stat))?;
    (distance(&nearest) <= 3).then_some(nearest)
}

/// The number of letters to add, drop or change to turn one word into the other.
fn edit_distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, &b) in to.iter().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_error_is_recognised_and_another_word_is_not() {
        assert_eq!(most_similar("boss_damge_pct"), Some(Stat::BossDamagePct));
        assert_eq!(most_similar("cooldown_second"), Some(Stat::CooldownSeconds));
        assert_eq!(most_similar("strength"), None);
        assert_eq!(most_similar("마력"), None);
    }

    #[test]
    fn letters_are_counted_whichever_way_they_differ() {
        assert_eq!(edit_distance("int", "int"), 0);
        assert_eq!(edit_distance("int", "in"), 1);
        assert_eq!(edit_distance("", "int"), 3);
        assert_eq!(edit_distance("kitten", "sitting"), 3);
    }
}
