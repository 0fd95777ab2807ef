//! Closed sets of words: an enum whose variants have a stable identifier.

/// The identifier given is not one of the closed set's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {set} `{given}`; expected one of {expected}")]
pub struct UnknownWord {
    /// The set that was asked, such as `grade`.
    pub set: &'static str,
    /// The text that is not in the set.
    pub given: String,
    /// The words of the set, separated by blanks.
    pub expected: String,
}

/// Gives an enum its identifiers: `ALL`, `id`, `Display`, `FromStr` and, with the feature
/// `serde`, (de)serialisation as the identifier.
macro_rules! words {
    ($set:literal, $name:ident { $($variant:ident = $id:literal),+ $(,)? }) => {
        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable identifier used in the HTTP contract and on the command line.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.id())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(given: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|word| word.id() == given).ok_or_else(|| {
                    $crate::UnknownWord {
                        set: $set,
                        given: given.to_owned(),
                        expected: [$($id),+].join(" "),
                    }
                })
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.id())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let given = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                given.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// With the feature `serde`, (de)serialises a type as the text of its `Display` and `FromStr`.
macro_rules! serde_as_text {
    ($name:ident) => {
        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let given = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                given.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use serde_as_text;
pub(crate) use words;
