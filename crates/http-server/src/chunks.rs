//! A large document on its way to a client, coded chunk by chunk.

use std::io::{self, Read, Write};

use bytes::Bytes;
use equipment::{Document, DocumentError};
use flate2::Crc;
use flate2::write::DeflateEncoder;

use super::coding::{Coding, GZIP_LEVEL};

/// Bytes sent at a time when nothing is compressed. With what waits before it and the frame of a
/// chunk it fits into 16 KiB, which is then all that a connection holds for a client that reads
/// slowly: see [`WRITE_BUFFER`].
const PLAIN_CHUNK: usize = 12 * 1024 - 64;

/// Bytes of a response that wait for a client while more is made: at most one chunk is made ahead.
pub(super) const WRITE_BUFFER: usize = 4 * 1024;

/// Bytes compressed at a time: twice gzip's window, so that little is lost at the seams.
const CODED_CHUNK: usize = 64 * 1024;

/// The head of a gzip file (RFC 1952): deflate, no name, no time, of no particular system.
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// A document in a coding, chunk by chunk.
///
/// Nothing is held between two chunks but the stored document, which all readers share, and how
/// far this one has come: a decoder or an encoder would take more than the whole document for
/// each reader. Instead the beginning is decoded anew for each chunk, in some ten microseconds.
#[derive(Debug)]
pub struct Chunks {
    document: Document,
    coding: Coding,
    /// Bytes of the plain document that have been sent.
    sent: usize,
    checksum: Crc,
    is_over: bool,
}

/// Reason for which a document breaks off.
#[derive(Debug, thiserror::Error)]
pub enum ChunkError {
    /// It cannot be read back.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// It could be, but is damaged further on.
    #[error("the document could not be read to its end")]
    Read(#[from] io::Error),
}

impl Chunks {
    /// All of a document in this coding.
    pub fn of(document: Document, coding: Coding) -> Self {
        Self {
            document,
            coding,
            sent: 0,
            checksum: Crc::new(),
            is_over: false,
        }
    }

    /// The next chunk. None after the last one.
    ///
    /// # Errors
    ///
    /// [`ChunkError`]; there is no chunk after that.
    pub fn next_chunk(&mut self) -> Result<Option<Bytes>, ChunkError> {
        if self.is_over {
            return Ok(None);
        }
        // Over, unless all goes well and there is more.
        self.is_over = true;
        let is_first = self.sent == 0;
        let size = match self.coding {
            Coding::Identity => PLAIN_CHUNK,
            Coding::Gzip | Coding::Zstd => CODED_CHUNK,
        };
        let plain = self.read(size)?;
        self.sent += plain.len();
        self.is_over = plain.len() < size;
        let chunk = match self.coding {
            Coding::Identity => plain.into(),
            // A body may have several frames, which stand for what they hold together.
            Coding::Zstd => Coding::Zstd.apply(&plain.into()),
            Coding::Gzip => self.gzip(&plain, is_first)?,
        };
        Ok(Some(chunk))
    }

    /// The plain document from where this reader is.
    fn read(&self, size: usize) -> Result<Vec<u8>, ChunkError> {
        let mut document = self.document.reader()?;
        let sent = self.sent as u64;
        io::copy(&mut document.by_ref().take(sent), &mut io::sink())?;
        let mut plain = Vec::with_capacity(size);
        document.take(size as u64).read_to_end(&mut plain)?;
        Ok(plain)
    }

    /// Part of one gzip file. Each chunk ends at a whole byte and refers to none before it.
    fn gzip(&mut self, plain: &[u8], is_first: bool) -> io::Result<Bytes> {
        self.checksum.update(plain);
        let mut chunk = Vec::with_capacity(CODED_CHUNK / 8);
        if is_first {
            chunk.extend_from_slice(&GZIP_HEAD);
        }
        let mut encoder = DeflateEncoder::new(chunk, GZIP_LEVEL);
        encoder.write_all(plain)?;
        if !self.is_over {
            encoder.flush()?;
            return Ok(std::mem::take(encoder.get_mut()).into());
        }
        let mut chunk = encoder.finish()?;
        chunk.extend_from_slice(&self.checksum.sum().to_le_bytes());
        chunk.extend_from_slice(&self.checksum.amount().to_le_bytes());
        Ok(chunk.into())
    }
}

#[cfg(test)]
mod tests {
    use equipment::ContentHash;

    use super::*;

    /// Text that compresses neither too well nor too badly.
    fn text(len: usize) -> Vec<u8> {
        let numbers = (0_u64..).map(|n| (n.wrapping_mul(2_654_435_761) >> 7).to_string());
        numbers.flat_map(String::into_bytes).take(len).collect()
    }

    fn chunks(document: &Document, coding: Coding) -> Result<Vec<Bytes>, ChunkError> {
        let mut chunks = Chunks::of(document.clone(), coding);
        std::iter::from_fn(|| chunks.next_chunk().transpose()).collect()
    }

    #[test]
    fn chunks_are_the_document() {
        for len in [0, 1, PLAIN_CHUNK, CODED_CHUNK, 2 * CODED_CHUNK, 250_000] {
            let plain = text(len);
            let document = Document::compress(&plain).unwrap();
            let coded = |coding| chunks(&document, coding).unwrap().concat();
            assert_eq!(coded(Coding::Identity), plain, "{len}");
            assert_eq!(zstd::decode_all(&coded(Coding::Zstd)[..]).unwrap(), plain);
            let gzip = coded(Coding::Gzip);
            let mut rest = &gzip[..];
            let mut unzipped = Vec::new();
            // It is one file with nothing behind it.
            flate2::bufread::GzDecoder::new(&mut rest)
                .read_to_end(&mut unzipped)
                .unwrap();
            assert_eq!((unzipped, rest.len()), (plain, 0), "{len}");
        }
    }

    #[test]
    fn chunks_are_bounded() {
        let document = Document::compress(&text(300_000)).unwrap();
        for (coding, most) in [
            (Coding::Identity, PLAIN_CHUNK),
            (Coding::Gzip, CODED_CHUNK),
            (Coding::Zstd, CODED_CHUNK),
        ] {
            let chunks = chunks(&document, coding).unwrap();
            assert!(chunks.len() >= 300_000 / CODED_CHUNK, "{coding:?}");
            assert!(chunks.iter().all(|chunk| chunk.len() <= most), "{coding:?}");
        }
    }

    #[test]
    fn damage_ends_the_pieces_with_an_error() {
        let whole = Document::compress(&text(300_000)).unwrap();
        let stored = whole
            .compressed()
            .slice(..whole.compressed().len() - 50_000);
        let damaged = Document::from_stored(ContentHash::of(b""), stored);
        for coding in Coding::ALL {
            let mut chunks = Chunks::of(damaged.clone(), coding);
            while let Ok(chunk) = chunks.next_chunk() {
                assert!(chunk.is_some(), "{coding:?} came to its end");
            }
            assert!(chunks.next_chunk().unwrap().is_none(), "{coding:?}");
        }
    }
}
