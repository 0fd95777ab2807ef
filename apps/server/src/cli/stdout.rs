//! Standard output: the one place of the command line that writes to it.
//!
//! A reader such as `head` may close the pipe before everything is written. Then nothing is left
//! to do: the command ends quietly, with [`Failure::ReaderLeft`], instead of a panic of `println!`.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

use serde::Serialize;

use super::failure::Failure;

/// Writes a text unchanged.
///
/// # Errors
///
/// [`Failure::ReaderLeft`] when nobody reads, and any other failure of standard output.
pub(super) fn text(text: impl Display) -> Result<(), Failure> {
    write(&mut io::stdout().lock(), &text)
}

/// Writes a text and a line break.
///
/// # Errors
///
/// Those of [`text`].
pub(super) fn line(line: impl Display) -> Result<(), Failure> {
    text(format_args!("{line}\n"))
}

/// Writes an answer as the API gives it, for people to read too.
///
/// # Errors
///
/// Those of [`text`].
pub(super) fn json<A: Serialize>(answer: &A) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(answer).map_err(anyhow::Error::from)?;
    line(json)
}

fn write(output: &mut impl Write, text: &dyn Display) -> Result<(), Failure> {
    let written = write!(output, "{text}").and_then(|()| output.flush());
    written.map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure::ReaderLeft,
        _ => Failure::Other(anyhow::Error::new(error).context("cannot write to standard output")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A writer that fails with this error.
    struct Failing(ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn closed_pipe_is_a_quiet_end_and_a_full_disk_is_not() {
        let failed = |kind| write(&mut Failing(kind), &"text").unwrap_err();
        assert!(matches!(failed(ErrorKind::BrokenPipe), Failure::ReaderLeft));
        assert!(matches!(failed(ErrorKind::StorageFull), Failure::Other(_)));
        let mut whole = Vec::new();
        write(&mut whole, &"text").unwrap();
        assert_eq!(whole, b"text");
    }
}
