//! Points, as operators see and grant them.

use actix_web::{HttpResponse, web};
use donation::{Account, MAX_PAGE};
use kernel::MemberId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::{FieldError, Json, Problem, ProblemKind};
use crate::state::AppState;
use api::responses::{PointAccountResponse, PostingResponse};

pub(crate) const GRANTS: &str = "/api/v1/admin/points/grants";
pub(crate) const ACCOUNT: &str = "/api/v1/admin/points/{id}";

/// Grant of points to a member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grant {
    /// The member to receive.
    #[schema(value_type = String)]
    to: MemberId,
    /// Number of points.
    #[schema(minimum = 1, maximum = 1_000_000)]
    amount: u64,
    /// Name of the operator who grants them.
    #[schema(example = "kim")]
    by: String,
    /// Reason of the grant.
    #[schema(example = "event of November")]
    reason: String,
}

/// Grants points to a member. Asking twice grants twice: without an answer, look at the account.
#[utoipa::path(
    post, path = GRANTS, tag = "admin", operation_id = "grant_points", security(("admin" = [])),
    request_body = Grant,
    responses(
        (status = 201, description = "The posting in the ledger", body = PostingResponse),
    )
)]
pub(crate) async fn grant(
    state: web::Data<AppState>,
    body: Json<Grant>,
) -> Result<HttpResponse, Problem> {
    let Grant {
        to,
        amount,
        by,
        reason,
    } = body.0;
    let posting = state.donations.grant(to, amount, &by, &reason).await?;
    Ok(HttpResponse::Created().json(PostingResponse::from(&posting)))
}

/// Tells a member's points, and how the latest of them came and went.
#[utoipa::path(
    get, path = ACCOUNT, tag = "admin", operation_id = "get_points", security(("admin" = [])),
    params(("id" = String, Path, description = "The member's id")),
    responses(
        (status = 200, description = "The account", body = PointAccountResponse),
    )
)]
pub(crate) async fn account(
    state: web::Data<AppState>,
    member: web::Path<String>,
) -> Result<web::Json<PointAccountResponse>, Problem> {
    let member: MemberId = member.parse().map_err(|error| {
        Problem::new(ProblemKind::BadRequest, "the member's id cannot be one")
            .with_error(FieldError::of_parameter("id", error))
    })?;
    let account = Account::Member(member);
    let postings = state.donations.postings(account, MAX_PAGE).await?;
    Ok(web::Json(PointAccountResponse {
        member: member.to_string(),
        balance: state.donations.balance(member).await?,
        postings: postings.iter().map(PostingResponse::from).collect(),
    }))
}
