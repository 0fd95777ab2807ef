//! Amounts of meso as players write them on a command line.

/// Reads an amount: digits, `3b`, `500m`, `30억` or `1조 5,000억`. A negative number is read too, so
/// that the check of the command names the range.
pub(super) fn meso(text: &str) -> Result<i64, String> {
    if let Ok(number) = text.parse() {
        return Ok(number);
    }
    match api::amount::parse(text) {
        Ok(Some(meso)) => Ok(meso),
        Ok(None) => Err("an amount is missing".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_either_language() {
        for (text, amount) in [
            ("0", 0),
            ("1200000", 1_200_000),
            ("-1", -1),
            ("500m", 500_000_000),
            ("3b", 3_000_000_000),
            ("3B", 3_000_000_000),
            ("1.5t", 1_500_000_000_000),
            ("30억", 3_000_000_000),
            ("1조 5,000억", 1_500_000_000_000),
        ] {
            assert_eq!(meso(text), Ok(amount), "{text}");
        }
        for text in ["", "b", "3x", "-3b", "억"] {
            assert!(meso(text).is_err(), "{text}");
        }
    }
}
