//! The API's own description, and what its problems mean.

use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use actix_web::http::header::{ContentEncoding, ContentType, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa_swagger_ui::Config;

use crate::http::{CachePolicy, JSON, Problem, ProblemKind, Representations};
use crate::openapi;

pub(crate) const OPENAPI: &str = "/openapi.json";
pub(crate) const PAGE: &str = "/docs/{file:.*}";
pub(crate) const PROBLEM: &str = "/problems/{kind}";

/// The OpenAPI document.
pub(crate) async fn openapi(request: HttpRequest) -> Result<HttpResponse, Problem> {
    static DOCUMENT: LazyLock<Representations> =
        LazyLock::new(|| Representations::of(JSON, openapi::json()));
    DOCUMENT.answer(&request, &CachePolicy::an_hour())
}

/// A file of the page that shows the OpenAPI document; it needs nothing from other hosts.
pub(crate) async fn page(file: web::Path<String>) -> Result<HttpResponse, Problem> {
    static CONFIG: LazyLock<Arc<Config<'static>>> =
        LazyLock::new(|| Arc::new(Config::from(OPENAPI).use_base_layout()));
    let file = utoipa_swagger_ui::serve(&file, Arc::clone(&CONFIG))
        .map_err(|error| Problem::new(ProblemKind::Internal, error.to_string()))?
        .ok_or_else(|| Problem::new(ProblemKind::NotFound, "the page has no such file"))?;
    let mut response = HttpResponse::Ok();
    if file.gzpipped {
        response.insert_header(ContentEncoding::Gzip);
    }
    Ok(response
        .content_type(file.content_type)
        .body(file.bytes.into_owned()))
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
