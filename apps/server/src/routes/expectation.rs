//! Cost of making a character's gear again.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use cube_probability::Rules;
use equipment::{EvaluationOptions, HashedReadings, Lookup, Refresh};
use http_server::response_cache::{ResponseKey, ResponseQuery, Standing};
use kernel::CharacterName;
use serde::Deserialize;
use utoipa::IntoParams;

use super::characters::{character_name, log_degradations, refresh};
use super::stat_sheet::equipped;
use crate::access::ClientAddress;
use crate::http::{CachePolicy, FieldError, Json, JsonResponse, Problem, ProblemKind, Query, json};
use crate::state::AppState;
use api::calculations::ValidationErrors;
use api::calculations::potential::UtilityWord;
use api::calculations::star_force::SafeguardChoice;
use api::expectation::{
    ExpectationOptions, ExpectationResponse, GoalWord, NamedSlots, PresetWord, SpareItemOptions,
    StarForceOptions, StartWord,
};
use api::responses::{DetailWord, Provenance, schema};

pub(crate) const EXPECTATION: &str = "/api/v1/characters/{name}/expectation";

/// Options of an expectation.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExpectationQuery {
    /// Presets to be priced.
    #[param(inline)]
    preset: PresetWord,
    /// State before the first reset.
    #[param(inline)]
    from: StartWord,
    /// Method that resets the potentials; `meso_potential` without.
    #[param(schema_with = schema::method)]
    potential_method: Option<cube_probability::Method>,
    /// Method that resets the additional potentials; `meso_additional` without.
    #[param(schema_with = schema::method)]
    additional_method: Option<cube_probability::Method>,
    /// The rule set; the current one without.
    rules: Option<String>,
    /// The meaning of "this gear again": `as_strong` without where a stat sheet is known, else
    /// `same_lines`.
    #[param(inline)]
    goal: Option<GoalWord>,
    /// Sources of the character's stat sheet.
    #[param(inline)]
    detail: DetailWord,
    /// Treatment of item drop, meso, cooldown and autosteal lines.
    #[param(inline)]
    utility: UtilityWord,
    /// The price of a spare item; 0 without, and the answer says so.
    #[param(minimum = 0)]
    spare_item_meso: Option<i64>,
    /// The stars at which destruction is prevented: `none`, `cheapest` or a list such as
    /// `15,16,17`.
    safeguard: Option<String>,
    /// The part of an attempt's cost that an event takes off, such as 0.3.
    #[param(minimum = 0, exclusive_maximum = 1)]
    discount: f64,
    /// The stars at which an event makes the attempt certain, such as `5,10,15`.
    certain_stars: Option<String>,
    /// Whether an event makes destruction 30 % less likely up to star 21.
    fewer_destructions: bool,
    /// An amount of meso whose chance of being enough for everything is asked for.
    #[param(minimum = 0)]
    budget_meso: Option<i64>,
    /// Whether the shape of the distribution of each total is answered.
    distribution: bool,
    /// Ask the upstream even when what is stored is fresh.
    pub(super) refresh: bool,
}

/// Tells what a character's gear would cost to make again, item by item.
#[utoipa::path(
    get, path = EXPECTATION, tag = "characters", operation_id = "get_expectation",
    params(("name" = String, Path, description = "The character's name"), ExpectationQuery),
    responses(
        (status = 200, description = "What it would cost", body = ExpectationResponse),
    )
)]
pub(crate) async fn expectation(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
    name: web::Path<String>,
    query: Query<ExpectationQuery>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let refresh = refresh(query.0.refresh);
    let options = query.0.into_options()?;
    let asked = options.checked().map_err(|errors| of_query(&errors))?;
    let asked = Asked {
        route: EXPECTATION,
        name,
        refresh,
        key: options.key(),
        slots: options.named_slots(),
        options,
        terms: asked,
    };
    asked.answer(&state, client, &request).await
}

/// Tells what a character's gear would cost to make again, with everything that may be chosen.
#[utoipa::path(
    post, path = EXPECTATION, tag = "characters", operation_id = "calculate_expectation",
    params(("name" = String, Path, description = "The character's name")),
    request_body = ExpectationOptions,
    responses(
        (status = 200, description = "What it would cost", body = ExpectationResponse),
    )
)]
pub(crate) async fn expectation_of(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
    name: web::Path<String>,
    options: Json<ExpectationOptions>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let asked = Asked {
        route: EXPECTATION,
        name,
        refresh: refresh(false),
        terms: options.0.checked()?,
        key: options.0.key(),
        slots: options.0.named_slots(),
        options: options.0,
    };
    asked.answer(&state, client, &request).await
}

/// A question that can be answered.
pub(super) struct Asked {
    /// The route that is asked.
    pub(super) route: &'static str,
    pub(super) name: CharacterName,
    pub(super) refresh: Refresh,
    /// The question as text, equal to another's if it asks the same.
    pub(super) key: String,
    pub(super) options: ExpectationOptions,
    /// Slots that must be worn.
    pub(super) slots: NamedSlots,
    pub(super) terms: (&'static Rules, EvaluationOptions),
}

impl Asked {
    pub(super) async fn answer(
        self,
        state: &AppState,
        client: ClientAddress,
        request: &HttpRequest,
    ) -> Result<HttpResponse, Problem> {
        let (options, (rules, evaluation)) = (self.options, self.terms);
        let detail = options.detail;
        let known = equipped(
            state,
            request,
            &self.name,
            self.refresh,
            detail,
            &evaluation,
        );
        let (lookup, readings, validity) = known.await?;
        let known = match lookup {
            Lookup::Full(known) => known,
            Lookup::Partial { character, missing } => {
                let provenance = Provenance::without_equipment(&character, state.source, &missing);
                let answer = ExpectationResponse::partial(provenance, rules, &options);
                return JsonResponse::new(answer, CachePolicy::not_at_all()).answer(request);
            }
        };
        if !self.slots.is_empty() {
            let gear = known.value.equipment().map_err(Problem::internal)?;
            self.slots.check(&gear)?;
        }
        let cache_policy = if request.method() == Method::POST {
            CachePolicy::not_at_all()
        } else {
            state.cache_policy.of(&known, self.refresh)
        };
        let key = ResponseKey::new(
            ResponseQuery::Expectation {
                rules: rules.name,
                options: self.key,
            },
            &known,
            readings.as_ref().map(HashedReadings::hash),
        );
        let evaluator = state.evaluator.clone();
        let work = move |key: &ResponseKey| {
            log_degradations(&known.degradations);
            let gear = known.value.equipment()?;
            let provenance = key.provenance.clone();
            let evaluation = evaluation.of_wearer(&known.value.character, readings);
            let expectation = evaluator.evaluate(&gear, rules, &evaluation);
            let answer = ExpectationResponse::of_wearer(provenance, &expectation, rules, &options);
            Ok(json(&answer))
        };
        let made = state.finished.get(key, Some(client), &state.bulkhead, work);
        let made = made.await?;
        let standing = Standing {
            route: self.route,
            validity,
            policy: cache_policy,
            complete: |_| (),
        };
        state.finished.answer(request, &made, standing)
    }
}

impl ExpectationQuery {
    /// The options; the lists of stars are read here.
    pub(super) fn into_options(self) -> Result<ExpectationOptions, Problem> {
        let default = ExpectationOptions::default();
        let certain_stars = self
            .certain_stars
            .as_deref()
            .map_or(Some(Vec::new()), stars);
        let certain_stars = certain_stars.ok_or_else(|| {
            let detail = "expected a list of stars such as 5,10,15";
            Problem::new(ProblemKind::InvalidValue, CANNOT_BE_FOLLOWED)
                .with_error(FieldError::of_parameter("certain_stars", detail))
        })?;
        Ok(ExpectationOptions {
            preset: self.preset,
            from: self.from,
            potential_method: self.potential_method.unwrap_or(default.potential_method),
            additional_method: self.additional_method.unwrap_or(default.additional_method),
            rules: self.rules,
            goal: self.goal,
            detail: self.detail,
            utility: self.utility,
            star_force: StarForceOptions {
                spare_item_meso: SpareItemOptions {
                    default: self.spare_item_meso.unwrap_or(0),
                    ..SpareItemOptions::default()
                },
                safeguard: self.safeguard.map(safeguard).unwrap_or_default(),
                discount: self.discount,
                certain_stars,
                fewer_destructions: self.fewer_destructions,
                ..StarForceOptions::default()
            },
            budget_meso: self.budget_meso,
            distribution: self.distribution,
            ..default
        })
    }
}

/// `none`, a list of stars, or a word that the options check.
fn safeguard(text: String) -> SafeguardChoice {
    match stars(&text) {
        Some(stars) => SafeguardChoice::Stars(stars),
        None if text == "none" => SafeguardChoice::default(),
        None => SafeguardChoice::Word(text),
    }
}

fn stars(text: &str) -> Option<Vec<i64>> {
    text.split(',')
        .map(|star| star.trim().parse().ok())
        .collect()
}

const CANNOT_BE_FOLLOWED: &str = "the options cannot be followed";

/// Errors of options as those of the query's parameters.
pub(super) fn of_query(errors: &ValidationErrors) -> Problem {
    let errors = errors.all().iter().map(|error| {
        let pointer = error.pointer.trim_start_matches("/star_force");
        let parameter = pointer.split('/').nth(1).unwrap_or_default().to_owned();
        FieldError::of_parameter(parameter, &error.detail)
    });
    Problem::new(ProblemKind::InvalidValue, CANNOT_BE_FOLLOWED).with_errors(errors)
}
