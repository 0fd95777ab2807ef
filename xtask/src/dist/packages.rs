//! The packages that the released program consists of.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use cargo_metadata::{MetadataCommand, Package};
use xshell::{Shell, cmd};

/// The machine that releases are for.
pub(super) const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Every package that is linked into the program, and the checksums of their sources.
pub(super) struct Packages {
    packages: Vec<Package>,
    checksums: BTreeMap<(String, String), String>,
}

impl Packages {
    /// The packages of `server` of a release: no dependency of builds or tests.
    ///
    /// # Errors
    ///
    /// A failure of cargo.
    pub(super) fn of_server(shell: &Shell) -> anyhow::Result<Self> {
        let tree = cmd!(
            shell,
            "cargo tree --locked --package server --edges normal --target {TARGET} --prefix none"
        )
        .quiet()
        .read()?;
        let linked: BTreeSet<_> = tree.lines().filter_map(linked).collect();
        let metadata = MetadataCommand::new()
            .current_dir(crate::root())
            .other_options(["--locked", "--filter-platform", TARGET].map(str::to_owned))
            .exec()?;
        let mut packages = metadata.packages;
        packages.retain(|package| {
            linked.contains(&(package.name.to_string(), package.version.to_string()))
        });
        packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
        let lock = shell.read_file(crate::root().join("Cargo.lock"))?;
        Ok(Self {
            packages,
            checksums: checksums(&lock),
        })
    }

    /// All of them, by name and version.
    pub(super) fn all(&self) -> &[Package] {
        &self.packages
    }

    /// Those that are not ours.
    pub(super) fn foreign(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| package.source.is_some())
    }

    /// The version of the program.
    pub(super) fn server_version(&self) -> String {
        let server = self
            .packages
            .iter()
            .find(|package| package.name == "server");
        server.map_or_else(String::new, |server| server.version.to_string())
    }

    /// The SHA-256 of a package's source, from Cargo.lock.
    pub(super) fn checksum(&self, package: &Package) -> Option<&str> {
        let key = (package.name.to_string(), package.version.to_string());
        self.checksums.get(&key).map(String::as_str)
    }
}

/// Name and version of a line of `cargo tree`, such as `serde v1.0.0 (*)`.
fn linked(line: &str) -> Option<(String, String)> {
    let mut words = line.split_whitespace();
    let name = words.next()?;
    let version = words.next()?.strip_prefix('v')?;
    Some((name.to_owned(), version.to_owned()))
}

/// The checksums of Cargo.lock, by name and version.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let blocks = lock.split("[[package]]");
    let entries = blocks.filter_map(|block| {
        let value = |key: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(key))?;
            Some(line.trim_start_matches(" = ").trim_matches('"').to_owned())
        };
        Some(((value("name")?, value("version")?), value("checksum")?))
    });
    entries.collect()
}

/// The folder with a package's source.
pub(super) fn folder(package: &Package) -> anyhow::Result<&std::path::Path> {
    let manifest = package.manifest_path.as_std_path();
    manifest.parent().context("a manifest lies in a folder")
}

#[test]
fn cargo_tells_names_versions_and_checksums() {
    let serde = ("serde".to_owned(), "1.0.0".to_owned());
    for line in [
        "serde v1.0.0",
        "serde v1.0.0 (*)",
        "serde v1.0.0 (/path) (*)",
    ] {
        assert_eq!(linked(line), Some(serde.clone()), "{line}");
    }
    assert_eq!(linked(""), None);
    let lock = "version = 4\n\n[[package]]\nname = \"serde\"\nversion = \"1.0.0\"\n\
        checksum = \"ab\"\n\n[[package]]\nname = \"server\"\nversion = \"0.1.0\"\n";
    assert_eq!(checksums(lock), BTreeMap::from([(serde, "ab".to_owned())]));
}
