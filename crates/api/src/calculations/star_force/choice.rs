//! Values that are a list or a word, and a number or a word.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use super::{RestoreTarget, SafeguardChoice};
use crate::calculations::numbers::{SaturatingI64, Whole};

impl<'de> Deserialize<'de> for SafeguardChoice {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(StarsOrWord)
    }
}

struct StarsOrWord;

impl<'de> Visitor<'de> for StarsOrWord {
    type Value = SafeguardChoice;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of stars or `cheapest`")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<SafeguardChoice, E> {
        Ok(SafeguardChoice::Word(word.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<SafeguardChoice, A::Error> {
        let mut stars = Vec::new();
        while let Some(SaturatingI64(star)) = list.next_element()? {
            stars.push(star);
        }
        Ok(SafeguardChoice::Stars(stars))
    }
}

impl<'de> Deserialize<'de> for RestoreTarget {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(StarOrWord)
    }
}

struct StarOrWord;

impl Visitor<'_> for StarOrWord {
    type Value = RestoreTarget;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("12 or `same_star`")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<RestoreTarget, E> {
        Ok(RestoreTarget::Word(word.to_owned()))
    }

    fn visit_i64<E: Error>(self, star: i64) -> Result<RestoreTarget, E> {
        Whole.visit_i64(star).map(RestoreTarget::Stars)
    }

    fn visit_u64<E: Error>(self, star: u64) -> Result<RestoreTarget, E> {
        Whole.visit_u64(star).map(RestoreTarget::Stars)
    }

    fn visit_f64<E: Error>(self, star: f64) -> Result<RestoreTarget, E> {
        Whole.visit_f64(star).map(RestoreTarget::Stars)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_numbers_may_be_written_with_a_fraction_of_zero() {
        let stars: SafeguardChoice = serde_json::from_value(json!([15, 16.0])).unwrap();
        assert_eq!(stars, SafeguardChoice::Stars(vec![15, 16]));
        let target: RestoreTarget = serde_json::from_value(json!(12.0)).unwrap();
        assert_eq!(target, RestoreTarget::Stars(12));
    }

    #[test]
    fn texts_of_errors_name_no_types() {
        for value in [json!(true), json!({}), json!([15.5]), json!(["x"])] {
            let safeguard = serde_json::from_value::<SafeguardChoice>(value.clone());
            let target = serde_json::from_value::<RestoreTarget>(value);
            for text in [
                safeguard.unwrap_err().to_string(),
                target.unwrap_err().to_string(),
            ] {
                assert!(text.contains("expected"), "{text}");
                assert!(
                    !text.contains("Choice") && !text.contains("Target"),
                    "{text}"
                );
            }
        }
    }
}
