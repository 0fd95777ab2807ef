//! Identities of 128 bits, typed by the entity they identify, and their generators.

use std::fmt::{self, Debug, Display};
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Clock;

/// The identity of an `Of`: 128 bits, written as 32 hexadecimal digits.
pub struct Id<Of: ?Sized>(u128, PhantomData<fn(&Of)>);

/// Someone who logged in; stands behind [`MemberId`] only.
#[derive(Debug)]
pub enum MemberTag {}

/// Identity of a member, derived from the game account: the same account is the same member at
/// every log-in.
pub type MemberId = Id<MemberTag>;

impl<Of: ?Sized> Id<Of> {
    /// Takes 128 bits that the caller made unique.
    pub const fn new(bits: u128) -> Self {
        Self(bits, PhantomData)
    }

    /// The 128 bits.
    pub const fn bits(self) -> u128 {
        self.0
    }
}

/// A text that is not an [`Id`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id has 32 hexadecimal digits")]
pub struct InvalidId;

impl<Of: ?Sized> FromStr for Id<Of> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bits = u128::from_str_radix(text, 16).map_err(|_| InvalidId)?;
        is_hex.then_some(Self::new(bits)).ok_or(InvalidId)
    }
}

impl<Of: ?Sized> Display for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl<Of: ?Sized> Debug for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({self})")
    }
}

// A derive would put the same bounds on `Of`, which holds no value.
impl<Of: ?Sized> Copy for Id<Of> {}

impl<Of: ?Sized> Clone for Id<Of> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Of: ?Sized> PartialEq for Id<Of> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<Of: ?Sized> Eq for Id<Of> {}

impl<Of: ?Sized> PartialOrd for Id<Of> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<Of: ?Sized> Ord for Id<Of> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl<Of: ?Sized> Hash for Id<Of> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<Of: ?Sized> Serialize for Id<Of> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, Of: ?Sized> Deserialize<'de> for Id<Of> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Makes new identities.
pub trait Ids: Debug + Send + Sync {
    /// Returns 128 bits that no other call returns, on any instance.
    fn next(&self) -> u128;
}

/// Identities that rise with time: 48 bits of milliseconds since 1970, then 80 random bits.
///
/// Rows come to lie in a database's index in the order in which they were written, and a list by
/// id is a list by time. Two of one millisecond are in no particular order.
#[derive(Debug, Clone)]
pub struct TimeOrderedIds {
    clock: Arc<dyn Clock>,
}

impl TimeOrderedIds {
    /// Identities by the time of `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

impl Ids for TimeOrderedIds {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that makes identities up"
    )]
    fn next(&self) -> u128 {
        let random: u128 = rand::random();
        let millis = u128::from(self.clock.now().as_millisecond().unsigned_abs());
        (millis << 80) | (random >> 48)
    }
}

/// Identities 1, 2, 3, so that a test knows them.
#[cfg(feature = "testkit")]
#[derive(Debug, Default)]
pub struct SequentialIds(std::sync::atomic::AtomicU64);

#[cfg(feature = "testkit")]
impl Ids for SequentialIds {
    fn next(&self) -> u128 {
        let before = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        u128::from(before) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct At(jiff::Timestamp);

    impl Clock for At {
        fn now(&self) -> jiff::Timestamp {
            self.0
        }
    }

    #[test]
    fn ids_are_32_hexadecimal_digits() {
        let id = MemberId::new(0xabc);
        assert_eq!(id.to_string(), "00000000000000000000000000000abc");
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in ["", "abc", "+0000000000000000000000000000abc", "zz"] {
            assert_eq!(text.parse::<MemberId>(), Err(InvalidId));
        }
    }

    #[test]
    fn later_ids_are_greater_and_none_comes_twice() {
        let at = |millis| TimeOrderedIds::new(Arc::new(At(millis)));
        let early = at(jiff::Timestamp::from_millisecond(1_700_000_000_000).unwrap());
        let late = at(jiff::Timestamp::from_millisecond(1_700_000_000_001).unwrap());
        let mut ids: Vec<_> = std::iter::repeat_with(|| early.next()).take(100).collect();
        let last = *ids.iter().max().unwrap();
        assert!(last < late.next());
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 100);
    }
}
