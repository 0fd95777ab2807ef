//! JSON bodies, read strictly: an object where an object is expected, whole numbers also in the
//! form `17.0`, no duplicate names, and messages in the words of JSON.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    Deserialize, DeserializeOwned, Deserializer, Error as _, IntoDeserializer, MapAccess,
    SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Number};

/// Largest magnitude up to which every whole number is exact in a 64-bit float.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Parsed JSON value whose object names are in order and distinct.
#[derive(Debug)]
pub enum JsonNode {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, with its exact text where it is whole.
    Number(Number),
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<JsonNode>),
    /// The names and values of an object.
    Object(Vec<(String, JsonNode)>),
}

impl JsonNode {
    /// Parses a whole body.
    ///
    /// # Errors
    ///
    /// The place and kind of the syntax error, or the name that occurs twice in an object.
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(body)
    }

    /// Reads a value of this type.
    ///
    /// # Errors
    ///
    /// The place, and the value that is expected there.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, serde_path_to_error::Error<Error>> {
        serde_path_to_error::deserialize(self)
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    fn mismatch(&self, expected: &str) -> Error {
        Error::custom(format!("expected {expected}, found {}", self.kind()))
    }

    /// The whole number that this is, within the bounds.
    fn whole(&self, lowest: i128, highest: i128) -> Result<i128, Error> {
        let expected = || format!("a whole number from {lowest} to {highest}");
        let Self::Number(number) = self else {
            return Err(self.mismatch(&expected()));
        };
        let integer = number.as_i64().map(i128::from);
        let whole = integer
            .or_else(|| number.as_u64().map(i128::from))
            .or_else(|| number.as_f64().and_then(whole_float));
        whole
            .filter(|whole| (lowest..=highest).contains(whole))
            .ok_or_else(|| Error::custom(format!("expected {}, found {number}", expected())))
    }
}

/// A float without a fraction, as long as such floats are exact.
fn whole_float(float: f64) -> Option<i128> {
    let is_whole = float.fract() == 0.0 && float.abs() <= EXACT;
    #[expect(clippy::cast_possible_truncation, reason = "whole and at most 2^53")]
    is_whole.then_some(float as i128)
}

impl<'de> Deserialize<'de> for JsonNode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = JsonNode;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<JsonNode, E> {
        Ok(JsonNode::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<JsonNode, E> {
        Ok(JsonNode::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<JsonNode, E> {
        Ok(JsonNode::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<JsonNode, E> {
        Ok(JsonNode::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<JsonNode, E> {
        let number = Number::from_f64(value);
        number
            .map(JsonNode::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<JsonNode, E> {
        Ok(JsonNode::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<JsonNode, E> {
        Ok(JsonNode::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<JsonNode, A::Error> {
        let mut array = Vec::new();
        while let Some(element) = elements.next_element()? {
            array.push(element);
        }
        Ok(JsonNode::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<JsonNode, A::Error> {
        let mut object: Vec<(String, JsonNode)> = Vec::new();
        let mut names = std::collections::HashSet::new();
        while let Some((name, value)) = entries.next_entry::<String, JsonNode>()? {
            if !names.insert(name.clone()) {
                return Err(serde::de::Error::custom(format!(
                    "the name {name:?} occurs twice in an object"
                )));
            }
            object.push((name, value));
        }
        Ok(JsonNode::Object(object))
    }
}

impl IntoDeserializer<'_, Error> for JsonNode {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Methods that read a whole number of a type.
macro_rules! whole_numbers {
    ($($method:ident $visit:ident $number:ty;)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let whole = self.whole(<$number>::MIN.into(), <$number>::MAX.into())?;
            let whole = <$number>::try_from(whole).expect("is within the bounds of the type");
            visitor.$visit(whole)
        })+
    };
}

impl<'de> Deserializer<'de> for JsonNode {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(value) => visitor.visit_bool(value),
            Self::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(value), _) => visitor.visit_u64(value),
                (None, Some(value)) => visitor.visit_i64(value),
                (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Self::Text(text) => visitor.visit_string(text),
            Self::Array(elements) => {
                let mut access = SeqDeserializer::new(elements.into_iter());
                let value = visitor.visit_seq(&mut access)?;
                access.end()?;
                Ok(value)
            }
            Self::Object(entries) => {
                let mut access = MapDeserializer::new(entries.into_iter());
                let value = visitor.visit_map(&mut access)?;
                access.end()?;
                Ok(value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Null => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Object(_) => self.deserialize_any(visitor),
            other => Err(other.mismatch("an object")),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Array(_) => self.deserialize_any(visitor),
            other => Err(other.mismatch("an array")),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Bool(value) => visitor.visit_bool(value),
            other => Err(other.mismatch("true or false")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Text(text) => visitor.visit_string(text),
            other => Err(other.mismatch("a string")),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Number(ref number) => match number.as_f64() {
                Some(value) => visitor.visit_f64(value),
                None => Err(self.mismatch("a number")),
            },
            other => Err(other.mismatch("a number")),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Text(text) => visitor.visit_enum(text.into_deserializer()),
            Self::Object(entries) => {
                let entries = entries.into_iter();
                visitor.visit_enum(serde::de::value::MapAccessDeserializer::new(
                    MapDeserializer::new(entries),
                ))
            }
            other => Err(other.mismatch("a string")),
        }
    }

    whole_numbers! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
    }

    forward_to_deserialize_any! {
        char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any i128 u128
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        stars: u8,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Body {
        level: u32,
        price: Option<i64>,
        share: Option<f64>,
        inner: Option<Inner>,
        list: Option<Vec<Inner>>,
    }

    fn read(body: &str) -> Result<Body, String> {
        let node = JsonNode::parse(body.as_bytes()).map_err(|error| error.to_string())?;
        node.read()
            .map_err(|error| format!("{}: {}", error.path(), error.inner()))
    }

    #[test]
    fn objects_are_read_and_floats_are_exact() {
        let body = read(r#"{"level":17.0,"price":-3,"share":0.1,"inner":{"stars":5},"list":[]}"#);
        let expected = Body {
            level: 17,
            price: Some(-3),
            share: Some(0.1),
            inner: Some(Inner { stars: 5 }),
            list: Some(Vec::new()),
        };
        assert_eq!(body.unwrap(), expected);
    }

    #[test]
    fn arrays_are_refused_in_place_of_objects_at_any_depth() {
        for (body, place) in [
            ("[200,1,null,null,null]", "expected an object"),
            (r#"{"level":1,"inner":[5]}"#, "inner: expected an object"),
            (r#"{"level":1,"list":[[5]]}"#, "list[0]: expected an object"),
        ] {
            let error = read(body).unwrap_err();
            assert!(error.contains(place), "{body}: {error}");
        }
    }

    #[test]
    fn messages_name_no_types_of_the_program() {
        for body in [
            r#"{"level":"x"}"#,
            r#"{"level":-1}"#,
            r#"{"level":1.5}"#,
            r#"{"level":4294967296}"#,
            r#"{"level":1,"inner":{"stars":256}}"#,
            r#"{"level":1,"price":9223372036854775808}"#,
            r#"{"level":1,"share":"x"}"#,
            r#"{"level":1,"list":{}}"#,
            r#"{"level":1,"level":1}"#,
            r#"{"level":1e999}"#,
            "{}",
        ] {
            let error = read(body).unwrap_err();
            for word in ["u8", "u32", "i64", "f64", "struct", "Inner", "Body"] {
                assert!(!error.contains(word), "{body}: {error}");
            }
        }
    }
}
