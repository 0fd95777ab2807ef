//! Characters: who they are and what they wear.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use equipment::{CharactersError, Outfit, Refresh, Trouble, UpstreamError};
use kernel::CharacterName;
use serde::Deserialize;
use utoipa::IntoParams;

use super::likes;
use crate::answers::{CharacterAnswer, EquipmentAnswer, Heading};
use crate::finished::{BodyKey, BodyQuestion};
use crate::http::{Answer, FieldError, Keeping, Problem, ProblemDetails, ProblemKind, Query, json};
use crate::service::Service;

pub(crate) const CHARACTER: &str = "/api/v1/characters/{name}";
pub(crate) const EQUIPMENT: &str = "/api/v1/characters/{name}/equipment";

/// When to try again after an upstream that did not say when.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// How fresh the data have to be.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct RefreshQuery {
    /// Ask the upstream even when what is stored is fresh.
    refresh: bool,
}

impl RefreshQuery {
    pub(super) fn refresh(self) -> Refresh {
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
) -> Result<Answer<CharacterAnswer>, Problem> {
    let name = character_name(&name)?;
    let refresh = query.0.refresh();
    let known = service.characters.who(&name, refresh).await?;
    note(&known.troubles);
    let likes = likes::count(&service, &known.value).await;
    let answer = CharacterAnswer::new(&known, likes, service.source);
    // Likes change at any time, so who keeps it has to ask whether it is still the same.
    let keeping = service.keeping.of(&known, Refresh::Now);
    Ok(Answer::new(answer, keeping))
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
    request: HttpRequest,
    name: web::Path<String>,
    query: Query<RefreshQuery>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let refresh = query.0.refresh();
    let known = match service.characters.equipment(&name, refresh).await? {
        Outfit::Whole(known) => known,
        Outfit::Partial { character, missing } => {
            let heading = Heading::without_equipment(&character, service.source, &missing);
            let answer = EquipmentAnswer::partial(heading);
            return Answer::new(answer, Keeping::not_at_all()).answer(&request);
        }
    };
    let keeping = service.keeping.of(&known, refresh);
    let key = BodyKey {
        question: BodyQuestion::Equipment,
        heading: Heading::of(&known),
        document: known.value.snapshot.document.hash(),
    };
    let work = move |key: &BodyKey| {
        note(&known.troubles);
        let equipment = known.value.equipment()?;
        Ok(json(&EquipmentAnswer::new(key.heading.clone(), &equipment)))
    };
    let body = service.finished.get(key, &service.capacity, work).await?;
    body.answer(&request, &keeping)
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

/// Logs what went wrong without preventing an answer.
pub(super) fn note(troubles: &[Trouble]) {
    for trouble in troubles {
        let cause = crate::http::causes(trouble);
        tracing::warn!(%trouble, cause, "answered in spite of trouble");
    }
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
