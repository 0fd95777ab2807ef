//! Completion page over HTTP: targets, errors at their fields, and the cache.

use nexon_sandbox::{Endpoint, Fault, FaultRule};
use reqwest::{RequestBuilder, Response};

use crate::app::TestApp;

const PATH: &str = "/characters/아델/completion";

fn browser(request: RequestBuilder) -> RequestBuilder {
    request.header("accept", "text/html,application/xhtml+xml")
}

async fn opened(app: &TestApp, query: &str) -> Response {
    let request = browser(app.get(&format!("{PATH}?{query}")));
    request.send().await.unwrap()
}

async fn page(app: &TestApp, query: &str, status: u16) -> String {
    let response = opened(app, query).await;
    assert_eq!(response.status(), status, "{query}");
    response.text().await.unwrap()
}

#[tokio::test]
async fn page_shows_the_way_to_each_target_in_both_languages() {
    let app = TestApp::start().await;
    for (lang, words) in [
        (
            "ko",
            ["모두 끝내는 비용", "이 예산 안에 될 확률", "아이템별 비용"],
        ),
        (
            "en",
            [
                "Cost of all of it",
                "Chance within this budget",
                "Cost by item",
            ],
        ),
    ] {
        for target in ["22-stars-30-21", "finished", "own&stars=22&potential=30"] {
            let query =
                format!("target={target}&budget=1000%EC%96%B5&spare=10%EC%96%B5&lang={lang}");
            let shown = page(&app, &query, 200).await;
            for word in words {
                assert!(shown.contains(word), "{word}: {shown}");
            }
            assert!(shown.contains("<svg"), "the chart of the total");
        }
    }
    // The figure is the API's.
    let path = "/api/v1/characters/아델/completion?template=finished&preset=active";
    let answer = app.answer(path).await;
    let mean = &answer["presets"][0]["total"]["mean_meso"];
    let shown = page(&app, "target=finished", 200).await;
    assert!(
        shown.contains(&format!("<data value=\"{mean}\">")),
        "{mean}: {shown}"
    );
    let character = browser(app.get("/characters/아델")).send().await.unwrap();
    let character = character.text().await.unwrap();
    assert!(character.contains("/completion\">"), "{character}");
}

#[tokio::test]
async fn targets_of_ones_own_are_refused_at_their_fields() {
    let app = TestApp::start().await;
    for (query, ko, en) in [
        ("target=own", "하나 이상 적어", "at least one goal"),
        ("target=own&stars=99", "0부터 30까지", "outside 0 to 30"),
        ("target=own&stars=1e999", "정수를", "not a whole number"),
        (
            "target=own&potential=int_pc+%3E%3D+9",
            "없는 옵션",
            "unknown stat",
        ),
        (
            "target=own&potential=%3Cb%3E%22%27",
            "1번째 글자",
            "character 1",
        ),
        (
            "target=own&stars=5&slot1=%EB%82%A0%EA%B0%9C&stars1=5",
            "착용한 아이템이 없습니다",
            "nothing is worn",
        ),
        ("budget=30%EC%96%B5%EC%96%B5", "30억, 1조", "30억, 1조"),
        ("spare=-1", "30억, 1조", "30억, 1조"),
    ] {
        for (lang, words) in [("ko", ko), ("en", en)] {
            let shown = page(&app, &format!("{query}&lang={lang}"), 422).await;
            assert!(shown.contains(words), "{query} {lang}: {shown}");
            assert!(!shown.contains("<b>"), "{query}");
        }
    }
    let cut_off = page(&app, "target=22-stars-3&slot1=%EB", 200).await;
    assert!(cut_off.contains("모두 끝내는 비용"), "{cut_off}");
}

#[tokio::test]
async fn page_is_kept_and_not_sent_again() {
    let app = TestApp::start().await;
    let first = opened(&app, "target=finished").await;
    let tag = first.headers()["etag"].clone();
    let made = app.metric("maple_finished_responses_made_total").await;
    let again = browser(app.get(&format!("{PATH}?target=finished"))).header("if-none-match", tag);
    assert_eq!(again.send().await.unwrap().status(), 304);
    assert!((app.metric("maple_finished_responses_made_total").await - made).abs() < 0.5);
}

#[tokio::test]
async fn every_page_of_a_character_says_what_it_waits_for() {
    let app = TestApp::start().await;
    app.break_upstream(FaultRule::slow(1_500).on(Endpoint::ItemEquipment));
    for (number, part) in ["", "/upgrades", "/completion"].into_iter().enumerate() {
        for (lang, words) in [("ko", "넥슨에 장비를 물어보고"), ("en", "Asking Nexon")] {
            let path = format!("/characters/Cold{number}{lang}{part}");
            let navigation = browser(app.get(&format!("{path}?lang={lang}")));
            let navigation = navigation.header("sec-fetch-mode", "navigate").send();
            let waiting = navigation.await.unwrap();
            assert_eq!(waiting.headers()["cache-control"], "no-store");
            let waiting = waiting.text().await.unwrap();
            assert!(waiting.contains(words), "{waiting}");
            let (_, next) = waiting.split_once(&format!("url={path}?")).unwrap();
            assert!(next.split('"').next().unwrap().contains("wait=1"), "{next}");
        }
    }
}

/// A refresh that Nexon is slow to answer: what is stored stands there at once, with its age.
#[tokio::test]
async fn stored_gear_is_shown_while_newer_data_are_awaited() {
    let app = TestApp::start().await;
    app.answer("/api/v1/characters/아델/expectation").await;
    app.wait(std::time::Duration::from_hours(3));
    app.break_upstream(FaultRule::always(Fault::Hang));
    for (lang, words) in [
        ("ko", ["저장해 둔 장비", "3시간 전"]),
        ("en", ["that was stored", "3 h ago"]),
    ] {
        let path = format!("/characters/아델?refresh=true&lang={lang}");
        let navigation = browser(app.get(&path)).header("sec-fetch-mode", "navigate");
        let waiting = navigation.send().await.unwrap().text().await.unwrap();
        for word in words {
            assert!(waiting.contains(word), "{word}: {waiting}");
        }
        assert!(waiting.contains("<li class=\"item\"><h2"), "{waiting}");
    }
}
