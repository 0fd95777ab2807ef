//! What the calculations go by.

use actix_web::{Responder, web};

use crate::answers::RulesAnswer;

pub(crate) const RULES: &str = "/api/v1/rules";

/// Lists rule sets, methods, words, default prices and sources.
#[utoipa::path(
    get, path = RULES, tag = "calculations",
    responses((status = 200, description = "What the calculations go by", body = RulesAnswer))
)]
pub(crate) async fn rules() -> impl Responder {
    web::Json(RulesAnswer::new())
}
