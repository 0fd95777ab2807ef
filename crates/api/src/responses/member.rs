//! A session's tokens, and who a member is.

use jiff::Timestamp;
use members::{AuthenticatedSession, LoggedIn};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use super::character::CharacterSummary;

/// A session that was opened or refreshed. The service keeps only hashes of the tokens.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionResponse {
    /// Id of the member: the same for the same game account, however often.
    #[schema(example = "0e9fa16d8227e9443eab32fc22e3b196")]
    pub member_id: String,
    /// Token for `Authorization: Bearer ...`.
    pub access_token: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub access_expires_at: Timestamp,
    /// Token for `POST /api/v1/sessions/refresh`, good once.
    pub refresh_token: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub refresh_expires_at: Timestamp,
}

/// Identity of a member.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub struct MeResponse {
    /// The member's id.
    #[schema(example = "0e9fa16d8227e9443eab32fc22e3b196")]
    pub member_id: String,
    /// Roles of the member: `member`, and `developer` for those who may receive points.
    pub roles: Vec<&'static str>,
    /// Balance of points.
    pub points: i64,
    /// The member's own characters, as of the last log-in.
    pub characters: Vec<CharacterSummary>,
    /// Time at which Nexon listed the characters.
    #[schema(value_type = String, format = DateTime)]
    pub characters_as_of: Timestamp,
}

impl From<LoggedIn> for SessionResponse {
    fn from(session: LoggedIn) -> Self {
        Self {
            member_id: session.member.to_string(),
            access_token: session.access_token.expose_secret().to_owned(),
            access_expires_at: session.access_until,
            refresh_token: session.refresh_token.expose_secret().to_owned(),
            refresh_expires_at: session.refresh_until,
        }
    }
}

impl MeResponse {
    /// Answer for this session and balance.
    pub fn new(signed_in: &AuthenticatedSession, points: i64) -> Self {
        let member = &signed_in.member;
        let characters = member.characters.iter().map(|character| CharacterSummary {
            name: character.name.to_string(),
            world: character.world.clone(),
            class: character.class.clone(),
            level: Some(character.level).filter(|level| *level > 0),
        });
        Self {
            member_id: member.id.to_string(),
            roles: signed_in.roles.iter().map(|role| role.name()).collect(),
            points,
            characters: characters.collect(),
            characters_as_of: member.seen_at,
        }
    }
}
