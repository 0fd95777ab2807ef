//! The licences of everything that is linked, with their texts.

use std::collections::BTreeMap;
use std::fmt::Write;

use cargo_metadata::Package;

use super::packages::{self, Packages};

/// Beginnings of the names of files that hold a licence.
const NAMES: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];

/// A list of all packages with their licences, and each text once.
///
/// # Errors
///
/// A package's folder that cannot be read.
pub(super) fn text(packages: &Packages) -> anyhow::Result<String> {
    let mut list = String::from("Packages in this program, and their licences.\n\n");
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in packages.foreign() {
        let name = format!("{} {}", package.name, package.version);
        let licence = package.license.as_deref().unwrap_or("see its text");
        writeln!(list, "{name}: {licence}")?;
        for text in of(package)? {
            texts.entry(text).or_default().push(name.clone());
        }
    }
    for (text, names) in &texts {
        write!(
            list,
            "\n{}\n{}:\n\n{text}\n",
            "-".repeat(80),
            names.join(", ")
        )?;
    }
    Ok(list)
}

/// The texts in a package's source.
fn of(package: &Package) -> anyhow::Result<Vec<String>> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(packages::folder(package)?)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        let is_licence = NAMES.iter().any(|beginning| name.starts_with(beginning));
        if is_licence && entry.file_type()?.is_file() {
            let bytes = std::fs::read(entry.path())?;
            texts.push(String::from_utf8_lossy(&bytes).trim().to_owned());
        }
    }
    Ok(texts)
}
