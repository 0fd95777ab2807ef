//! Log-ins, and the rate limits of clients and members.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use donation::Developer;
use kernel::MemberId;
use secrecy::SecretString;

use super::parse;
use super::reader::Reader;

pub(super) const SECRET: &str = "sessions.secret";

/// The longest name of a developer, in characters.
const MAX_NAME_CHARS: usize = 64;

/// Log-ins, and the rate limits of clients and members.
#[derive(Debug)]
pub struct Members {
    /// By which accounts become members. Without one it is made once and kept in the data
    /// folder, which does for one instance.
    pub secret: Option<SecretString>,
    /// Rate limits of clients and members.
    pub limits: MemberLimits,
    /// Those who may be given points.
    pub developers: BTreeMap<MemberId, Developer>,
}

/// Rate limits of clients and members, over all instances that share a Redis, else of each process.
#[derive(Debug, Clone, Copy)]
pub struct MemberLimits {
    /// Log-ins that one client may try in a minute.
    pub log_ins_per_minute: NonZeroU32,
    /// Likes and likes taken back of one member in a minute.
    pub likes_per_minute: NonZeroU32,
    /// Donations that one member may request in a minute.
    pub donations_per_minute: NonZeroU32,
}

impl Members {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            secret: reader.secret(SECRET, parse::secret),
            limits: MemberLimits {
                log_ins_per_minute: reader
                    .number("sessions.attempts_per_minute", parse::nonzero(10)),
                likes_per_minute: reader.number("members.likes_per_minute", parse::nonzero(120)),
                donations_per_minute: reader
                    .number("members.donations_per_minute", parse::nonzero(30)),
            },
            developers: reader.required(
                "members.developers",
                developers,
                BTreeMap::new(),
                |developers| parse::quoted(&written(developers)),
            ),
        }
    }
}

/// `id=name, id=name`; the id as `GET /api/v1/me` and `maple-expectation members id` tell it.
fn developers(text: &str) -> Result<BTreeMap<MemberId, Developer>, String> {
    let mut developers = BTreeMap::new();
    for entry in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
        let developer = developer(entry).map_err(|reason| format!("`{entry}`: {reason}"))?;
        if developers.insert(developer.id, developer).is_some() {
            return Err(format!("`{entry}`: the same id is given twice"));
        }
    }
    Ok(developers)
}

fn developer(entry: &str) -> Result<Developer, String> {
    let (id, name) = entry.split_once('=').ok_or("expected id=name")?;
    let id = id.trim().parse().map_err(|_| {
        "expected 32 hexadecimal digits before the `=`, as `members id` tells them".to_owned()
    })?;
    let name = name.trim().to_owned();
    let is_name = (1..=MAX_NAME_CHARS).contains(&name.chars().count());
    if !is_name || name.contains(char::is_control) {
        return Err(format!("a name has 1 to {MAX_NAME_CHARS} characters"));
    }
    Ok(Developer { id, name })
}

fn written(developers: &BTreeMap<MemberId, Developer>) -> String {
    let entries: Vec<_> = developers
        .values()
        .map(|developer| format!("{}={}", developer.id, developer.name))
        .collect();
    entries.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "000000000000000000000000000000ab";

    #[test]
    fn developers_are_read_and_shown() {
        let text = format!("{ID}=메이플, 000000000000000000000000000000ac = Bob Lee,");
        let read = developers(&text).unwrap();
        assert_eq!(read[&MemberId::new(0xab)].name, "메이플");
        assert_eq!(read[&MemberId::new(0xac)].name, "Bob Lee");
        assert_eq!(developers(&written(&read)), Ok(read));
        assert_eq!(developers(""), Ok(BTreeMap::new()));
    }

    #[test]
    fn invalid_developer_is_refused_with_a_reason() {
        let twice = format!("{ID}=a,{ID}=b");
        let nameless = format!("{ID}= ");
        let long = format!("{ID}={}", "x".repeat(65));
        for (text, reason) in [
            ("ab", "expected id=name"),
            ("ab=name", "32 hexadecimal digits"),
            (twice.as_str(), "given twice"),
            (&nameless, "1 to 64 characters"),
            (&long, "1 to 64 characters"),
        ] {
            let told = developers(text).unwrap_err();
            assert!(told.contains(reason), "{told}");
        }
    }
}
