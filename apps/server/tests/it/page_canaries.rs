//! Canaries in every field of every form: no log holds one, no cache may keep one, and no referrer
//! carries one.

use reqwest::{Client, Response};
use testkit::Service;

use crate::app::install_tls;

/// A text that is no value of any field, and a number that is one of none but the sheet's.
const TEXT: &str = "kanarie7f3a";
const NUMBER: &str = "48151.623";

/// A key that the sandbox takes, and one that it does not.
const KEYS: [&str; 2] = ["sandbox-member-kanarie7f3a", "live_kanarie7f3a"];

/// Pages with forms, and their fields.
const FORMS: [(&str, &[&str]); 6] = [
    (
        "/calculators/potential",
        &[
            "method", "part", "level", "grade", "failures", "goal", "budget", "price", "with",
            "seed", "stat", "worth", "now",
        ],
    ),
    (
        "/calculators/star-force",
        &["level", "from", "to", "spare", "safeguard", "budget"],
    ),
    (
        "/calculators/flame",
        &[
            "flame", "part", "level", "at_least", "price", "budget", "int", "attack",
        ],
    ),
    ("/calculators/plan", &["items", "budget"]),
    (
        "/characters/%EC%95%84%EB%8D%B8/upgrades",
        &[
            "budget",
            "confidence",
            "spare",
            "defence",
            "main",
            "main_final",
            "main_pct",
            "sub_final",
            "attack_final",
            "damage",
            "boss",
            "crit_rate",
            "crit_damage",
            "ied",
        ],
    ),
    (
        "/characters/%EC%95%84%EB%8D%B8/completion",
        &[
            "target",
            "budget",
            "spare",
            "stars",
            "potential",
            "additional",
            "weapon_potential",
            "slot1",
            "stars1",
            "potential1",
            "additional1",
        ],
    ),
];

/// Asserts that the response is for nobody but its reader.
fn assert_kept_by_nobody_else(response: &Response) {
    let (status, url) = (response.status(), response.url().clone());
    assert!(!status.is_server_error(), "{url}: {status}");
    let control = response.headers()["cache-control"].to_str().unwrap();
    assert!(
        control.contains("no-store") || control.contains("private"),
        "{url}: {control}"
    );
    assert_eq!(
        response.headers()["referrer-policy"],
        "no-referrer",
        "{url}"
    );
}

async fn sent(client: &Client, origin: &str, path: &str, body: &str) -> (u16, String) {
    let request = client
        .post(format!("{origin}{path}"))
        .header("accept", "text/html")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    let response = request.body(body.to_owned()).send().await.unwrap();
    let policy = response.headers()["cache-control"].clone();
    assert_eq!(policy, "no-store", "{path}");
    let location = response.headers().get("location").cloned();
    assert!(location.is_none_or(|to| !to.to_str().unwrap().contains("kanarie")));
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn input_of_visitors_is_in_no_log_referrer_or_shared_cache() {
    install_tls();
    let settings = [
        ("MAPLE__DATA_DIR", "data"),
        ("MAPLE__HTTP__BIND", "127.0.0.1:0"),
        ("MAPLE__ADMIN__BIND", "127.0.0.1:0"),
        ("MAPLE__LOG", "debug"),
        ("MAPLE__LOG_ACCESS", "true"),
    ];
    let program = env!("CARGO_BIN_EXE_maple-expectation");
    let mut service = Service::start(program, ["serve"], settings).unwrap();
    let address = service.address("answers on http://").await.unwrap();
    let origin = format!("http://{address}");
    let client = Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().unwrap();
    for (path, fields) in FORMS {
        for field in fields {
            for value in [TEXT, NUMBER] {
                let url = format!("{origin}{path}?{field}={value}");
                let page = client.get(url).header("accept", "text/html").send().await;
                assert_kept_by_nobody_else(&page.unwrap());
            }
        }
    }
    let fields = [
        "days",
        "to",
        "cube",
        "potential",
        "starforce",
        "soul_potential",
        "cursor",
    ];
    for key in KEYS {
        let (_, report) = sent(
            &client,
            &origin,
            "/luck",
            &format!("key={key}&days=7&cube=1"),
        )
        .await;
        assert!(!report.contains("kanarie"), "{report}");
        for field in fields {
            let body = format!("key=sandbox-member-1&{field}={key}");
            let (_, report) = sent(&client, &origin, "/luck", &body).await;
            assert!(!report.contains("kanarie"), "{field}: {report}");
        }
        let (status, _) = sent(&client, &origin, "/session", &format!("key={key}")).await;
        assert!(status == 303 || status == 422, "{status}");
        for field in ["next", "key"] {
            let body = format!("key=x+y&{field}={key}");
            sent(&client, &origin, "/session", &body).await;
        }
    }
    for field in ["to", "amount", "message", "key"] {
        let body = format!("{field}={TEXT}");
        sent(&client, &origin, "/session/donations", &body).await;
    }
    service.terminate();
    service.ended().await;
    let log = service.log();
    assert!(
        log.contains("route=/luck") || log.contains("\"/luck\""),
        "the access log is on: {log}"
    );
    for canary in [TEXT, NUMBER] {
        let line = log.lines().find(|line| line.contains(canary));
        assert_eq!(line, None);
    }
}
