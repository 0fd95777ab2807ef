//! The documents of the Nexon Open API, field for field.

mod item;
mod stats;

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use self::item::{GearBody, ItemBody};
pub(crate) use self::stats::{
    ability, hyper_stat, link_skill, set_effect, stat, symbol_equipment, union_raider,
};
use crate::account::Account;
use crate::character::{Character, pick};

/// The body of `/maplestory/v1/id`.
pub(crate) fn id(character: &Character) -> Vec<u8> {
    to_json(&IdBody {
        ocid: &character.ocid,
    })
}

/// The body of `/maplestory/v1/character/basic`.
pub(crate) fn basic(character: &Character) -> Vec<u8> {
    let dice = &mut character.dice();
    let letters = |dice: &mut ChaCha8Rng| char::from(b'A' + dice.random_range(0..16));
    let look: String = (0..840).map(|_| letters(dice)).collect();
    to_json(&BasicBody {
        date: None,
        character_name: character.name.as_str(),
        world_name: character.world,
        character_gender: character.gender,
        character_class: character.class.name,
        character_class_level: if character.level >= 260 { "6" } else { "5" },
        character_level: character.level,
        character_exp: dice.random_range(1_000_000_000..900_000_000_000_000),
        character_exp_rate: format!("{:.3}", dice.random_range(0.0..100.0)),
        character_guild_name: dice
            .random_ratio(4, 5)
            .then(|| *pick(&["리더", "단풍", "여명", "Maple", "솔", "꿈"], dice)),
        character_image: format!(
            "https://open.api.nexon.com/static/maplestory/character/look/{look}?wmotion=W02"
        ),
        character_date_create: format!(
            "{}-{:02}-{:02}T00:00+09:00",
            dice.random_range(2004..=2025),
            dice.random_range(1..=12),
            dice.random_range(1..=28),
        ),
        access_flag: "true",
        liberation_quest_clear: dice.random_range(0..3_u8).to_string(),
    })
}

/// The body of `/maplestory/v1/character/list`.
pub(crate) fn character_list(account: &Account) -> Vec<u8> {
    let characters = account.characters.iter().map(|character| ListedBody {
        ocid: &character.ocid,
        character_name: character.name.as_str(),
        world_name: character.world,
        character_class: character.class.name,
        character_level: character.level,
    });
    to_json(&AccountsBody {
        account_list: [AccountBody {
            account_id: &account.id,
            character_list: characters.collect(),
        }],
    })
}

/// The body of `/maplestory/v1/character/item-equipment`.
pub(crate) fn item_equipment(character: &Character) -> Vec<u8> {
    let wardrobe = character.wardrobe();
    let preset = |number| wardrobe.preset(number).map(ItemBody::new).collect();
    to_json(&EquipmentBody {
        date: None,
        character_gender: character.gender,
        character_class: character.class.name,
        preset_no: character.preset,
        item_equipment: preset(character.preset),
        item_equipment_preset_1: preset(1),
        item_equipment_preset_2: preset(2),
        item_equipment_preset_3: preset(3),
        title: TITLE,
        medal_shape: MEDAL_SHAPE,
        dragon_equipment: match character.class.name {
            "에반" => GearBody::DRAGON.to_vec(),
            _ => Vec::new(),
        },
        mechanic_equipment: [],
    })
}

fn to_json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("the bodies have texts as keys and no failing parts")
}

#[derive(Serialize)]
struct IdBody<'a> {
    ocid: &'a str,
}

#[derive(Serialize)]
struct BasicBody<'a> {
    date: Option<&'a str>,
    character_name: &'a str,
    world_name: &'a str,
    character_gender: &'a str,
    character_class: &'a str,
    character_class_level: &'a str,
    character_level: u16,
    character_exp: u64,
    character_exp_rate: String,
    character_guild_name: Option<&'a str>,
    character_image: String,
    character_date_create: String,
    access_flag: &'a str,
    liberation_quest_clear: String,
}

#[derive(Serialize)]
struct AccountsBody<'a> {
    account_list: [AccountBody<'a>; 1],
}

#[derive(Serialize)]
struct AccountBody<'a> {
    account_id: &'a str,
    character_list: Vec<ListedBody<'a>>,
}

#[derive(Serialize)]
struct ListedBody<'a> {
    ocid: &'a str,
    character_name: &'a str,
    world_name: &'a str,
    character_class: &'a str,
    character_level: u16,
}

#[derive(Serialize)]
struct EquipmentBody<'a> {
    date: Option<&'a str>,
    character_gender: &'a str,
    character_class: &'a str,
    preset_no: u8,
    item_equipment: Vec<ItemBody<'a>>,
    item_equipment_preset_1: Vec<ItemBody<'a>>,
    item_equipment_preset_2: Vec<ItemBody<'a>>,
    item_equipment_preset_3: Vec<ItemBody<'a>>,
    title: TitleBody,
    medal_shape: MedalShapeBody,
    dragon_equipment: Vec<GearBody<'a>>,
    mechanic_equipment: [GearBody<'a>; 0],
}

#[derive(Serialize)]
struct TitleBody {
    title_name: &'static str,
    title_icon: &'static str,
    title_description: &'static str,
    date_expire: Option<&'static str>,
    date_option_expire: Option<&'static str>,
    title_shape_name: Option<&'static str>,
    title_shape_icon: Option<&'static str>,
    title_shape_description: Option<&'static str>,
}

const TITLE: TitleBody = TitleBody {
    title_name: "예티X핑크빈",
    title_icon: "https://open.api.nexon.com/static/maplestory/item/icon/KGICLBGC",
    title_description: "예티와 핑크빈 모두 내 마음 한구석에 남아있네. 예티와 핑크빈을 추억하며.\n올스탯 +20\n최대 HP/최대 MP +1000\n공격력/마력+10\n보스 몬스터 데미지+10%",
    date_expire: None,
    date_option_expire: None,
    title_shape_name: None,
    title_shape_icon: None,
    title_shape_description: None,
};

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "these are the names of the API")]
struct MedalShapeBody {
    medal_shape_name: &'static str,
    medal_shape_icon: &'static str,
    medal_shape_description: &'static str,
    medal_shape_changed_name: &'static str,
    medal_shape_changed_icon: &'static str,
    medal_shape_changed_description: &'static str,
}

const MEDAL_SHAPE: MedalShapeBody = MedalShapeBody {
    medal_shape_name: "칠요의 몬스터파커",
    medal_shape_icon: "https://open.api.nexon.com/static/maplestory/item/icon/KEOGIFIH",
    medal_shape_description: "",
    medal_shape_changed_name: "칠요의 몬스터파커",
    medal_shape_changed_icon: "https://open.api.nexon.com/static/maplestory/item/icon/KEOGIFIH",
    medal_shape_changed_description: "",
};

#[cfg(test)]
mod tests;
