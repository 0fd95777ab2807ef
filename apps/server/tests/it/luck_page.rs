//! Luck report as a page: progress and report while it is read, refusals in the player's words, and
//! a key that is found nowhere.

use nexon_sandbox::{Endpoint, Fault, FaultRule};
use reqwest::Response;

use crate::app::TestApp;

const KEY: &str = "sandbox-member-lucky-1";
const DAYS: &str = "days=7&to=2026-11-22&cube=1&potential=1&starforce=1";

/// Sends the form as browsers send it.
async fn sent(app: &TestApp, lang: &str, body: &str) -> Response {
    let request = app
        .request("POST", &format!("/luck?lang={lang}"))
        .header("accept", "text/html,application/xhtml+xml")
        .header("sec-fetch-site", "same-origin")
        .header("origin", "null")
        .header("content-type", "application/x-www-form-urlencoded");
    request.body(body.to_owned()).send().await.unwrap()
}

/// Checks that nothing keeps a response, and gives its text, which holds no key.
async fn text(response: Response) -> String {
    let headers = response.headers();
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    let text = response.text().await.unwrap();
    assert!(text.trim_end().ends_with("</html>"), "{text}");
    assert!(!text.contains("sandbox-member"), "{text}");
    text
}

fn exhausted() -> Fault {
    Fault::QuotaExceeded {
        retry_after_seconds: Some(3_600),
    }
}

#[tokio::test]
async fn report_is_read_with_progress_and_shown_in_both_languages() {
    let app = TestApp::start().await;
    let form = app.get("/luck").header("accept", "text/html");
    let form = text(form.send().await.unwrap()).await;
    assert!(form.contains("type=\"password\"") && form.contains("method=\"post\""));
    for (lang, words) in [
        (
            "ko",
            ["7일 가운데 7일", "등급 상승", "스타포스", "100명 중"],
        ),
        ("en", ["7 of 7 days", "Grade rises", "Star force", "of 100"]),
    ] {
        let report = sent(&app, lang, &format!("key={KEY}&{DAYS}")).await;
        assert_eq!(report.status(), 200);
        assert!(report.headers().contains_key("ratelimit"));
        let report = text(report).await;
        for word in words {
            assert!(report.contains(word), "{word}: {report}");
        }
        let progress = report.matches("<p class=\"progress\">").count();
        assert_eq!(progress, 8, "from no day to the last one: {report}");
    }
}

#[tokio::test]
async fn refusals_say_why_in_both_languages() {
    let app = TestApp::start().await;
    let rights = FaultRule::always(Fault::NoPermission).on(Endpoint::HistoryCube);
    let quota = FaultRule::always(exhausted()).on(Endpoint::HistoryCube);
    let down = FaultRule::always(Fault::ApiMaintenance).on(Endpoint::HistoryCube);
    for (body, fault, status, ko, en) in [
        (
            "key=unknown&cube=1",
            None,
            401,
            "이 키를 받지",
            "does not accept",
        ),
        (
            "key=KEY&cube=1",
            Some(rights),
            403,
            "권한이 없습니다",
            "may not read",
        ),
        (
            "key=KEY&cube=1",
            Some(quota),
            429,
            "다 썼습니다",
            "are used up",
        ),
        ("key=KEY&cube=1", Some(down), 503, "점검", "maintenance"),
        (
            "key=KEY&cube=1&to=2020-01-01",
            None,
            422,
            "730일",
            "730 days",
        ),
        (
            "key=KEY&cube=1&to=2027-01-01",
            None,
            422,
            "오늘보다",
            "future",
        ),
        (
            "key=KEY&cube=1&to=KEY",
            None,
            422,
            "날짜가 아니거나",
            "no date",
        ),
        ("key=KEY", None, 422, "하나 이상", "at least one"),
        ("key=KEY&cursor=KEY", None, 422, "이어서 읽을 곳", "cut off"),
        (
            "key=two words&cube=1",
            None,
            422,
            "키를 읽지",
            "cannot be a key",
        ),
    ] {
        app.sandbox().set_faults(fault.into_iter().collect());
        for (lang, words) in [("ko", ko), ("en", en)] {
            let body = body.replace("KEY", "sandbox-member-3");
            let refused = sent(&app, lang, &body).await;
            assert_eq!(refused.status(), status, "{body}");
            if status == 429 {
                assert_eq!(refused.headers()["retry-after"], "3600");
            }
            let refused = text(refused).await;
            assert!(refused.contains(words), "{body}: {refused}");
            assert!(refused.contains("name=\"key\""), "it can be tried again");
            let goes_on = refused.contains("name=\"cursor\"");
            assert!(!goes_on, "nothing was read, so there is no rest: {body}");
        }
    }
}

/// The value of the cursor field of a page.
fn cursor(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"cursor\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn report_that_ends_early_shows_what_was_read_and_goes_on() {
    let app = TestApp::start().await;
    let rule = FaultRule::always(exhausted()).on(Endpoint::HistoryStarforce);
    app.break_upstream(rule.times(1));
    let cut = sent(&app, "en", &format!("key={KEY}&{DAYS}")).await;
    assert_eq!(cut.status(), 200, "the page has begun");
    let cut = text(cut).await;
    assert!(
        cut.contains("are used up") && cut.contains("what was read so far"),
        "{cut}"
    );
    assert!(cut.contains("Grade rises"), "{cut}");
    let rest = format!("key={KEY}&cursor={}", cursor(&cut));
    let rest = text(sent(&app, "en", &rest).await).await;
    assert!(
        rest.contains("7 of 7 days") && rest.contains("Star force"),
        "{rest}"
    );
    // A wrong key costs no cursor.
    let wrong = format!("key=unknown&cursor={}", cursor(&cut));
    let wrong = text(sent(&app, "en", &wrong).await).await;
    assert_eq!(cursor(&wrong), cursor(&cut));
}

#[tokio::test]
async fn forms_of_other_sites_read_no_histories() {
    let app = TestApp::start().await;
    for (site, origin) in [
        ("cross-site", "https://evil.example"),
        ("same-site", "null"),
    ] {
        let request = app
            .request("POST", "/luck")
            .header("accept", "text/html")
            .header("sec-fetch-site", site)
            .header("origin", origin)
            .header("content-type", "application/x-www-form-urlencoded");
        let refused = request
            .body(format!("key={KEY}&cube=1"))
            .send()
            .await
            .unwrap();
        assert_eq!(refused.status(), 403);
        let refused = refused.text().await.unwrap();
        assert!(
            refused.contains("이 사이트에서 보낸 요청이 아닙니다"),
            "{refused}"
        );
    }
    assert_eq!(app.sandbox().counters().history, 0);
    // A key in an address is not read, and not repeated.
    let page = app
        .get(&format!("/luck?key={KEY}&to={KEY}"))
        .header("accept", "text/html");
    text(page.send().await.unwrap()).await;
}
