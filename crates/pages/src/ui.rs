//! Frame of every page: language, texts, addresses of other pages and assets.

use std::fmt::Write;

use cube_probability::Rules;
use form_urlencoded::{Serializer, byte_serialize};

use crate::form::Pairs;
use crate::lang::Lang;
use crate::texts::Texts;

/// Names that the sandbox shows as examples; it makes a character up for any name.
pub(crate) const EXAMPLES: [&str; 4] = ["아델", "긱델", "메이플", "단풍"];

/// Frame of a page.
#[derive(Debug, Clone)]
pub struct Ui {
    pub(crate) lang: Lang,
    pub(crate) t: &'static Texts,
    /// Whether the address names the language, so that links keep it.
    is_chosen: bool,
    /// The path, encoded.
    path: String,
    /// The query in canonical order, without the language.
    query: Vec<(String, String)>,
    /// Whether characters are made up.
    pub(crate) is_sandbox: bool,
    /// The rule set that the address names.
    rules: Option<String>,
}

/// Parameter with the rule set under which an address was made.
const RULES: &str = "rules";

/// Longest name of a rule set that is shown.
const MAX_RULES_CHARS: usize = 40;

impl Ui {
    /// Returns the frame of the page at a path (encoded). `chosen` is the language named in the
    /// address; else the header `Accept-Language` decides.
    pub fn new(path: &str, chosen: Option<Lang>, accept_language: &str, is_sandbox: bool) -> Self {
        let lang = chosen.unwrap_or_else(|| Lang::accepted(accept_language));
        Self {
            lang,
            t: lang.texts(),
            is_chosen: chosen.is_some(),
            // A browser would take two slashes for the name of a host.
            path: format!("/{}", path.trim_start_matches(['/', '\\'])),
            query: Vec::new(),
            is_sandbox,
            rules: None,
        }
    }

    /// Sets the state that the address of this page carries. The rule set goes with it, so that a
    /// link that is opened later says when the rules have changed since.
    #[must_use]
    pub fn with_query(mut self, query: Vec<(String, String)>) -> Self {
        self.query = query;
        if !self.query.is_empty() {
            let current = Rules::current().name.to_owned();
            self.query.push((RULES.to_owned(), current));
        }
        self
    }

    /// Sets the rule set that the address names, as [`Pairs`](crate::Pairs) give it.
    #[must_use]
    pub fn made_under(mut self, pairs: &Pairs) -> Self {
        let name = pairs.get(RULES);
        self.rules = (!name.is_empty()).then(|| name.chars().take(MAX_RULES_CHARS).collect());
        self
    }

    /// Returns the rule set of an address that was made under another than today's.
    pub(crate) fn old_rules(&self) -> Option<&str> {
        let name = self.rules.as_deref();
        name.filter(|name| *name != Rules::current().name)
    }

    /// Sets the path of the page that shows the answer to a form.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// Returns the language of the page.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Returns the address of another page, in the language chosen.
    pub(crate) fn href(&self, path: &str) -> String {
        self.href_with(path, &[])
    }

    /// Returns the address of another page with a query.
    pub(crate) fn href_with(&self, path: &str, query: &[(&str, &str)]) -> String {
        let lang = self.is_chosen.then_some(("lang", self.lang.code()));
        address(path, query.iter().copied().chain(lang))
    }

    /// Returns the address of this page with one parameter changed.
    pub(crate) fn here_with(&self, name: &str, value: &str) -> String {
        let kept = self.query.iter().filter(|(key, _)| key != name);
        let mut query: Vec<(&str, &str)> = kept.map(|(k, v)| (k.as_str(), v.as_str())).collect();
        query.push((name, value));
        self.href_with(&self.path, &query)
    }

    /// Returns the canonical address of this page, as its own links repeat it, with the older rule
    /// set that the page mentions, if any.
    pub fn address(&self) -> String {
        let old = self.old_rules().map(|name| format!("#{name}"));
        self.here() + &old.unwrap_or_default()
    }

    /// Returns the address of this page.
    pub(crate) fn here(&self) -> String {
        let query = self.query.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        self.href_with(&self.path, &query.collect::<Vec<_>>())
    }

    /// Returns the address of this page in the other language.
    pub(crate) fn switch(&self) -> String {
        let kept = self.query.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        address(&self.path, kept.chain([("lang", self.other().code())]))
    }

    /// Returns the other language.
    pub(crate) fn other(&self) -> Lang {
        match self.lang {
            Lang::Ko => Lang::En,
            Lang::En => Lang::Ko,
        }
    }

    /// Returns the address of this page without its query.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Returns the value of the hidden language field of a form; none where none was chosen.
    pub(crate) fn hidden_lang(&self) -> Option<&'static str> {
        self.is_chosen.then(|| self.lang.code())
    }

    /// Returns the menu: address, name, and whether it is this page.
    pub(crate) fn menu(&self) -> [(String, &'static str, bool); 7] {
        let t = self.t;
        [
            ("/", t.nav_character),
            ("/calculators/potential", t.nav_potential),
            ("/calculators/star-force", t.nav_star_force),
            ("/calculators/flame", t.nav_flame),
            ("/calculators/plan", t.nav_plan),
            ("/luck", t.nav_luck),
            ("/rules", t.nav_rules),
        ]
        .map(|(path, name)| (self.href(path), name, self.path == path))
    }
}

/// Returns the path of a character's page.
pub(crate) fn character_path(name: &str) -> String {
    let mut path = String::from("/characters/");
    for part in byte_serialize(name.as_bytes()) {
        // In a path a blank is `%20`, never `+`.
        let _infallible = write!(path, "{}", part.replace('+', "%20"));
    }
    path
}

/// Returns the address of a character's page, in the language chosen.
pub fn character_address(name: &str, chosen: Option<Lang>) -> String {
    let lang = chosen.map(|lang| ("lang", lang.code()));
    address(&character_path(name), lang.into_iter())
}

/// Returns the address of the first page, in the language chosen.
pub fn home_address(chosen: Option<Lang>) -> String {
    address("/", chosen.map(|lang| ("lang", lang.code())).into_iter())
}

fn address<'a>(path: &str, query: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let query = Serializer::new(String::new()).extend_pairs(query).finish();
    if query.is_empty() {
        return path.to_owned();
    }
    format!("{path}?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_language_that_was_chosen() {
        let chosen = Ui::new("/", Some(Lang::En), "ko", false);
        assert_eq!(chosen.href("/rules"), "/rules?lang=en");
        let accepted = Ui::new("/", None, "en", false);
        assert_eq!(accepted.lang(), Lang::En);
        assert_eq!(accepted.href("/rules"), "/rules");
    }

    #[test]
    fn switch_keeps_the_state_of_the_page() {
        let query = vec![("goal".to_owned(), "a >= 1 & b".to_owned())];
        let ui = Ui::new("/calculators/potential", None, "", false).with_query(query);
        let rules = Rules::current().name;
        let expected =
            format!("/calculators/potential?goal=a+%3E%3D+1+%26+b&rules={rules}&lang=en");
        assert_eq!(ui.switch(), expected);
    }

    #[test]
    fn link_of_an_older_rule_set_is_noticed() {
        let old = |query: &str| {
            let ui = Ui::new("/", None, "", false).made_under(&Pairs::of_query(query));
            ui.old_rules().map(str::to_owned)
        };
        assert_eq!(old(""), None);
        assert_eq!(old(&format!("rules={}", Rules::current().name)), None);
        assert_eq!(old("rules=kms-2025-12").as_deref(), Some("kms-2025-12"));
        assert_eq!(
            old(&format!("rules={}", "가".repeat(99)))
                .unwrap()
                .chars()
                .count(),
            40
        );
    }

    #[test]
    fn links_of_a_page_never_lead_to_another_host() {
        for path in ["//example.com/x", "/\\example.com", "///example.com"] {
            let ui = Ui::new(path, None, "", false);
            assert!(ui.address().starts_with("/example.com"), "{path}");
        }
    }

    #[test]
    fn character_paths_are_encoded() {
        assert_eq!(character_path("a b/<"), "/characters/a%20b%2F%3C");
    }
}
