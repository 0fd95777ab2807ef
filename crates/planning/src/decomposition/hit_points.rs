//! Points of 최대 HP against per cent of it, for the one class whose main stat it is.

use super::RecordedStats;

/// The largest 최대 HP that the upstream records; a character that shows it may have more.
const LARGEST_RECORDED: f64 = 500_000.0;

/// The worth of one point of 최대 HP on gear, in per cent of 최대 HP; `None` where the upstream's
/// cap hides how much the character has.
///
/// With `HP = base * (1 + p)`, a point gives `1 + p` and one per cent gives
/// `base / 100 = HP / (1 + p) / 100`, so a point is worth `100 * (1 + p)^2 / HP` per cent.
/// `known_pct` is what is known of p, in per cent; what is not known of it makes the result rather
/// too small.
pub fn hp_point_worth(recorded: &RecordedStats, known_pct: f64) -> Option<f64> {
    let hp = recorded.max_hp;
    let factor = 1.0 + known_pct / 100.0;
    (1.0..LARGEST_RECORDED)
        .contains(&hp)
        .then(|| 100.0 * factor * factor / hp)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_hp(max_hp: f64) -> RecordedStats {
        RecordedStats {
            max_hp,
            ..RecordedStats::default()
        }
    }

    #[test]
    fn point_is_worth_what_the_final_value_says() {
        // 40,000 points at +300 % are 160,000 HP: 100 points are 400 HP, one per cent 400 HP.
        let worth = hp_point_worth(&with_hp(160_000.0), 300.0).unwrap();
        assert!((worth - 0.01).abs() < 1e-15);
    }

    #[test]
    fn capped_or_unread_hp_tells_nothing() {
        assert_eq!(hp_point_worth(&with_hp(500_000.0), 300.0), None);
        assert_eq!(hp_point_worth(&with_hp(f64::NAN), 300.0), None);
    }
}
