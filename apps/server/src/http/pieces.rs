//! A large document on its way to a client, coded piece by piece.

use std::io::{self, Read, Write};

use bytes::Bytes;
use equipment::{Document, DocumentError};
use flate2::Crc;
use flate2::write::DeflateEncoder;

use super::coding::{Coding, GZIP_LEVEL};

/// What is sent at a time when nothing is compressed: what a connection holds for a client that
/// reads slowly.
const PLAIN_PIECE: usize = 16 * 1024;

/// What is compressed at a time: twice gzip's window, so that little is lost at the seams.
const CODED_PIECE: usize = 64 * 1024;

/// The head of a gzip file (RFC 1952): deflate, no name, no time, of no particular system.
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// A document in a coding, piece by piece.
///
/// Nothing is held between two pieces but the stored document, which all readers share, and how
/// far this one has come: a decoder or an encoder would take more than the whole document for
/// each reader. Instead the beginning is decoded anew for each piece, in some ten microseconds.
#[derive(Debug)]
pub struct Pieces {
    document: Document,
    coding: Coding,
    /// How much of the plain document has been sent.
    sent: usize,
    checksum: Crc,
    is_over: bool,
}

/// Why a document breaks off.
#[derive(Debug, thiserror::Error)]
pub enum BrokenOff {
    /// It cannot be read back.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// It could be, but is damaged further on.
    #[error("the document could not be read to its end")]
    Read(#[from] io::Error),
}

impl Pieces {
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

    /// The next piece. None after the last one.
    ///
    /// # Errors
    ///
    /// [`BrokenOff`]; there is no piece after that.
    pub fn next_piece(&mut self) -> Result<Option<Bytes>, BrokenOff> {
        if self.is_over {
            return Ok(None);
        }
        // Over, unless all goes well and there is more.
        self.is_over = true;
        let is_first = self.sent == 0;
        let size = match self.coding {
            Coding::Identity => PLAIN_PIECE,
            Coding::Gzip | Coding::Zstd => CODED_PIECE,
        };
        let plain = self.read(size)?;
        self.sent += plain.len();
        self.is_over = plain.len() < size;
        let piece = match self.coding {
            Coding::Identity => plain.into(),
            // A body may have several frames, which stand for what they hold together.
            Coding::Zstd => Coding::Zstd.apply(&plain.into()),
            Coding::Gzip => self.gzip(&plain, is_first)?,
        };
        Ok(Some(piece))
    }

    /// The plain document from where this reader is.
    fn read(&self, size: usize) -> Result<Vec<u8>, BrokenOff> {
        let mut document = self.document.reader()?;
        let sent = self.sent as u64;
        io::copy(&mut document.by_ref().take(sent), &mut io::sink())?;
        let mut plain = Vec::with_capacity(size);
        document.take(size as u64).read_to_end(&mut plain)?;
        Ok(plain)
    }

    /// Part of one gzip file. Each piece ends at a whole byte and refers to none before it.
    fn gzip(&mut self, plain: &[u8], is_first: bool) -> io::Result<Bytes> {
        self.checksum.update(plain);
        let mut piece = Vec::with_capacity(CODED_PIECE / 8);
        if is_first {
            piece.extend_from_slice(&GZIP_HEAD);
        }
        let mut encoder = DeflateEncoder::new(piece, GZIP_LEVEL);
        encoder.write_all(plain)?;
        if !self.is_over {
            encoder.flush()?;
            return Ok(std::mem::take(encoder.get_mut()).into());
        }
        let mut piece = encoder.finish()?;
        piece.extend_from_slice(&self.checksum.sum().to_le_bytes());
        piece.extend_from_slice(&self.checksum.amount().to_le_bytes());
        Ok(piece.into())
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

    fn pieces(document: &Document, coding: Coding) -> Result<Vec<Bytes>, BrokenOff> {
        let mut pieces = Pieces::of(document.clone(), coding);
        std::iter::from_fn(|| pieces.next_piece().transpose()).collect()
    }

    #[test]
    fn the_pieces_are_the_document() {
        for len in [0, 1, PLAIN_PIECE, CODED_PIECE, 2 * CODED_PIECE, 250_000] {
            let plain = text(len);
            let document = Document::compress(&plain).unwrap();
            let coded = |coding| pieces(&document, coding).unwrap().concat();
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
    fn no_piece_is_larger_than_a_piece() {
        let document = Document::compress(&text(300_000)).unwrap();
        for (coding, most) in [
            (Coding::Identity, PLAIN_PIECE),
            (Coding::Gzip, CODED_PIECE),
            (Coding::Zstd, CODED_PIECE),
        ] {
            let pieces = pieces(&document, coding).unwrap();
            assert!(pieces.len() >= 300_000 / CODED_PIECE, "{coding:?}");
            assert!(pieces.iter().all(|piece| piece.len() <= most), "{coding:?}");
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
            let mut pieces = Pieces::of(damaged.clone(), coding);
            while let Ok(piece) = pieces.next_piece() {
                assert!(piece.is_some(), "{coding:?} came to its end");
            }
            assert!(pieces.next_piece().unwrap().is_none(), "{coding:?}");
        }
    }
}
