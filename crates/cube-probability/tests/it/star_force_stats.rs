//! Stats by stars against sums of the collected table and against weapons worked out by hand.

use cube_probability::Part;
use cube_probability::star_force::{InvalidGain, ItemKind, StarGain, StarredItem};
use proptest::prelude::*;

fn item(part: Part, item_level: u16) -> StarredItem {
    StarredItem {
        item_level,
        kind: ItemKind::Normal,
        part,
        attack: 0,
        magic_attack: 0,
    }
}

/// Item level, stars, stat of the class, stat of the item, attack, attack of a weapon from star 16:
/// sums of the rows of the collected table (malib of 2026-07-07; simaple of 2025-04 agrees).
const SUMS: [(u16, u8, u32, u32, u32, u32); 26] = [
    (130, 10, 25, 0, 0, 0),
    (130, 15, 40, 0, 0, 0),
    (130, 17, 40, 14, 15, 13),
    (140, 10, 25, 0, 0, 0),
    (140, 15, 40, 0, 0, 0),
    (140, 17, 40, 18, 17, 15),
    (140, 22, 40, 63, 78, 65),
    (140, 25, 40, 63, 135, 158),
    (140, 30, 40, 63, 255, 333),
    (150, 15, 40, 0, 0, 0),
    (150, 17, 40, 22, 19, 17),
    (150, 22, 40, 77, 85, 72),
    (150, 25, 40, 77, 145, 168),
    (150, 30, 40, 77, 270, 348),
    (160, 17, 40, 26, 21, 18),
    (160, 22, 40, 91, 92, 78),
    (160, 25, 40, 91, 155, 177),
    (160, 30, 40, 91, 285, 362),
    (200, 17, 40, 30, 25, 26),
    (200, 22, 40, 105, 106, 102),
    (200, 25, 40, 105, 175, 207),
    (200, 30, 40, 105, 315, 402),
    (250, 17, 40, 34, 29, 30),
    (250, 22, 40, 119, 120, 116),
    (250, 25, 40, 119, 195, 227),
    (250, 30, 40, 119, 345, 432),
];

#[test]
fn armour_gains_the_sums_of_the_collected_table() {
    for (level, stars, class_stat, own_stat, attack, _) in SUMS {
        let shoes = item(Part::Shoes, level).gain(0, stars).unwrap();
        let expected = StarGain {
            class_stat,
            own_stat,
            attack,
            magic_attack: attack,
            ..StarGain::default()
        };
        assert_eq!(shoes, expected, "level {level}, {stars} stars");
        assert_eq!(shoes.main_stat(), class_stat + own_stat);
    }
}

#[test]
fn weapons_gain_by_their_own_attack_up_to_15_stars_and_by_the_table_after() {
    // 251 attack: 6 a star up to 299, then 7; 171: 4 up to 199, then 5; 478 magic attack likewise.
    let by_own = |attack: u32| (0..15).fold(0, |gain, _| gain + (attack + gain) / 50 + 1);
    assert_eq!([251, 478, 171].map(by_own), [96, 174, 67]);
    for (level, stars, class_stat, own_stat, _, from_16) in SUMS {
        let staff = StarredItem {
            attack: 251,
            magic_attack: 478,
            ..item(Part::Weapon, level)
        };
        let gain = staff.gain(0, stars).unwrap();
        assert_eq!((gain.class_stat, gain.own_stat), (class_stat, own_stat));
        if stars >= 15 {
            assert_eq!(gain.attack, 96 + from_16, "level {level}, {stars} stars");
            assert_eq!(gain.magic_attack, 174 + from_16);
            assert_eq!((gain.max_hp, gain.max_mp), (255, 255));
        }
    }
    let sword = StarredItem {
        attack: 171,
        ..item(Part::Weapon, 150)
    };
    let gain = sword.gain(0, 17).unwrap();
    assert_eq!((gain.attack, gain.magic_attack), (67 + 17, 0));
}

#[test]
fn gloves_gain_attack_of_the_class_in_addition() {
    let gain = |stars| item(Part::Gloves, 200).gain(0, stars).unwrap();
    let attack = [4, 5, 7, 9, 11, 13, 14, 15, 22].map(|stars| gain(stars).class_attack);
    assert_eq!(attack, [0, 1, 2, 3, 4, 5, 6, 7, 7]);
    assert_eq!(gain(22).attack, 106);
    assert_eq!(item(Part::Shoes, 200).gain(0, 22).unwrap().class_attack, 0);
}

#[test]
fn max_hp_is_gained_by_the_parts_that_have_it() {
    let hp = |part| {
        let gain = item(part, 160).gain(0, 22).unwrap();
        (gain.max_hp, gain.max_mp)
    };
    for part in [
        Part::Hat,
        Part::Overall,
        Part::Ring,
        Part::Belt,
        Part::Shield,
    ] {
        assert_eq!(hp(part), (255, 0), "{part}");
    }
    for part in [
        Part::Gloves,
        Part::Shoes,
        Part::Face,
        Part::Eye,
        Part::Earring,
    ] {
        assert_eq!(hp(part), (0, 0), "{part}");
    }
    assert_eq!(hp(Part::Weapon), (255, 255));
}

#[test]
fn superior_items_gain_by_their_own_table() {
    for (level, stars, own_stat, attack) in [
        (80, 3, 10, 0),
        (110, 8, 65, 18),
        (150, 5, 115, 0),
        (150, 10, 115, 55),
        (150, 15, 115, 150),
    ] {
        let belt = StarredItem {
            kind: ItemKind::Superior,
            ..item(Part::Belt, level)
        };
        let expected = StarGain {
            own_stat,
            attack,
            magic_attack: attack,
            ..StarGain::default()
        };
        assert_eq!(belt.gain(0, stars), Ok(expected), "level {level}");
    }
}

#[test]
fn gains_beyond_the_stars_or_of_unknown_parts_are_refused() {
    let ring = item(Part::Ring, 130);
    assert!(matches!(ring.gain(0, 21), Err(InvalidGain::Stars(_))));
    assert!(matches!(ring.gain(5, 4), Err(InvalidGain::Stars(_))));
    assert!(matches!(
        item(Part::Ring, 301).gain(0, 1),
        Err(InvalidGain::Stars(_))
    ));
    for part in [Part::Secondary, Part::Emblem, Part::ForceShield] {
        let refused = item(part, 150).gain(0, 5);
        assert_eq!(refused, Err(InvalidGain::UnknownPart { part }));
    }
}

proptest! {
    /// One star after the other gives the same as all of them at once.
    #[test]
    fn gains_add_up_star_by_star(
        level in 138_u16..=300,
        attack in 0_u32..2_000,
        magic_attack in 0_u32..2_000,
        part in prop::sample::select(&[Part::Weapon, Part::Gloves, Part::Hat, Part::Eye][..]),
        mut stars in prop::array::uniform3(0_u8..=30),
    ) {
        stars.sort_unstable();
        let item = StarredItem { attack, magic_attack, ..item(part, level) };
        let mut steps = item.gain(stars[0], stars[1]).unwrap();
        steps += item.gain(stars[1], stars[2]).unwrap();
        prop_assert_eq!(steps, item.gain(stars[0], stars[2]).unwrap());
    }
}
