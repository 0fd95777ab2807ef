//! Characters: who they are and what they wear.

use std::time::Duration;

use actix_web::http::header::{
    AGE, AcceptEncoding, CONTENT_ENCODING, ContentType, Encoding, Header, HeaderName, VARY,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use equipment::{CharactersError, Freshness, Known, Refresh, UpstreamError};
use kernel::CharacterName;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answers::{CharacterAnswer, EquipmentAnswer};
use crate::http::{FieldError, Problem, ProblemDetails, ProblemKind, Query};
use crate::service::Service;

pub(crate) const CHARACTER: &str = "/api/v1/characters/{name}";
pub(crate) const EQUIPMENT: &str = "/api/v1/characters/{name}/equipment";
pub(crate) const RAW_EQUIPMENT: &str = "/api/v1/characters/{name}/equipment/raw";

/// When to try again after an upstream that did not say when.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// RFC 9211: how a cache handled a request.
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// How fresh the data have to be.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct RefreshQuery {
    /// Ask the upstream even when what is stored is fresh.
    refresh: bool,
}

impl RefreshQuery {
    fn refresh(self) -> Refresh {
        refresh(self.refresh)
    }
}

/// Says who a character is.
#[utoipa::path(
    get, path = CHARACTER, tag = "characters",
    params(("name" = String, Path, description = "The character's name"), RefreshQuery),
    responses(
        (status = 200, description = "Who it is", body = CharacterAnswer),
        (status = "default", description = "What went wrong", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn character(
    service: web::Data<Service>,
    name: web::Path<String>,
    query: Query<RefreshQuery>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let known = service.characters.who(&name, query.0.refresh()).await?;
    let answer = CharacterAnswer::new(&known, service.source);
    Ok(aged(&known).json(answer))
}

/// Lists what a character wears, in all presets.
#[utoipa::path(
    get, path = EQUIPMENT, tag = "characters",
    params(("name" = String, Path, description = "The character's name"), RefreshQuery),
    responses(
        (status = 200, description = "What it wears", body = EquipmentAnswer),
        (status = "default", description = "What went wrong", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn equipment(
    service: web::Data<Service>,
    name: web::Path<String>,
    query: Query<RefreshQuery>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let known = service
        .characters
        .equipment(&name, query.0.refresh())
        .await?
        .whole()?;
    let answer = EquipmentAnswer::new(&known);
    Ok(aged(&known).json(answer))
}

/// Gives the upstream's equipment document as it was received.
#[utoipa::path(
    get, path = RAW_EQUIPMENT, tag = "characters",
    params(("name" = String, Path, description = "The character's name"), RefreshQuery),
    responses(
        (status = 200, description = "The document, zstd-compressed where that is accepted", body = serde_json::Value),
        (status = "default", description = "What went wrong", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn raw_equipment(
    service: web::Data<Service>,
    request: HttpRequest,
    name: web::Path<String>,
    query: Query<RefreshQuery>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let known = service
        .characters
        .equipment(&name, query.0.refresh())
        .await?
        .whole()?;
    let document = &known.value.snapshot.document;
    let mut response = aged(&known);
    response
        .content_type(ContentType::json())
        .insert_header((VARY, "accept-encoding"));
    // A document that takes a dictionary of ours is not for clients.
    if let Some(frame) = document.plain_frame()
        && accepts_zstd(&request)
    {
        return Ok(response
            .insert_header((CONTENT_ENCODING, "zstd"))
            .body(frame.clone()));
    }
    let body = document.decompress().map_err(Problem::internal)?;
    Ok(response.body(body))
}

/// The name in a path.
pub(super) fn character_name(text: &str) -> Result<CharacterName, Problem> {
    text.parse().map_err(|error| {
        Problem::new(
            ProblemKind::BadRequest,
            "the character's name cannot be one",
        )
        .with_error(FieldError::of_parameter("name", error))
    })
}

/// What a parameter says about the age of the data.
pub(crate) fn refresh(now: bool) -> Refresh {
    if now {
        Refresh::Now
    } else {
        Refresh::WhenStale
    }
}

/// The head of an answer that says how old it is.
pub(super) fn aged<T>(known: &Known<T>) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    if known.freshness == Freshness::Stale {
        response
            .insert_header((AGE, known.age.as_secs().to_string()))
            .insert_header((CACHE_STATUS, "maple-expectation; hit; detail=stale"));
    }
    for trouble in &known.troubles {
        let cause = crate::http::causes(trouble);
        tracing::warn!(%trouble, cause, "answered in spite of trouble");
    }
    response
}

fn accepts_zstd(request: &HttpRequest) -> bool {
    let offers = [Encoding::identity(), Encoding::zstd()];
    AcceptEncoding::parse(request)
        .is_ok_and(|accepted| accepted.negotiate(offers.iter()) == Some(Encoding::zstd()))
}

impl From<CharactersError> for Problem {
    fn from(error: CharactersError) -> Self {
        let detail = error.to_string();
        match &error {
            CharactersError::UnknownCharacter(_) => {
                Self::new(ProblemKind::UnknownCharacter, detail)
            }
            CharactersError::UpstreamInvalid(document) => Self::new(
                ProblemKind::UpstreamInvalid,
                format!("{detail}: {document}; what was stored stays as it was"),
            )
            .caused_by(error),
            CharactersError::Unavailable(upstream) => {
                let retry_after = error.retry_after().unwrap_or(RETRY_AFTER);
                Self::new(unavailable(upstream), detail)
                    .retry_after(retry_after)
                    .caused_by(error)
            }
        }
    }
}

fn unavailable(upstream: &UpstreamError) -> ProblemKind {
    match upstream {
        UpstreamError::QuotaExceeded { .. } => ProblemKind::QuotaExceeded,
        UpstreamError::Invalid(_) => ProblemKind::UpstreamInvalid,
        UpstreamError::Failed { .. }
        | UpstreamError::TimedOut { .. }
        | UpstreamError::NotAvailable { .. }
        | UpstreamError::Suspended { .. }
        | UpstreamError::Refused { .. } => ProblemKind::UpstreamUnavailable,
    }
}
