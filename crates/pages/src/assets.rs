//! Stylesheet, scripts and icon: parts of the program, named by their content.

use std::fmt::Write;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// A file that pages refer to.
#[derive(Debug)]
pub struct Asset {
    name: &'static str,
    extension: &'static str,
    /// Media type.
    pub content_type: &'static str,
    /// Text of the file.
    pub body: &'static str,
    hash: String,
}

static ASSETS: LazyLock<[Asset; 4]> = LazyLock::new(|| {
    [
        Asset::of(
            "style",
            "css",
            "text/css; charset=utf-8",
            include_str!("../assets/style.css"),
        ),
        Asset::of("page", "js", JAVASCRIPT, include_str!("../assets/page.js")),
        Asset::of(
            "theme",
            "js",
            JAVASCRIPT,
            include_str!("../assets/theme.js"),
        ),
        Asset::of(
            "icon",
            "svg",
            "image/svg+xml",
            include_str!("../assets/icon.svg"),
        ),
    ]
});

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Bytes of the hash in a file's name.
const HASH_BYTES: usize = 6;

impl Asset {
    fn of(
        name: &'static str,
        extension: &'static str,
        content_type: &'static str,
        body: &'static str,
    ) -> Self {
        let mut hash = String::new();
        for byte in &Sha256::digest(body)[..HASH_BYTES] {
            let _infallible = write!(hash, "{byte:02x}");
        }
        Self {
            name,
            extension,
            content_type,
            body,
            hash,
        }
    }

    /// Every file.
    pub fn all() -> &'static [Self] {
        &*ASSETS
    }

    /// Returns the file of this name, with the hash in it.
    pub fn named(file: &str) -> Option<&'static Self> {
        Self::all().iter().find(|asset| asset.file() == file)
    }

    /// Returns the file's name with its hash, such as `style.0123456789ab.css`.
    pub fn file(&self) -> String {
        format!("{}.{}.{}", self.name, self.hash, self.extension)
    }

    /// Returns the file's path.
    pub fn path(&self) -> String {
        format!("/assets/{}", self.file())
    }

    pub(crate) fn style() -> &'static Self {
        &ASSETS[0]
    }

    pub(crate) fn script() -> &'static Self {
        &ASSETS[1]
    }

    pub(crate) fn theme() -> &'static Self {
        &ASSETS[2]
    }

    pub(crate) fn icon() -> &'static Self {
        &ASSETS[3]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_are_found_by_their_name_with_the_hash_only() {
        for asset in Asset::all() {
            let found = Asset::named(&asset.file()).unwrap();
            assert!(std::ptr::eq(found, asset));
        }
        assert!(Asset::named("style.css").is_none());
        assert!(Asset::named("style.000000000000.css").is_none());
    }
}
