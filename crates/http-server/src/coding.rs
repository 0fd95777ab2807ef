//! Content codings: which one a client wants, and how a body gets into it.

use std::io::Write;

use actix_web::http::header::{ACCEPT_ENCODING, HeaderMap};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// A twentieth of the time of gzip's level 6 for a smaller body; higher levels take several times
/// as long for a few per cent.
const ZSTD_LEVEL: i32 = 3;

/// The level everybody uses, since what follows costs more time than it saves bytes.
pub(super) const GZIP_LEVEL: Compression = Compression::new(6);

/// Content coding of a body, in the order of our preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// RFC 8878; one frame, without a dictionary.
    Zstd,
    /// RFC 1952.
    Gzip,
    /// No coding.
    Identity,
}

impl Coding {
    /// Every coding, in the order of our preference.
    pub const ALL: [Self; 3] = [Self::Zstd, Self::Gzip, Self::Identity];

    /// The name in `Content-Encoding`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    /// The coding of this name, by RFC 9110 in any case and with gzip's old name.
    pub(super) fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("x-gzip") {
            return Some(Self::Gzip);
        }
        let mut all = Self::ALL.into_iter();
        all.find(|coding| coding.name().eq_ignore_ascii_case(name))
    }

    /// The coding that the client of a request with these headers likes best, and of those it
    /// likes equally, ours (RFC 9110, section 12.5.3). None when it refuses all of them.
    ///
    /// A client that does not say gets the body uncoded: it may not know any coding.
    pub fn wanted(headers: &HeaderMap) -> Option<Self> {
        let mut asked = false;
        let mut weights = Weights::default();
        for value in headers.get_all(ACCEPT_ENCODING) {
            asked = true;
            for item in value.to_str().unwrap_or_default().split(',') {
                weights.read(item);
            }
        }
        if asked {
            weights.heaviest()
        } else {
            Some(Self::Identity)
        }
    }

    /// The body in this coding.
    pub fn apply(self, plain: &Bytes) -> Bytes {
        const IN_MEMORY: &str = "compressing memory into memory cannot fail";
        match self {
            Self::Zstd => zstd::bulk::compress(plain, ZSTD_LEVEL)
                .expect(IN_MEMORY)
                .into(),
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), GZIP_LEVEL);
                encoder.write_all(plain).expect(IN_MEMORY);
                encoder.finish().expect(IN_MEMORY).into()
            }
            Self::Identity => plain.clone(),
        }
    }
}

/// The weight in a parameter such as `q=0.5`; none that is not one.
fn weight(parameter: &str) -> Option<f32> {
    let weight = parameter
        .strip_prefix("q=")
        .or_else(|| parameter.strip_prefix("Q="))?;
    let weight = weight.trim().parse().ok()?;
    (0.0..=1.0).contains(&weight).then_some(weight)
}

/// Weights that a client gives to each coding, as far as it does, and to all others.
#[derive(Debug, Default)]
struct Weights {
    named: [Option<f32>; Coding::ALL.len()],
    any: Option<f32>,
}

impl Weights {
    /// Takes note of one item, such as `gzip;q=0.5`. One that cannot be read says nothing.
    fn read(&mut self, item: &str) {
        let (name, weight) = match item.split_once(';') {
            Some((name, parameter)) => (name, weight(parameter.trim())),
            None => (item, Some(1.0)),
        };
        let (name, Some(weight)) = (name.trim(), weight) else {
            return;
        };
        if name == "*" {
            self.any = Some(weight);
        } else if let Some(coding) = Coding::named(name) {
            self.named[coding as usize] = Some(weight);
        }
    }

    fn heaviest(&self) -> Option<Coding> {
        let mut best = None;
        for coding in Coding::ALL {
            let weight = self.of(coding);
            let heavier = best.is_none_or(|(_, heaviest)| weight > heaviest);
            if weight > 0.0 && heavier {
                best = Some((coding, weight));
            }
        }
        best.map(|(coding, _)| coding)
    }

    fn of(&self, coding: Coding) -> f32 {
        // Not compressed is always good, and never better than what was asked for.
        let unsaid = if coding == Coding::Identity {
            f32::MIN_POSITIVE
        } else {
            0.0
        };
        self.named[coding as usize].or(self.any).unwrap_or(unsaid)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use actix_web::http::header::HeaderValue;

    use super::*;

    fn wanted(lines: &[&'static str]) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(ACCEPT_ENCODING, HeaderValue::from_static(line));
        }
        Coding::wanted(&headers).map(Coding::name)
    }

    #[test]
    fn preferred_coding_wins_and_ours_breaks_ties() {
        for (header, coding) in [
            ("zstd", "zstd"),
            ("gzip", "gzip"),
            ("x-gzip", "gzip"),
            ("GZIP", "gzip"),
            ("gzip, deflate, br, zstd", "zstd"),
            ("gzip, zstd", "zstd"),
            ("gzip;q=1.0, zstd;q=0.5", "gzip"),
            ("gzip;q=0.5, identity", "identity"),
            ("gzip;q=0.001", "gzip"),
            ("zstd ; q=0.2 , gzip ; Q=0.3", "gzip"),
            ("*", "zstd"),
            ("*;q=0.5, gzip", "gzip"),
            ("zstd;q=0, *", "gzip"),
            ("identity;q=0, *", "zstd"),
            ("identity;q=0.5, *;q=0", "identity"),
            ("br", "identity"),
            ("br;q=1, *;q=0.1", "zstd"),
            ("zstd;q=0, gzip;q=0", "identity"),
            ("", "identity"),
            ("gzip;q=2", "identity"),
            ("gzip;level=1", "identity"),
        ] {
            assert_eq!(wanted(&[header]), Some(coding), "{header}");
        }
    }

    #[test]
    fn client_may_refuse_everything() {
        for header in ["*;q=0", "identity;q=0", "br, identity;q=0, gzip;q=0"] {
            assert_eq!(wanted(&[header]), None, "{header}");
        }
    }

    #[test]
    fn client_without_the_header_gets_identity() {
        assert_eq!(wanted(&[]), Some("identity"));
    }

    #[test]
    fn header_lines_count_together() {
        assert_eq!(wanted(&["gzip", "zstd;q=0.9"]), Some("gzip"));
    }

    #[test]
    fn every_coding_can_be_undone() {
        let plain = Bytes::from("어느 캐릭터의 장비 ".repeat(500));
        for coding in Coding::ALL {
            let coded = coding.apply(&plain);
            let undone = match coding {
                Coding::Zstd => zstd::decode_all(&coded[..]).unwrap(),
                Coding::Gzip => {
                    let mut undone = Vec::new();
                    let mut decoder = flate2::read::GzDecoder::new(&coded[..]);
                    decoder.read_to_end(&mut undone).unwrap();
                    undone
                }
                Coding::Identity => coded.to_vec(),
            };
            assert_eq!(undone, plain, "{coding:?}");
        }
    }
}
