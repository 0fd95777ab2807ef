//! Pages as responses: content coding, `ETag`, security headers, and problems as pages.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap,
    HeaderName, HeaderValue, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use bytes::Bytes;
use futures_util::FutureExt;
use http_server::{CachePolicy, HTML, Head, Problem, ProblemKind, Tag, wanted};
use pages::{ErrorKind, Lang, Pairs, Ui};
use sha2::{Digest, Sha256};

/// Beginnings of paths that programs ask for; everything else is a page.
const FOR_PROGRAMS: [&str; 7] = [
    "/api/",
    "/health/",
    "/metrics",
    "/openapi.json",
    "/problems/",
    "/docs",
    "/assets/",
];

/// Returns whether a browser asks for a page, so that an error is a page too.
pub(super) fn is_page(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT);
    let accept = accept.and_then(|accept| accept.to_str().ok());
    is_of_players(request.path()) && accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Returns whether a path is for players and not for programs.
pub(super) fn is_of_players(path: &str) -> bool {
    !FOR_PROGRAMS.iter().any(|start| path.starts_with(start))
}

/// Returns the frame of the page that a request asks for.
pub(crate) fn ui(request: &HttpRequest, is_sandbox: bool) -> Ui {
    let pairs = Pairs::of_query(request.query_string());
    Ui::new(
        request.path(),
        Lang::named(pairs.get("lang")),
        accept_language(request),
        is_sandbox,
    )
    .made_under(&pairs)
}

/// Returns the language that a request accepts.
pub(super) fn lang(request: &HttpRequest) -> Lang {
    Lang::accepted(accept_language(request))
}

fn accept_language(request: &HttpRequest) -> &str {
    let header = request.headers().get(ACCEPT_LANGUAGE);
    let accepted = header.and_then(|header| header.to_str().ok());
    accepted.unwrap_or_default()
}

/// Responds with a page made for one request.
///
/// # Errors
///
/// [`ProblemKind::NotAcceptable`] when the client refuses every coding.
pub(crate) fn page(
    request: &HttpRequest,
    status: StatusCode,
    html: String,
    cache_policy: &CachePolicy,
) -> Result<HttpResponse, Problem> {
    let coding = wanted(request)?;
    let plain: Bytes = html.into();
    let tag = Tag::new(&Sha256::digest(&plain), coding);
    let head = Head {
        content_type: HTML,
        coding,
        tag: Some(&tag).filter(|_| status == StatusCode::OK),
        cache_policy,
    };
    let mut response = head.answer(request, || coding.apply(&plain));
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    Ok(secured(response))
}

/// Responds with a page that shows a problem in its own place; status and headers are the
/// problem's, and no cache keeps it.
pub(crate) fn refusal(problem: &Problem, html: String) -> HttpResponse {
    let mut response = problem.head();
    response
        .insert_header((CONTENT_TYPE, HTML))
        .insert_header((CACHE_CONTROL, "no-store"));
    secured(response.body(html))
}

/// Begins the response of a page that is written while its work runs; no cache keeps it.
pub(crate) fn streamed() -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, HTML))
        .insert_header((CACHE_CONTROL, "no-store"));
    response
}

/// Adds the headers that every page carries.
pub(crate) fn secured(mut response: HttpResponse) -> HttpResponse {
    complete(response.headers_mut());
    response
}

/// Adds the headers that every page carries to those of its representation.
pub(crate) fn complete(headers: &mut HeaderMap) {
    headers.append(VARY, HeaderValue::from_static("accept-language"));
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, pages::CONTENT_SECURITY_POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (
            PERMISSIONS_POLICY,
            "camera=(), geolocation=(), microphone=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Turns the response of a problem into a page; status and headers stay.
pub(super) fn problem_page(
    request: &HttpRequest,
    response: HttpResponse,
    kind: ProblemKind,
    shown_id: &str,
    is_sandbox: bool,
) -> HttpResponse {
    // The path as it came, for the link that tries again.
    let ui = ui(request, is_sandbox);
    let name = web::Path::<String>::extract(request).now_or_never();
    let name = name.and_then(Result::ok).map(web::Path::into_inner);
    let kind = match (ErrorKind::from(kind), &name) {
        (ErrorKind::BadRequest, Some(_)) => ErrorKind::BadName,
        (kind, _) => kind,
    };
    let html = pages::error(&ui, kind, name.as_deref(), shown_id);
    let mut response = response.set_body(html).map_into_boxed_body();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(HTML));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    secured(response)
}
