//! Header of a zstd frame (RFC 8878, section 3.1.1.1), before anything is
//! decompressed.

use zstd::zstd_safe;

use super::{DocumentError, MAX_DOCUMENT_BYTES};

/// Position of the frame header's descriptor: behind the magic number.
const DESCRIPTOR: usize = 4;

/// The descriptor's bit that says that the window is the whole content.
const SINGLE_SEGMENT: u8 = 1 << 5;

/// Checks that the bytes are one whole frame, whose decoder needs at most the memory of a document.
pub(super) fn check(frame: &[u8]) -> Result<(), DocumentError> {
    let damaged = DocumentError::Damaged(None);
    if zstd_safe::find_frame_compressed_size(frame) != Ok(frame.len()) {
        return Err(damaged);
    }
    match content_bytes(frame) {
        Some(bytes) if bytes > MAX_DOCUMENT_BYTES => return Err(DocumentError::TooLarge),
        _ => {}
    }
    match window_bytes(frame) {
        None => Err(damaged),
        Some(bytes) if bytes > MAX_DOCUMENT_BYTES as u64 => {
            Err(DocumentError::WindowTooLarge(bytes))
        }
        Some(_) => Ok(()),
    }
}

/// The dictionary it was compressed with, if any.
pub(super) fn dictionary_id(frame: &[u8]) -> Option<u32> {
    zstd_safe::get_dict_id_from_frame(frame).map(std::num::NonZero::get)
}

/// Length of the content, where the frame gives it.
pub(super) fn content_bytes(frame: &[u8]) -> Option<usize> {
    let bytes = zstd_safe::get_frame_content_size(frame).ok()??;
    Some(usize::try_from(bytes).unwrap_or(usize::MAX))
}

/// Decompressed bytes that must be kept to decompress the rest.
fn window_bytes(frame: &[u8]) -> Option<u64> {
    let descriptor = *frame.get(DESCRIPTOR)?;
    if descriptor & SINGLE_SEGMENT != 0 {
        return content_bytes(frame).map(|bytes| bytes as u64);
    }
    let window = *frame.get(DESCRIPTOR + 1)?;
    let (exponent, mantissa) = (window >> 3, u64::from(window & 0b111));
    let base = 1_u64 << (10 + exponent);
    Some(base + base / 8 * mantissa)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn window_is_read_as_the_format_says() {
        let magic = [0x28, 0xB5, 0x2F, 0xFD];
        for (descriptor, window, bytes) in [
            (0, 0b0000_0000, 1 << 10),
            (0, 0b0000_0001, (1 << 10) + (1 << 7)),
            (0, 0b0101_1000, 1 << 21),
            (0, 0b1111_1111, (1 << 41) + 7 * (1 << 38)),
            // A single segment of 7 bytes.
            (SINGLE_SEGMENT, 7, 7),
        ] {
            let frame = [&magic[..], &[descriptor, window]].concat();
            assert_eq!(window_bytes(&frame), Some(bytes), "{window:#b}");
        }
        assert_eq!(window_bytes(&magic), None);
    }
}
