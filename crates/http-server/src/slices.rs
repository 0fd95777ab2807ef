//! Bodies that a connection takes in slices.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use bytes::Bytes;

/// Bytes of a slice.
const SLICE: usize = 16 * 1024;

/// Bytes up to which a body is sent in one piece. A write for each slice would cost a cached
/// expectation without a coding, of 50 KB, a quarter of its answers in a second.
const WHOLE: usize = 64 * 1024;

/// Body that many connections share. A connection copies what it is about to send; in slices that
/// is little, however large the body is and however many clients do not read it.
#[derive(Debug)]
pub(crate) struct Slices(Bytes);

impl From<Bytes> for Slices {
    fn from(body: Bytes) -> Self {
        Self(body)
    }
}

impl MessageBody for Slices {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0.len() as u64)
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        let rest = &mut self.get_mut().0;
        let length = rest.len().min(SLICE);
        Poll::Ready((length > 0).then(|| Ok(rest.split_to(length))))
    }

    fn try_into_bytes(self) -> Result<Bytes, Self> {
        if self.0.len() <= WHOLE {
            Ok(self.0)
        } else {
            Err(self)
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use futures_util::future::poll_fn;

    use super::*;

    #[actix_web::test]
    async fn slices_are_the_whole_body_and_none_is_large() {
        for length in [0, 1, SLICE, SLICE + 1, WHOLE, WHOLE + 1, 5 * SLICE + 7] {
            let body: Bytes = (0..=u8::MAX).cycle().take(length).collect();
            let mut slices = Slices::from(body.clone());
            assert_eq!(slices.size(), BodySize::Sized(length as u64));
            let mut joined = Vec::new();
            while let Some(Ok(slice)) = poll_fn(|cx| Pin::new(&mut slices).poll_next(cx)).await {
                assert!((1..=SLICE).contains(&slice.len()));
                joined.extend_from_slice(&slice);
            }
            assert_eq!(joined, body);
            let whole = Slices::from(body.clone()).try_into_bytes();
            assert_eq!(whole.is_ok(), length <= WHOLE);
            assert_eq!(to_bytes(Slices::from(body.clone())).await.unwrap(), body);
        }
    }
}
