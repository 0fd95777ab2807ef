//! Rule: phrases that a reader with English as a second language stumbles over are not used.

use std::path::Path;

use super::text;

/// Phrases and their replacement.
const FORBIDDEN: &[(&str, &str)] = &[
    ("whoever", "a noun: the caller, the holder"),
    ("of late", "recently"),
    ("for good", "permanently"),
    ("no more", "no longer, or a bound: at most"),
    ("any more", "any longer"),
    ("all the same", "nevertheless"),
    ("in vain", "without success"),
    ("its like", "a noun"),
    ("is owed", "is pending"),
    ("be had", "be obtained, is available"),
    ("as it is", "unchanged"),
    ("at last", "finally, or the condition"),
    ("of use", "useful"),
    ("tells of", "reports"),
    ("is told", "is notified, receives"),
    ("no longer than which", "upper bound"),
];

/// Whether a file contains the list itself.
pub(super) fn is_list_of_words(path: &Path) -> bool {
    path.ends_with("tidy/language/words.rs") || path.ends_with("tidy/language/mod.rs")
}

/// Returns the line of each forbidden phrase, with its replacement. A phrase may be broken over
/// two lines of a comment.
pub(super) fn faults(text: &str) -> Vec<(usize, String)> {
    let lines: Vec<String> = text
        .lines()
        .map(|line| text::without_markers(line).to_lowercase())
        .collect();
    let mut found = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let next = lines.get(number + 1).map_or("", String::as_str);
        let joined = format!("{line} {next}");
        for (phrase, better) in FORBIDDEN {
            let count = starts(&joined, phrase)
                .filter(|&start| start < line.len())
                .count();
            found.extend((0..count).map(|_| (number + 1, format!("{phrase} ({better})"))));
        }
    }
    found
}

/// Returns the positions of a phrase that stands between word boundaries.
fn starts<'a>(text: &'a str, phrase: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(phrase).filter_map(move |(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + phrase.len()..].chars().next();
        let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        (!is_word(before) && !is_word(after)).then_some(start)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        faults(text).into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn forbidden_phrases_are_found_in_comments_and_messages() {
        for (phrase, _) in FORBIDDEN {
            assert_eq!(lines(&format!("fn a() {{}}\n    // {phrase}.\n")), [2]);
            assert_eq!(lines(&format!("#[error(\"it is {phrase}\")]")), [1]);
        }
        assert_eq!(lines("Whoever waits, waits in vain."), [1, 1]);
    }

    #[test]
    fn phrases_are_found_across_lines_and_counted_once() {
        assert_eq!(lines("//! It waits no\n//! more.\n"), [1]);
        assert_eq!(lines("/// It waits.\n/// No more.\n"), [2]);
    }

    #[test]
    fn parts_of_longer_words_are_no_faults() {
        assert_eq!(lines("// of user, kilo of latency, for goodness\n"), [0; 0]);
    }
}
