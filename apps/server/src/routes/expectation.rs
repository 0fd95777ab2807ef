//! What a character's gear would cost to make again.

use actix_web::{HttpResponse, web};
use cube_probability::Method;
use equipment::{Known, Wearer, evaluate};
use serde::Deserialize;
use utoipa::IntoParams;

use super::characters::{aged, character_name, refresh};
use crate::answers::schema;
use crate::expectation::{
    ExpectationAnswer, ExpectationOptions, InvalidOptions, PresetWord, StartWord,
};
use crate::http::{FieldError, Problem, ProblemDetails, ProblemKind, Query};
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
    refresh: bool,
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
    name: web::Path<String>,
    query: Query<ExpectationQuery>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let refresh = refresh(query.0.refresh);
    let options = query.0.into_options();
    options.checked()?;
    let outfit = service.characters.equipment(&name, refresh).await?;
    let known = outfit.whole()?;
    let mut head = aged(&known);
    let answer = service.capacity.calculate(move || answer(&known, &options));
    Ok(head.json(answer.await??))
}

fn answer(
    known: &Known<Wearer>,
    options: &ExpectationOptions,
) -> Result<ExpectationAnswer, InvalidOptions> {
    let (rules, mut evaluation) = options.checked()?;
    evaluation.class = Some(known.value.character.class.clone());
    evaluation.character_level = Some(known.value.character.level);
    let expectation = evaluate(&known.value.equipment, rules, &evaluation);
    Ok(ExpectationAnswer::of_wearer(
        known,
        &expectation,
        rules,
        options,
    ))
}

impl ExpectationQuery {
    fn into_options(self) -> ExpectationOptions {
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
