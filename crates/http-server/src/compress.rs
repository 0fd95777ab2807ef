//! Compression of what routes answer uncoded: calculations, and problems.

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ResponseHead, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderValue, VARY};
use actix_web::middleware::Next;

use super::coding::Coding;

/// Bytes below which a body is sent uncoded: it fits into one packet.
const SMALLEST: u64 = 1_024;

/// Media types that are compressed.
const TYPES: [&str; 3] = ["application/json", "application/problem+json", "text/csv"];

/// Codes a body as the client wants, unless its route has.
pub(super) async fn compress<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let wanted = Coding::wanted(request.headers()).unwrap_or(Coding::Identity);
    let response = next.call(request).await?;
    if wanted == Coding::Identity || !is_worth_it(response.response().head()) {
        return Ok(response.map_into_boxed_body());
    }
    Ok(response.map_body(|head, body| coded(wanted, head, body.boxed())))
}

/// Whether a response with this head has a body that another coding makes smaller. A tag names the
/// body in its coding.
fn is_worth_it(head: &ResponseHead) -> bool {
    let headers = head.headers();
    let content_type = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let is_text = content_type.is_some_and(|it| TYPES.iter().any(|name| it.starts_with(name)));
    let is_whole = !matches!(
        head.status,
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED | StatusCode::PARTIAL_CONTENT
    );
    is_text && is_whole && !headers.contains_key(CONTENT_ENCODING) && !headers.contains_key(ETAG)
}

fn coded(coding: Coding, head: &mut ResponseHead, body: BoxBody) -> BoxBody {
    if !matches!(body.size(), BodySize::Sized(SMALLEST..)) {
        return body;
    }
    match body.try_into_bytes() {
        Ok(plain) => {
            let name = HeaderValue::from_static(coding.name());
            let headers = head.headers_mut();
            headers.insert(CONTENT_ENCODING, name);
            headers.append(VARY, HeaderValue::from_static("accept-encoding"));
            BoxBody::new(coding.apply(&plain))
        }
        Err(body) => body,
    }
}
