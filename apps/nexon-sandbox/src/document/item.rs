//! One item as documents tell it.

use cube_probability::OptionLine;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::game::{Block, Item, Potential, SignedFigure, Stats};

/// Number of scissor uses in documents of items that cannot be cut.
const UNCUTTABLE: i32 = 255;

/// An item of a character, its fields in the order of real documents.
#[derive(Serialize)]
pub(super) struct ItemBody<'a> {
    item_equipment_part: &'a str,
    item_equipment_slot: &'a str,
    item_name: &'a str,
    item_icon: Icon<'a>,
    item_description: Option<&'a str>,
    item_shape_name: &'a str,
    item_shape_icon: Icon<'a>,
    item_gender: Option<&'a str>,
    item_total_option: Block,
    item_base_option: Block,
    potential_option_grade: Option<&'a str>,
    additional_potential_option_grade: Option<&'a str>,
    potential_option_flag: &'a str,
    potential_option_1: Option<Line>,
    potential_option_2: Option<Line>,
    potential_option_3: Option<Line>,
    additional_potential_option_flag: &'a str,
    additional_potential_option_1: Option<Line>,
    additional_potential_option_2: Option<Line>,
    additional_potential_option_3: Option<Line>,
    #[serde(flatten)]
    made: Enhancement<'a>,
}

/// A piece of the equipment of 에반's dragon: an item without potentials.
#[derive(Clone, Serialize)]
pub(super) struct GearBody<'a> {
    item_equipment_part: &'a str,
    item_equipment_slot: &'a str,
    item_name: &'a str,
    item_icon: Icon<'a>,
    item_description: Option<&'a str>,
    item_shape_name: &'a str,
    item_shape_icon: Icon<'a>,
    item_gender: Option<&'a str>,
    item_total_option: Block,
    item_base_option: Block,
    #[serde(flatten)]
    made: Enhancement<'a>,
}

/// Enhancements of an item by its owner.
#[derive(Clone, Serialize)]
struct Enhancement<'a> {
    equipment_level_increase: u8,
    item_exceptional_option: Block,
    item_add_option: Block,
    growth_exp: u32,
    growth_level: u32,
    scroll_upgrade: SignedFigure,
    cuttable_count: SignedFigure,
    golden_hammer_flag: &'a str,
    scroll_resilience_count: SignedFigure,
    scroll_upgradeable_count: SignedFigure,
    soul_name: Option<&'a str>,
    soul_option: Option<&'a str>,
    item_etc_option: Block,
    starforce: SignedFigure,
    starforce_scroll_flag: &'a str,
    item_starforce_option: Block,
    special_ring_level: u8,
    date_expire: Option<&'a str>,
    freestyle_flag: &'a str,
}

impl<'a> ItemBody<'a> {
    pub(super) fn new(item: &'a Item) -> Self {
        let line = |potential: Option<Potential>, index: usize| {
            potential.map(|potential| Line(potential.lines[index]))
        };
        let grade = |potential: Option<Potential>| potential.map(|lines| lines.grade.korean());
        let (own, additional) = (item.potential, item.additional_potential);
        Self {
            item_equipment_part: item.piece.kind,
            item_equipment_slot: item.slot,
            item_name: &item.name,
            item_icon: Icon(&item.name),
            item_description: item.piece.description,
            item_shape_name: &item.name,
            item_shape_icon: Icon(&item.name),
            item_gender: None,
            item_total_option: Block::total(item.total()),
            item_base_option: Block::base(item.base),
            potential_option_grade: grade(own),
            additional_potential_option_grade: grade(additional),
            potential_option_flag: "false",
            potential_option_1: line(own, 0),
            potential_option_2: line(own, 1),
            potential_option_3: line(own, 2),
            additional_potential_option_flag: "false",
            additional_potential_option_1: line(additional, 0),
            additional_potential_option_2: line(additional, 1),
            additional_potential_option_3: line(additional, 2),
            made: Enhancement {
                item_add_option: Block::add(item.flames),
                scroll_upgrade: SignedFigure(item.scrolls_used.into()),
                soul_name: item.soul.map(|(name, _)| name),
                soul_option: item.soul.map(|(_, option)| option),
                item_etc_option: Block::etc(item.scrolled),
                starforce: SignedFigure(item.stars.into()),
                starforce_scroll_flag: if item.stars_from_scroll {
                    "사용"
                } else {
                    "미사용"
                },
                item_starforce_option: Block::etc(item.starred),
                special_ring_level: item.piece.special_ring_level,
                ..Enhancement::UNTOUCHED
            },
        }
    }
}

impl Enhancement<'static> {
    const UNTOUCHED: Self = Self {
        equipment_level_increase: 0,
        item_exceptional_option: Block::exceptional(Stats::NONE),
        item_add_option: Block::add(Stats::NONE),
        growth_exp: 0,
        growth_level: 0,
        scroll_upgrade: SignedFigure(0),
        cuttable_count: SignedFigure(UNCUTTABLE),
        golden_hammer_flag: "미적용",
        scroll_resilience_count: SignedFigure(0),
        scroll_upgradeable_count: SignedFigure(0),
        soul_name: None,
        soul_option: None,
        item_etc_option: Block::etc(Stats::NONE),
        starforce: SignedFigure(0),
        starforce_scroll_flag: "미사용",
        item_starforce_option: Block::etc(Stats::NONE),
        special_ring_level: 0,
        date_expire: None,
        freestyle_flag: "0",
    };
}

impl GearBody<'static> {
    /// Equipment of the dragon of 에반.
    pub(super) const DRAGON: [Self; 4] = [
        Self::new("드래곤 모자", "어비스 마스크"),
        Self::new("드래곤 펜던트", "어비스 펜던트"),
        Self::new("드래곤 날개장식", "어비스 윙즈"),
        Self::new("드래곤 꼬리장식", "어비스 테일"),
    ];

    const fn new(slot: &'static str, name: &'static str) -> Self {
        Self {
            item_equipment_part: slot,
            item_equipment_slot: slot,
            item_name: name,
            item_icon: Icon(name),
            item_description: None,
            item_shape_name: name,
            item_shape_icon: Icon(name),
            item_gender: None,
            item_total_option: Block::total(Stats::NONE),
            item_base_option: Block::base(Stats::of_level(125)),
            made: Enhancement::UNTOUCHED,
        }
    }
}

/// An option line, written as the published tables write it.
struct Line(OptionLine);

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// The address of an item's picture. It has the form of a real one and leads nowhere.
#[derive(Clone, Copy)]
struct Icon<'a>(&'a str);

impl Serialize for Icon<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digest = Sha256::digest(self.0);
        let letters = digest
            .iter()
            .take(6)
            .map(|byte| char::from(b'A' + byte % 16));
        let code: String = letters.collect();
        serializer.collect_str(&format_args!(
            "https://open.api.nexon.com/static/maplestory/item/icon/KE{code}"
        ))
    }
}
