//! Responses to all members, compared with the counts of every server and the rows of the database.

use std::collections::BTreeSet;
use std::time::Duration;

use kernel::{MemberId, Ocid};
use likes::LikeStore;
use serde_json::Value;
use storage_sql::Database;
use storage_sql::testkit::text;

use super::member::Member;
use super::{CHARACTERS, name};
use crate::actor::PATIENT;
use crate::instance::Instance;

const PAUSE: Duration = Duration::from_millis(50);

/// Fails unless every server counts, and the database has in the end, exactly what was acknowledged
/// last. Nobody may like meanwhile.
pub(super) async fn compare(members: &[Member], servers: &[Instance], database: &Database) {
    let told: Vec<_> = (0..CHARACTERS)
        .map(|character| likers(members, character))
        .collect();
    for server in servers {
        for (character, likers) in told.iter().enumerate() {
            // A count that is not available at once is the last one, with its age.
            let settles = async {
                while count(server, character).await != likers.len() as u64 {
                    tokio::time::sleep(PAUSE).await;
                }
            };
            let _in_time = tokio::time::timeout(PATIENT, settles).await;
            let count = count(server, character).await;
            assert_eq!(
                count,
                likers.len() as u64,
                "{}: {}",
                name(character),
                server.service.log()
            );
        }
    }
    let mut stored = self::stored(members, database).await;
    let arrives = async {
        while stored.as_ref() != Ok(&told) {
            tokio::time::sleep(PAUSE).await;
            stored = self::stored(members, database).await;
        }
    };
    let in_time = tokio::time::timeout(PATIENT, arrives).await;
    if in_time.is_err() {
        assert_eq!(stored, Ok(told), "the database has something else");
    }
    let drift = database.likes().recount().await.unwrap();
    assert_eq!(drift, [], "a count is not the number of likers");
}

/// Members who like a character, as far as they know.
fn likers(members: &[Member], character: usize) -> BTreeSet<MemberId> {
    let likers = members.iter().filter(|member| member.likes(character));
    likers.map(|member| member.id).collect()
}

/// Count of a server, once it says that it knows.
async fn count(server: &Instance, character: usize) -> u64 {
    let path = format!("/api/v1/characters/{}/likes", name(character));
    let known = async {
        loop {
            let answer = server.get(&path).await.unwrap();
            match answer.status().as_u16() {
                200 => {
                    return answer.json::<Value>().await.unwrap()["count"]
                        .as_u64()
                        .unwrap();
                }
                503 => tokio::time::sleep(PAUSE).await,
                status => panic!("{status}: {}", answer.text().await.unwrap()),
            }
        }
    };
    let count = tokio::time::timeout(PATIENT, known).await;
    count.unwrap_or_else(|_| panic!("{path} is not counted: {}", server.service.log()))
}

/// Members who like each character, by the database; an error while it does not answer.
async fn stored(
    members: &[Member],
    database: &Database,
) -> Result<Vec<BTreeSet<MemberId>>, String> {
    let everybody: Vec<_> = members.iter().map(|member| member.id).collect();
    let mut stored = Vec::new();
    for character in 0..CHARACTERS {
        let name = name(character);
        let sql = format!("SELECT ocid FROM game_character WHERE name = '{name}'");
        let ocid = text(database, &sql)
            .await
            .map_err(|error| error.to_string())?;
        let likers = match ocid {
            Some(ocid) => {
                let tally = database.likes().tally(&Ocid::new(ocid), &everybody).await;
                let tally = tally.map_err(|error| error.to_string())?;
                assert_eq!(tally.count, tally.likers.len() as u64, "{name}");
                tally.likers.into_iter().collect()
            }
            // Nobody has asked for it yet.
            None => BTreeSet::new(),
        };
        stored.push(likers);
    }
    Ok(stored)
}
