//! Forms of the pages over HTTP: members, upgrades, odd input, waits and old links.

use nexon_sandbox::{Endpoint, Fault, FaultRule};
use reqwest::{RequestBuilder, Response};
use serde_json::json;

use crate::app::TestApp;

const SHEET: &str = "main_final=62000&main_pct=530&main_flat=18000&sub_final=9000\
    &attack_final=7800&attack_pct=88&damage=80&boss=420&final=55&crit_rate=100&crit_damage=98\
    &ied=95.3";

fn browser(request: RequestBuilder) -> RequestBuilder {
    request.header("accept", "text/html,application/xhtml+xml")
}

async fn page(app: &TestApp, path: &str) -> (u16, String) {
    let response = browser(app.get(path)).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// A form sent from a page of the service, as browsers send it.
fn form(app: &TestApp, path: &str, body: &str) -> RequestBuilder {
    let request = browser(app.request("POST", path))
        .header("sec-fetch-site", "same-origin")
        .header("origin", "null")
        .header("content-type", "application/x-www-form-urlencoded");
    request.body(body.to_owned())
}

/// Cookies that a response sets, as the next request sends them.
fn cookies(response: &Response) -> String {
    let set = response.headers().get_all("set-cookie").iter();
    let pairs = set.map(|value| value.to_str().unwrap().split(';').next().unwrap());
    pairs.collect::<Vec<_>>().join("; ")
}

async fn log_in(app: &TestApp, key: &str) -> String {
    let response = form(app, "/session", &format!("key={key}")).send().await;
    let response = response.unwrap();
    assert_eq!(response.status(), 303, "{key}");
    cookies(&response)
}

#[tokio::test]
async fn upgrades_page_shows_the_best_set_and_the_ranking() {
    let app = TestApp::start().await;
    let path = "/characters/아델/upgrades";
    let (status, empty) = page(&app, path).await;
    assert_eq!(status, 200);
    assert!(empty.contains("name=\"main_final\""), "{empty}");
    for (lang, words) in [
        ("ko", ["가장 좋은 조합", "효율 순위"]),
        ("en", ["Best set", "Ranking"]),
    ] {
        let query = format!("{path}?budget=500%EC%96%B5&{SHEET}&lang={lang}");
        let (status, shown) = page(&app, &query).await;
        assert_eq!(status, 200, "{shown}");
        for word in words {
            assert!(shown.contains(word), "{word}: {shown}");
        }
        assert!(shown.contains("<ol class=\"steps\"><li>"), "{shown}");
    }
    let odd = format!("{path}?budget=1e999&{SHEET}&confidence=%3Cb%3E&spare=30%EC%96%B5%EC%96%B5");
    let (status, refused) = page(&app, &odd).await;
    assert_eq!(status, 422);
    assert!(refused.contains("id=\"errors\"") && !refused.contains("<b>"));
}

#[tokio::test]
async fn cookies_of_a_session_are_for_our_own_pages_only() {
    let app = TestApp::start().await;
    let response = form(&app, "/session", "key=sandbox-member-1").send().await;
    let response = response.unwrap();
    assert_eq!(response.status(), 303);
    assert_eq!(response.headers()["location"], "/session");
    let set: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
    assert_eq!(set.len(), 2);
    for cookie in set {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
        assert!(!cookie.contains("Secure"), "over plain HTTP: {cookie}");
    }
    let cookie = cookies(&response);
    let mine = browser(app.get("/session")).header("cookie", &cookie);
    let mine = mine.send().await.unwrap();
    assert_eq!(mine.headers()["cache-control"], "no-store");
    let mine = mine.text().await.unwrap();
    assert!(mine.contains("action=\"/session/donations\""), "{mine}");
    // The API takes no cookie, so no other site can use it.
    let api = app.get("/api/v1/me").header("cookie", &cookie).send().await;
    assert_eq!(api.unwrap().status(), 401);
    let ended = form(&app, "/session/end", "").header("cookie", &cookie);
    let ended = ended.send().await.unwrap();
    assert!(
        ended.headers()["set-cookie"]
            .to_str()
            .unwrap()
            .contains("Max-Age=0")
    );
    let after = browser(app.get("/session")).header("cookie", cookie.split(';').next().unwrap());
    let after = after.send().await.unwrap().text().await.unwrap();
    assert!(!after.contains("action=\"/session/donations\""), "{after}");
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let app = TestApp::start().await;
    let cookie = log_in(&app, "sandbox-member-1").await;
    for (site, origin) in [
        (Some("cross-site"), "https://evil.example"),
        (Some("same-site"), "null"),
        (None, "https://evil.example"),
        (None, "null"),
    ] {
        for path in [
            "/characters/아델/like",
            "/session/donations",
            "/session/end",
            "/session",
        ] {
            let mut request = browser(app.request("POST", path))
                .header("cookie", &cookie)
                .header("origin", origin)
                .header("content-type", "application/x-www-form-urlencoded")
                .body("like=1&key=sandbox-member-1");
            if let Some(site) = site {
                request = request.header("sec-fetch-site", site);
            }
            let refused = request.send().await.unwrap();
            assert_eq!(refused.status(), 403, "{path} {site:?} {origin}");
            let refused = refused.text().await.unwrap();
            assert!(
                refused.contains("이 사이트에서 보낸 요청이 아닙니다"),
                "{refused}"
            );
        }
    }
    let likes = app.answer("/api/v1/characters/아델/likes").await;
    assert_eq!(likes["count"], 0);
}

#[tokio::test]
async fn members_like_by_a_form_and_visitors_are_led_to_the_log_in() {
    let app = TestApp::start().await;
    let path = "/characters/아델/like";
    let visitor = form(&app, path, "like=1").send().await.unwrap();
    assert_eq!(visitor.status(), 303);
    let location = visitor.headers()["location"].to_str().unwrap().to_owned();
    assert!(
        location.starts_with("/session?next=%2Fcharacters%2F"),
        "{location}"
    );
    let (one, two) = (
        log_in(&app, "sandbox-member-1").await,
        log_in(&app, "sandbox-member-2").await,
    );
    for (cookie, body, count) in [
        (&one, "like=1", 1),
        (&two, "like=1", 2),
        (&one, "like=1", 2),
        (&one, "like=0", 1),
        (&one, "like=0", 1),
    ] {
        let liked = form(&app, path, body).header("cookie", cookie);
        let liked = liked.send().await.unwrap();
        assert_eq!(liked.status(), 200);
        let liked = liked.text().await.unwrap();
        assert!(liked.contains(&format!("좋아요 수: {count}")), "{liked}");
    }
    // Two cookies of one name are nobody's: the other may be another member's.
    let both = form(&app, path, "like=1").header("cookie", format!("{one}; {two}"));
    assert_eq!(both.send().await.unwrap().status(), 303);
}

#[tokio::test]
async fn keys_that_are_refused_are_explained_and_told_nowhere() {
    let app = TestApp::start().await;
    for key in ["live_nonsense", "", "a b", "%3Cscript%3E", "%FF%00"] {
        let refused = form(&app, "/session", &format!("key={key}&next=//evil.example"));
        let refused = refused.send().await.unwrap();
        assert_eq!(refused.status(), 422, "{key}");
        assert!(refused.headers().get("set-cookie").is_none());
        let refused = refused.text().await.unwrap();
        assert!(
            !refused.contains("nonsense") && !refused.contains("evil"),
            "{refused}"
        );
        assert!(!refused.contains("<script>"), "{key}");
    }
    let plain = form(&app, "/session", "key=x").header("content-type", "text/plain");
    assert!(plain.send().await.unwrap().status().is_client_error());
}

#[tokio::test]
async fn points_are_given_once_by_a_form() {
    let developer = "000000000000000000000000000000de";
    let developers = format!("{developer}=메이플");
    let app = TestApp::configured(&[("MAPLE__MEMBERS__DEVELOPERS", &developers)]).await;
    let session = app.log_in("sandbox-member-1").await;
    let grant = json!({"to": session["member_id"], "amount": 500, "by": "kim", "reason": "event"});
    let granted = app
        .admin("POST", "/api/v1/admin/points/grants")
        .json(&grant);
    assert_eq!(granted.send().await.unwrap().status(), 201);
    let cookie = log_in(&app, "sandbox-member-1").await;
    let give = async |body: &str| {
        let given = form(&app, "/session/donations", body).header("cookie", &cookie);
        let given = given.send().await.unwrap();
        (given.status().as_u16(), given.text().await.unwrap())
    };
    let body = format!("key=one&to={developer}&amount=300&message=%3Cb%3E");
    for _twice in 0..2 {
        let (status, shown) = give(&body).await;
        assert_eq!(status, 200, "{shown}");
        assert!(shown.contains("<dd>200</dd>"), "{shown}");
    }
    for body in [
        format!("key=two&to={developer}&amount=300"),
        format!("key=three&to={developer}&amount=1e999"),
        "key=four&to=nobody&amount=1".to_owned(),
        format!("to={developer}&amount=1"),
    ] {
        let (status, shown) = give(&body).await;
        assert_eq!(status, 422, "{body}: {shown}");
        assert!(shown.contains("<dd>200</dd>"), "{shown}");
    }
    for (body, said) in [
        ("key=five&to=x&amount=12&message=hello", "32자리 번호를"),
        ("key=six&to=DEVELOPER&amount=many&message=hello", "정수를"),
        (
            "key=seven&to=DEVELOPER&amount=999&message=hello",
            "name=\"to\"",
        ),
    ] {
        let (status, shown) = give(&body.replace("DEVELOPER", developer)).await;
        assert_eq!(status, 422, "{body}: {shown}");
        assert!(shown.contains(said), "{body}: {shown}");
        assert!(shown.contains("value=\"hello\""), "{body}: {shown}");
    }
}

#[tokio::test]
async fn wait_for_nexon_is_shown_before_the_character() {
    let app = TestApp::start().await;
    app.break_upstream(FaultRule::slow(1_500).on(Endpoint::ItemEquipment));
    let navigation = browser(app.get("/characters/Cold7?lang=en"));
    let navigation = navigation.header("sec-fetch-mode", "navigate").send();
    let waiting = navigation.await.unwrap();
    assert_eq!(waiting.status(), 200);
    assert_eq!(waiting.headers()["cache-control"], "no-store");
    let waiting = waiting.text().await.unwrap();
    assert!(waiting.contains("Asking Nexon"), "{waiting}");
    assert!(
        waiting.contains("url=/characters/Cold7?wait=1"),
        "{waiting}"
    );
    let (status, shown) = page(&app, "/characters/Cold7?wait=1&lang=en").await;
    assert_eq!(status, 200);
    assert!(shown.contains("Cost by item"), "{shown}");
    assert!(!shown.contains("wait=1"), "links of the page do not wait");
}

#[tokio::test]
async fn spent_quota_is_a_page_in_both_languages() {
    let app = TestApp::start().await;
    let quota = Fault::QuotaExceeded {
        retry_after_seconds: Some(60),
    };
    app.break_upstream(FaultRule::always(quota));
    for (lang, words) in [("ko", "넥슨"), ("en", "Nexon")] {
        let path = format!("/characters/Lost{lang}?wait=1&lang={lang}");
        let (status, shown) = page(&app, &path).await;
        assert!([429, 503].contains(&status), "{status}: {shown}");
        assert!(shown.contains(words), "{shown}");
        // The calculators work in any case.
        assert!(shown.contains("/calculators/potential"), "{shown}");
    }
}

#[tokio::test]
async fn links_of_an_older_rule_set_say_so() {
    let app = TestApp::start().await;
    let goal = "goal=cooldown_seconds+%3E%3D+4";
    for path in [
        format!("/calculators/potential?{goal}&rules=kms-2025-12"),
        "/calculators/star-force?level=200&from=0&to=17&rules=kms-2025-12".to_owned(),
        "/characters/아델?preset=1&rules=kms-2025-12".to_owned(),
        "/calculators/flame?at_least=100&int=1&rules=%3Cb%3E".to_owned(),
    ] {
        let (status, shown) = page(&app, &path).await;
        assert_eq!(status, 200, "{path}");
        assert!(shown.contains("이전 확률 규칙"), "{path}");
        assert!(!shown.contains("<b>"), "{path}");
    }
    let (_, shown) = page(&app, &format!("/calculators/potential?{goal}")).await;
    assert!(!shown.contains("이전 확률 규칙"));
}

#[tokio::test]
async fn odd_input_is_explained_and_never_fails() {
    let app = TestApp::start().await;
    let script = "%3Cscript%3Ealert(1)%3C/script%3E";
    for path in [
        format!("/calculators/flame?at_least={script}&int={script}&flame={script}"),
        "/calculators/flame?at_least=1e999&int=1e999&level=1e999".to_owned(),
        format!("/calculators/potential?goal=int_pct%3E%3D9&with={script}&seed={script}"),
        "/calculators/potential?goal=int_pct%3E%3D9&worth=1e999&now=NaN&stat=x".to_owned(),
        "/calculators/potential?goal=int_pct%3E%3D9&of=int_pct%3E%3D9&t0=1e999&t1=%FF".to_owned(),
        "/calculators/potential?goal=%22%27%3E%3Cb%3E&budget=30%EC%96%B5%20%EB%A9%94%EC%86%8C"
            .to_owned(),
        "/calculators/potential?method=meso_poten".to_owned(),
        format!(
            "/characters/{}/upgrades?budget=1",
            script.replace('/', "%2F")
        ),
        "/characters/아델/upgrades?budget=%EC%96%B5&main_final=x".to_owned(),
        format!("/session?next={script}"),
        format!("/characters/아델?preset={script}&wait={script}"),
    ] {
        let (status, shown) = page(&app, &path).await;
        assert!(status < 500, "{path}: {status}");
        assert!(!shown.contains("<script>alert"), "{path}");
    }
}

#[tokio::test]
async fn budgets_are_read_as_players_write_them_and_others_are_explained() {
    let app = TestApp::start().await;
    for (spellings, status) in [
        (
            &[
                "30억",
                " 30 억 ",
                "30억 메소",
                "3b",
                "3B",
                "3,000,000,000",
                "1조5000억",
                "0.5조",
                "３０억",
            ][..],
            200,
        ),
        (
            &[
                "30억원",
                "삼십억",
                "-30억",
                "30억억",
                "억",
                "1e999",
                "NaN",
                "30억 30억",
                "١٢",
                "'30억'",
                "<b>30억</b>",
            ],
            422,
        ),
    ] {
        for spelling in spellings {
            let query = form_query(&[("goal", "int_pct >= 21"), ("budget", spelling)]);
            let (given, shown) = page(&app, &format!("/calculators/potential?{query}")).await;
            assert_eq!(given, status, "{spelling}");
            let is_explained = shown.contains("30억, 1조 5,000억, 3b처럼 적어");
            assert_eq!(is_explained, status == 422, "{spelling}");
            assert!(!shown.contains("<b>"), "{spelling}");
        }
    }
}

#[tokio::test]
async fn links_that_were_cut_off_open_at_every_length() {
    let app = TestApp::start().await;
    let query = form_query(&[
        ("method", "meso_potential"),
        ("goal", "int_pct >= 21 and cooldown_seconds >= 2"),
        ("budget", "1조 5,000억"),
    ]);
    for length in (0..=query.len()).step_by(3) {
        let cut = &query[..length];
        let (status, shown) = page(&app, &format!("/calculators/potential?{cut}")).await;
        assert!(status == 200 || status == 422, "{cut}: {status}");
        assert_eq!(shown.contains("id=\"errors\""), status == 422, "{cut}");
        assert!(shown.contains("name=\"goal\""), "{cut}");
    }
}

#[tokio::test]
async fn cookies_that_are_no_sessions_are_a_visitors() {
    let app = TestApp::start().await;
    let cookie = log_in(&app, "sandbox-member-1").await;
    let session = cookie.split(';').next().unwrap();
    let (name, token) = session.split_once('=').unwrap();
    for odd in [
        format!("{name}={}", &token[..token.len() - 1]),
        format!("{name}={token}x"),
        format!("{name}=\"{token}"),
        format!("{name}=<script>"),
        format!("{name}="),
        format!("{}={token}", name.to_uppercase()),
    ] {
        let liked = form(&app, "/characters/아델/like", "like=1").header("cookie", &odd);
        let liked = liked.send().await.unwrap();
        assert_eq!(liked.status(), 303, "{odd}");
        let mine = browser(app.get("/session")).header("cookie", &odd);
        let mine = mine.send().await.unwrap();
        assert_eq!(mine.status(), 200, "{odd}");
        let mine = mine.text().await.unwrap();
        assert!(!mine.contains("action=\"/session/donations\""), "{odd}");
    }
    let likes = app.answer("/api/v1/characters/아델/likes").await;
    assert_eq!(likes["count"], 0);
}

fn form_query(pairs: &[(&str, &str)]) -> String {
    let mut url = reqwest::Url::parse("http://localhost/").unwrap();
    url.query_pairs_mut().extend_pairs(pairs);
    url.query().unwrap().to_owned()
}
