//! Members' pages: logging in, liking, giving. Every write comes from a form of our own pages and
//! leads to a page that can be loaded again without writing again.

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse, web};
use api::responses::MeResponse;
use donation::DonationRequest;
use likes::Liker;
use members::{AuthenticatedSession, NexonKey, RefreshError};
use pages::{DonationFault, DonationForm, MemberNote, Pairs};
use secrecy::ExposeSecret;

use super::ui;
use crate::access::cookie::{self, PageMember};
use crate::access::{ClientAddress, SameOrigin};
use crate::http::{CachePolicy, FormBody, Problem, ProblemKind, html};
use crate::routes::characters::character_name;
use crate::state::AppState;

pub(super) const SESSION: &str = "/session";
pub(super) const END: &str = "/session/end";
pub(super) const DONATIONS: &str = "/session/donations";
pub(super) const LIKE: &str = "/characters/{name}/like";

/// The page of a member. A session whose access token has expired goes on by its refresh token.
pub(super) async fn page(
    state: web::Data<AppState>,
    member: PageMember,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let pairs = Pairs::of_query(request.query_string());
    let next = local(pairs.get("next"));
    if member.0.is_none()
        && let Some(token) = cookie::refresh_token(&request)
    {
        return match state.sessions.refresh(token.expose_secret()).await {
            Ok(session) => {
                let cookies = cookie::set(&session, state.clock.now(), &request);
                Ok(see_other(next.unwrap_or(SESSION), cookies))
            }
            Err(RefreshError::Invalid | RefreshError::Reused) => {
                Ok(see_other(request.uri().path(), cookie::removed(&request)))
            }
            Err(error) => Err(error.into()),
        };
    }
    shown(&state, &request, member.0.as_ref(), None, next).await
}

/// Opens a session for the owner of a key.
pub(super) async fn log_in(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
    _: SameOrigin,
    body: FormBody,
) -> Result<HttpResponse, Problem> {
    let next = body.get("next");
    let next = local(next.expose_secret());
    let opened = open(&state, &client, &body).await;
    match opened {
        Ok(session) => {
            let cookies = cookie::set(&session, state.clock.now(), &request);
            Ok(see_other(next.unwrap_or(SESSION), cookies))
        }
        Err(problem) if problem.kind().status() < 500 => {
            let note = MemberNote::Refused(problem.kind());
            shown(&state, &request, None, Some(&note), next).await
        }
        Err(problem) => Err(problem),
    }
}

async fn open(
    state: &AppState,
    client: &ClientAddress,
    body: &FormBody,
) -> Result<members::LoggedIn, Problem> {
    let _limit = state.attempts.take(client).await.map_err(|none_left| {
        let detail = "too many log-ins were tried from your address";
        none_left.problem(ProblemKind::TooManyAttempts, detail)
    })?;
    let key = NexonKey::try_from(body.get("key"));
    let key = key.map_err(|error| Problem::new(ProblemKind::InvalidValue, error.to_string()))?;
    Ok(state.sessions.log_in(key).await?)
}

/// Ends the session.
pub(super) async fn log_out(
    state: web::Data<AppState>,
    member: PageMember,
    request: HttpRequest,
    _: SameOrigin,
) -> Result<HttpResponse, Problem> {
    if let Some(session) = member.0 {
        state.sessions.log_out(session.session).await?;
    }
    Ok(see_other(SESSION, cookie::removed(&request)))
}

/// Likes a character, or takes the like back.
pub(super) async fn like(
    state: web::Data<AppState>,
    member: PageMember,
    request: HttpRequest,
    name: web::Path<String>,
    _: SameOrigin,
    body: FormBody,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let Some(session) = member.0 else {
        let next = pages::character_address(name.as_str(), None);
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("next", &next)
            .finish();
        return Ok(see_other(&format!("{SESSION}?{query}"), []));
    };
    let taken = state.like_attempts.take(&session.member.id).await;
    let _limit = taken.map_err(|none_left| {
        let detail = "you like and unlike more often than you may";
        none_left.problem(ProblemKind::TooManyRequests, detail)
    })?;
    let is_unlike = body.get("like").expose_secret() == "0";
    let status = if is_unlike {
        let status = state.likes.unlike(session.member.id, &name).await;
        status.map(|status| MemberNote::Unliked(name.to_string(), status.count))
    } else {
        let own = session.member.characters.iter();
        let liker = Liker {
            id: session.member.id,
            own: own.map(|own| own.ocid.clone()).collect(),
        };
        let status = state.likes.like(&liker, &name).await;
        status.map(|status| MemberNote::Liked(name.to_string(), status.count))
    };
    let note = noted(status.map_err(Problem::from))?;
    shown(&state, &request, Some(&session), Some(&note), None).await
}

/// Gives points to a developer.
pub(super) async fn donate(
    state: web::Data<AppState>,
    member: PageMember,
    request: HttpRequest,
    _: SameOrigin,
    body: FormBody,
) -> Result<HttpResponse, Problem> {
    let Some(session) = member.0 else {
        return Ok(see_other(SESSION, []));
    };
    let taken = state.donation_attempts.take(&session.member.id).await;
    let _limit = taken.map_err(|none_left| {
        let detail = "you ask to give points more often than you may";
        none_left.problem(ProblemKind::TooManyRequests, detail)
    })?;
    let text = |name: &str| body.get(name).expose_secret().to_owned();
    let form = DonationForm {
        to: text("to"),
        amount: text("amount"),
        message: text("message"),
    };
    let note = match give(&state, &session, &form, &text("key")).await {
        Ok(note) => note,
        Err(problem) if problem.kind().status() < 500 => {
            MemberNote::NotDonated(form, DonationFault::Refused(problem.kind()))
        }
        Err(problem) => return Err(problem),
    };
    shown(&state, &request, Some(&session), Some(&note), None).await
}

async fn give(
    state: &AppState,
    session: &AuthenticatedSession,
    form: &DonationForm,
    key: &str,
) -> Result<MemberNote, Problem> {
    let Ok(to) = form.to.trim().parse::<kernel::MemberId>() else {
        return Ok(MemberNote::NotDonated(form.clone(), DonationFault::To));
    };
    let Ok(amount) = form.amount.trim().replace(',', "").parse::<u64>() else {
        return Ok(MemberNote::NotDonated(form.clone(), DonationFault::Amount));
    };
    let key = key.parse::<donation::IdempotencyKey>();
    let key = key.map_err(|error| Problem::new(ProblemKind::InvalidValue, error.to_string()))?;
    let receipt = state
        .donations
        .donate(DonationRequest {
            from: session.member.id,
            to,
            amount,
            note: Some(form.message.clone()).filter(|message| !message.is_empty()),
            key,
        })
        .await?;
    Ok(MemberNote::Given(
        to.to_string(),
        receipt.donation.amount.points(),
    ))
}

/// Outcome of a form, a refusal among them; failures of ours stay problems.
fn noted(result: Result<MemberNote, Problem>) -> Result<MemberNote, Problem> {
    match result {
        Err(problem) if problem.kind().status() < 500 => Ok(MemberNote::Refused(problem.kind())),
        result => result,
    }
}

async fn shown(
    state: &AppState,
    request: &HttpRequest,
    session: Option<&AuthenticatedSession>,
    note: Option<&MemberNote>,
    next: Option<&str>,
) -> Result<HttpResponse, Problem> {
    let me = match session {
        Some(session) => {
            let points = state.donations.balance(session.member.id).await?;
            Some(MeResponse::new(session, points))
        }
        None => None,
    };
    let status = match note {
        Some(MemberNote::Refused(_) | MemberNote::NotDonated(..)) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        _ => StatusCode::OK,
    };
    let ui = ui(state, request).at(SESSION);
    // New with every page, so that one form gives once.
    let key = kernel::request_id().unwrap_or_default();
    let page = pages::member(&ui, me.as_ref(), note, next.unwrap_or_default(), &key);
    html::page(request, status, page, &CachePolicy::not_at_all())
}

fn see_other(
    path: &str,
    cookies: impl IntoIterator<Item = actix_web::http::header::HeaderValue>,
) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((LOCATION, path));
    for cookie in cookies {
        response.append_header((SET_COOKIE, cookie));
    }
    response.finish()
}

/// A path of this service to go on to; nothing that a browser would take for another host.
fn local(path: &str) -> Option<&str> {
    let is_local = path.starts_with("/characters/")
        && path.bytes().all(|b| b.is_ascii_graphic())
        && !path.contains('\\');
    is_local.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn way_back_is_a_character_of_this_service() {
        assert_eq!(
            local("/characters/%EC%95%84"),
            Some("/characters/%EC%95%84")
        );
        for path in [
            "",
            "//evil.example",
            "/characters/\\evil",
            "https://evil.example",
            "/session",
            "/characters/a\r\nx: y",
        ] {
            assert_eq!(local(path), None, "{path}");
        }
    }
}
