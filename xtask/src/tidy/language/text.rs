//! Doc comments and prose in source files and pages, found line by line.

/// A doc comment: consecutive lines with the same marker.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DocComment {
    /// Number of its first line, from 1.
    pub(super) line: usize,
    /// Its lines, joined by spaces.
    pub(super) text: String,
    /// Signature of the documented item, up to its body; empty for a module.
    pub(super) item: String,
}

/// Returns the doc comments of a source file.
pub(super) fn doc_comments(source: &str) -> Vec<DocComment> {
    let lines: Vec<&str> = source.lines().collect();
    let mut found = Vec::new();
    let mut next = 0;
    while let Some(line) = lines.get(next) {
        let Some((marker, _)) = doc_line(line) else {
            next += 1;
            continue;
        };
        let length = lines[next..]
            .iter()
            .take_while(|line| doc_line(line).is_some_and(|(other, _)| other == marker))
            .count();
        let parts = lines[next..next + length]
            .iter()
            .filter_map(|line| doc_line(line));
        let text: Vec<&str> = parts.map(|(_, text)| text.trim()).collect();
        found.push(DocComment {
            line: next + 1,
            text: text.join(" ").trim().to_owned(),
            item: signature(&lines[next + length..]),
        });
        next += length;
    }
    found
}

/// Returns the marker and the text of a line of a doc comment.
fn doc_line(line: &str) -> Option<(&'static str, &str)> {
    let line = line.trim_start();
    ["///", "//!"].into_iter().find_map(|marker| {
        let text = line.strip_prefix(marker)?;
        (!text.starts_with('/')).then_some((marker, text))
    })
}

/// Returns the signature that begins in these lines, after attributes.
fn signature(lines: &[&str]) -> String {
    let is_attribute = |line: &&&str| line.trim_start().starts_with("#[");
    let mut signature = String::new();
    for line in lines.iter().skip_while(is_attribute) {
        signature.push_str(line.trim());
        let is_function = signature.contains("fn ");
        if line.contains(['{', ';']) || !is_function {
            break;
        }
    }
    signature
}

/// Returns a line without the markers of comments, quotations and lists in front of it.
pub(super) fn without_markers(line: &str) -> &str {
    line.trim()
        .trim_start_matches(['/', '!', '>', '*'])
        .trim_start()
}

/// Returns a page without its code spans and code blocks; the lines keep their numbers.
pub(super) fn without_code_spans(page: &str) -> String {
    let mut is_block = false;
    let mut prose = String::new();
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
        } else if !is_block {
            let outside = line.split('`').step_by(2);
            prose.push_str(&outside.collect::<Vec<_>>().join("`"));
        }
        prose.push('\n');
    }
    prose
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doc_comments_have_their_line_text_and_item() {
        let source = "//! Module.\n\n/// Upper\n/// bound.\n#[derive(Debug)]\n#[must_use]\n\
                      pub fn bound(\n    a: u8,\n) -> bool {\n    // Plain.\n}\n";
        let comments = doc_comments(source);
        assert_eq!(comments.len(), 2);
        assert_eq!(
            (comments[0].line, comments[0].text.as_str()),
            (1, "Module.")
        );
        assert_eq!(comments[1].line, 3);
        assert_eq!(comments[1].text, "Upper bound.");
        assert_eq!(comments[1].item, "pub fn bound(a: u8,) -> bool {");
    }

    #[test]
    fn code_in_pages_is_left_out() {
        let page = "One `two` three.\n```sh\nfour\n```\nfive";
        assert_eq!(without_code_spans(page), "One ` three.\n\n\n\nfive\n");
    }
}
