//! The pages that players open, over HTTP.

use std::time::Duration;

use nexon_sandbox::{Fault, FaultRule};
use reqwest::{RequestBuilder, Response};
use serde_json::json;

use crate::app::{TestApp, gunzip, problem};

/// Every page, and a text of it in Korean and in English.
const PAGES: [(&str, &str, &str); 12] = [
    ("/", "다시 만들면 얼마일까", "cost to make again"),
    ("/characters/아델", "아이템별 비용", "Cost by item"),
    ("/calculators/potential", "많이 노리는 목표", "Common goals"),
    (
        "/calculators/potential?goal=cooldown_seconds+%3E%3D+4",
        "827억 6,771만",
        "82.8B",
    ),
    ("/calculators/star-force", "목표 별", "Stars wanted"),
    (
        "/calculators/star-force?level=200&from=0&to=17",
        "파괴 횟수",
        "Destructions",
    ),
    (
        "/calculators/plan?items=stars+150+0-12&budget=30%EC%96%B5",
        "이 예산 안에",
        "within this budget",
    ),
    (
        "/characters/아델",
        "1차식으로 어림한 것입니다",
        "boss damage to first order",
    ),
    (
        "/characters/아델/completion",
        "목표까지 드는 비용",
        "Cost to the target",
    ),
    ("/calculators/flame", "추가옵션 계산기", "Flame calculator"),
    ("/luck", "나는 운이 좋았을까", "Was I lucky"),
    ("/rules", "규칙과 출처", "Rules and sources"),
];

fn browser(request: RequestBuilder) -> RequestBuilder {
    request.header("accept", "text/html,application/xhtml+xml")
}

fn header(response: &Response, name: &str) -> String {
    let values = response.headers().get_all(name).iter();
    let values: Vec<_> = values.map(|value| value.to_str().unwrap()).collect();
    values.join(", ")
}

async fn text(app: &TestApp, path: &str) -> String {
    let response = browser(app.get(path)).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

#[tokio::test]
async fn pages_answer_in_both_languages_with_a_strict_policy() {
    let app = TestApp::start().await;
    for (path, ko, en) in PAGES {
        let page = browser(app.get(path)).send().await.unwrap();
        assert_eq!(page.status(), 200, "{path}");
        assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
        let policy = header(&page, "content-security-policy");
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header(&page, "referrer-policy"), "no-referrer");
        assert_eq!(header(&page, "x-content-type-options"), "nosniff");
        assert!(!header(&page, "cache-control").is_empty(), "{path}");
        assert!(header(&page, "vary").contains("accept-language"), "{path}");
        let page = page.text().await.unwrap();
        assert!(page.contains(ko), "{path} lacks {ko}");
        assert!(page.contains("Data based on NEXON Open API"), "{path}");
        for blocked in [" style=", "<style", " onclick", "javascript:"] {
            assert!(!page.contains(blocked), "{path} has {blocked}");
        }
        let accepted = browser(app.get(path)).header("accept-language", "en-US,en;q=0.9");
        let accepted = accepted.send().await.unwrap().text().await.unwrap();
        assert!(accepted.contains(en), "{path} lacks {en}");
        let separator = if path.contains('?') { '&' } else { '?' };
        let chosen = text(&app, &format!("{path}{separator}lang=en")).await;
        assert!(
            chosen.contains(en) && chosen.contains("lang=\"en\""),
            "{path}"
        );
    }
}

#[tokio::test]
async fn first_views_are_at_most_40_kilobytes_compressed() {
    let app = TestApp::start().await;
    for (path, ..) in PAGES {
        let page = app.get(path).header("accept-encoding", "gzip");
        let compressed = page.send().await.unwrap().bytes().await.unwrap();
        let html = String::from_utf8(gunzip(&compressed)).unwrap();
        let mut bytes = compressed.len();
        for asset in html.split('"').filter(|part| part.starts_with("/assets/")) {
            let file = app.get(asset).header("accept-encoding", "gzip");
            let file = file.send().await.unwrap();
            assert_eq!(file.status(), 200, "{asset}");
            assert!(header(&file, "cache-control").contains("immutable"));
            bytes += file.bytes().await.unwrap().len();
        }
        assert!(bytes <= 40 * 1024, "{path}: {bytes} bytes");
    }
}

#[tokio::test]
async fn names_and_goals_with_markup_are_escaped_and_refused() {
    let app = TestApp::start().await;
    let script = "%3Cscript%3Ealert(1)%3C/script%3E";
    for path in [
        format!("/characters/{}", script.replace('/', "%2F")),
        format!("/calculators/potential?goal={script}"),
        format!("/calculators/potential?goal=int_pct%3E%3D1&method={script}&part={script}"),
        format!("/calculators/star-force?to={script}"),
        format!("/calculators/plan?items={script}&budget={script}"),
        "/calculators/potential?goal=int_pct%3E%3D9&level=1e999".to_owned(),
        "/calculators/potential?goal=%FF%00&budget=30%EC%96%B5%EC%96%B5".to_owned(),
    ] {
        let response = browser(app.get(&path)).send().await.unwrap();
        let status = response.status();
        assert!(status.is_client_error(), "{path}: {status}");
        assert_eq!(
            header(&response, "content-type"),
            "text/html; charset=utf-8"
        );
        let page = response.text().await.unwrap();
        assert!(!page.contains("<script>alert"), "{path}");
    }
}

#[tokio::test]
async fn errors_are_pages_for_browsers_and_problems_for_programs() {
    let app = TestApp::start().await;
    for (path, status, words) in [
        (
            "/characters/너무긴이름이라서안되는이름",
            400,
            "캐릭터 이름이 아닙니다",
        ),
        ("/nowhere", 404, "없는 페이지입니다"),
    ] {
        let page = browser(app.get(path)).send().await.unwrap();
        assert_eq!(page.status(), status, "{path}");
        assert!(page.headers().contains_key("content-security-policy"));
        let id = header(&page, "x-request-id");
        let page = page.text().await.unwrap();
        assert!(page.contains(words) && page.contains(&id), "{path}");
        problem(app.get(path).send().await.unwrap()).await;
    }
    let api = browser(app.get("/api/v1/nowhere")).send().await.unwrap();
    problem(api).await;
}

#[tokio::test]
async fn upstream_that_does_not_answer_is_explained() {
    let app = TestApp::start().await;
    app.break_upstream(FaultRule::always(Fault::InternalError));
    let page = browser(app.get("/characters/Cold1")).send().await.unwrap();
    assert_eq!(page.status(), 503);
    assert!(page.headers().contains_key("retry-after"));
    let page = page.text().await.unwrap();
    assert!(page.contains("넥슨이 응답하지 않습니다"), "{page}");
}

#[tokio::test]
async fn character_that_grew_old_is_shown_with_its_age() {
    let app = TestApp::start().await;
    text(&app, "/characters/아델").await;
    app.wait(Duration::from_hours(3));
    app.break_upstream(FaultRule::always(Fault::InternalError));
    let page = text(&app, "/characters/아델?lang=en").await;
    assert!(page.contains("2026-11-22 21:00 KST"), "{page}");
    assert!(page.contains("older than 15 minutes"), "{page}");
}

#[tokio::test]
async fn page_is_not_sent_again_to_a_browser_that_has_it() {
    let app = TestApp::start().await;
    let first = browser(app.get("/characters/아델")).send().await.unwrap();
    let tag = header(&first, "etag");
    let again = browser(app.get("/characters/아델")).header("if-none-match", tag);
    assert_eq!(again.send().await.unwrap().status(), 304);
}

#[tokio::test]
async fn search_form_leads_to_the_character() {
    let app = TestApp::start().await;
    for (query, location) in [
        ("name=%EC%95%84%EB%8D%B8", "/characters/%EC%95%84%EB%8D%B8"),
        ("name=a%2Fb&lang=en", "/characters/a%2Fb?lang=en"),
        ("name=%0D%0AX:1", "/characters/X%3A1"),
        ("name=", "/"),
        ("", "/"),
    ] {
        let response = app.get(&format!("/characters?{query}")).send();
        let response = response.await.unwrap();
        assert_eq!(response.status(), 303, "{query}");
        assert_eq!(header(&response, "location"), location);
    }
}

#[tokio::test]
async fn public_routes_are_open_to_other_origins_and_others_are_not() {
    let app = TestApp::start().await;
    let origin = ("origin", "https://example.com");
    for (path, is_open) in [
        ("/api/v1/rules", true),
        ("/api/v1/characters/아델", true),
        ("/api/v1/me", false),
    ] {
        let response = app
            .get(path)
            .header(origin.0, origin.1)
            .send()
            .await
            .unwrap();
        let allowed = header(&response, "access-control-allow-origin");
        assert_eq!(allowed == "*", is_open, "{path}: {allowed}");
        assert_eq!(header(&response, "access-control-allow-credentials"), "");
    }
    for (path, method, status) in [
        ("/api/v1/calculations/potential", "POST", 204),
        ("/api/v1/characters/아델/like", "PUT", 405),
        ("/api/v1/sessions", "POST", 405),
    ] {
        let preflight = app.request("OPTIONS", path);
        let preflight = preflight.header("access-control-request-method", method);
        let response = preflight.header(origin.0, origin.1).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        let allowed = header(&response, "access-control-allow-origin");
        assert_eq!(allowed == "*", status == 204, "{path}");
    }
    let refused = app.post("/api/v1/calculations/potential", &json!({}));
    let refused = refused.send().await.unwrap();
    assert_eq!(header(&refused, "access-control-allow-origin"), "*");
}

#[tokio::test]
async fn distributions_come_as_json_as_csv_and_as_a_chart() {
    let app = TestApp::start().await;
    let question = json!({
        "method": "meso_potential", "part": "hat", "item_level": 250,
        "from": {"grade": "rare"}, "goal": "cooldown_seconds >= 4", "distribution": true,
    });
    let path = "/api/v1/calculations/potential";
    let answer: serde_json::Value = app
        .post(path, &question)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let points = answer["distribution"]["points"].as_array().unwrap();
    assert!((2..=512).contains(&points.len()));
    let median = points
        .iter()
        .find(|point| point["cumulative"].as_f64() >= Some(0.5));
    let median = median.unwrap()["meso"].as_u64().unwrap();
    // Quantile of the golden answer, to the width of a bar.
    let width = points[0]["meso"].as_u64().unwrap();
    assert!(
        (58_255_000_000..=58_255_000_000 + width).contains(&median),
        "{median}"
    );

    let csv = app.post(path, &question).header("accept", "text/csv");
    let csv = csv.send().await.unwrap();
    assert_eq!(header(&csv, "content-type"), "text/csv; charset=utf-8");
    let csv = csv.bytes().await.unwrap();
    let table = csv.strip_prefix(b"\xef\xbb\xbf").unwrap();
    assert!(table.starts_with(b"meso,probability,cumulative\r\n"));
    assert_eq!(table.split(|b| *b == b'\n').count(), points.len() + 2);

    let chart = "/api/v1/calculations/potential/chart.svg?method=red&method=black&part=hat\
                 &item_level=200&from=unique&goal=int_pct+%3E%3D+21";
    let chart = app.get(chart).send().await.unwrap();
    assert_eq!(header(&chart, "content-type"), "image/svg+xml");
    let chart = chart.text().await.unwrap();
    assert!(
        chart.starts_with("<svg xmlns=") && chart.contains("<desc>"),
        "{chart}"
    );
    let bad = app.get("/api/v1/calculations/potential/chart.svg?goal=%3C");
    let bad = problem(bad.send().await.unwrap()).await;
    assert_eq!(bad["status"], 422);
    for (query, field) in [
        ("budget_meso=abc", "budget_meso"),
        ("item_level=abc", "item_level"),
        ("level=abc", "level"),
    ] {
        let chart = "/api/v1/calculations/potential/chart.svg?goal=int_pct+%3E%3D+21";
        let bad = app.get(&format!("{chart}&{query}")).send().await.unwrap();
        let bad = problem(bad).await;
        assert_eq!(bad["errors"][0]["parameter"], field, "{bad}");
    }
}

#[tokio::test]
async fn kept_page_shows_only_what_its_own_address_holds() {
    let app = TestApp::start().await;
    let get = async |query: &str| {
        let path = format!("/characters/아델/completion{query}");
        let request = app.get(&path).header("accept", "text/html");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{query}");
        response.text().await.unwrap()
    };
    let typed = get("?target=17-stars-21&stars=19&potential=typed-by-one").await;
    assert!(typed.contains("typed-by-one"), "what was typed is kept");
    for query in ["", "?target=17-stars-21"] {
        let page = get(query).await;
        assert!(!page.contains("typed-by-one"), "{query}");
    }
}

#[tokio::test]
async fn batches_answer_each_question_by_itself() {
    let app = TestApp::start().await;
    let question = |goal: &str| {
        json!({
            "method": "red", "part": "hat", "item_level": 200,
            "from": {"grade": "unique"}, "goal": goal,
        })
    };
    let path = "/api/v1/calculations/potential/batch";
    let questions = json!({"questions": [question("int_pct >= 21"), question("int_pct >=")]});
    let answer = app.post(path, &questions).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let answer: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(answer["answers"][0]["status"], 200);
    assert_eq!(answer["answers"][0]["answer"]["reachable"], true);
    assert_eq!(answer["answers"][1]["status"], 422);
    assert_eq!(
        answer["answers"][1]["problem"]["errors"][0]["pointer"],
        "/goal"
    );
    for count in [0, 26] {
        let questions = vec![question("int_pct >= 21"); count];
        let refused = app.post(path, &json!({"questions": questions}));
        let refused = problem(refused.send().await.unwrap()).await;
        assert_eq!(refused["status"], 422, "{count} questions");
    }
}
