//! The upstream's document, kept compressed from the moment it is accepted.

use std::fmt::{self, Display};
use std::io::Read;

use bytes::Bytes;
use sha2::{Digest, Sha256};

/// The largest document accepted, after decompression. Real ones have 200 to 400 KiB.
pub const MAX_DOCUMENT_BYTES: usize = 2 * 1024 * 1024;

/// Level 3: 96 % off a real document in about 90 µs; higher levels cost several times the time
/// for a few per mille more.
const ZSTD_LEVEL: i32 = 3;

/// The SHA-256 of a document as received, before compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Hashes a document.
    pub fn of(plain: &[u8]) -> Self {
        Self(Sha256::digest(plain).into())
    }

    /// Takes a hash that was stored.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The hash as bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A document as received, zstd-compressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    hash: ContentHash,
    compressed: Bytes,
}

/// Why a document cannot be kept or read back.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// More than [`MAX_DOCUMENT_BYTES`] after decompression.
    #[error("document is larger than {MAX_DOCUMENT_BYTES} bytes")]
    TooLarge,
    /// The stored bytes are not what was stored.
    #[error("stored document is damaged")]
    Damaged(#[source] Option<std::io::Error>),
}

impl Document {
    /// Compresses a document.
    ///
    /// # Errors
    ///
    /// [`DocumentError::TooLarge`].
    pub fn compress(plain: &[u8]) -> Result<Self, DocumentError> {
        if plain.len() > MAX_DOCUMENT_BYTES {
            return Err(DocumentError::TooLarge);
        }
        let compressed = zstd::encode_all(plain, ZSTD_LEVEL)
            .expect("compressing memory into memory cannot fail");
        Ok(Self {
            hash: ContentHash::of(plain),
            compressed: compressed.into(),
        })
    }

    /// Takes back what was stored; [`Document::decompress`] checks it.
    pub fn from_stored(hash: ContentHash, compressed: Bytes) -> Self {
        Self { hash, compressed }
    }

    /// The hash of the document before compression.
    pub fn hash(&self) -> ContentHash {
        self.hash
    }

    /// The compressed document: one zstd frame.
    pub fn compressed(&self) -> &Bytes {
        &self.compressed
    }

    /// The document as received.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Damaged`] when the bytes do not decompress to what was stored,
    /// [`DocumentError::TooLarge`] when they would grow past the limit.
    pub fn decompress(&self) -> Result<Vec<u8>, DocumentError> {
        let damaged = |error| DocumentError::Damaged(Some(error));
        let decoder = zstd::Decoder::new(self.compressed.as_ref()).map_err(damaged)?;
        let mut plain = Vec::new();
        let limit = MAX_DOCUMENT_BYTES as u64 + 1;
        decoder
            .take(limit)
            .read_to_end(&mut plain)
            .map_err(damaged)?;
        if plain.len() > MAX_DOCUMENT_BYTES {
            return Err(DocumentError::TooLarge);
        }
        if ContentHash::of(&plain) != self.hash {
            return Err(DocumentError::Damaged(None));
        }
        Ok(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_comes_back_as_it_was() {
        let plain = "{\"class\":\"에반\"}".repeat(1_000);
        let document = Document::compress(plain.as_bytes()).unwrap();
        assert!(document.compressed().len() < plain.len() / 20);
        assert_eq!(document.decompress().unwrap(), plain.as_bytes());
    }

    #[test]
    fn damage_is_noticed() {
        let document = Document::compress(b"{}").unwrap();
        let cut = document
            .compressed()
            .slice(..document.compressed().len() - 1);
        let other = Document::compress(b"[]").unwrap();
        for stored in [
            cut,
            Bytes::from_static(b"not zstd"),
            other.compressed().clone(),
        ] {
            let damaged = Document::from_stored(document.hash(), stored);
            assert!(matches!(
                damaged.decompress(),
                Err(DocumentError::Damaged(_))
            ));
        }
    }

    #[test]
    fn nothing_grows_past_the_limit() {
        let zeros = vec![0; MAX_DOCUMENT_BYTES + 1];
        assert!(matches!(
            Document::compress(&zeros),
            Err(DocumentError::TooLarge)
        ));
        let bomb = zstd::encode_all(zeros.as_slice(), ZSTD_LEVEL).unwrap();
        let stored = Document::from_stored(ContentHash::of(&zeros), bomb.into());
        assert!(matches!(stored.decompress(), Err(DocumentError::TooLarge)));
    }
}
