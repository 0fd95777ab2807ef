//! The API's own description, and what its problems mean.

use std::fmt::Write;
use std::sync::LazyLock;

use actix_web::http::header::{ContentType, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::http::{JSON, Keeping, Problem, ProblemKind, Representations};
use crate::openapi;

pub(crate) const OPENAPI: &str = "/openapi.json";
pub(crate) const PROBLEM: &str = "/problems/{kind}";

/// The OpenAPI document.
pub(crate) async fn openapi(request: HttpRequest) -> Result<HttpResponse, Problem> {
    static DOCUMENT: LazyLock<Representations> =
        LazyLock::new(|| Representations::of(JSON, openapi::json()));
    DOCUMENT.answer(&request, &Keeping::an_hour())
}

/// The page that shows the OpenAPI document; it needs nothing from other hosts.
pub(crate) fn swagger_ui() -> SwaggerUi {
    SwaggerUi::new("/docs/{_:.*}").config(Config::from(OPENAPI).use_base_layout())
}

/// The page's address without its last slash.
pub(crate) async fn to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, "/docs/"))
        .finish()
}

/// What the URI of a problem stands for.
pub(crate) async fn problem(slug: web::Path<String>) -> Result<HttpResponse, Problem> {
    let kind = ProblemKind::ALL
        .iter()
        .find(|kind| kind.slug() == *slug)
        .ok_or_else(|| Problem::new(ProblemKind::NotFound, "no problem has this name"))?;
    let mut page = String::new();
    let _infallible = writeln!(
        page,
        "{} ({})\n\n{}",
        kind.title(),
        kind.status(),
        kind.meaning()
    );
    Ok(HttpResponse::Ok()
        .content_type(ContentType::plaintext())
        .body(page))
}
