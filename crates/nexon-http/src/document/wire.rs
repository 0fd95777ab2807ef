//! The equipment document's fields, by the names of the Nexon Open API.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// The highest required level an item may state.
const MAX_LEVEL: u16 = 300;
/// The highest number of stars an item may have.
const MAX_STARS: u8 = 30;

#[derive(Deserialize)]
pub(super) struct Document<'a> {
    #[serde(borrow)]
    pub(super) character_class: Option<Text<'a>>,
    pub(super) preset_no: Option<Whole<u8, 1, 3>>,
    /// Must be there, be it null: an object without it is some other document.
    pub(super) item_equipment: Worn<'a>,
    pub(super) item_equipment_preset_1: Option<Vec<WireItem<'a>>>,
    pub(super) item_equipment_preset_2: Option<Vec<WireItem<'a>>>,
    pub(super) item_equipment_preset_3: Option<Vec<WireItem<'a>>>,
}

/// A nullable list whose absence is an error, which a bare `Option` would accept.
#[derive(Deserialize)]
pub(super) struct Worn<'a>(#[serde(borrow)] pub(super) Option<Vec<WireItem<'a>>>);

#[derive(Deserialize)]
pub(super) struct WireItem<'a> {
    #[serde(borrow)]
    pub(super) item_equipment_part: Text<'a>,
    pub(super) item_equipment_slot: Text<'a>,
    pub(super) item_name: Text<'a>,
    pub(super) item_icon: Option<Text<'a>>,
    pub(super) item_total_option: Option<WireTotals>,
    pub(super) item_base_option: WireBase,
    pub(super) potential_option_grade: Option<Text<'a>>,
    pub(super) additional_potential_option_grade: Option<Text<'a>>,
    pub(super) potential_option_1: Option<Text<'a>>,
    pub(super) potential_option_2: Option<Text<'a>>,
    pub(super) potential_option_3: Option<Text<'a>>,
    pub(super) additional_potential_option_1: Option<Text<'a>>,
    pub(super) additional_potential_option_2: Option<Text<'a>>,
    pub(super) additional_potential_option_3: Option<Text<'a>>,
    pub(super) starforce: Whole<u8, 0, { MAX_STARS as u64 }>,
    pub(super) starforce_scroll_flag: Option<ScrollFlag>,
}

#[derive(Deserialize)]
pub(super) struct WireBase {
    pub(super) base_equipment_level: Whole<u16, 0, { MAX_LEVEL as u64 }>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireTotals {
    pub(super) str: Amount,
    pub(super) dex: Amount,
    pub(super) int: Amount,
    pub(super) luk: Amount,
    pub(super) max_hp: Amount,
    pub(super) attack_power: Amount,
    pub(super) magic_power: Amount,
}

/// Whether 놀라운 장비강화 주문서 was used. Another word is an error: guessing it would put a
/// price on stars that star force did not make.
#[derive(Deserialize, PartialEq, Eq)]
pub(super) enum ScrollFlag {
    #[serde(rename = "사용")]
    Used,
    #[serde(rename = "미사용")]
    NotUsed,
}

/// A text, borrowed where it holds no escapes. A bare `Option<Cow<str>>` would always be copied.
#[derive(Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Text<'_> {
    pub(super) fn into_string(self) -> String {
        self.0.into_owned()
    }

    /// The text unless it is empty.
    pub(super) fn into_filled(self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.into_string())
    }
}

/// A whole number from `MIN` to `MAX`, written as a JSON number or as a text.
pub(super) struct Whole<T, const MIN: u64, const MAX: u64>(pub(super) T);

impl<'de, T, const MIN: u64, const MAX: u64> Deserialize<'de> for Whole<T, MIN, MAX>
where
    T: TryFrom<u64>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeVisitor(PhantomData))
    }
}

struct WholeVisitor<T, const MIN: u64, const MAX: u64>(PhantomData<T>);

impl<T, const MIN: u64, const MAX: u64> Visitor<'_> for WholeVisitor<T, MIN, MAX>
where
    T: TryFrom<u64>,
{
    type Value = Whole<T, MIN, MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {MIN} to {MAX}")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Some(number)
            .filter(|number| (MIN..=MAX).contains(number))
            .and_then(|number| T::try_from(number).ok())
            .map(Whole)
            .ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        match text.parse() {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }
}

/// How much of a stat an item gives, written as a JSON number or as a text. Null and losses count
/// as nothing: totals only help to guess which stat a class lives on.
#[derive(Clone, Copy, Default)]
pub(super) struct Amount(pub(super) u32);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}

struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_unit<E: Error>(self) -> Result<Amount, E> {
        Ok(Amount(0))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Amount, E> {
        u32::try_from(number)
            .map(Amount)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Amount, E> {
        self.visit_u64(u64::try_from(number).unwrap_or(0))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Amount, E> {
        match text.parse() {
            Ok(number) => self.visit_i64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }
}
