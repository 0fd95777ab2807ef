//! Changes as they are written in Redis.

use std::collections::HashMap;

use jiff::Timestamp;
use kernel::trace::TraceContext;
use kernel::{MemberId, Ocid};
use likes::{Change, StreamEntry, StreamPosition};

/// A position as Redis writes it.
pub(super) fn id(StreamPosition(millis, sequence): StreamPosition) -> String {
    format!("{millis}-{sequence}")
}

/// Returns the script arguments of a change.
pub(super) fn arguments(change: &Change) -> [String; 3] {
    [
        change.member.to_string(),
        u8::from(change.liked).to_string(),
        change.character.as_str().to_owned(),
    ]
}

/// Parses a waiting change of a member, from `1:1700000000000-0`.
pub(super) fn waiting(member: &str, change: &str) -> Option<(MemberId, bool)> {
    let (liked, _) = change.split_once(':')?;
    Some((member.parse().ok()?, parse_liked(liked)?))
}

/// An entry of the stream.
pub(super) fn entry(id: &str, fields: &HashMap<String, String>) -> Option<StreamEntry> {
    let (millis, sequence) = id.split_once('-')?;
    let taken_at = fields.get("t")?.parse().ok()?;
    Some(StreamEntry {
        position: StreamPosition(millis.parse().ok()?, sequence.parse().ok()?),
        change: Change {
            member: fields.get("m")?.parse().ok()?,
            character: Ocid::new(fields.get("c")?.as_str()),
            liked: parse_liked(fields.get("l")?)?,
        },
        taken_at: Timestamp::from_microsecond(taken_at).ok()?,
    })
}

/// The trace of the batch that an entry was appended with, where it is recorded.
pub(super) fn trace(fields: &HashMap<String, String>) -> Option<TraceContext> {
    TraceContext::parse(fields.get("p")?)
}

fn parse_liked(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_whole_or_not_at_all() {
        let member = "000000000000000000000000000000ff";
        let fields = [
            ("m", member),
            ("l", "1"),
            ("c", "1f"),
            ("t", "1760000000123456"),
        ];
        let mut fields: HashMap<String, String> = fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let read = entry("1700000000000-7", &fields).unwrap();
        assert_eq!(id(read.position), "1700000000000-7");
        assert_eq!(arguments(&read.change), [member, "1", "1f"]);
        assert_eq!(read.taken_at.as_microsecond(), 1_760_000_000_123_456);
        assert_eq!(trace(&fields), None);
        for name in ["m", "l", "c", "t"] {
            let mut less = fields.clone();
            less.remove(name);
            assert_eq!(entry("1-0", &less), None, "without {name}");
        }
        assert_eq!(entry("1", &fields), None);
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        fields.insert("p".to_owned(), parent.to_owned());
        assert_eq!(
            trace(&fields).map(|trace| trace.to_string()),
            Some(parent.to_owned())
        );
        assert_eq!(entry("1700000000000-7", &fields), Some(read));
        let ada = MemberId::new(0xff);
        assert_eq!(waiting(member, "0:1700000000000-7"), Some((ada, false)));
        assert_eq!(waiting(member, "2:1-0"), None);
        assert_eq!(waiting("ada", "1:1-0"), None);
    }
}
