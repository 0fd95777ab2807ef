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
use crate::http::{
    BrokenOff, Coding, Head, JSON, Pieces, Problem, ProblemDetails, Query, Tag, wanted,
};
use crate::service::Service;

pub(crate) const RAW_EQUIPMENT: &str = "/api/v1/characters/{name}/equipment/raw";

/// Gives the upstream's equipment document as it was received.
#[utoipa::path(
    get, path = RAW_EQUIPMENT, tag = "characters",
    params(("name" = String, Path, description = "The character's name"), RefreshQuery),
    responses(
        (status = 200, description = "The document, in the encoding asked for; as it is stored where that is zstd", body = serde_json::Value),
        (status = "default", description = "What went wrong", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn raw_equipment(
    service: web::Data<Service>,
    request: HttpRequest,
    name: web::Path<String>,
    query: Query<RefreshQuery>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let refresh = query.0.refresh();
    let outfit = service.characters.equipment(&name, refresh).await?;
    let known = outfit.whole()?;
    let keeping = service.keeping.of(&known, refresh);
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
        keeping: &keeping,
    };
    Ok(match as_stored {
        Some(frame) => head.answer(&request, || frame.clone()),
        // What would be polled is made even where it is not sent.
        None if *request.method() == Method::HEAD => {
            head.answer(&request, || BodyStream::new(stream::empty::<Piece>()))
        }
        None => head.answer(&request, || {
            let pieces = Pieces::of(document.clone(), coding);
            BodyStream::new(in_turn(pieces, Arc::clone(&service.piece_turns)))
        }),
    })
}

type Piece = Result<Bytes, Stopped>;

/// Why a document breaks off on its way.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    /// It cannot be read.
    #[error(transparent)]
    BrokenOff(#[from] BrokenOff),
    /// The process is about to end.
    #[error(transparent)]
    Ending(#[from] BlockingError),
}

/// The pieces as the client takes them. Each is made aside, and few at a time: making one takes
/// more memory than waiting for a client to take it.
fn in_turn(pieces: Pieces, turns: Arc<Semaphore>) -> impl Stream<Item = Piece> {
    stream::try_unfold((pieces, turns), |(mut pieces, turns)| async move {
        let turn = turns.acquire().await.expect("nobody closes it");
        let made = web::block(move || pieces.next_piece().map(|piece| (piece, pieces))).await;
        drop(turn);
        let (piece, rest) = made.map_err(Stopped::from)??;
        Ok(piece.map(|piece| (piece, (rest, turns))))
    })
}
