//! The upstream's document, kept compressed from the moment it is accepted.

use std::fmt::{self, Display};
use std::io::{self, Read};

use bytes::{Buf, Bytes};
use sha2::{Digest, Sha256};

use crate::{Compression, Dictionary};

mod frame;

/// The largest document accepted, after decompression. Real ones have 200 to 400 KiB.
pub const MAX_DOCUMENT_BYTES: usize = 2 * 1024 * 1024;

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

/// Reason for which a document cannot be kept or read back.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// More than [`MAX_DOCUMENT_BYTES`] after decompression.
    #[error("document is larger than {MAX_DOCUMENT_BYTES} bytes")]
    TooLarge,
    /// Reading it back would take more memory than any document of ours needs.
    #[error("stored document wants a window of {0} bytes")]
    WindowTooLarge(u64),
    /// Made with a dictionary that this version of the program does not have.
    #[error("stored document needs dictionary {0}, which this version does not have")]
    UnknownDictionary(u32),
    /// The stored bytes are not what was stored.
    #[error("stored document is damaged")]
    Damaged(#[source] Option<io::Error>),
}

impl Document {
    /// Compresses a document in the default way.
    ///
    /// # Errors
    ///
    /// [`DocumentError::TooLarge`].
    pub fn compress(plain: &[u8]) -> Result<Self, DocumentError> {
        Self::compress_with(plain, Compression::default())
    }

    /// Compresses a document.
    ///
    /// # Errors
    ///
    /// [`DocumentError::TooLarge`].
    pub fn compress_with(plain: &[u8], compression: Compression) -> Result<Self, DocumentError> {
        if plain.len() > MAX_DOCUMENT_BYTES {
            return Err(DocumentError::TooLarge);
        }
        Ok(Self {
            hash: ContentHash::of(plain),
            compressed: compression.apply(plain).into(),
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

    /// The compressed document, to be stored: one zstd frame. A client may not be able to read
    /// it; see [`Document::plain_frame`].
    pub fn compressed(&self) -> &Bytes {
        &self.compressed
    }

    /// Size of the document before compression in bytes; none where the frame does not say it.
    pub fn plain_bytes(&self) -> Option<u64> {
        zstd::zstd_safe::get_frame_content_size(&self.compressed)
            .ok()
            .flatten()
    }

    /// The id of the dictionary it was compressed with, as the frame says it.
    pub fn dictionary_id(&self) -> Option<u32> {
        frame::dictionary_id(&self.compressed)
    }

    /// The compressed document if any zstd decoder can read it, such as a browser's; none when
    /// it takes a dictionary of ours. Then a client gets what [`Document::reader`] gives, in an
    /// encoding made for it.
    pub fn plain_frame(&self) -> Option<&Bytes> {
        self.dictionary_id().is_none().then_some(&self.compressed)
    }

    /// The document as received.
    ///
    /// # Errors
    ///
    /// [`DocumentError`]: [`DocumentError::Damaged`] when the bytes do not decompress to what
    /// was stored.
    pub fn decompress(&self) -> Result<Vec<u8>, DocumentError> {
        let mut reader = self.reader()?;
        // Offered all the room at once, zstd writes into it without a buffer of its own.
        let room = frame::content_bytes(&self.compressed).unwrap_or(MAX_DOCUMENT_BYTES);
        let mut plain = vec![0; room + 1];
        let mut filled = 0;
        while filled < plain.len() {
            match reader.read(&mut plain[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) => return Err(DocumentError::Damaged(Some(error))),
            }
        }
        plain.truncate(filled);
        if plain.len() > MAX_DOCUMENT_BYTES {
            return Err(DocumentError::TooLarge);
        }
        if ContentHash::of(&plain) != self.hash {
            return Err(DocumentError::Damaged(None));
        }
        Ok(plain)
    }

    /// The document as received, piece by piece, with only the memory that zstd needs for its
    /// window. It ends one byte past [`MAX_DOCUMENT_BYTES`] at the latest, and does not check
    /// the hash.
    ///
    /// # Errors
    ///
    /// [`DocumentError`], as far as the beginning of the stored bytes shows it.
    pub fn reader(&self) -> Result<impl Read + Send + use<>, DocumentError> {
        frame::check(&self.compressed)?;
        let stored = self.compressed.clone().reader();
        let decoder = match self.dictionary_id() {
            Some(id) => {
                let dictionary = Dictionary::with_id(id);
                let dictionary = dictionary.ok_or(DocumentError::UnknownDictionary(id))?;
                zstd::Decoder::with_prepared_dictionary(stored, dictionary.decoder())
            }
            None => zstd::Decoder::with_buffer(stored),
        };
        let decoder = decoder.map_err(|error| DocumentError::Damaged(Some(error)))?;
        Ok(decoder.single_frame().take(MAX_DOCUMENT_BYTES as u64 + 1))
    }
}

#[cfg(test)]
mod tests;
