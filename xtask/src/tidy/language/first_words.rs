//! Rule: a doc comment begins with a noun phrase or a verb in the third person.

use super::text::DocComment;

/// Highest share of a crate's doc comments that may break the rule, in percent.
pub(super) const MAX_PERCENT: usize = 3;

/// First words that leave the sentence without a noun.
const QUESTION_WORDS: &[&str] = &[
    "What", "Who", "Whose", "Where", "When", "Why", "Which", "How",
];

/// Returns the line and the start of each doc comment that breaks the rule.
pub(super) fn faults(comments: &[DocComment]) -> Vec<(usize, String)> {
    comments
        .iter()
        .filter(|comment| is_fault(comment))
        .map(|comment| (comment.line, comment.text.chars().take(80).collect()))
        .collect()
}

fn is_fault(comment: &DocComment) -> bool {
    let text = comment.text.trim_start_matches(['*', '[', '`']);
    let end = text.find(|letter: char| !letter.is_alphabetic());
    match &text[..end.unwrap_or(text.len())] {
        // `Whether` is the noun phrase of a truth value, and of nothing else.
        "Whether" => !comment.item.to_lowercase().contains("bool"),
        word => QUESTION_WORDS.contains(&word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::language::text::doc_comments;

    fn lines(source: &str) -> Vec<usize> {
        let found = faults(&doc_comments(source)).into_iter();
        found.map(|(line, _)| line).collect()
    }

    #[test]
    fn question_words_are_faults() {
        for word in QUESTION_WORDS {
            assert_eq!(lines(&format!("/// {word} it is.\nstruct A;\n")), [1]);
        }
        assert_eq!(lines("//! What it is.\n"), [1]);
        assert_eq!(lines("/// *When* it is.\nstruct A;\n"), [1]);
    }

    #[test]
    fn nouns_and_verbs_are_no_faults() {
        let source = "/// Upper bound.\nstruct A;\n/// Returns a.\n///\n/// What else.\nfn a() {}\n\
                      /// Whatever comes.\nfn b() {}\n// What it is.\n";
        assert_eq!(lines(source), [0; 0]);
    }

    #[test]
    fn whether_is_for_truth_values_only() {
        let source = "/// Whether it is.\na: bool,\n/// Whether it is.\nb: AtomicBool,\n\
                      /// Whether it is.\nfn c() -> bool {}\n/// Whether it is.\nenum D {}\n";
        assert_eq!(lines(source), [7]);
    }
}
