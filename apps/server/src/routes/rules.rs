//! Basis of the calculations.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse};

use crate::http::{CachePolicy, JSON, Problem, Representations, json};
use api::responses::RulesResponse;

pub(crate) const RULES: &str = "/api/v1/rules";

/// Lists rule sets, methods, words, default prices and sources.
#[utoipa::path(
    get, path = RULES, tag = "calculations", operation_id = "list_rules",
    responses((status = 200, description = "What the calculations go by", body = RulesResponse))
)]
pub(crate) async fn rules(request: HttpRequest) -> Result<HttpResponse, Problem> {
    static RULES: LazyLock<Representations> =
        LazyLock::new(|| Representations::of(JSON, json(&RulesResponse::new())));
    RULES.answer(&request, &CachePolicy::an_hour())
}
