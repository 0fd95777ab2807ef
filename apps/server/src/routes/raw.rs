//! The upstream's equipment document as it was received.

use std::sync::Arc;

use actix_web::body::BodyStream;
use actix_web::error::BlockingError;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::characters::{RefreshQuery, character_name};
use crate::http::{ChunkError, Chunks, Coding, Head, JSON, Problem, Query, Tag, wanted};
use crate::state::AppState;

pub(crate) const RAW_EQUIPMENT: &str = "/api/v1/characters/{name}/equipment/raw";

/// Gives the upstream's equipment document as it was received.
#[utoipa::path(
    get, path = RAW_EQUIPMENT, tag = "characters", operation_id = "get_raw_equipment",
    params(("name" = String, Path, description = "The character's name"), RefreshQuery),
    responses(
        (status = 200, description = "The document, in the encoding asked for; the stored bytes where that is zstd", body = serde_json::Value),
    )
)]
pub(crate) async fn raw_equipment(
    state: web::Data<AppState>,
    request: HttpRequest,
    name: web::Path<String>,
    query: Query<RefreshQuery>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let refresh = query.0.refresh();
    let lookup = state
        .characters_for(&request)
        .equipment(&name, refresh)
        .await?;
    let known = lookup.whole()?;
    let cache_policy = state.cache_policy.of(&known, refresh);
    let document = &known.value.snapshot.document;
    let coding = wanted(&request)?;
    let as_stored = document.plain_frame().filter(|_| coding == Coding::Zstd);
    let tag = match as_stored {
        // The same document may be stored in one way today and in another tomorrow.
        Some(frame) => Tag::new(&Sha256::digest(frame), coding),
        None => Tag::new(document.hash().as_bytes(), coding),
    };
    let head = Head {
        content_type: JSON,
        coding,
        tag: Some(&tag),
        cache_policy: &cache_policy,
    };
    Ok(match as_stored {
        Some(frame) => head.answer(&request, || frame.clone()),
        // What would be polled is made even where it is not sent.
        None if *request.method() == Method::HEAD => {
            head.answer(&request, || BodyStream::new(stream::empty::<Chunk>()))
        }
        None => head.answer(&request, || {
            let chunks = Chunks::of(document.clone(), coding);
            BodyStream::new(in_turn(chunks, Arc::clone(&state.chunk_permits)))
        }),
    })
}

type Chunk = Result<Bytes, Stopped>;

/// Reason for which a document breaks off on its way.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    /// It cannot be read.
    #[error(transparent)]
    ChunkError(#[from] ChunkError),
    /// The process is about to end.
    #[error(transparent)]
    Ending(#[from] BlockingError),
}

/// The chunks as the client takes them. Each is made aside, and few at a time: making one takes
/// more memory than waiting for a client to take it.
fn in_turn(chunks: Chunks, turns: Arc<Semaphore>) -> impl Stream<Item = Chunk> {
    stream::try_unfold((chunks, turns), |(mut chunks, turns)| async move {
        let turn = turns.acquire().await.expect("nobody closes it");
        let made = web::block(move || chunks.next_chunk().map(|chunk| (chunk, chunks))).await;
        drop(turn);
        let (chunk, rest) = made.map_err(Stopped::from)??;
        Ok(chunk.map(|chunk| (chunk, (rest, turns))))
    })
}
