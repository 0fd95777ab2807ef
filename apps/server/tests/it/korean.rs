//! Korean pages hold no English sentence: texts, labels, warnings, errors and notes.

use crate::app::TestApp;

/// Pages and the states in which they explain most, errors among them.
const PATHS: [&str; 25] = [
    "/",
    "/nowhere",
    "/characters/아델",
    "/characters/단풍",
    "/characters/아델?preset=2&rules=kms-2025-12",
    "/characters/아델?potential_method=occult&additional_method=occult_additional",
    "/characters/너무긴이름이라서안되는이름",
    "/characters/아델/upgrades",
    "/characters/아델/upgrades?budget=500%EC%96%B5",
    "/characters/단풍/upgrades?budget=500%EC%96%B5",
    "/characters/아델/upgrades?budget=x&main_final=y",
    "/characters/아델/completion?target=22-stars-30-21&budget=1000%EC%96%B5",
    "/characters/아델/completion?target=own&potential=int_pc+%3E%3D+9",
    "/calculators/potential?goal=cooldown_seconds+%3E%3D+4&budget=1000%EC%96%B5&with=red\
     &with=black&with=occult&seed=3",
    "/calculators/potential?goal=int_pct+%3E%3D+99",
    "/calculators/potential?goal=int_pct+%3E%3D+21&method=white_additional",
    "/calculators/potential?goal=def_flat+%3E%3D+0",
    "/calculators/star-force?level=200&from=0&to=30",
    "/calculators/star-force?level=200&from=0&to=17",
    "/calculators/flame?at_least=100&int=1&all_stat_pct=10&boss=1",
    "/calculators/flame?at_least=99999&int=1",
    "/calculators/plan?items=stars+150+0-12%0Ared+hat+200+rare+int_pct%3E%3D99",
    "/luck",
    "/session",
    "/rules",
];

/// The only sentence that is English on every page, as Nexon's terms ask for it.
const ATTRIBUTION: &str = "Data based on NEXON Open API";

/// Parts that hold identifiers and goals.
const EXEMPT: [(&str, &str); 3] = [
    ("<code", "</code>"),
    ("<textarea", "</textarea>"),
    ("<pre", "</pre>"),
];

/// The texts of a page: those between tags, and the attributes that are read out.
fn texts(page: &str) -> Vec<String> {
    let mut page = page.replace(ATTRIBUTION, "");
    for (open, close) in EXEMPT {
        while let Some(start) = page.find(open) {
            let end = start + page[start..].find(close).unwrap() + close.len();
            page.replace_range(start..end, " ");
        }
    }
    let mut texts = Vec::new();
    for part in page.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        texts.push(text.to_owned());
        for name in ["aria-label", "alt", "placeholder", "title", "data-label"] {
            let value = tag.split_once(&format!(" {name}=\""));
            texts.extend(value.map(|(_, rest)| rest.split('"').next().unwrap().to_owned()));
        }
    }
    texts
}

/// Three words of letters only in a row.
fn sentence(text: &str) -> Option<String> {
    let is_word = |word: &&str| {
        let word = word.trim_matches(|c: char| ".,:;!?()'\"`".contains(c));
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic())
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let found = words.windows(3).find(|run| run.iter().all(is_word));
    found.map(|run| run.join(" "))
}

async fn page(app: &TestApp, path: &str, lang: &str) -> String {
    let request = app.get(path).header("accept-language", lang);
    let response = request.header("accept", "text/html").send().await.unwrap();
    assert!(!response.status().is_server_error(), "{path}");
    response.text().await.unwrap()
}

#[tokio::test]
async fn korean_pages_hold_no_english_sentence() {
    let app = TestApp::start().await;
    for path in PATHS {
        let page = page(&app, path, "ko").await;
        for text in texts(&page) {
            assert_eq!(sentence(&text), None, "{path}: {text}");
        }
        assert!(!page.contains("<span lang=\"en\""), "{path}: {page}");
    }
}

/// Forms of the calculators, each filled so that it is answered.
const FORMS: [&str; 4] = [
    "/calculators/potential?goal=int_pct+%3E%3D+21",
    "/calculators/star-force?level=200&from=0&to=22",
    "/calculators/flame?at_least=100&int=1",
    "/calculators/plan?items=stars+150+0-12",
];

/// Entries that belong into no field, or into few.
const ODD: [&str; 6] = [
    "-1",
    "1e999",
    "0.0001",
    "99999999999999999999999",
    "x > 1 or",
    "\"<b>",
];

/// Names of the fields of a page.
fn fields(page: &str) -> Vec<String> {
    let names = page.split(" name=\"").skip(1);
    let names = names.map(|rest| rest.split('"').next().unwrap().to_owned());
    let mut names: Vec<_> = names.filter(|name| name.is_ascii()).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| !["viewport", "description", "color-scheme"].contains(&&**name));
    names
}

/// The address of a form with one of its fields filled anew.
fn with_field(path: &str, name: &str, entry: &str) -> String {
    let (place, query) = path.split_once('?').unwrap();
    let others = query
        .split('&')
        .filter(|field| field.split('=').next() != Some(name));
    let entry = percent_encoding::utf8_percent_encode(entry, percent_encoding::NON_ALPHANUMERIC);
    let fields = others.map(str::to_owned).chain([format!("{name}={entry}")]);
    format!("{place}?{}", fields.collect::<Vec<_>>().join("&"))
}

#[tokio::test]
async fn calculators_say_what_is_wrong_with_any_field_in_korean() {
    let app = TestApp::start().await;
    for path in FORMS {
        let names = fields(&page(&app, path, "ko").await);
        assert!(names.len() > 2, "{path}: {names:?}");
        for (name, odd) in names.iter().flat_map(|name| ODD.map(|odd| (name, odd))) {
            let asked = with_field(path, name, odd);
            let page = page(&app, &asked, "ko").await;
            for text in texts(&page) {
                // Choices are identifiers.
                let text = text.split("쓸 수 있는 것:").next().unwrap();
                assert_eq!(sentence(text), None, "{asked}: {text}");
            }
            assert!(!page.contains("<span lang=\"en\""), "{asked}");
        }
    }
}

#[tokio::test]
async fn english_sentences_of_a_page_are_noticed() {
    let app = TestApp::start().await;
    for path in ["/", "/nowhere", "/rules"] {
        let page = page(&app, path, "en").await;
        let found = texts(&page)
            .iter()
            .filter_map(|text| sentence(text))
            .count();
        assert!(found > 1, "{path}: {page}");
    }
}
