//! Cross-origin requests (Fetch standard): methods that the service opens are open to pages of any
//! origin, without credentials; nothing else is.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    HeaderMap, HeaderValue,
};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};

use crate::transport::Transport;

/// Answers preflight requests, and opens the responses that any page may read.
pub(super) async fn cors<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let transport = request.app_data::<web::Data<Transport>>();
    let transport = transport.expect("every app is made with its transport");
    let open_methods = |method: &str| transport.site.open_methods(request.path(), method);
    let method = request.method().clone();
    let asked = request.headers().get(ACCESS_CONTROL_REQUEST_METHOD);
    let asked = asked.and_then(|method| method.to_str().ok());
    let preflight = asked.filter(|_| method == Method::OPTIONS);
    if let Some(methods) = preflight.and_then(open_methods) {
        let response = HttpResponse::NoContent()
            .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
            .insert_header((ACCESS_CONTROL_ALLOW_METHODS, methods))
            .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, "accept, content-type"))
            .insert_header((ACCESS_CONTROL_MAX_AGE, "86400"))
            .finish();
        return Ok(request.into_response(response).map_into_right_body());
    }
    let is_open = open_methods(method.as_str()).is_some();
    let mut response = next.call(request).await?;
    if is_open {
        open(response.headers_mut());
    }
    Ok(response.map_into_left_body())
}

/// Opens a response to pages of any origin.
pub(super) fn open(headers: &mut HeaderMap) {
    const EXPOSED: HeaderValue = HeaderValue::from_static(
        "age, cache-status, etag, ratelimit, ratelimit-policy, retry-after, x-request-id",
    );
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}
