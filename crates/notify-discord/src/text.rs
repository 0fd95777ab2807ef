//! Text as Discord takes it: no longer than it may be, and without meaning where a user wrote it.

/// Mark at the end of a text that was cut off.
const ELLIPSIS: char = '…';

/// The length as Discord may count it. Its clients count UTF-16 units and its documents speak of
/// characters; there are never more characters than units, so this count is right for both.
pub(crate) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The text, cut where it would be longer than `limit`, and then ending in `…`.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    if length(text) <= limit {
        return text.to_owned();
    }
    let Some(room) = limit.checked_sub(ELLIPSIS.len_utf16()) else {
        return String::new();
    };
    let mut units = 0;
    let mut kept: String = text
        .chars()
        .take_while(|char| {
            units += char.len_utf16();
            units <= room
        })
        .collect();
    // A backslash that lost what it escapes would escape the ellipsis; twice two are two.
    let backslashes = kept.chars().rev().take_while(|&char| char == '\\').count();
    if backslashes % 2 == 1 {
        kept.pop();
    }
    kept.push(ELLIPSIS);
    kept
}

/// The text so that it is shown as it was written: no formatting, links, emoji or mentions, and no
/// character that is invisible or turns the direction of what follows.
///
/// A backslash before any ASCII punctuation shows that character and nothing else, which also
/// keeps `https://` from becoming a link.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for char in text.chars().filter(|&char| !is_invisible(char)) {
        if char.is_ascii_punctuation() {
            plain.push('\\');
        }
        plain.push(char);
    }
    plain
}

fn is_invisible(char: char) -> bool {
    (char.is_control() && char != '\n')
        || matches!(char, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_utf_16() {
        for (text, expected) in [("", 0), ("abc", 3), ("메이플", 3), ("🍁", 2)] {
            assert_eq!(length(text), expected, "{text}");
        }
    }

    #[test]
    fn long_texts_are_cut_and_end_in_an_ellipsis() {
        for (text, limit, expected) in [
            ("abcd", 4, "abcd"),
            ("abcde", 4, "abc…"),
            ("가나다라마", 4, "가나다…"),
            ("🍁🍁🍁", 6, "🍁🍁🍁"),
            ("🍁🍁🍁", 5, "🍁🍁…"),
            ("🍁🍁🍁", 4, "🍁…"),
            (r"ab\*cd", 4, "ab…"),
            (r"a\\bcd", 4, r"a\\…"),
            ("ab", 1, "…"),
            ("ab", 0, ""),
        ] {
            let cut = cut(text, limit);
            assert_eq!(cut, expected, "{text} to {limit}");
            assert!(length(&cut) <= limit);
        }
    }

    #[test]
    fn user_text_is_escaped() {
        for (text, expected) in [
            ("**bold** _it_", r"\*\*bold\*\* \_it\_"),
            ("@everyone <@1>", r"\@everyone \<\@1\>"),
            ("[a](https://b.c)", r"\[a\]\(https\:\/\/b\.c\)"),
            (
                "# head\n> quote\n-# small",
                "\\# head\n\\> quote\n\\-\\# small",
            ),
            ("`code` ||spoiler||", r"\`code\` \|\|spoiler\|\|"),
            (":smile: <t:0:R>", r"\:smile\: \<t\:0\:R\>"),
            ("a\\*b", r"a\\\*b"),
            ("감사합니다 🍁", "감사합니다 🍁"),
            ("a\u{202E}b\u{200B}c\r\td", "abcd"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }
}
