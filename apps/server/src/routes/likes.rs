//! Liking characters.

use actix_web::{HttpResponse, web};
use equipment::Character;
use likes::{LikeStatus, Liker};
use serde::Serialize;
use utoipa::ToSchema;

use super::characters::character_name;
use super::sessions::uncached;
use crate::access::Authenticated;
use crate::http::{Problem, ProblemKind, RateLimit};
use crate::state::AppState;

pub(crate) const LIKE: &str = "/api/v1/characters/{name}/like";
pub(crate) const LIKES: &str = "/api/v1/characters/{name}/likes";

/// Like of a member and a character.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Like)]
pub(crate) struct LikeResponse {
    /// Whether the member likes the character.
    liked: bool,
    /// Number of members who like it, this one included; null when it is not known now.
    #[schema(example = 12)]
    count: Option<u64>,
}

/// Number of likes of a character.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Likes)]
pub(crate) struct LikesResponse {
    /// Number of members who like it; null when it was never counted and cannot be now.
    #[schema(example = 12)]
    count: Option<u64>,
    /// Seconds for which likes may be missing from the count: 0 when it was counted now, more while
    /// the database or Redis is away.
    #[schema(example = 0)]
    age_seconds: u64,
}

impl From<LikeStatus> for LikeResponse {
    fn from(standing: LikeStatus) -> Self {
        Self {
            liked: standing.liked,
            count: standing.count,
        }
    }
}

/// Likes a character, or does nothing when it is liked. The answer comes when the like is durable.
#[utoipa::path(
    put, path = LIKE, tag = "members", operation_id = "like_character", security(("session" = [])),
    params(("name" = String, Path, description = "The character's name")),
    responses(
        (status = 200, description = "The character is liked", body = LikeResponse,
         headers(("RateLimit" = String, description = "How many more likes you have at once, and when all of them"))),
    )
)]
pub(crate) async fn like(
    state: web::Data<AppState>,
    signed: Authenticated,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let limit = take_attempt(&state, &signed).await?;
    let name = character_name(&name)?;
    let member = &signed.0.member;
    let liker = Liker {
        id: member.id,
        own: member
            .characters
            .iter()
            .map(|own| own.ocid.clone())
            .collect(),
    };
    let standing = state.likes.like(&liker, &name).await?;
    let mut response = limit.tell(uncached(HttpResponse::Ok()));
    Ok(response.json(LikeResponse::from(standing)))
}

/// Takes a like back, or does nothing when there is none.
#[utoipa::path(
    delete, path = LIKE, tag = "members", operation_id = "unlike_character", security(("session" = [])),
    params(("name" = String, Path, description = "The character's name")),
    responses(
        (status = 200, description = "The character is not liked", body = LikeResponse,
         headers(("RateLimit" = String, description = "How many more likes you have at once, and when all of them"))),
    )
)]
pub(crate) async fn unlike(
    state: web::Data<AppState>,
    signed: Authenticated,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let limit = take_attempt(&state, &signed).await?;
    let name = character_name(&name)?;
    let standing = state.likes.unlike(signed.0.member.id, &name).await?;
    let mut response = limit.tell(uncached(HttpResponse::Ok()));
    Ok(response.json(LikeResponse::from(standing)))
}

/// One of the likes that the member has in a minute.
async fn take_attempt(state: &AppState, signed: &Authenticated) -> Result<RateLimit, Problem> {
    let taken = state.like_attempts.take(&signed.0.member.id).await;
    taken.map_err(|none_left| {
        let detail = "you like and unlike more often than you may";
        none_left.problem(ProblemKind::TooManyRequests, detail)
    })
}

/// Returns the number of likes of a character, with every acknowledged like; while the database or
/// Redis is away, the last known number with its age.
#[utoipa::path(
    get, path = LIKES, tag = "characters", operation_id = "count_likes",
    params(("name" = String, Path, description = "The character's name")),
    responses(
        (status = 200, description = "How many", body = LikesResponse),
    )
)]
pub(crate) async fn likes(
    state: web::Data<AppState>,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let known = state.likes.count(&name).await?;
    Ok(uncached(HttpResponse::Ok()).json(LikesResponse {
        count: known.count,
        age_seconds: known.age.as_secs() + u64::from(known.age.subsec_nanos() > 0),
    }))
}

/// Number of likes of a character, as a part of another response, which stands without it.
pub(super) async fn count(state: &AppState, character: &Character) -> Option<u64> {
    state.likes.count_of(&character.ocid).await.count
}
