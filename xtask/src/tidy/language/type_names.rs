//! Rule: one type name has one meaning.
//!
//! A public name is declared in one crate, and a private one in at most two files. Code of tests
//! is not counted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::budgets::{SHARED_PRIVATE, SHARED_PUBLIC};

/// Highest number of files that declare the same private name.
const MAX_PRIVATE_FILES: usize = 2;

/// Declarations by name.
#[derive(Debug, Default)]
pub(super) struct TypeNames {
    public: BTreeMap<String, BTreeSet<String>>,
    private: BTreeMap<String, BTreeSet<String>>,
}

impl TypeNames {
    /// Adds the types that a source file of a crate declares.
    pub(super) fn add(&mut self, crate_name: &str, path: &Path, source: &str) {
        let is_source = path.components().any(|part| part.as_os_str() == "src");
        if !is_source || path.ends_with("tests.rs") {
            return;
        }
        let code = source.split("\nmod tests {").next().unwrap_or_default();
        for (name, is_public) in code.lines().filter_map(declaration) {
            let (names, place) = if is_public {
                (&mut self.public, crate_name.to_owned())
            } else {
                (&mut self.private, path.display().to_string())
            };
            names.entry(name.to_owned()).or_default().insert(place);
        }
    }

    /// Returns a description of each name with too many declarations, and of each allowance that
    /// is not needed.
    pub(super) fn breaches(&self) -> Vec<String> {
        let mut found = over(&self.public, 1, SHARED_PUBLIC);
        found.extend(over(&self.private, MAX_PRIVATE_FILES, SHARED_PRIVATE));
        found
    }
}

fn over(
    names: &BTreeMap<String, BTreeSet<String>>,
    limit: usize,
    allowed: &[(&str, &str)],
) -> Vec<String> {
    let is_allowed = |name: &str| allowed.iter().any(|(other, _)| *other == name);
    let is_shared = |name: &str| names.get(name).is_some_and(|places| places.len() > limit);
    let shared = names
        .iter()
        .filter(|(name, _)| is_shared(name) && !is_allowed(name));
    let mut found: Vec<String> = shared
        .map(|(name, places)| {
            let places: Vec<&str> = places.iter().map(String::as_str).collect();
            format!(
                "type name `{name}` has several meanings: {}",
                places.join(", ")
            )
        })
        .collect();
    let unused = allowed.iter().filter(|(name, _)| !is_shared(name));
    found.extend(unused.map(|(name, _)| format!("type name `{name}` needs no allowance")));
    found
}

/// Returns the name that a line declares, and whether it is public.
fn declaration(line: &str) -> Option<(&str, bool)> {
    let code = line.trim_start();
    let is_indented = code.len() < line.len();
    let (visibility, code) = match code.strip_prefix("pub ") {
        Some(code) => ("pub", code),
        None => match code.strip_prefix("pub(") {
            Some(code) => ("pub(..)", code.split_once(") ")?.1),
            None => ("", code),
        },
    };
    let (keyword, rest) = code.split_once(' ')?;
    let is_type = match keyword {
        "struct" | "enum" | "trait" | "union" => true,
        // Within an `impl`, it is an associated type.
        "type" => !(is_indented && visibility.is_empty()),
        _ => false,
    };
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let name = &rest[..end.unwrap_or(rest.len())];
    (is_type && !name.is_empty()).then_some((name, visibility == "pub"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[(&str, &str)]) -> TypeNames {
        let mut names = TypeNames::default();
        for (path, source) in files {
            names.add(path.split("/src").next().unwrap(), Path::new(path), source);
        }
        names
    }

    #[test]
    fn public_name_in_two_crates_is_a_breach() {
        let names = names(&[
            ("a/src/x.rs", "pub struct Lease {\n"),
            ("b/src/y.rs", "pub enum Lease {\n"),
            (
                "b/src/z.rs",
                "pub trait Other {\npub(crate) struct Lease;\n",
            ),
        ]);
        let expected = ["type name `Lease` has several meanings: a, b"];
        assert_eq!(over(&names.public, 1, &[]), expected);
        assert_eq!(over(&names.public, 1, &[("Lease", "a reason")]), [""; 0]);
    }

    #[test]
    fn private_name_in_three_files_is_a_breach() {
        let files = ["a/src/x.rs", "a/src/y.rs", "b/src/z.rs"];
        let of = |count| {
            let files: Vec<_> = files
                .iter()
                .take(count)
                .map(|file| (*file, "struct State;"))
                .collect();
            over(&names(&files).private, MAX_PRIVATE_FILES, &[])
        };
        assert_eq!(of(2), [""; 0]);
        assert_eq!(of(3).len(), 1);
    }

    #[test]
    fn allowance_without_need_is_a_breach() {
        let names = names(&[("a/src/x.rs", "pub struct Lease;")]);
        let expected = ["type name `Lease` needs no allowance"];
        assert_eq!(over(&names.public, 1, &[("Lease", "a reason")]), expected);
    }

    #[test]
    fn declarations_of_tests_and_associated_types_do_not_count() {
        let source =
            "impl A for B {\n    type Error = C;\n}\n#[cfg(test)]\nmod tests {\n    struct D;\n}\n";
        let names = names(&[("a/src/x.rs", source), ("a/tests/y.rs", "struct E;")]);
        assert!(
            names.public.is_empty() && names.private.is_empty(),
            "{names:?}"
        );
        assert_eq!(declaration("    pub type F = G;"), Some(("F", true)));
        assert_eq!(
            declaration("pub(crate) struct H<T>(T);"),
            Some(("H", false))
        );
        assert_eq!(declaration("let structure = 1;"), None);
    }
}
