//! Points that members give to developers.

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderName, LOCATION};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use donation::{DonationId, DonationRequest, IdempotencyKey, MAX_PAGE, Side};
use futures_util::future::{Ready, ready};
use kernel::MemberId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::access::Authenticated;
use crate::http::{FieldError, Json, Problem, ProblemKind, Query};
use crate::routes::sessions::uncached;
use crate::state::AppState;
use api::responses::{DonationResponse, DonationsResponse};

pub(crate) const DONATIONS: &str = "/api/v1/donations";
pub(crate) const DONATION: &str = "/api/v1/donations/{id}";

/// By which a client knows a request again, and so do we.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// In the answer to a request that was answered before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Number of donations on a page where the request does not say.
const PAGE: u32 = 20;

/// Donation of points to a developer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateDonation {
    /// The developer to receive.
    #[schema(value_type = String, example = "9a3b1c5d7e9f0a2b4c6d8e0f1a3b5c7d")]
    to: MemberId,
    /// Number of points.
    #[schema(example = 300, minimum = 1, maximum = 1_000_000)]
    amount: u64,
    /// Your message, in 200 characters.
    #[schema(example = "고마워요", min_length = 1, max_length = 200)]
    message: Option<String>,
}

/// Donations to be listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct DonationsQuery {
    /// Donations that you gave, or that you received.
    #[param(inline)]
    side: SideWord,
    /// Place to go on from: the `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<DonationId>,
    /// Number of donations, 100 at most.
    #[param(minimum = 1, maximum = 100)]
    limit: u32,
}

/// The member's part in a donation.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SideWord {
    Given,
    Received,
}

impl Default for DonationsQuery {
    fn default() -> Self {
        Self {
            side: SideWord::Given,
            cursor: None,
            limit: PAGE,
        }
    }
}

/// The request's name, from its header.
#[derive(Debug)]
pub(crate) struct RequiredIdempotencyKey(IdempotencyKey);

impl FromRequest for RequiredIdempotencyKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(key(request).map(Self))
    }
}

fn key(request: &HttpRequest) -> Result<IdempotencyKey, Problem> {
    let refuse = |detail: String| {
        Problem::new(
            ProblemKind::BadRequest,
            "name the request in the header Idempotency-Key, once",
        )
        .with_error(FieldError::of_parameter("Idempotency-Key", detail))
    };
    let mut headers = request.headers().get_all(IDEMPOTENCY_KEY);
    match (headers.next(), headers.next()) {
        (None, _) => Err(refuse("the header is missing".to_owned())),
        (Some(_), Some(_)) => Err(refuse("the header is there more than once".to_owned())),
        (Some(header), None) => {
            let text = header.to_str().unwrap_or_default();
            // The draft's structured string and the bare text name the same request.
            let quoted = text
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'));
            quoted
                .unwrap_or(text)
                .parse()
                .map_err(|error: donation::InvalidIdempotencyKey| refuse(error.to_string()))
        }
    }
}

/// Gives points to a developer, once per `Idempotency-Key` however often the request is sent.
///
/// The first request that succeeds is the answer to all of its copies; a refusal is not kept, and
/// leaves the key free.
#[utoipa::path(
    post, path = DONATIONS, tag = "members", operation_id = "create_donation", security(("session" = [])),
    params(("Idempotency-Key" = String, Header, description = "Your name for this request: 1 to 128 visible ASCII characters")),
    request_body = CreateDonation,
    responses(
        (status = 201, description = "What was given, now or when the request came first", body = DonationResponse,
         headers(("Location" = String, description = "Where the donation is"),
                 ("Idempotency-Replayed" = String, description = "`true` when it was given before"),
                 ("RateLimit" = String, description = "How many more donations you may ask for at once, and when all of them"))),
    )
)]
pub(crate) async fn give(
    state: web::Data<AppState>,
    signed: Authenticated,
    key: RequiredIdempotencyKey,
    body: Json<CreateDonation>,
) -> Result<HttpResponse, Problem> {
    let member = signed.0.member.id;
    let limit = state
        .donation_attempts
        .take(&member)
        .await
        .map_err(|none_left| {
            let detail = "you ask to give points more often than you may";
            none_left.problem(ProblemKind::TooManyRequests, detail)
        })?;
    let CreateDonation {
        to,
        amount,
        message,
    } = body.0;
    let request = DonationRequest {
        from: member,
        to,
        amount,
        note: message,
        key: key.0,
    };
    let receipt = state.donations.donate(request).await?;
    let place = DONATION.replace("{id}", &receipt.donation.id.to_string());
    let mut response = limit.tell(uncached(HttpResponse::Created()));
    response.insert_header((LOCATION, place));
    if receipt.is_replay {
        response.insert_header((REPLAYED, "true"));
    }
    Ok(response.json(DonationResponse::from(&receipt.donation)))
}

/// Lists what you gave, or received, the newest first.
#[utoipa::path(
    get, path = DONATIONS, tag = "members", operation_id = "list_donations", security(("session" = [])),
    params(DonationsQuery),
    responses(
        (status = 200, description = "A page of donations", body = DonationsResponse),
    )
)]
pub(crate) async fn list(
    state: web::Data<AppState>,
    signed: Authenticated,
    query: Query<DonationsQuery>,
) -> Result<HttpResponse, Problem> {
    let DonationsQuery {
        side,
        cursor,
        limit,
    } = query.0;
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(out_of_range("limit", MAX_PAGE));
    }
    let member = signed.0.member.id;
    let page = state
        .donations
        .page(member, side.into(), cursor, limit)
        .await?;
    Ok(uncached(HttpResponse::Ok()).json(DonationsResponse::from(&page)))
}

/// Returns one donation that you gave or received. For others it does not exist.
#[utoipa::path(
    get, path = DONATION, tag = "members", operation_id = "get_donation", security(("session" = [])),
    params(("id" = String, Path, description = "The donation's id")),
    responses(
        (status = 200, description = "The donation", body = DonationResponse),
    )
)]
pub(crate) async fn one(
    state: web::Data<AppState>,
    signed: Authenticated,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    // What is no id is not there either.
    let found = match id.parse() {
        Ok(id) => state.donations.find(signed.0.member.id, id).await?,
        Err(kernel::InvalidId) => None,
    };
    let donation = found.ok_or_else(|| {
        Problem::new(
            ProblemKind::NotFound,
            "you gave or received no donation with this id",
        )
    })?;
    Ok(uncached(HttpResponse::Ok()).json(DonationResponse::from(&donation)))
}

/// A query's number that is not in `1..=most`.
pub(super) fn out_of_range(parameter: &str, most: u32) -> Problem {
    Problem::new(ProblemKind::BadRequest, "the query cannot be read").with_error(
        FieldError::of_parameter(parameter, format!("expected 1 to {most}")),
    )
}

impl From<SideWord> for Side {
    fn from(word: SideWord) -> Self {
        match word {
            SideWord::Given => Self::Given,
            SideWord::Received => Self::Received,
        }
    }
}
