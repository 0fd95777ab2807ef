//! Search for English sentences in Korean text, for tests.

/// Words in a row that make a sentence; names of games and programs are shorter.
const WORDS: usize = 3;

/// Returns the first English sentence of a text: three words in a row, each of letters only. The
/// names of stats in goals are no words, as they have underscores or signs beside them.
pub(crate) fn sentence(text: &str) -> Option<String> {
    let is_word = |word: &&str| {
        let word = word.trim_matches(|c: char| ".,:;!?()'\"`".contains(c));
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic())
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let found = words.windows(WORDS).find(|run| run.iter().all(is_word));
    found.map(|run| run.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentence_is_found_among_korean_words_and_goals_are_none() {
        for (text, found) in [
            ("모자: the level of the item is not known", true),
            ("가격을 모름 (no price known)", true),
            ("int_pct >= 21 and cooldown_seconds >= 2", false),
            ("넥슨 Open API", false),
            ("INT 1, 올스탯 1%를 10으로", false),
        ] {
            assert_eq!(sentence(text).is_some(), found, "{text}");
        }
    }
}
