//! Trained dictionaries: what equipment documents have in common, told to zstd beforehand.
//!
//! Every dictionary that ever wrote a stored document stays in this list, so that every document
//! stays readable by every instance; see `docs/adr`. `cargo xtask dict train` makes a new one.

use std::fmt;
use std::sync::{LazyLock, OnceLock};

use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe;

/// The files, oldest first: the place in this list, from one, is a dictionary's version. A file
/// is never changed or taken out.
const FILES: &[&[u8]] = &[include_bytes!("../dictionaries/v1.zdict")];

/// The highest compression level. Above it zstd takes ten times as long for a document.
pub(crate) const MAX_LEVEL: u8 = 9;

/// A dictionary that documents may have been compressed with.
pub struct Dictionary {
    id: u32,
    version: usize,
    bytes: &'static [u8],
    decoder: OnceLock<DecoderDictionary<'static>>,
    /// By compression level, from level 1.
    encoders: [OnceLock<EncoderDictionary<'static>>; MAX_LEVEL as usize],
}

static DICTIONARIES: LazyLock<Vec<Dictionary>> = LazyLock::new(|| {
    let numbered = FILES.iter().zip(1..);
    numbered
        .map(|(bytes, version)| Dictionary::new(bytes, version))
        .collect()
});

impl Dictionary {
    /// Every dictionary there ever was, oldest first.
    pub fn all() -> &'static [Self] {
        &DICTIONARIES
    }

    /// The dictionary with this [id](Self::id); none when it is from a later version of the
    /// program.
    pub fn with_id(id: u32) -> Option<&'static Self> {
        Self::all().iter().find(|dictionary| dictionary.id == id)
    }

    /// The dictionary of this [version](Self::version), if there is one.
    pub fn of_version(version: usize) -> Option<&'static Self> {
        Self::all().get(version.checked_sub(1)?)
    }

    /// Identifier in a zstd frame and beside a stored document. It follows from the content,
    /// so two dictionaries never share one by mistake.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Its place among all, from one: what people call it.
    pub fn version(&self) -> usize {
        self.version
    }

    /// The dictionary as trained.
    pub fn bytes(&self) -> &'static [u8] {
        self.bytes
    }

    pub(crate) fn decoder(&self) -> &DecoderDictionary<'static> {
        self.decoder
            .get_or_init(|| DecoderDictionary::copy(self.bytes))
    }

    pub(crate) fn encoder(&self, level: u8) -> &EncoderDictionary<'static> {
        let place = usize::from(level.clamp(1, MAX_LEVEL)) - 1;
        self.encoders[place].get_or_init(|| EncoderDictionary::copy(self.bytes, level.into()))
    }

    fn new(bytes: &'static [u8], version: usize) -> Self {
        let id = zstd_safe::get_dict_id_from_dict(bytes);
        Self {
            id: id.expect("a trained dictionary has an id").get(),
            version,
            bytes,
            decoder: OnceLock::new(),
            encoders: Default::default(),
        }
    }
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dictionary")
            .field("id", &self.id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl PartialEq for Dictionary {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Dictionary {}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_dictionary_is_found_by_its_id_and_its_version() {
        for (dictionary, version) in Dictionary::all().iter().zip(1..) {
            assert_eq!(Dictionary::with_id(dictionary.id()), Some(dictionary));
            assert_eq!(Dictionary::of_version(version), Some(dictionary));
        }
        assert_eq!(Dictionary::with_id(0), None);
        assert_eq!(Dictionary::of_version(0), None);
        assert_eq!(Dictionary::of_version(Dictionary::all().len() + 1), None);
        let ids: HashSet<_> = Dictionary::all().iter().map(Dictionary::id).collect();
        assert_eq!(ids.len(), FILES.len());
    }

    /// A file that `cargo xtask dict train` wrote but nobody listed would be of no use.
    #[test]
    fn every_file_is_listed_under_its_version() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/dictionaries");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), FILES.len());
        for dictionary in Dictionary::all() {
            let path = format!("{folder}/v{}.zdict", dictionary.version());
            assert_eq!(std::fs::read(path).unwrap(), dictionary.bytes());
        }
    }
}
