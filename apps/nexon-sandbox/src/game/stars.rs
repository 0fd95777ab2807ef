//! Star force: how many stars an item takes and what they give.

use super::{Field, Stats};

/// The most stars an item of a level takes.
pub(crate) const fn most_stars(item_level: u16) -> u8 {
    match item_level {
        0..=94 => 5,
        95..=107 => 8,
        108..=117 => 10,
        118..=127 => 15,
        128..=137 => 20,
        _ => 30,
    }
}

/// Returns the bonus of stars to the named stats, the attacks and 최대 HP.
///
/// The steps are those seen in the game up to 22 stars; further stars repeat the last one.
pub(crate) fn bonus(item_level: u16, stars: u8, stats: &[Field]) -> Stats {
    let mut bonus = Stats::NONE;
    for star in 1..=stars {
        for &field in stats {
            bonus[field] += stat_step(item_level, star);
        }
        let attack = attack_step(item_level, star);
        bonus[Field::AttackPower] += attack;
        bonus[Field::MagicPower] += attack;
        bonus[Field::MaxHp] += hp_step(star);
    }
    bonus
}

const fn stat_step(item_level: u16, star: u8) -> i32 {
    match star {
        1..=5 => 2,
        6..=15 => 3,
        _ => match item_level {
            0..=137 => 7,
            138..=149 => 9,
            150..=159 => 11,
            160..=199 => 13,
            200..=249 => 15,
            _ => 17,
        },
    }
}

fn attack_step(item_level: u16, star: u8) -> i32 {
    let first = match item_level {
        0..=137 => 7,
        138..=149 => 8,
        150..=159 => 9,
        160..=199 => 10,
        200..=249 => 12,
        _ => 14,
    };
    match star {
        0..=15 => 0,
        16..=21 => first + i32::from(star) - 16,
        _ => first + 7,
    }
}

const fn hp_step(star: u8) -> i32 {
    match star {
        1..=3 => 5,
        4..=5 => 10,
        6..=7 => 15,
        8..=9 => 20,
        10..=15 => 25,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From a real character: items of 22 stars.
    #[test]
    fn twenty_two_stars_give_the_bonus_of_the_game() {
        for (level, stat, attack) in [
            (140, 103, 78),
            (160, 131, 92),
            (200, 145, 106),
            (250, 159, 120),
        ] {
            let bonus = bonus(level, 22, &[Field::Int]);
            assert_eq!(
                (bonus[Field::Int], bonus[Field::MagicPower]),
                (stat, attack),
                "level {level}"
            );
            assert_eq!(bonus[Field::MaxHp], 255, "level {level}");
            assert_eq!(bonus[Field::Str], 0);
        }
    }
}
