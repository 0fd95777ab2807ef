//! One field's value as it was found, whatever it is.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Upper bound on the characters of an odd value that are shown.
const MAX_SHOWN_CHARS: usize = 40;

/// A value of a field; a text is borrowed unless it holds escapes.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Found<'a> {
    /// Null, or no such field.
    #[default]
    Nothing,
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number.
    Whole(i128),
    /// Another number.
    Fraction(f64),
    /// `true`, `false`, a list or an object, by its name.
    Other(&'static str),
}

impl Found<'_> {
    /// The text, unless it is empty or something else stands there.
    pub(crate) fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) if !text.is_empty() => Some(text.into_owned()),
            _ => None,
        }
    }

    /// The text, or something else as it would be shown; none for nothing and for an empty text.
    pub(crate) fn into_shown(self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Text(_) => self.into_text(),
            other => Some(other.shown()),
        }
    }

    /// The whole number, written as a number or as a text.
    pub(crate) fn whole(&self) -> Option<i128> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Whole(number) => Some(*number),
            // 17.0 is a whole number. Beyond 2^53 a float no longer tells whole numbers apart.
            Self::Fraction(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                format!("{number:.0}").parse().ok()
            }
            Self::Nothing | Self::Fraction(_) | Self::Other(_) => None,
        }
    }

    /// The whole number, if it is in this range.
    pub(crate) fn whole_in<T: TryFrom<i128>>(&self, min: i128, max: i128) -> Option<T> {
        let number = self.whole().filter(|number| (min..=max).contains(number));
        number.and_then(|number| T::try_from(number).ok())
    }

    /// The value for a message: short, whatever it is.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Nothing => "null".to_owned(),
            Self::Text(text) => text.chars().take(MAX_SHOWN_CHARS).collect(),
            Self::Whole(number) => number.to_string(),
            Self::Fraction(number) => format!("{number:?}"),
            Self::Other(name) => (*name).to_owned(),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Found<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FoundVisitor)
    }
}

struct FoundVisitor;

impl<'de> Visitor<'de> for FoundVisitor {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Found::Nothing)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Found::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Found::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Found::Whole(number.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Found::Whole(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Found::Fraction(number))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Found::Other(if value { "true" } else { "false" }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Found::Other("a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Found::Other("an object"))
    }
}
