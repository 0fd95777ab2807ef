//! Amounts for people: written in the Korean units 조, 억 and 만 or short in English, and read in
//! either.

use crate::responses::whole_meso;

/// The two largest Korean units of an amount, such as `1조 5,939억`; below 만 the amount itself.
pub fn korean(meso: u128) -> String {
    const UNITS: [(u128, &str); 4] = [
        (10_u128.pow(16), "경"),
        (10_u128.pow(12), "조"),
        (10_u128.pow(8), "억"),
        (10_u128.pow(4), "만"),
    ];
    let Some(largest) = UNITS.iter().position(|&(size, _)| meso >= size) else {
        return meso.to_string();
    };
    let mut parts = Vec::new();
    let mut rest = meso;
    for &(size, unit) in UNITS[largest..].iter().take(2) {
        if rest >= size {
            parts.push(format!("{}{unit}", grouped(rest / size)));
        }
        rest %= size;
    }
    parts.join(" ")
}

/// Three digits and a short English unit, such as `1.59T`.
pub fn short(meso: u128) -> String {
    const UNITS: [(u128, &str); 5] = [
        (10_u128.pow(15), "Q"),
        (10_u128.pow(12), "T"),
        (10_u128.pow(9), "B"),
        (10_u128.pow(6), "M"),
        (10_u128.pow(3), "K"),
    ];
    let Some(&(size, unit)) = UNITS.iter().find(|&&(size, _)| meso >= size) else {
        return meso.to_string();
    };
    let amount = meso as f64 / size as f64;
    match amount {
        _ if amount < 9.995 => format!("{amount:.2}{unit}"),
        _ if amount < 99.95 => format!("{amount:.1}{unit}"),
        _ => format!("{}{unit}", grouped((meso + size / 2) / size)),
    }
}

/// A count, with decimals while it is small.
pub fn count(count: f64) -> String {
    match count {
        _ if count < 9.995 => format!("{count:.2}"),
        _ if count < 99.95 => format!("{count:.1}"),
        _ => grouped(whole_meso(count)),
    }
}

/// Reason for which a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMeso {
    /// Neither digits with units nor blank.
    #[error("an amount is written like 3000000000, 30억, 1조 5,000억 or 3b")]
    NotAnAmount,
    /// Above the largest number that requests hold.
    #[error("an amount is at most 9,223,372,036,854,775,806")]
    TooLarge,
}

/// Longest text that [`parse`] reads, in bytes.
const MAX_TEXT: usize = 64;

/// Largest amount that [`parse`] returns.
const MAX_AMOUNT: u128 = i64::MAX as u128 - 1;

/// Reads an amount as players write it: digits with or without commas, Korean units (`1조 5,000억`,
/// `30억`, `3천만`) or one English unit (`3b`, `1.5T`), with decimals before a unit, in narrow or
/// wide characters (`３０억`). Fractions of a meso are dropped. A blank text is no amount.
///
/// # Errors
///
/// [`InvalidMeso`] for any other text.
pub fn parse(text: &str) -> Result<Option<i64>, InvalidMeso> {
    if text.len() > MAX_TEXT {
        return Err(InvalidMeso::NotAnAmount);
    }
    let narrow: String = text.trim().chars().map(narrow).collect();
    let lower = narrow.to_lowercase();
    let named = lower.strip_suffix("메소").or(lower.strip_suffix("meso"));
    let text = text_of(named.unwrap_or(&lower));
    if text.is_empty() {
        return Ok(None);
    }
    let mut total: u128 = 0;
    let mut last_unit = u128::MAX;
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'));
        let (number, after) = rest.split_at(digits.unwrap_or(rest.len()));
        let (unit, after) = split_unit(after)?;
        // Units fall from left to right, so that none is given twice.
        if unit >= last_unit {
            return Err(InvalidMeso::NotAnAmount);
        }
        last_unit = unit;
        total = total.saturating_add(scaled(number, unit)?);
        rest = after;
    }
    if total > MAX_AMOUNT {
        return Err(InvalidMeso::TooLarge);
    }
    i64::try_from(total)
        .map(Some)
        .map_err(|_| InvalidMeso::TooLarge)
}

/// Returns the narrow form of a character that Korean keyboards also write wide, such as `３`.
pub fn narrow(c: char) -> char {
    const WIDE_TO_NARROW: u32 = '！' as u32 - '!' as u32;
    match c {
        '！'..='～' => char::from_u32(u32::from(c) - WIDE_TO_NARROW).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    }
}

/// The text without blanks and separators of groups.
fn text_of(text: &str) -> String {
    let chars = text.chars();
    chars
        .filter(|c| !c.is_whitespace() && !matches!(c, ',' | '_'))
        .collect()
}

/// The unit at the start of a text, and the rest; 1 at its end.
fn split_unit(text: &str) -> Result<(u128, &str), InvalidMeso> {
    const UNITS: [(&str, u32); 14] = [
        ("천조", 15),
        ("백조", 14),
        ("천억", 11),
        ("백억", 10),
        ("천만", 7),
        ("백만", 6),
        ("경", 16),
        ("조", 12),
        ("억", 8),
        ("만", 4),
        ("t", 12),
        ("b", 9),
        ("m", 6),
        ("k", 3),
    ];
    if text.is_empty() {
        return Ok((1, text));
    }
    UNITS
        .iter()
        .find_map(|&(name, zeros)| Some((10_u128.pow(zeros), text.strip_prefix(name)?)))
        .ok_or(InvalidMeso::NotAnAmount)
}

/// A decimal number of units, without the fraction of a meso.
fn scaled(number: &str, unit: u128) -> Result<u128, InvalidMeso> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_plain = whole
        .bytes()
        .chain(fraction.bytes())
        .all(|b| b.is_ascii_digit());
    if whole.is_empty() || !is_plain || (number.contains('.') && fraction.is_empty()) {
        return Err(InvalidMeso::NotAnAmount);
    }
    let whole: u128 = whole.parse().map_err(|_| InvalidMeso::TooLarge)?;
    let fraction = &fraction[..fraction.len().min(16)];
    let parts: u128 = fraction.parse().unwrap_or(0);
    let size = 10_u128.pow(u32::try_from(fraction.len()).expect("at most 16"));
    let whole = whole.checked_mul(unit).ok_or(InvalidMeso::TooLarge)?;
    Ok(whole.saturating_add(parts * unit / size))
}

/// Digits in groups of three.
pub fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_told_in_korean_units() {
        for (meso, text) in [
            (0, "0"),
            (9_999, "9999"),
            (10_000, "1만"),
            (82_767_718_343, "827억 6,771만"),
            (1_593_940_000_000, "1조 5,939억"),
            (1_000_000_000_000, "1조"),
            (1_000_000_010_000, "1조"),
            (12_345_678_901_234_567_890, "1,234경 5,678조"),
        ] {
            assert_eq!(korean(meso), text);
        }
    }

    #[test]
    fn parse_reads_korean_and_english_units() {
        for (text, meso) in [
            ("", None),
            ("  ", None),
            ("0", Some(0)),
            ("3000000000", Some(3_000_000_000)),
            ("3,000,000,000", Some(3_000_000_000)),
            ("30억", Some(3_000_000_000)),
            (" 30 억 메소 ", Some(3_000_000_000)),
            ("1조 5,000억", Some(1_500_000_000_000)),
            ("1.5조", Some(1_500_000_000_000)),
            ("3천만", Some(30_000_000)),
            ("5억 5000", Some(500_005_000)),
            ("3b", Some(3_000_000_000)),
            ("1.5T", Some(1_500_000_000_000)),
            ("12_000_000", Some(12_000_000)),
            ("３０억", Some(3_000_000_000)),
            ("１조　５，０００억", Some(1_500_000_000_000)),
        ] {
            assert_eq!(parse(text), Ok(meso), "{text}");
        }
    }

    #[test]
    fn wide_characters_have_narrow_forms() {
        assert_eq!(['！', '～', '가', 'a'].map(narrow), ['!', '~', '가', 'a']);
    }

    #[test]
    fn parse_refuses_other_texts() {
        for text in [
            "억",
            "-3",
            "3억억",
            "3억 2조",
            "3x",
            "1e9",
            "1e999",
            "NaN",
            ".5b",
            "3.b",
            "1.2.3",
            "<b>",
        ] {
            assert_eq!(parse(text), Err(InvalidMeso::NotAnAmount), "{text}");
        }
        let long = "9".repeat(60);
        for text in ["999999경", "9223372036854775807", long.as_str()] {
            assert_eq!(parse(text), Err(InvalidMeso::TooLarge), "{text}");
        }
        assert_eq!(parse(&"9".repeat(65)), Err(InvalidMeso::NotAnAmount));
    }

    #[test]
    fn counts_have_decimals_while_they_are_small() {
        for (number, text) in [(0.031, "0.03"), (17.26, "17.3"), (1_682.17, "1,682")] {
            assert_eq!(count(number), text);
        }
    }

    #[test]
    fn amounts_are_told_in_three_english_digits() {
        for (meso, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1.00K"),
            (12_345_678, "12.3M"),
            (82_767_718_343, "82.8B"),
            (827_677_183_430, "828B"),
            (1_593_940_000_000, "1.59T"),
            (9_999_000_000, "10.0B"),
            (99_990_000_000, "100B"),
            (1_234_567_890_123_456_789_012, "1,234,568Q"),
        ] {
            assert_eq!(short(meso), text);
        }
    }
}
