//! The paths of the fake Discord: the webhook, and those that steer it.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use serde_json::{Value, json};
use socket2::Socket;

use crate::faults::{DiscordFault, DiscordRule, PauseUnit};
use crate::state::{Admission, BucketState, State};

/// Upper bound on a hanging request, so that connections do not pile up.
const HANG: Duration = Duration::from_secs(30);

/// Registers every path.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/api/webhooks/{id}/{token}", web::post().to(post))
        .service(web::resource("/fake/record").get(record).delete(clear))
        .route("/fake/messages", web::get().to(messages))
        .route("/fake/copies", web::get().to(copies))
        .service(
            web::resource("/fake/faults")
                .get(faults)
                .put(set_faults)
                .delete(clear_faults),
        )
        .default_service(web::to(not_found));
}

async fn post(request: HttpRequest, body: String, state: web::Data<State>) -> HttpResponse {
    let (outcome, bucket) = match state.receive(&body) {
        Admission::Closed { rest } | Admission::BucketEmpty { rest } => {
            return rate_limited(rest, PauseUnit::Seconds, false);
        }
        Admission::Open { outcome, bucket } => (outcome, bucket),
    };
    if !outcome.latency.is_zero() {
        wait(outcome.latency, &state).await;
    }
    match outcome.fault {
        None => accepted(&request, &body, &state, bucket),
        Some(fault) => respond(fault, &request, &body, &state).await,
    }
}

fn accepted(
    request: &HttpRequest,
    body: &str,
    state: &State,
    bucket: Option<BucketState>,
) -> HttpResponse {
    let mut response = match state.accept(body) {
        Ok(message) if request.query_string().contains("wait=true") => {
            let mut response = HttpResponse::Ok();
            with_bucket(&mut response, bucket);
            return response.json(message);
        }
        Ok(_) => HttpResponse::NoContent(),
        Err(reason) => return error_response(StatusCode::BAD_REQUEST, 50_035, &reason),
    };
    with_bucket(&mut response, bucket);
    response.finish()
}

async fn respond(
    fault: DiscordFault,
    request: &HttpRequest,
    body: &str,
    state: &State,
) -> HttpResponse {
    match fault {
        DiscordFault::RateLimited {
            retry_after_ms,
            unit,
            global,
        } => {
            let pause = Duration::from_millis(retry_after_ms);
            state.pause_for(pause);
            return rate_limited(pause, unit, global);
        }
        DiscordFault::Status(status) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let (code, reason) = match status {
                StatusCode::NOT_FOUND => (10_015, "Unknown Webhook"),
                StatusCode::UNAUTHORIZED => (50_027, "Invalid Webhook Token"),
                _ => (0, status.canonical_reason().unwrap_or("?")),
            };
            return error_response(status, code, reason);
        }
        DiscordFault::Hang => wait(HANG, state).await,
        DiscordFault::HangAfterAccept => {
            let _taken = state.accept(body);
            wait(HANG, state).await;
        }
        DiscordFault::Reset => {}
        DiscordFault::CutAfterAccept => {
            let _taken = state.accept(body);
        }
    }
    cut(request, fault == DiscordFault::Reset);
    HttpResponse::Ok().finish()
}

/// Ends the connection before anything is answered on it.
fn cut(request: &HttpRequest, with_reset: bool) {
    let Some(socket) = request.conn_data::<Arc<Socket>>() else {
        return;
    };
    if with_reset {
        // Nothing of what is not yet sent is sent when the socket is closed.
        let _gone_already = socket.set_linger(Some(Duration::ZERO));
    }
    let _gone_already = socket.shutdown(std::net::Shutdown::Both);
}

async fn wait(time: Duration, state: &State) {
    tokio::select! {
        () = tokio::time::sleep(time) => {}
        () = state.stopping() => {}
    }
}

fn rate_limited(pause: Duration, unit: PauseUnit, global: bool) -> HttpResponse {
    let seconds = pause.as_secs_f64();
    let whole_millis = pause.as_micros().div_ceil(1_000);
    let whole_seconds = whole_millis.div_ceil(1_000).to_string();
    let mut response = HttpResponse::TooManyRequests();
    let reset_after = ("x-ratelimit-reset-after", format!("{seconds:.6}"));
    if global {
        response.insert_header(("x-ratelimit-global", "true"));
    }
    let retry_after: Value = match unit {
        PauseUnit::Seconds => {
            response.insert_header(("retry-after", whole_seconds));
            response.insert_header(reset_after);
            seconds.into()
        }
        PauseUnit::Milliseconds => {
            response.insert_header(reset_after);
            json!(whole_millis)
        }
        PauseUnit::MillisecondsOnly => json!(whole_millis),
        PauseUnit::HeaderOnly => {
            response.insert_header(("retry-after", whole_seconds));
            return response.content_type("text/html").body("<html>");
        }
    };
    response.json(json!({
        "message": "You are being rate limited.",
        "retry_after": retry_after,
        "global": global,
    }))
}

fn error_response(status: StatusCode, code: u32, message: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({"code": code, "message": message}))
}

fn with_bucket(response: &mut HttpResponseBuilder, bucket: Option<BucketState>) {
    let Some(bucket) = bucket else { return };
    let reset_after = bucket.reset_after.as_secs_f64();
    response
        .insert_header(("x-ratelimit-bucket", "webhook"))
        .insert_header(("x-ratelimit-limit", bucket.limit.to_string()))
        .insert_header(("x-ratelimit-remaining", bucket.remaining.to_string()))
        .insert_header(("x-ratelimit-reset-after", format!("{reset_after:.6}")));
}

async fn record(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(state.record())
}

async fn clear(state: web::Data<State>) -> HttpResponse {
    state.clear();
    HttpResponse::NoContent().finish()
}

async fn messages(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(state.messages())
}

async fn copies(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(state.copies())
}

async fn faults(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(state.faults())
}

async fn set_faults(state: web::Data<State>, rules: web::Json<Vec<DiscordRule>>) -> HttpResponse {
    state.set_faults(rules.into_inner());
    HttpResponse::Ok().json(state.faults())
}

async fn clear_faults(state: web::Data<State>) -> HttpResponse {
    state.set_faults(Vec::new());
    HttpResponse::NoContent().finish()
}

async fn not_found() -> HttpResponse {
    error_response(StatusCode::NOT_FOUND, 0, "404: Not Found")
}
