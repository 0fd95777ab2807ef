//! Logging in with one's own Nexon key, staying logged in, and logging out.

use actix_web::http::header::{CacheControl, CacheDirective};
use actix_web::{HttpResponse, HttpResponseBuilder, web};
use members::{AccountsError, LogInError, LoggedIn, NexonKey};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::{Authenticated, ClientAddress};
use crate::http::{FieldError, Problem, ProblemKind, SecretBody, SecretJson};
use crate::state::AppState;
use api::responses::{MeResponse, SessionResponse};

pub(crate) const SESSIONS: &str = "/api/v1/sessions";
pub(crate) const REFRESH: &str = "/api/v1/sessions/refresh";
pub(crate) const CURRENT: &str = "/api/v1/sessions/current";
pub(crate) const ME: &str = "/api/v1/me";

/// Body of a log-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogIn {
    /// One's own key of the Nexon Open API. It is shown to Nexon once and forgotten.
    #[schema(value_type = String, example = "live_...")]
    nexon_api_key: SecretString,
}

impl SecretBody for LogIn {
    const EXPECTED: &'static str = r#"{"nexon_api_key":"..."}"#;
}

/// Body of a refresh.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refresh {
    /// The refresh token of the session.
    #[schema(value_type = String, example = "maple_rt_...")]
    refresh_token: SecretString,
}

impl SecretBody for Refresh {
    const EXPECTED: &'static str = r#"{"refresh_token":"..."}"#;
}

/// Opens a session for the owner of a Nexon key.
#[utoipa::path(
    post, path = SESSIONS, tag = "members", operation_id = "create_session", request_body = LogIn,
    responses(
        (status = 201, description = "The session's tokens", body = SessionResponse),
    )
)]
pub(crate) async fn log_in(
    state: web::Data<AppState>,
    client: ClientAddress,
    body: SecretJson<LogIn>,
) -> Result<HttpResponse, Problem> {
    let count = |outcome| state.log_ins.with([outcome]).inc();
    let limit = state.attempts.take(&client).await.map_err(|none_left| {
        count("too_many");
        let detail = "too many log-ins were tried from your address";
        none_left.problem(ProblemKind::TooManyAttempts, detail)
    })?;
    let key = NexonKey::try_from(body.0.nexon_api_key).map_err(|error| {
        count("not_a_key");
        Problem::new(ProblemKind::InvalidValue, "this cannot be a Nexon key")
            .with_error(FieldError::at("/nexon_api_key", error))
    })?;
    let opened = state.sessions.log_in(key).await;
    count(outcome(&opened));
    let mut response = limit.tell(uncached(HttpResponse::Created()));
    Ok(response.json(SessionResponse::from(opened?)))
}

/// Gives a session new tokens. The old ones are no longer valid.
///
/// A refresh token is good once: presenting it again ends the session, because somebody else has
/// it too.
#[utoipa::path(
    post, path = REFRESH, tag = "members", operation_id = "refresh_session", request_body = Refresh,
    responses(
        (status = 200, description = "The session's new tokens", body = SessionResponse),
    )
)]
pub(crate) async fn refresh(
    state: web::Data<AppState>,
    body: SecretJson<Refresh>,
) -> Result<HttpResponse, Problem> {
    let token = body.0.refresh_token;
    let refreshed = state.sessions.refresh(token.expose_secret()).await?;
    Ok(uncached(HttpResponse::Ok()).json(SessionResponse::from(refreshed)))
}

/// Ends the session whose access token is presented. Every instance refuses it within a minute.
#[utoipa::path(
    delete, path = CURRENT, tag = "members", operation_id = "delete_current_session", security(("session" = [])),
    responses(
        (status = 204, description = "The session has ended"),
    )
)]
pub(crate) async fn log_out(
    state: web::Data<AppState>,
    signed: Authenticated,
) -> Result<HttpResponse, Problem> {
    state.sessions.log_out(signed.0.session).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends every session of the member. Every instance refuses them within a minute.
#[utoipa::path(
    delete, path = SESSIONS, tag = "members", operation_id = "delete_sessions", security(("session" = [])),
    responses(
        (status = 204, description = "The sessions have ended"),
    )
)]
pub(crate) async fn log_out_everywhere(
    state: web::Data<AppState>,
    signed: Authenticated,
) -> Result<HttpResponse, Problem> {
    state.sessions.end_all(signed.0.member.id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Says who is logged in, and how many points they have.
#[utoipa::path(
    get, path = ME, tag = "members", operation_id = "get_me", security(("session" = [])),
    responses(
        (status = 200, description = "Who it is", body = MeResponse),
    )
)]
pub(crate) async fn me(
    state: web::Data<AppState>,
    signed: Authenticated,
) -> Result<HttpResponse, Problem> {
    let points = state.donations.balance(signed.0.member.id).await?;
    Ok(uncached(HttpResponse::Ok()).json(MeResponse::new(&signed.0, points)))
}

/// A member's own affairs are kept by nobody on the way.
pub(super) fn uncached(mut response: HttpResponseBuilder) -> HttpResponseBuilder {
    response.insert_header(CacheControl(vec![CacheDirective::NoStore]));
    response
}

/// Outcomes of log-ins, as the metric names them.
pub(crate) const OUTCOMES: [&str; 8] = [
    "opened",
    "too_many",
    "not_a_key",
    "key_refused",
    "no_account",
    "key_exhausted",
    "unavailable",
    "failed",
];

fn outcome(opened: &Result<LoggedIn, LogInError>) -> &'static str {
    match opened {
        Ok(_) => "opened",
        Err(LogInError::Accounts(AccountsError::KeyRefused)) => "key_refused",
        Err(LogInError::Accounts(AccountsError::NoAccount)) => "no_account",
        Err(LogInError::Accounts(AccountsError::KeyExhausted { .. })) => "key_exhausted",
        Err(LogInError::Accounts(AccountsError::Unavailable { .. })) => "unavailable",
        Err(LogInError::Store(_)) => "failed",
    }
}
