//! Pages of errors in the player's words, in both languages, with what can still be done.

use nexon_sandbox::{Fault, FaultRule, Sandbox};
use reqwest::{RequestBuilder, Response};

use crate::app::TestApp;

fn browser(request: RequestBuilder, lang: &str) -> RequestBuilder {
    let request = request.header("accept", "text/html,application/xhtml+xml");
    request.header("accept-language", lang)
}

/// Checks a page of an error: its words, what can still be done, and that nothing keeps it.
async fn assert_explained(response: Response, status: u16, words: &str) {
    assert_eq!(response.status(), status);
    assert_eq!(
        response.headers()["content-type"],
        "text/html; charset=utf-8"
    );
    assert_eq!(response.headers()["cache-control"], "no-store");
    let page = response.text().await.unwrap();
    assert!(page.contains(words), "{words}: {page}");
    // A search, another try, and the calculators, which need no Nexon.
    for way in [
        "name=\"name\"",
        "/calculators/potential",
        "/calculators/star-force",
    ] {
        assert!(page.contains(way), "{way}: {page}");
    }
}

#[tokio::test]
async fn upstream_failures_and_unknown_names_are_explained() {
    for (fault, status, ko, en) in [
        (
            Fault::UnknownIdentifier,
            404,
            "그런 캐릭터가 없습니다",
            "No such character",
        ),
        (
            Fault::GameMaintenance,
            503,
            "넥슨이 응답하지 않습니다",
            "Nexon does not answer",
        ),
    ] {
        // An application each: a breaker that opened would hide the next fault.
        let app = TestApp::start().await;
        app.break_upstream(FaultRule::always(fault));
        for part in ["", "/upgrades", "/completion"] {
            for (lang, words) in [("ko", ko), ("en", en)] {
                let path = format!("/characters/L{status}{lang}{}{part}", part.len());
                let page = browser(app.get(&path), lang).send().await.unwrap();
                assert_explained(page, status, words).await;
            }
        }
    }
}

#[tokio::test]
async fn overload_is_explained_and_says_when_to_come_back() {
    let settings = [
        ("MAPLE__HTTP__MAX_REQUESTS", "1"),
        ("MAPLE__REQUEST__DEADLINE_MS", "60000"),
    ];
    let app = TestApp::configured(&settings).await;
    app.break_upstream(FaultRule::always(Fault::Hang));
    let before = app.sandbox().counters().total();
    let request = app.get("/api/v1/characters/Cold0").send();
    let waiting = tokio_util::task::TaskTracker::new().spawn(request);
    while app.sandbox().counters().total() == before {
        tokio::task::yield_now().await;
    }
    for (lang, words) in [
        ("ko", "지금은 답하지 못했습니다"),
        ("en", "The service is busy"),
    ] {
        for path in ["/", "/characters/아델", "/calculators/potential", "/luck"] {
            let page = browser(app.get(path), lang).send().await.unwrap();
            assert_eq!(page.headers()["retry-after"], "1", "{path}");
            assert_explained(page, 503, words).await;
        }
    }
    waiting.abort();
}

#[tokio::test]
async fn client_that_fetches_too_often_is_told_so() {
    let sandbox = Sandbox::start_local().unwrap();
    let app = TestApp::configured(&[
        ("MAPLE__NEXON__API_KEY", "any"),
        ("MAPLE__NEXON__BASE_URL", sandbox.url()),
        ("MAPLE__NEXON__QUOTA_PER_SECOND", "1000"),
        ("MAPLE__NEXON__FETCHES_PER_CLIENT_PER_MINUTE", "1"),
    ])
    .await;
    app.answer("/api/v1/characters/Cold1").await;
    for (lang, words) in [
        ("ko", "너무 자주 요청했습니다"),
        ("en", "Too many requests"),
    ] {
        let page = browser(app.get("/characters/Cold2"), lang)
            .send()
            .await
            .unwrap();
        assert!(page.headers().contains_key("retry-after"));
        assert_explained(page, 429, words).await;
    }
    // What is known is shown all along.
    let known = browser(app.get("/api/v1/characters/Cold1"), "ko")
        .send()
        .await;
    assert_eq!(known.unwrap().status(), 200);
}

/// Every message of a fault that a form can lead to has its Korean.
#[tokio::test]
async fn faults_of_forms_are_in_the_language_of_the_page() {
    let app = TestApp::start().await;
    let sheet = "main_final=1&main_pct=1&sub_final=1&attack_final=1&attack_pct=1&damage=1&boss=1\
        &crit_rate=1&crit_damage=1";
    for path in [
        "/calculators/potential?goal=int_pct",
        "/calculators/potential?goal=int_pct+%3E%3D+x",
        "/calculators/potential?goal=int_pc+%3E%3D+9",
        "/calculators/potential?goal=(int_pct+%3E%3D+9",
        "/calculators/potential?goal=int_pct+%3E%3D+9+luk_pct",
        "/calculators/potential?goal=2int_pct+%3E%3D+9",
        "/calculators/potential?goal=lines+%3E%3D+2",
        "/calculators/potential?goal=lines(int_pct+%3E%3D+2",
        "/calculators/potential?goal=int_pct+%3E%3D+1.2345",
        "/calculators/potential?goal=int_pct+%3E%3D+1.",
        "/calculators/potential?goal=int_pct+%3E%3D+99999999999",
        "/calculators/potential?goal=int_pct%3E%3D9&level=999",
        "/calculators/potential?goal=int_pct%3E%3D9&level=1e999",
        "/calculators/potential?goal=int_pct%3E%3D9&method=x",
        "/calculators/potential?goal=int_pct%3E%3D9&part=x&grade=x",
        "/calculators/potential?goal=int_pct%3E%3D9&failures=999",
        "/calculators/potential?goal=int_pct%3E%3D9&method=occult&grade=legendary",
        "/calculators/potential?goal=int_pct%3E%3D9&price=5",
        "/calculators/potential?goal=int_pct%3E%3D9&budget=30%EC%96%B5%EC%96%B5",
        "/calculators/potential?goal=int_pct%3E%3D9&budget=99999999999%EA%B2%BD",
        "/calculators/star-force?level=999&from=0&to=17",
        "/calculators/star-force?level=200&from=22&to=17",
        "/calculators/star-force?level=200&from=0&to=99",
        "/calculators/star-force?level=200&from=0&to=17&spare=x",
        "/calculators/star-force?level=200&from=0&to=17&safeguard=x",
        "/calculators/flame?at_least=x&int=1",
        "/calculators/flame?at_least=100",
        "/calculators/flame?at_least=100&int=1&level=999",
        "/calculators/flame?at_least=100&attack_flat=1&part=weapon",
        "/calculators/flame?at_least=100&int=1&part=heart",
        "/calculators/plan?items=nonsense",
        "/calculators/plan?items=stars+200+22",
        "/calculators/plan?items=red+hat+200+rare+int_pct",
        "/calculators/plan?items=stars+200+22-17&budget=x",
        "/characters/아델/upgrades?budget=x&main_final=y",
        &format!("/characters/아델/upgrades?budget=30%EC%96%B5&{sheet}&ied=999"),
        &format!("/characters/아델/upgrades?budget=30%EC%96%B5&{sheet}&ied=1&defence=380"),
        &format!("/characters/아델/upgrades?budget=30%EC%96%B5&{sheet}&ied=95&confidence=100"),
    ] {
        let page = browser(app.get(path), "ko").send().await.unwrap();
        assert_eq!(page.status(), 422, "{path}");
        let page = page.text().await.unwrap();
        let (_, errors) = page.split_once("id=\"errors\"").unwrap();
        let (errors, _) = errors.split_once("</ul>").unwrap();
        assert!(!errors.contains("lang=\"en\""), "{path}: {errors}");
        let page = browser(app.get(path), "en").send().await.unwrap();
        let page = page.text().await.unwrap();
        let (_, errors) = page.split_once("id=\"errors\"").unwrap();
        let (errors, _) = errors.split_once("</ul>").unwrap();
        let is_hangul = |c: char| ('가'..='힣').contains(&c) && !"억조만".contains(c);
        let words = errors.replace("5,000억", "");
        assert!(!words.chars().any(is_hangul), "{path}: {errors}");
    }
}
