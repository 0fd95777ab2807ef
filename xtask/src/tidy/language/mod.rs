//! The language rules of CONTRIBUTING.md: first words, forbidden words, test names, type names.
//!
//! A crate that does not keep a rule yet has a budget, which is the count on the day the rule was
//! added: more is a breach, and less is a reason to lower the budget.

mod budgets;
mod first_words;
mod test_names;
mod text;
mod type_names;
mod words;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context;

use super::sources;
use budgets::Budget;
use type_names::TypeNames;

/// Findings of the rules in one crate, or in the pages of the repository.
#[derive(Debug, Default)]
struct Findings {
    doc_comments: usize,
    first_words: Vec<String>,
    words: Vec<String>,
    test_names: Vec<String>,
}

/// Returns a description of each breach of a language rule.
pub(super) fn breaches(root: &Path) -> anyhow::Result<Vec<String>> {
    let (by_crate, types) = collect(root)?;
    let mut found: Vec<String> = by_crate
        .iter()
        .flat_map(|(name, findings)| findings.over_budget(name, budgets::of(name)))
        .collect();
    found.extend(types.breaches());
    Ok(found)
}

/// Returns a description of each budget that is larger than the count.
pub(super) fn slack(root: &Path) -> anyhow::Result<Vec<String>> {
    let (by_crate, _) = collect(root)?;
    Ok(by_crate
        .iter()
        .flat_map(|(name, findings)| findings.under_budget(name, budgets::of(name)))
        .collect())
}

fn collect(root: &Path) -> anyhow::Result<(BTreeMap<String, Findings>, TypeNames)> {
    let mut by_crate = BTreeMap::<String, Findings>::new();
    let mut types = TypeNames::default();
    for folder in sources::FOLDERS {
        sources::visit(&root.join(folder), "rs", &mut |path, text| {
            let path = path.strip_prefix(root).unwrap_or(path);
            let name = crate_of(path);
            types.add(&name, path, text);
            by_crate.entry(name).or_default().add_source(path, text);
        })?;
    }
    let pages = by_crate.entry("pages".to_owned()).or_default();
    sources::visit(&root.join("docs"), "md", &mut |path, text| {
        pages.add_page(path.strip_prefix(root).unwrap_or(path), text);
    })?;
    for page in ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"] {
        let text =
            fs::read_to_string(root.join(page)).with_context(|| format!("reading {page}"))?;
        pages.add_page(Path::new(page), &text);
    }
    Ok((by_crate, types))
}

/// Returns the folder of the crate that a source file belongs to, such as `crates/likes`.
fn crate_of(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    match parts.as_slice() {
        [group, name, ..] if group == "apps" || group == "crates" => format!("{group}/{name}"),
        [first, ..] => first.clone(),
        [] => String::new(),
    }
}

impl Findings {
    fn add_source(&mut self, path: &Path, text: &str) {
        let at = |(line, found): (usize, String)| format!("{}:{line}: {found}", path.display());
        let comments = text::doc_comments(text);
        self.doc_comments += comments.len();
        self.first_words
            .extend(first_words::faults(&comments).into_iter().map(at));
        self.test_names
            .extend(test_names::faults(text).into_iter().map(at));
        if !words::is_list_of_words(path) {
            self.words.extend(words::faults(text).into_iter().map(at));
        }
    }

    fn add_page(&mut self, path: &Path, text: &str) {
        let prose = text::without_code_spans(text);
        let found = words::faults(&prose).into_iter();
        self.words
            .extend(found.map(|(line, word)| format!("{}:{line}: {word}", path.display())));
    }

    fn over_budget(&self, name: &str, budget: Budget) -> Vec<String> {
        self.against(budget)
            .into_iter()
            .filter(|(_, found, allowed)| found.len() > *allowed)
            .map(|(rule, found, allowed)| {
                format!(
                    "{name}: {} {rule}, {allowed} allowed:\n    {}",
                    found.len(),
                    found.join("\n    ")
                )
            })
            .collect()
    }

    fn under_budget(&self, name: &str, budget: Budget) -> Vec<String> {
        let rules = self.against(budget).into_iter();
        rules
            .zip([budget.first_words, budget.words, budget.test_names])
            .filter(|((_, found, _), budget)| found.len() < *budget)
            .map(|((rule, found, _), budget)| {
                format!("{name}: {} {rule}, budget {budget}", found.len())
            })
            .collect()
    }

    /// Returns each rule with its findings and the number of them that is allowed.
    fn against(&self, budget: Budget) -> [(&'static str, &[String], usize); 3] {
        let share = self.doc_comments * first_words::MAX_PERCENT / 100;
        [
            (
                "doc comments begin with a question word",
                &self.first_words,
                budget.first_words.max(share),
            ),
            ("forbidden words", &self.words, budget.words),
            (
                "test names do not begin with their subject",
                &self.test_names,
                budget.test_names,
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaches_name_the_crate_the_rule_and_the_place() {
        let mut findings = Findings::default();
        let text = "/// What it is.\nstruct A;\n#[test]\nfn it_works() {} // in vain\n";
        findings.add_source(Path::new("crates/a/src/lib.rs"), text);
        let breaches = findings.over_budget("crates/a", Budget::default());
        assert_eq!(breaches.len(), 3, "{breaches:?}");
        assert!(breaches[0].starts_with("crates/a: 1 doc comments begin with a question word"));
        assert!(breaches[0].contains("crates/a/src/lib.rs:1: What it is."));
        assert!(breaches[1].contains("crates/a/src/lib.rs:4: in vain"));
        assert!(breaches[2].contains("crates/a/src/lib.rs:4: it_works"));
    }

    #[test]
    fn budget_allows_its_count_and_no_further_one() {
        let mut findings = Findings::default();
        let budget = Budget {
            words: 1,
            ..Budget::default()
        };
        assert_eq!(findings.under_budget("pages", budget).len(), 1);
        findings.add_page(Path::new("a.md"), "It waits in vain, `in vain` as code.");
        assert_eq!(findings.over_budget("pages", budget), Vec::<String>::new());
        assert_eq!(findings.under_budget("pages", budget), Vec::<String>::new());
        findings.add_page(Path::new("b.md"), "It is lost for good.");
        assert_eq!(findings.over_budget("pages", budget).len(), 1);
    }

    #[test]
    fn share_of_question_words_is_three_percent() {
        let mut findings = Findings {
            doc_comments: 100,
            first_words: vec![String::new(); 3],
            ..Findings::default()
        };
        let breaches = |findings: &Findings| findings.over_budget("a", Budget::default());
        assert_eq!(breaches(&findings), Vec::<String>::new());
        findings.first_words.push(String::new());
        assert_eq!(breaches(&findings).len(), 1);
    }

    #[test]
    fn crates_are_named_by_their_folder() {
        let name = |path| crate_of(Path::new(path));
        assert_eq!(name("crates/likes/src/lib.rs"), "crates/likes");
        assert_eq!(name("migrations/src/lib.rs"), "migrations");
    }
}
