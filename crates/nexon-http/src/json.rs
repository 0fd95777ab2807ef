//! Reading JSON so that a failure names its endpoint.

use equipment::InvalidDocument;
use serde::Deserialize;
use serde_json::error::Category;

/// The byte order mark that some writers put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Reads one JSON value that fills the whole text, after a byte order mark if there is one
/// (RFC 8259, section 8.1 lets a reader skip it).
///
/// A document is almost always good, so it is first read at full speed; only a bad one is read a
/// second time with the path kept.
///
/// # Errors
///
/// [`InvalidDocument`] with the byte (counted from zero) where the text stops being JSON, or the
/// path of the value that is not what was expected.
pub(crate) fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, InvalidDocument> {
    let json = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let skipped = bytes.len() - json.len();
    let text = std::str::from_utf8(json).map_err(|error| InvalidDocument {
        path: format!("byte {}", skipped + error.valid_up_to()),
        problem: "not UTF-8".to_owned(),
    })?;
    serde_json::from_str(text).map_err(|error| match error.classify() {
        Category::Data => at_path::<T>(text, &error),
        Category::Syntax | Category::Eof | Category::Io => at_byte(text, skipped, &error),
    })
}

fn at_path<'a, T: Deserialize<'a>>(text: &'a str, error: &serde_json::Error) -> InvalidDocument {
    let deserializer = &mut serde_json::Deserializer::from_str(text);
    let path = serde_path_to_error::deserialize::<_, T>(deserializer)
        .err()
        .map(|error| error.path().to_string())
        .filter(|path| path != ".");
    InvalidDocument {
        path: path.unwrap_or_else(|| "the top of the document".to_owned()),
        problem: without_position(error),
    }
}

fn at_byte(text: &str, skipped: usize, error: &serde_json::Error) -> InvalidDocument {
    let lines_before: usize = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    InvalidDocument {
        path: format!(
            "byte {}",
            skipped + lines_before + error.column().saturating_sub(1)
        ),
        problem: without_position(error),
    }
}

/// The message without its ` at line 1 column 7`, which the endpoint already says.
fn without_position(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rfind(" at line ") {
        Some(end) => message[..end].to_owned(),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Outer {
        #[serde(rename = "list")]
        _list: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    struct Inner {
        #[serde(rename = "n")]
        _n: u8,
    }

    fn complaint(bytes: &[u8]) -> String {
        read::<Outer>(bytes).unwrap_err().to_string()
    }

    #[test]
    fn bad_value_is_named_by_its_path() {
        assert_eq!(
            complaint(br#"{"list":[{"n":1},{"n":"x"}]}"#),
            "at list[1].n: invalid type: string \"x\", expected u8"
        );
        assert_eq!(
            complaint(br#"{"list":[{}]}"#),
            "at list[0]: missing field `n`"
        );
        assert_eq!(
            complaint(b"{}"),
            "at the top of the document: missing field `list`"
        );
    }

    #[test]
    fn text_that_is_not_json_is_named_by_its_byte() {
        assert_eq!(complaint(b"<html>"), "at byte 0: expected value");
        assert_eq!(
            complaint(b"{\"list\":\n[{\"n\":1}"),
            "at byte 16: EOF while parsing a list"
        );
        assert_eq!(
            complaint(b"{\"list\":[]} more"),
            "at byte 12: trailing characters"
        );
        assert_eq!(complaint(b""), "at byte 0: EOF while parsing a value");
        assert_eq!(complaint(b"{\"\xFF\":1}"), "at byte 2: not UTF-8");
    }

    #[test]
    fn byte_order_mark_is_skipped_and_counted() {
        assert!(read::<Outer>(b"\xEF\xBB\xBF{\"list\":[]}").is_ok());
        assert_eq!(
            complaint(b"\xEF\xBB\xBF<html>"),
            "at byte 3: expected value"
        );
    }
}
