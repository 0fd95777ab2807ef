//! All that a character owns, and which of it each of its three presets wears.

use rand::Rng;

use super::catalogue;
use super::item::{Owner, Purpose};
use super::piece::Piece;
use super::{Class, Item};
use crate::character::pick;

/// The items of a character and its presets.
#[derive(Debug)]
pub(crate) struct Wardrobe {
    items: Vec<Item>,
    /// Indices of the equipped items by preset.
    presets: [Vec<usize>; 3],
}

impl Wardrobe {
    /// Dresses a character. The first preset is for bosses, the second for hunting, the third for
    /// bosses with other accessories.
    pub(crate) fn dress(class: &'static Class, tier: usize, rng: &mut impl Rng) -> Self {
        let mut wardrobe = Self {
            items: Vec::new(),
            presets: Default::default(),
        };
        let mut owner = Owner {
            class,
            tier,
            purpose: Purpose::Fight,
        };
        for (slot, piece) in fighting_pieces(class, tier, rng) {
            let index = wardrobe.add(Item::forge(slot, piece, vary(owner, rng), rng));
            wardrobe
                .presets
                .iter_mut()
                .for_each(|preset| preset.push(index));
        }
        owner.purpose = Purpose::Hunt;
        for (slot, piece) in catalogue::FARMING {
            let item = Item::forge(slot, piece, vary(owner, rng), rng);
            wardrobe.replace(1, item);
        }
        owner.purpose = Purpose::Fight;
        let lower = tier.saturating_sub(1);
        for (slot, piece) in [
            ("귀고리", catalogue::EARRING[lower]),
            ("벨트", catalogue::BELT[lower]),
            ("장갑", catalogue::GLOVES[lower]),
        ] {
            let item = Item::forge(slot, piece, vary(owner, rng), rng);
            wardrobe.replace(2, item);
        }
        wardrobe
    }

    /// The items of a preset, 1 to 3.
    pub(crate) fn preset(&self, number: u8) -> impl Iterator<Item = &Item> {
        let preset = &self.presets[usize::from(number - 1)];
        preset.iter().map(|&index| &self.items[index])
    }

    fn add(&mut self, item: Item) -> usize {
        self.items.push(item);
        self.items.len() - 1
    }

    /// Wears an item in a preset instead of the one in its slot.
    fn replace(&mut self, preset: usize, item: Item) {
        let slot = item.slot;
        let index = self.add(item);
        let worn = self.presets[preset]
            .iter_mut()
            .find(|worn| self.items[**worn].slot == slot)
            .expect("every slot that is changed was filled before");
        *worn = index;
    }
}

/// Gear is never all of one quality.
fn vary(owner: Owner, rng: &mut impl Rng) -> Owner {
    let tier = match rng.random_range(0..10) {
        0 => owner.tier.saturating_sub(1),
        1 => (owner.tier + 1).min(3),
        _ => owner.tier,
    };
    Owner { tier, ..owner }
}

/// The slots of a character in the order in which documents list them, each with a piece.
fn fighting_pieces(
    class: &'static Class,
    tier: usize,
    rng: &mut impl Rng,
) -> Vec<(&'static str, Piece)> {
    let (top, bottom) = catalogue::CLOTHES[tier];
    let [ring2, ring3, ring4] = catalogue::RINGS[tier];
    let mut pieces = vec![
        ("모자", catalogue::HAT[tier]),
        ("얼굴장식", catalogue::FACE[tier]),
        ("눈장식", catalogue::EYE[tier]),
        ("귀고리", catalogue::EARRING[tier]),
        ("상의", top),
    ];
    pieces.extend(bottom.map(|bottom| ("하의", bottom)));
    pieces.extend([
        ("신발", catalogue::SHOES[tier]),
        ("장갑", catalogue::GLOVES[tier]),
        ("망토", catalogue::CAPE[tier]),
        ("보조무기", catalogue::secondary(class)),
        ("무기", catalogue::weapons(class)[tier]),
        ("반지1", *pick(&catalogue::SPECIAL_RINGS, rng)),
        ("반지2", ring2),
        ("반지3", ring3),
        ("반지4", ring4),
        ("펜던트", catalogue::PENDANT[tier]),
        ("훈장", catalogue::MEDAL),
        ("벨트", catalogue::BELT[tier]),
        ("어깨장식", catalogue::SHOULDER[tier]),
        ("포켓 아이템", *pick(&catalogue::POCKETS, rng)),
        ("기계 심장", catalogue::HEART[tier]),
        ("뱃지", *pick(&catalogue::BADGES, rng)),
        ("엠블렘", catalogue::EMBLEM),
        ("펜던트2", catalogue::SECOND_PENDANT),
    ]);
    pieces
}
