//! The distribution of a potential's cost as an image.

use actix_web::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpRequest, HttpResponse, web};
use pages::{ChartQuery, FormError, Pairs};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::ClientAddress;
use crate::http::{FieldError, Problem, ProblemKind};
use crate::state::AppState;
use api::responses::schema;

pub(crate) const CHART: &str = "/api/v1/calculations/potential/chart.svg";

/// Parameters of a chart, for its documentation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "read by `ChartQuery`, which takes a parameter more than once"
)]
pub(crate) struct ChartParameters {
    /// Method that resets the potential; repeated to overlay up to eight.
    #[param(schema_with = schema::method)]
    method: Option<String>,
    /// Kind of equipment.
    #[param(schema_with = schema::part)]
    part: Option<String>,
    /// Required level of the item.
    #[param(example = 250, minimum = 0, maximum = 300)]
    item_level: Option<u16>,
    /// Grade that the resets start from.
    #[param(schema_with = schema::grade)]
    from: Option<String>,
    /// Failed rises in a row from that grade.
    failures: Option<u32>,
    /// Condition on the three lines, in the goal language.
    #[param(example = "cooldown_seconds >= 4", max_length = 1000)]
    goal: String,
    /// Amount to mark, as digits or as players write it (`30억`, `3b`).
    budget_meso: Option<String>,
    /// Language of the texts: `ko` or `en`.
    lang: Option<String>,
}

/// Draws the distribution of what a goal costs.
#[utoipa::path(
    get, path = CHART, tag = "calculations", operation_id = "draw_potential_chart", params(ChartParameters),
    responses(
        (status = 200, description = "The chart", body = String, content_type = "image/svg+xml"),
    )
)]
pub(crate) async fn chart(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let pairs = Pairs::of_query(request.query_string());
    let query = ChartQuery::of(&pairs).map_err(|errors| invalid(&errors))?;
    let svg = state
        .bulkhead
        .calculate(Some(client), move || query.svg())
        .await??;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "image/svg+xml"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ))
        .insert_header(("cache-control", "max-age=3600"))
        .body(svg))
}

fn invalid(errors: &[FormError]) -> Problem {
    let fields = errors.iter();
    let fields = fields.map(|error| FieldError::of_parameter(&error.field, &error.detail));
    Problem::new(ProblemKind::InvalidValue, "the chart cannot be drawn").with_errors(fields)
}
