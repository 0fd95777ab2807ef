//! Stylesheet, scripts and icon. A name carries the hash of its content, so that a copy is never
//! out of date.

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpRequest, HttpResponse, web};
use pages::Asset;

use crate::http::{CachePolicy, Problem, ProblemKind, Representations};

pub(super) const ASSET: &str = "/assets/{file}";

/// A file of the pages.
pub(super) async fn asset(
    request: HttpRequest,
    file: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    static CODED: LazyLock<HashMap<String, Representations>> = LazyLock::new(|| {
        let assets = Asset::all().iter();
        let coded = assets.map(|asset| {
            let body = Representations::of(asset.content_type, asset.body);
            (asset.file(), body)
        });
        coded.collect()
    });
    let body = CODED
        .get(file.as_str())
        .ok_or_else(|| Problem::new(ProblemKind::NotFound, "the pages have no such file"))?;
    let mut response = body.answer(&request, &CachePolicy::an_hour())?;
    let headers = response.headers_mut();
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}
