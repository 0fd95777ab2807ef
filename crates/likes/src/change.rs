//! Changes of what is liked, in the order in which they were made.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use kernel::{MemberId, Ocid};

/// A member's wish that a character be liked, or not. Asking twice is asking once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Change {
    /// Member whose wish it is.
    pub member: MemberId,
    /// Character that the wish is about.
    pub character: Ocid,
    /// Whether the member likes it from now on.
    pub liked: bool,
}

impl Change {
    /// Returns the net effect of a batch: the last change of each member and character, in a fixed
    /// order, so that all transactions lock rows in the same order.
    pub fn last_of_each<'a>(
        changes: impl IntoIterator<Item = &'a Self>,
    ) -> BTreeMap<(&'a Ocid, MemberId), bool> {
        let keyed = changes
            .into_iter()
            .map(|change| ((&change.character, change.member), change.liked));
        keyed.collect()
    }
}

/// Position of an entry in a stream of changes; the first number is the more significant.
///
/// It is what Redis calls the id of an entry: milliseconds, and a number within them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct StreamPosition(pub u64, pub u64);

impl StreamPosition {
    /// Before the first entry.
    pub const START: Self = Self(0, 0);
}

/// A change in a durable stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamEntry {
    /// Position in the stream.
    pub position: StreamPosition,
    /// Change to apply.
    pub change: Change,
    /// Time at which the change was accepted, by the clock of the accepting instance.
    pub taken_at: Timestamp,
}

/// Likes of one character, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Number of members who like the character.
    pub count: u64,
    /// Members who like the character, out of those asked about.
    pub likers: HashSet<MemberId>,
}

/// Count of a character's likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Number of members who like the character.
    pub count: u64,
    /// Whether every acknowledged change is in it. Without, changes may be missing that wait where
    /// they cannot be read now.
    pub is_complete: bool,
}

impl Counted {
    /// A count with every acknowledged change in it.
    pub fn complete(count: u64) -> Self {
        Self {
            count,
            is_complete: true,
        }
    }
}

impl Tally {
    /// The tally when `waiting` changes of this character, in their order, are applied too.
    /// Exact when every member of `waiting` was asked about.
    #[must_use]
    pub fn after(mut self, waiting: impl IntoIterator<Item = (MemberId, bool)>) -> Self {
        for (member, liked) in waiting {
            if liked && self.likers.insert(member) {
                self.count += 1;
            } else if !liked && self.likers.remove(&member) {
                // A store that counts what it holds has counted this one.
                self.count = self.count.saturating_sub(1);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_of_each_keeps_the_last_change_of_each_pair() {
        let change = |member, character: &str, liked| Change {
            member: MemberId::new(member),
            character: Ocid::new(character),
            liked,
        };
        let batch = [
            change(2, "b", true),
            change(1, "b", true),
            change(1, "a", true),
            change(1, "b", false),
        ];
        let last = Change::last_of_each(&batch);
        let last: Vec<_> = last
            .iter()
            .map(|((character, member), liked)| (character.as_str(), member.bits(), *liked))
            .collect();
        assert_eq!(last, [("a", 1, true), ("b", 1, false), ("b", 2, true)]);
    }

    #[test]
    fn tally_with_waiting_changes_counts_each_once_and_in_order() {
        let [a, b, c] = [1, 2, 3].map(MemberId::new);
        let stored = Tally {
            count: 10,
            likers: HashSet::from([a]),
        };
        let tally = stored.after([(a, true), (b, true), (b, true), (c, true), (c, false)]);
        assert_eq!(tally.count, 11);
        assert_eq!(tally.likers, HashSet::from([a, b]));
        assert_eq!(tally.after([(a, false), (a, false)]).count, 10);
    }
}
