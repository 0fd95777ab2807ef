//! Cross-origin requests (Fetch standard): public reads and calculations are open to pages of any
//! origin, without credentials; nothing else is.

use actix_web::HttpResponse;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    HeaderValue,
};
use actix_web::middleware::Next;

const CHARACTERS: &str = "/api/v1/characters/";
const CALCULATIONS: &str = "/api/v1/calculations/";

/// Answers preflight requests, and opens the responses that any page may read.
pub(super) async fn cors<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let method = request.method().clone();
    let asked = request.headers().get(ACCESS_CONTROL_REQUEST_METHOD);
    let asked = asked.and_then(|method| method.to_str().ok());
    let preflight = asked.filter(|_| method == Method::OPTIONS);
    if let Some(methods) = preflight.and_then(|asked| open_methods(request.path(), asked)) {
        let response = HttpResponse::NoContent()
            .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
            .insert_header((ACCESS_CONTROL_ALLOW_METHODS, methods))
            .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, "accept, content-type"))
            .insert_header((ACCESS_CONTROL_MAX_AGE, "86400"))
            .finish();
        return Ok(request.into_response(response).map_into_right_body());
    }
    let is_open = open_methods(request.path(), method.as_str()).is_some();
    let mut response = next.call(request).await?;
    if is_open {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        let exposed =
            "age, cache-status, etag, ratelimit, ratelimit-policy, retry-after, x-request-id";
        headers.insert(
            ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(exposed),
        );
    }
    Ok(response.map_into_left_body())
}

/// Returns the methods of a path that are open to any origin, where this one is among them.
fn open_methods(path: &str, method: &str) -> Option<&'static str> {
    let is_read = matches!(method, "GET" | "HEAD");
    if path.starts_with(CALCULATIONS) {
        return (is_read || method == "POST").then_some("GET, HEAD, POST");
    }
    let is_public =
        path.starts_with(CHARACTERS) || matches!(path, "/api/v1/rules" | "/openapi.json");
    (is_public && is_read).then_some("GET, HEAD")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_methods_are_reads_and_calculations() {
        for (path, method, is_open) in [
            ("/api/v1/characters/x/expectation", "GET", true),
            ("/api/v1/characters/x/like", "PUT", false),
            ("/api/v1/calculations/potential", "POST", true),
            ("/api/v1/calculations/potential", "DELETE", false),
            ("/api/v1/rules", "GET", true),
            ("/api/v1/me", "GET", false),
            ("/api/v1/donations", "GET", false),
            ("/api/v1/sessions", "POST", false),
        ] {
            assert_eq!(
                open_methods(path, method).is_some(),
                is_open,
                "{method} {path}"
            );
        }
    }
}
