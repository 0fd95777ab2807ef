//! Findings that are allowed until the crates concerned are revised. Lower a budget with each
//! revision; `cargo xtask tidy` prints the ones that are larger than needed.

/// Number of allowed findings of a crate by rule.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Budget {
    pub(super) first_words: usize,
    pub(super) words: usize,
    pub(super) test_names: usize,
}

/// Crates that are not revised yet: name, first words, forbidden words, test names.
const UNREVISED: &[(&str, usize, usize, usize)] = &[];

/// Public type names that are declared in several crates, each with the reason.
pub(super) const SHARED_PUBLIC: &[(&str, &str)] = &[
    ("Amount", "the response shows the amount of a posting"),
    (
        "BoundedQuantile",
        "the response shows the value of the same name",
    ),
    (
        "BoundedSpread",
        "the response shows the value of the same name",
    ),
    (
        "Characters",
        "equipment: the use cases; likes: the port that needs one of them",
    ),
    ("CharactersError", "error of each `Characters`"),
    (
        "Dependencies",
        "dependencies of the crate's use cases, always used in their module",
    ),
    (
        "Endpoint",
        "the endpoints of the Nexon Open API, as its client and as its stand-in",
    ),
    (
        "Error",
        "the crate's only error, always qualified by the crate",
    ),
    ("Fault", "an injected fault, of the stand-in beside it"),
    ("Likes", "the use cases, and the adapter of their store"),
    (
        "Note",
        "unrevised: note of a donation, and remark on a star force solution",
    ),
    (
        "Outcome",
        "unrevised: outcome of a delivery, a call, and an evaluation",
    ),
    (
        "Permit",
        "right to one part of a bounded resource; never used outside its module",
    ),
    ("Quantile", "the response shows the value of the same name"),
    (
        "Query",
        "unrevised: query string of a request, and query of star force",
    ),
    ("Role", "the response shows the role of a member"),
    (
        "Schedule",
        "unrevised: arrivals of a load, and jobs of the service",
    ),
    ("Sessions", "the use cases, and the adapter of their store"),
    (
        "Settings",
        "the crate's only settings, always qualified by the crate",
    ),
    ("Sum", "the response shows the value of the same name"),
    (
        "Tick",
        "unrevised: result of a tick of the relay, and of a job",
    ),
    ("Total", "unrevised: total of an item, and of a line table"),
    (
        "Verdict",
        "unrevised: judgement on a response of a load, and on a goal",
    ),
    ("Warning", "the response shows the warning of the same name"),
];

/// Private type names that are declared in more than two files, each with the reason.
pub(super) const SHARED_PRIVATE: &[(&str, &str)] = &[
    ("Arguments", "arguments of the command of the file"),
    ("Command", "subcommands of the command of the file"),
    ("Entry", "element of the collection of the file"),
    (
        "Migration",
        "the migration of the file; the module names the table",
    ),
    ("Options", "options of the command of the file"),
    (
        "Solved",
        "unrevised: solution of the calculation of the file",
    ),
    ("State", "state under the lock of the one type of the file"),
    (
        "Validated",
        "validated request of the calculation of the file",
    ),
];

/// Returns the budget of a crate.
pub(super) fn of(name: &str) -> Budget {
    UNREVISED
        .iter()
        .find(|(other, ..)| *other == name)
        .map_or_else(Budget::default, |&(_, first_words, words, test_names)| {
            Budget {
                first_words,
                words,
                test_names,
            }
        })
}
