//! The API's own description, and what its problems mean.

use std::collections::HashMap;
use std::fmt::Write;
use std::io::Read;
use std::sync::{Arc, LazyLock};

use actix_web::http::header::{CONTENT_SECURITY_POLICY, ContentType, HeaderValue, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::read::GzDecoder;
use tokio::sync::Mutex;
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

/// The OpenAPI document of the admin listener.
pub(crate) async fn admin_openapi(request: HttpRequest) -> Result<HttpResponse, Problem> {
    static DOCUMENT: LazyLock<Representations> =
        LazyLock::new(|| Representations::of(JSON, openapi::admin_json()));
    DOCUMENT.answer(&request, &CachePolicy::an_hour())
}

/// Files of the page by their names, each coded once, when it is first asked for.
static FILES: LazyLock<Mutex<HashMap<String, Arc<Representations>>>> =
    LazyLock::new(Mutex::default);

/// Policy of the page: its own scripts and styles, and requests to this service. Its scripts set
/// styles and draw images from their own data.
const PAGE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self' data:; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'",
);

/// A file of the page that shows the OpenAPI document; it needs nothing from other hosts.
pub(crate) async fn page(
    request: HttpRequest,
    file: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut files = FILES.lock().await;
    let coded = if let Some(coded) = files.get(file.as_str()) {
        Arc::clone(coded)
    } else {
        let name = file.into_inner();
        let wanted = name.clone();
        let coded = web::block(move || coded(&wanted)).await;
        let coded = Arc::new(coded.map_err(Problem::internal)??);
        files.insert(name, Arc::clone(&coded));
        coded
    };
    drop(files);
    let mut response = coded.answer(&request, &CachePolicy::an_hour())?;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, PAGE_POLICY);
    Ok(response)
}

/// A file in every coding.
fn coded(name: &str) -> Result<Representations, Problem> {
    let config = Config::from(OPENAPI).use_base_layout();
    let file = utoipa_swagger_ui::serve(name, Arc::new(config))
        .map_err(|error| Problem::new(ProblemKind::Internal, error.to_string()))?
        .ok_or_else(|| Problem::new(ProblemKind::NotFound, "the page has no such file"))?;
    let mut plain = file.bytes.into_owned();
    if file.gzpipped {
        let mut decoded = Vec::new();
        GzDecoder::new(plain.as_slice())
            .read_to_end(&mut decoded)
            .map_err(Problem::internal)?;
        plain = decoded;
    }
    // As many as there are files, which is few.
    Ok(Representations::of(file.content_type.leak(), plain))
}

/// The page's address without its last slash.
pub(crate) async fn to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, "/docs/"))
        .finish()
}

/// Explanation of a kind of problem.
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
