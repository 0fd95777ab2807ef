//! Amounts for people: in the Korean units 조, 억 and 만, and short in English.

use api::responses::whole_meso;

/// The two largest Korean units of an amount, such as `1조 5,939억`; below 만 the amount itself.
pub(super) fn korean(meso: u128) -> String {
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
pub(super) fn short(meso: u128) -> String {
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
pub(super) fn count(count: f64) -> String {
    match count {
        _ if count < 9.995 => format!("{count:.2}"),
        _ if count < 99.95 => format!("{count:.1}"),
        _ => grouped(whole_meso(count)),
    }
}

/// Digits in groups of three.
fn grouped(number: u128) -> String {
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
