//! What a character's gear would cost to make again.

use actix_web::{HttpRequest, HttpResponse, web};
use cube_probability::Method;
use equipment::{EvaluationOptions, Lookup};
use serde::Deserialize;
use utoipa::IntoParams;

use super::characters::{character_name, log_degradations, refresh};
use crate::http::{
    CachePolicy, FieldError, JsonResponse, Problem, ProblemDetails, ProblemKind, Query, json,
};
use crate::response_cache::{ResponseKey, ResponseQuery};
use crate::state::AppState;
use api::expectation::{
    ExpectationOptions, ExpectationResponse, InvalidOptions, PresetWord, StartWord,
};
use api::responses::{Provenance, schema};

pub(crate) const EXPECTATION: &str = "/api/v1/characters/{name}/expectation";

/// What may be chosen about an expectation.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExpectationQuery {
    /// Which presets to answer for.
    #[param(inline)]
    preset: PresetWord,
    /// Where the resets start.
    #[param(inline)]
    from: StartWord,
    /// What resets the potentials; `meso_potential` without.
    #[param(schema_with = schema::method)]
    potential_method: Option<Method>,
    /// What resets the additional potentials; `meso_additional` without.
    #[param(schema_with = schema::method)]
    additional_method: Option<Method>,
    /// The rule set; the current one without.
    rules: Option<String>,
    /// Ask the upstream even when what is stored is fresh.
    pub(super) refresh: bool,
}

/// Tells what a character's gear would cost to make again, item by item.
#[utoipa::path(
    get, path = EXPECTATION, tag = "characters",
    params(("name" = String, Path, description = "The character's name"), ExpectationQuery),
    responses(
        (status = 200, description = "What it would cost", body = ExpectationResponse),
        (status = "default", description = "What went wrong", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn expectation(
    state: web::Data<AppState>,
    request: HttpRequest,
    name: web::Path<String>,
    query: Query<ExpectationQuery>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let refresh = refresh(query.0.refresh);
    let options = query.0.into_options();
    let (rules, evaluation) = options.checked()?;
    let known = match state.characters.equipment(&name, refresh).await? {
        Lookup::Full(known) => known,
        Lookup::Partial { character, missing } => {
            let provenance = Provenance::without_equipment(&character, state.source, &missing);
            let answer = ExpectationResponse::partial(provenance, rules, &options);
            return JsonResponse::new(answer, CachePolicy::not_at_all()).answer(&request);
        }
    };
    let cache_policy = state.cache_policy.of(&known, refresh);
    let key = ResponseKey {
        question: ResponseQuery::Expectation {
            rules: rules.name,
            // The rule set is named above, whether it was chosen or not.
            options: ExpectationOptions {
                rules: None,
                ..options.clone()
            },
        },
        provenance: Provenance::of(&known),
        document: known.value.snapshot.document.hash(),
    };
    let evaluator = state.evaluator.clone();
    let work = move |key: &ResponseKey| {
        log_degradations(&known.degradations);
        let gear = known.value.equipment()?;
        let provenance = key.provenance.clone();
        let evaluation = EvaluationOptions {
            class: Some(provenance.summary.class.clone()),
            character_level: provenance.summary.level,
            ..evaluation
        };
        let expectation = evaluator.evaluate(&gear, rules, &evaluation);
        let answer = ExpectationResponse::of_wearer(provenance, &expectation, rules, &options);
        Ok(json(&answer))
    };
    let body = state.finished.get(key, &state.bulkhead, work).await?;
    body.answer(&request, &cache_policy)
}

impl ExpectationQuery {
    pub(super) fn into_options(self) -> ExpectationOptions {
        let default = ExpectationOptions::default();
        ExpectationOptions {
            preset: self.preset,
            from: self.from,
            potential_method: self.potential_method.unwrap_or(default.potential_method),
            additional_method: self.additional_method.unwrap_or(default.additional_method),
            rules: self.rules,
        }
    }
}

impl From<InvalidOptions> for Problem {
    fn from(error: InvalidOptions) -> Self {
        use cube_probability::Layer;
        let parameter = match &error {
            InvalidOptions::WrongLayer(wrong) => match wrong.layer {
                Layer::Potential => "potential_method",
                Layer::AdditionalPotential => "additional_method",
            },
            InvalidOptions::UnknownRules(_) => "rules",
        };
        Self::new(ProblemKind::InvalidValue, "the options cannot be followed")
            .with_error(FieldError::of_parameter(parameter, error))
    }
}
