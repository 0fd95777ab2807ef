//! Bodies of requests, read whole before a permit is taken: a client that sends its body slowly
//! holds a connection, and no place of anybody else.

use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use actix_web::middleware::Next;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

use super::extract::MAX_BODY_BYTES;
use super::problem::{Problem, ProblemKind};

/// Time within which a body has to arrive.
pub const BODY_DEADLINE: Duration = Duration::from_secs(5);

/// Middleware that reads the body of a request, if it has one.
///
/// A body that is too large is a 413, one that does not arrive in time a 408.
pub(super) async fn buffer_body<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    if has_body(&request) {
        let payload = request.take_payload();
        let read = tokio::time::timeout(BODY_DEADLINE, read(payload)).await;
        match read.unwrap_or_else(|_| Err(late())) {
            Ok(body) => request.set_payload(Payload::from(body)),
            Err(problem) => return Ok(request.error_response(problem).map_into_right_body()),
        }
    }
    Ok(next.call(request).await?.map_into_left_body())
}

fn has_body(request: &ServiceRequest) -> bool {
    let headers = request.headers();
    let length = headers.get(CONTENT_LENGTH).map(HeaderValue::as_bytes);
    headers.contains_key(TRANSFER_ENCODING) || length.is_some_and(|length| length != b"0")
}

async fn read(mut payload: Payload) -> Result<Bytes, Problem> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            let detail = format!("the body did not arrive whole: {error}");
            Problem::new(ProblemKind::BadRequest, detail)
        })?;
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            let detail = format!("a body has at most {MAX_BODY_BYTES} bytes");
            return Err(Problem::new(ProblemKind::BodyTooLarge, detail));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn late() -> Problem {
    let detail = format!(
        "the body did not arrive within {} s",
        BODY_DEADLINE.as_secs()
    );
    Problem::new(ProblemKind::RequestTimeout, detail)
}
