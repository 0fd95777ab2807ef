//! Amounts of meso as players write them on a command line.

/// Reads an amount of meso: whole, or with a short unit, such as `3b`, `1.5t` or `500m`.
pub(super) fn short_meso(text: &str) -> Result<i64, String> {
    let bad = || format!("`{text}` is no amount of meso, such as 1200000, 500m, 3b or 1.5t");
    let lower = text.to_ascii_lowercase();
    let (number, unit) = match lower.chars().last() {
        Some('k') => (&lower[..lower.len() - 1], 10_u64.pow(3)),
        Some('m') => (&lower[..lower.len() - 1], 10_u64.pow(6)),
        Some('b') => (&lower[..lower.len() - 1], 10_u64.pow(9)),
        Some('t') => (&lower[..lower.len() - 1], 10_u64.pow(12)),
        _ => (lower.as_str(), 1),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > 12 {
        return Err(bad());
    }
    let whole: u64 = whole.parse().map_err(|_| bad())?;
    let scale = 10_u64.pow(u32::try_from(part.len()).map_err(|_| bad())?);
    let part: u64 = format!("0{part}").parse().map_err(|_| bad())?;
    let exact = u128::from(whole) * u128::from(unit)
        + u128::from(part) * u128::from(unit) / u128::from(scale);
    let is_whole = (u128::from(part) * u128::from(unit)).is_multiple_of(u128::from(scale));
    let meso = i64::try_from(exact).ok().filter(|_| is_whole);
    meso.ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_amounts_are_read_exactly() {
        for (text, meso) in [
            ("0", 0),
            ("1200000", 1_200_000),
            ("500m", 500_000_000),
            ("3b", 3_000_000_000),
            ("3B", 3_000_000_000),
            ("1.5t", 1_500_000_000_000),
            ("0.001k", 1),
        ] {
            assert_eq!(short_meso(text), Ok(meso), "{text}");
        }
        for text in [
            "",
            "b",
            "3x",
            "-3b",
            "1.5",
            "3.b.",
            "99999999999999t",
            "0.0001k",
        ] {
            assert!(short_meso(text).is_err(), "{text}");
        }
    }
}
