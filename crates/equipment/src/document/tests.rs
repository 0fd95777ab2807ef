//! Documents come back as they were, or not at all.

use std::io::Write;

use super::*;

/// Every way in which documents are or were compressed.
fn compressions() -> impl Iterator<Item = Compression> {
    let dictionaries = 0..=Dictionary::all().len();
    dictionaries.flat_map(|version| {
        let with = Compression::default().with_dictionary(version).unwrap();
        [1, 3, 9].map(|level| with.with_level(level).unwrap())
    })
}

#[test]
fn document_comes_back_as_it_was() {
    let plain = "{\"class\":\"에반\"}".repeat(1_000);
    for compression in compressions() {
        let document = Document::compress_with(plain.as_bytes(), compression).unwrap();
        assert!(document.compressed().len() < plain.len() / 20);
        let stored = Document::from_stored(document.hash(), document.compressed().clone());
        assert_eq!(stored, document);
        assert_eq!(stored.decompress().unwrap(), plain.as_bytes());
        let mut read = String::new();
        stored.reader().unwrap().read_to_string(&mut read).unwrap();
        assert_eq!(read, plain);
    }
}

#[test]
fn only_a_document_without_a_dictionary_is_passed_on_as_it_is() {
    for compression in compressions() {
        let document = Document::compress_with(b"{}", compression).unwrap();
        let id = compression.dictionary().map(Dictionary::id);
        assert_eq!(document.dictionary_id(), id);
        match document.plain_frame() {
            Some(frame) => assert_eq!(zstd::decode_all(&frame[..]).unwrap(), b"{}"),
            None => assert!(zstd::decode_all(&document.compressed()[..]).is_err()),
        }
        assert_eq!(document.plain_frame().is_some(), id.is_none());
    }
}

/// Written by an earlier version, which did not say how long the content of a large one is.
#[test]
fn frame_of_unknown_length_comes_back_as_it_was() {
    let plain = "{\"class\":\"에반\"}".repeat(20_000);
    let frame = zstd::encode_all(plain.as_bytes(), 3).unwrap();
    assert_eq!(frame::content_bytes(&frame), None);
    assert_eq!(
        stored(plain.as_bytes(), frame).decompress().unwrap(),
        plain.as_bytes()
    );
}

#[test]
fn damage_is_noticed() {
    let document = Document::compress(b"{}").unwrap();
    let frame = document.compressed().to_vec();
    let other = Document::compress(b"[]").unwrap().compressed().to_vec();
    for damaged in [
        frame[..frame.len() - 1].to_vec(),
        [&frame[..], b"more"].concat(),
        [&frame[..], &other].concat(),
        b"not zstd".to_vec(),
        Vec::new(),
        other,
    ] {
        let error = stored(b"{}", damaged).decompress().unwrap_err();
        assert!(matches!(error, DocumentError::Damaged(_)), "{error}");
    }
}

#[test]
fn limit_of_size_is_never_exceeded() {
    let zeros = vec![0; MAX_DOCUMENT_BYTES + 1];
    let too_large = |result| matches!(result, Err(DocumentError::TooLarge));
    assert!(too_large(Document::compress(&zeros).map(|_| ())));
    for bomb in [
        zstd::encode_all(&zeros[..], 3).unwrap(),
        zstd::bulk::compress(&zeros, 3).unwrap(),
    ] {
        assert!(too_large(stored(&zeros, bomb).decompress().map(|_| ())));
    }
    let largest = &zeros[1..];
    let document = Document::compress(largest).unwrap();
    assert!(document.decompress().unwrap() == largest);
}

/// A decoder would set aside as much memory as the frame asks for before it reads on.
#[test]
fn frame_with_a_huge_window_is_refused() {
    for (log, is_refused) in [(21, false), (22, true), (27, true), (30, true)] {
        for length_is_told in [false, true] {
            let frame = frame_with_window(b"{}", log, length_is_told);
            match stored(b"{}", frame).decompress() {
                Ok(plain) => assert!(!is_refused && plain == b"{}", "{log}"),
                Err(DocumentError::WindowTooLarge(bytes)) => {
                    assert!(is_refused && bytes == 1 << log, "{log}");
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[test]
fn dictionary_of_a_later_version_is_named() {
    // The descriptor's lowest bits say that an id of four bytes follows the window.
    let mut frame = frame_with_window(b"{}", 20, false);
    frame[4] |= 0b11;
    frame.splice(6..6, 7_u32.to_le_bytes());
    let document = stored(b"{}", frame);
    assert_eq!(document.dictionary_id(), Some(7));
    let error = document.decompress().unwrap_err();
    assert!(
        matches!(error, DocumentError::UnknownDictionary(7)),
        "{error}"
    );
}

fn stored(plain: &[u8], frame: Vec<u8>) -> Document {
    Document::from_stored(ContentHash::of(plain), frame.into())
}

/// A frame that asks for a window of two to the power of `log`, as nobody with this content
/// needs it: its window is written over.
fn frame_with_window(plain: &[u8], log: u8, length_is_told: bool) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.write_all(plain).unwrap();
    let mut frame = encoder.finish().unwrap();
    assert_eq!(frame[4] & (0b11 << 6 | 1 << 5), 0, "a window, no length");
    frame[5] = (log - 10) << 3;
    if length_is_told {
        // Four bytes behind the window.
        frame[4] |= 0b10 << 6;
        let length = u32::try_from(plain.len()).unwrap();
        frame.splice(6..6, length.to_le_bytes());
    }
    frame
}
