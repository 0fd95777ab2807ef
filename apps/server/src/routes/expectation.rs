//! What a character's gear would cost to make again.

use actix_web::{HttpRequest, HttpResponse, web};
use cube_probability::Method;
use equipment::{EvaluationOptions, Outfit};
use serde::Deserialize;
use utoipa::IntoParams;

use super::characters::{character_name, note, refresh};
use crate::answers::{Heading, schema};
use crate::expectation::{
    ExpectationAnswer, ExpectationOptions, InvalidOptions, PresetWord, StartWord,
};
use crate::finished::{BodyKey, BodyQuestion};
use crate::http::{Answer, FieldError, Keeping, Problem, ProblemDetails, ProblemKind, Query, json};
use crate::service::Service;

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
        (status = 200, description = "What it would cost", body = ExpectationAnswer),
        (status = "default", description = "What went wrong", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn expectation(
    service: web::Data<Service>,
    request: HttpRequest,
    name: web::Path<String>,
    query: Query<ExpectationQuery>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let refresh = refresh(query.0.refresh);
    let options = query.0.into_options();
    let (rules, evaluation) = options.checked()?;
    let known = match service.characters.equipment(&name, refresh).await? {
        Outfit::Whole(known) => known,
        Outfit::Partial { character, missing } => {
            let heading = Heading::without_equipment(&character, service.source, &missing);
            let answer = ExpectationAnswer::partial(heading, rules, &options);
            return Answer::new(answer, Keeping::not_at_all()).answer(&request);
        }
    };
    let keeping = service.keeping.of(&known, refresh);
    let key = BodyKey {
        question: BodyQuestion::Expectation {
            rules: rules.name,
            // The rule set is named above, whether it was chosen or not.
            options: ExpectationOptions {
                rules: None,
                ..options.clone()
            },
        },
        heading: Heading::of(&known),
        document: known.value.snapshot.document.hash(),
    };
    let evaluator = service.evaluator.clone();
    let work = move |key: &BodyKey| {
        note(&known.troubles);
        let gear = known.value.equipment()?;
        let heading = key.heading.clone();
        let evaluation = EvaluationOptions {
            class: Some(heading.who.class.clone()),
            character_level: Some(heading.who.level),
            ..evaluation
        };
        let expectation = evaluator.evaluate(&gear, rules, &evaluation);
        let answer = ExpectationAnswer::of_wearer(heading, &expectation, rules, &options);
        Ok(json(&answer))
    };
    let body = service.finished.get(key, &service.capacity, work).await?;
    body.answer(&request, &keeping)
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
