//! Bodies that come in compressed: decoded as far as a body may go, and no further.

use std::io::{self, BufRead, Read};

use actix_web::http::header::{CONTENT_ENCODING, HeaderMap};
use flate2::bufread::MultiGzDecoder;

use super::coding::Coding;

/// The largest window a zstd frame may ask for, as a power of two: what RFC 9659 allows. It is
/// only room that may be used; a body that uses it is too large long before.
const MAX_WINDOW_LOG: u32 = 23;

/// Fault of a body.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyFault {
    /// It is in a coding that is not known here, or in several.
    #[error("a body may be coded once, with gzip or zstd")]
    UnknownCoding,
    /// It has more bytes than allowed.
    #[error("a body has at most {limit} bytes")]
    TooLarge { limit: usize },
    /// It is not in the coding that is said.
    #[error("the body is not {coding}", coding = .0.name())]
    Broken(Coding, #[source] io::Error),
}

/// The coding of the body of a request with these headers.
pub(super) fn coding(headers: &HeaderMap) -> Result<Coding, BodyFault> {
    let mut said = headers.get_all(CONTENT_ENCODING);
    let coding = match said.next() {
        None => Some(Coding::Identity),
        Some(name) => name.to_str().ok().and_then(Coding::named),
    };
    match (coding, said.next()) {
        (Some(coding), None) => Ok(coding),
        _ => Err(BodyFault::UnknownCoding),
    }
}

/// The body as it was before it was coded, if it has at most `limit` bytes. Of a body that would
/// inflate to more, only so much is decoded.
pub(super) fn decode(coding: Coding, body: &[u8], limit: usize) -> Result<Vec<u8>, BodyFault> {
    match coding {
        Coding::Identity => bounded(coding, body, limit),
        Coding::Gzip => bounded(coding, MultiGzDecoder::new(body), limit),
        Coding::Zstd => {
            let decoder = zstd_decoder(body).map_err(|error| BodyFault::Broken(coding, error))?;
            bounded(coding, decoder, limit)
        }
    }
}

fn zstd_decoder<B: BufRead>(body: B) -> io::Result<zstd::Decoder<'static, B>> {
    let mut decoder = zstd::Decoder::with_buffer(body)?;
    decoder.window_log_max(MAX_WINDOW_LOG)?;
    Ok(decoder)
}

fn bounded(coding: Coding, body: impl Read, limit: usize) -> Result<Vec<u8>, BodyFault> {
    let mut plain = Vec::new();
    body.take(limit as u64 + 1)
        .read_to_end(&mut plain)
        .map_err(|error| BodyFault::Broken(coding, error))?;
    if plain.len() > limit {
        return Err(BodyFault::TooLarge { limit });
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use bytes::Bytes;

    use super::*;

    const CODINGS: [Coding; 3] = Coding::ALL;

    #[test]
    fn bodies_round_trip() {
        let plain = Bytes::from("{\"items\":[]}".repeat(50));
        for coding in CODINGS {
            let coded = coding.apply(&plain);
            assert_eq!(decode(coding, &coded, plain.len()).unwrap(), plain);
        }
    }

    #[test]
    fn one_byte_too_many_is_too_many() {
        let plain = Bytes::from(vec![b' '; 1_000]);
        for coding in CODINGS {
            let coded = coding.apply(&plain);
            let fault = decode(coding, &coded, 999).unwrap_err();
            assert!(matches!(fault, BodyFault::TooLarge { limit: 999 }));
        }
    }

    #[test]
    fn bodies_in_another_coding_are_broken() {
        for coding in [Coding::Gzip, Coding::Zstd] {
            let coded = coding.apply(&Bytes::from_static(b"{\"items\":[]}"));
            for broken in [&b"{}"[..], &coded[..coded.len() - 1]] {
                let fault = decode(coding, broken, 1_000).unwrap_err();
                assert!(matches!(fault, BodyFault::Broken(..)), "{fault}");
            }
        }
    }

    #[test]
    fn window_past_the_limit_is_refused() {
        // Magic number, no content size, a window of 16 MiB, and one empty last block.
        let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x70, 0x01, 0x00, 0x00];
        let fault = decode(Coding::Zstd, &frame, 1_000).unwrap_err();
        assert!(matches!(fault, BodyFault::Broken(..)), "{fault}");
    }

    #[test]
    fn coding_is_given_once_or_not_at_all() {
        let of = |names: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for name in names {
                headers.append(CONTENT_ENCODING, HeaderValue::from_static(name));
            }
            coding(&headers).ok()
        };
        assert_eq!(of(&[]), Some(Coding::Identity));
        assert_eq!(of(&["identity"]), Some(Coding::Identity));
        assert_eq!(of(&["gzip"]), Some(Coding::Gzip));
        assert_eq!(of(&["ZSTD"]), Some(Coding::Zstd));
        for unknown in [&["br"][..], &["gzip, zstd"], &["gzip", "zstd"], &[""]] {
            assert_eq!(of(unknown), None, "{unknown:?}");
        }
    }
}
