//! Reading a response without letting it decide how much memory it takes.

use reqwest::Response;

/// Reason for which a body was not read to its end.
#[derive(Debug)]
pub(crate) enum BodyError {
    /// More than the limit, after decoding.
    TooLarge,
    /// The connection failed, ran out of time, or the encoding is broken.
    Transport(reqwest::Error),
}

/// The body after decoding, if it has at most `limit` bytes.
///
/// Decoding goes on chunk by chunk as the body is read, so a small body that inflates without end
/// is given up as soon as it has grown past the limit.
pub(crate) async fn read_bounded(
    mut response: Response,
    limit: usize,
) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Transport)? {
        if body.len() + chunk.len() > limit {
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
