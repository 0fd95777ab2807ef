//! Execution of faults.

use std::io::{self, Read, Write};
use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::header::CONTENT_ENCODING;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use futures_util::stream;
use serde_json::Value;

use crate::faults::Fault;
use crate::nexon_error::NexonError;
use crate::state::State;

/// Answers with a fault; `body` makes what the right answer would have been.
pub(crate) async fn respond(
    fault: Fault,
    body: impl FnOnce() -> Result<Vec<u8>, NexonError>,
    state: &State,
) -> HttpResponse {
    match fault {
        Fault::Hang => {
            state.stopping().await;
            HttpResponse::ServiceUnavailable().finish()
        }
        Fault::InternalError => NexonError::InternalError.response(),
        Fault::BadGateway => HttpResponse::BadGateway()
            .content_type("text/html")
            .body("<html><body>502 Bad Gateway</body></html>"),
        Fault::QuotaExceeded {
            retry_after_seconds,
        } => NexonError::QuotaExceeded {
            retry_after_seconds,
        }
        .response(),
        Fault::RefusedKey => NexonError::InvalidKey.response(),
        Fault::NoPermission => NexonError::NoPermission.response(),
        Fault::Preparing => NexonError::Preparing.response(),
        Fault::GameMaintenance => NexonError::GameMaintenance.response(),
        Fault::ApiMaintenance => NexonError::ApiMaintenance.response(),
        Fault::CutBody => cut(body().unwrap_or_default()),
        Fault::BadJson => {
            let mut body = body().unwrap_or_default();
            body.truncate(body.len() / 2);
            json(body)
        }
        Fault::UnknownIdentifier => NexonError::UnknownIdentifier.response(),
        Fault::InvalidParameter => NexonError::InvalidParameter.response(),
        Fault::OddFields => json(with_odd_fields(&body().unwrap_or_default())),
        Fault::ByteOrderMark => json(["\u{FEFF}".as_bytes(), &body().unwrap_or_default()].concat()),
        Fault::GzipBomb => HttpResponse::Ok()
            .content_type("application/json")
            .insert_header((CONTENT_ENCODING, "gzip"))
            .body(BOMB.clone()),
    }
}

fn json(body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(body)
}

/// The document with fields that no document should have.
fn with_odd_fields(body: &[u8]) -> Vec<u8> {
    let mut document: Value = serde_json::from_slice(body).unwrap_or_default();
    for list in [
        "/item_equipment",
        "/item_equipment_preset_1",
        "/item_equipment_preset_2",
        "/item_equipment_preset_3",
    ] {
        let mut set = |field: String, value: Value| {
            if let Some(field) = document.pointer_mut(&field) {
                *field = value;
            }
        };
        set(format!("{list}/0/starforce_scroll_flag"), "해당없음".into());
        set(format!("{list}/1/starforce"), Value::Null);
    }
    for field in [
        "/final_stat/0/stat_value",
        "/ability_info/0/ability_value",
        "/set_effect/0/set_effect_info",
        "/union_raider_stat/0",
        "/character_link_skill/0",
        "/symbol/0/symbol_level",
        "/cube_history/0",
        "/potential_history/0",
        "/starforce_history/0",
        "/soul_potential_history/0",
    ] {
        if let Some(field) = document.pointer_mut(field) {
            *field = Value::Null;
        }
    }
    let name = "/account_list/0/character_list/0/character_name";
    if let Some(name) = document.pointer_mut(name) {
        *name = Value::Null;
    }
    document.to_string().into_bytes()
}

/// Announces the whole body, sends half of it and closes the connection.
fn cut(mut body: Vec<u8>) -> HttpResponse {
    let announced = body.len().max(2) as u64;
    body.truncate(body.len() / 2);
    let half = Ok(Bytes::from(body));
    let end = Err(io::Error::from(io::ErrorKind::ConnectionAborted));
    HttpResponse::Ok()
        .content_type("application/json")
        .body(SizedStream::new(announced, stream::iter([half, end])))
}

/// A gzip file of one gibibyte of blanks in about a mebibyte, without its checksum.
static BOMB: LazyLock<Bytes> = LazyLock::new(|| {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    // Blanks that are made, for an array of them would be a mebibyte of the program.
    io::copy(&mut io::repeat(b' ').take(1 << 20), &mut encoder)
        .and_then(|_| encoder.flush())
        .expect("writing to memory does not fail");
    // A flush ends the block at a whole byte, so that the same block can follow itself.
    let block = encoder.get_ref();
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    Bytes::from([&header[..], &block.repeat(1_024)].concat())
});
