//! The client over real sockets: what each answer of the upstream becomes.

use std::time::Duration;

use equipment::{CharacterDirectory, EquipmentSource, MAX_DOCUMENT_BYTES, Ocid, UpstreamError};
use kernel::CharacterName;
use nexon_http::{ClientError, NexonClient, read_equipment};

use crate::support::{self, KEY, Reply, Upstream, client, dead_url, gzip, settings};

const DOCUMENT: &str = r#"{"preset_no":1,"item_equipment":[],"character_class":"에반"}"#;

fn name() -> CharacterName {
    "아델".parse().unwrap()
}

fn ocid() -> Ocid {
    Ocid::new("00ff")
}

async fn fetch(reply: Reply) -> Result<Option<bytes::Bytes>, UpstreamError> {
    Upstream::answering(reply)
        .await
        .client()
        .fetch(&ocid())
        .await
}

#[tokio::test]
async fn name_is_resolved() {
    let upstream = Upstream::answering(Reply::json(r#"{"ocid":"abc"}"#)).await;
    let found = upstream.client().resolve(&name()).await.unwrap();
    assert_eq!(found, Some(Ocid::new("abc")));
    let requests = upstream.requests();
    let request = requests[0].to_lowercase();
    assert!(
        request.starts_with("get /maplestory/v1/id?character_name=%ec%95%84%eb%8d%b8 http/1.1\r\n")
    );
    assert!(request.contains(&format!("x-nxopen-api-key: {KEY}\r\n")));
    assert!(request.contains("accept-encoding: gzip\r\n"));
}

#[tokio::test]
async fn character_is_described() {
    let basic = r#"{"date":null,"character_name":"아델","world_name":"스카니아","character_class":"아델","character_level":295,"access_flag":"true"}"#;
    let upstream = Upstream::answering(Reply::json(basic)).await;
    let character = upstream.client().describe(&ocid()).await.unwrap().unwrap();
    assert_eq!(character.ocid, ocid());
    assert_eq!(character.name, name());
    assert_eq!(
        (
            character.world.as_str(),
            character.class.as_str(),
            character.level
        ),
        ("스카니아", "아델", 295)
    );
    assert!(
        upstream.requests()[0]
            .starts_with("GET /maplestory/v1/character/basic?ocid=00ff HTTP/1.1\r\n")
    );
}

#[tokio::test]
async fn odd_fields_of_a_character_cost_nothing_else() {
    for (level, read) in [("null", 0), ("301", 0), ("\"285\"", 285), ("[]", 0)] {
        let basic = format!(
            r#"{{"character_name":"아델","world_name":null,"character_class":7,"character_level":{level}}}"#
        );
        let upstream = Upstream::answering(Reply::json(&basic)).await;
        let character = upstream.client().describe(&ocid()).await.unwrap().unwrap();
        assert_eq!((character.name.as_str(), character.level), ("아델", read));
        assert_eq!(
            (character.world, character.class),
            (String::new(), String::new())
        );
    }
}

#[tokio::test]
async fn character_without_a_usable_name_is_a_fact_about_it() {
    for name in ["null", "\"\"", "\"thirteenchars\"", "12"] {
        let basic = format!(r#"{{"character_name":{name},"character_level":285}}"#);
        let upstream = Upstream::answering(Reply::json(&basic)).await;
        let error = upstream.client().describe(&ocid()).await.unwrap_err();
        let UpstreamError::Unusable(unusable) = error else {
            panic!("{name}: {error}");
        };
        assert_eq!(unusable.path, "character_name");
    }
    let upstream = Upstream::answering(Reply::json("{}")).await;
    let error = upstream.client().describe(&ocid()).await.unwrap_err();
    assert!(matches!(error, UpstreamError::Invalid(_)), "{error}");
}

#[tokio::test]
async fn document_is_kept_exactly_as_received() {
    let upstream = Upstream::answering(Reply::json(DOCUMENT)).await;
    let client = upstream.client();
    let document = client.fetch(&ocid()).await.unwrap().unwrap();
    assert_eq!(document, DOCUMENT);
    assert_eq!(
        client.read(&document).unwrap(),
        read_equipment(DOCUMENT.as_bytes()).unwrap()
    );
    assert_eq!(EquipmentSource::name(&client), "test");
    assert!(
        upstream.requests()[0]
            .starts_with("GET /maplestory/v1/character/item-equipment?ocid=00ff HTTP/1.1\r\n")
    );
}

#[tokio::test]
async fn compressed_document_is_decoded() {
    let reply = Reply::response(
        "200 OK",
        &["content-encoding: gzip"],
        &gzip(DOCUMENT.as_bytes()),
    );
    assert_eq!(fetch(reply).await.unwrap().unwrap(), DOCUMENT);
}

#[tokio::test]
async fn base_url_may_have_a_path() {
    let upstream = Upstream::answering(Reply::json(r#"{"ocid":"abc"}"#)).await;
    for path in ["/relay", "/relay/"] {
        let base = format!("{}{path}", upstream.url());
        client(&base, Duration::from_secs(30))
            .resolve(&name())
            .await
            .unwrap();
    }
    for request in upstream.requests() {
        assert!(
            request.starts_with("GET /relay/maplestory/v1/id?"),
            "{request}"
        );
    }
}

#[tokio::test]
async fn unknown_name_is_no_character() {
    for code in ["OPENAPI00003", "OPENAPI00004"] {
        let upstream = Upstream::answering(Reply::refusal("400 Bad Request", code)).await;
        assert_eq!(upstream.client().resolve(&name()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn unknown_identifier_is_no_character() {
    for code in ["OPENAPI00003", "OPENAPI00004"] {
        let upstream = Upstream::answering(Reply::refusal("400 Bad Request", code)).await;
        assert_eq!(upstream.client().describe(&ocid()).await.unwrap(), None);
        assert_eq!(upstream.client().fetch(&ocid()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn every_call_maps_refusals_alike() {
    for (status, code, expected) in [
        (
            "500 Internal Server Error",
            "OPENAPI00001",
            "upstream failed: OPENAPI00001: why (HTTP 500)",
        ),
        (
            "403 Forbidden",
            "OPENAPI00002",
            "upstream refuses this service: OPENAPI00002: why (HTTP 403)",
        ),
        (
            "400 Bad Request",
            "OPENAPI00005",
            "upstream refuses this service: OPENAPI00005: why (HTTP 400)",
        ),
        (
            "400 Bad Request",
            "OPENAPI00006",
            "upstream refuses this service: OPENAPI00006: why (HTTP 400)",
        ),
        (
            "429 Too Many Requests",
            "OPENAPI00007",
            "upstream call quota is used up",
        ),
        (
            "400 Bad Request",
            "OPENAPI00009",
            "upstream is not available now: OPENAPI00009: why (HTTP 400)",
        ),
        (
            "400 Bad Request",
            "OPENAPI00010",
            "upstream is not available now: OPENAPI00010: why (HTTP 400)",
        ),
        (
            "503 Service Unavailable",
            "OPENAPI00011",
            "upstream is not available now: OPENAPI00011: why (HTTP 503)",
        ),
    ] {
        let upstream = Upstream::answering(Reply::refusal(status, code)).await;
        let client = upstream.client();
        assert_eq!(
            client.resolve(&name()).await.unwrap_err().to_string(),
            expected
        );
        assert_eq!(
            client.describe(&ocid()).await.unwrap_err().to_string(),
            expected
        );
        assert_eq!(
            client.fetch(&ocid()).await.unwrap_err().to_string(),
            expected
        );
    }
}

#[tokio::test]
async fn retry_after_is_read_in_seconds_only() {
    for (headers, expected) in [
        (&["retry-after: 12"][..], Some(Duration::from_secs(12))),
        (&["retry-after: soon"][..], None),
        (&["retry-after: -1"][..], None),
        (&[][..], None),
    ] {
        let reply = Reply::response("429 Too Many Requests", headers, b"{}");
        let error = fetch(reply).await.unwrap_err();
        let UpstreamError::QuotaExceeded { retry_after } = error else {
            panic!("{error}");
        };
        assert_eq!(retry_after, expected);
    }
}

#[tokio::test]
async fn redirect_is_not_followed() {
    let other = Upstream::answering(Reply::json(DOCUMENT)).await;
    let location = format!(
        "location: {}/maplestory/v1/character/item-equipment",
        other.url()
    );
    let error = fetch(Reply::response("302 Found", &[&location], b""))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "upstream failed: HTTP 302 without an error code"
    );
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn silence_is_a_timeout() {
    let upstream = Upstream::answering(Reply::Silence).await;
    let error = upstream.hasty_client().fetch(&ocid()).await.unwrap_err();
    assert_eq!(error.to_string(), "upstream gave no answer within 30 ms");
}

#[tokio::test]
async fn absent_upstream_is_a_failure() {
    let error = client(&dead_url(), Duration::from_secs(30))
        .fetch(&ocid())
        .await
        .unwrap_err();
    let UpstreamError::Failed { reason } = error else {
        panic!("{error}");
    };
    assert!(
        reason.to_lowercase().contains("connection refused"),
        "{reason}"
    );
}

#[tokio::test]
async fn cut_answer_is_a_failure() {
    let whole = Reply::response(
        "200 OK",
        &["content-encoding: gzip"],
        &gzip(DOCUMENT.as_bytes()),
    );
    let Reply::Bytes(whole) = whole else {
        unreachable!("a response is bytes")
    };
    for end in [0, 5, 40, whole.len() - 1] {
        let error = fetch(Reply::Bytes(whole.slice(..end))).await.unwrap_err();
        assert!(
            matches!(error, UpstreamError::Failed { .. }),
            "cut at {end}: {error}"
        );
    }
}

#[tokio::test]
async fn broken_encoding_is_a_failure() {
    let reply = Reply::response("200 OK", &["content-encoding: gzip"], DOCUMENT.as_bytes());
    let error = fetch(reply).await.unwrap_err();
    assert!(matches!(error, UpstreamError::Failed { .. }), "{error}");
}

#[tokio::test]
async fn body_that_is_no_document_is_invalid() {
    for (body, place) in [
        ("<html>maintenance</html>", "byte 0"),
        (&DOCUMENT[..DOCUMENT.len() - 1], "byte 60"),
        ("{}", "the top of the document"),
        (r#"{"item_equipment":7}"#, "item_equipment"),
    ] {
        let error = fetch(Reply::json(body)).await.unwrap_err();
        let UpstreamError::Invalid(invalid) = error else {
            panic!("{error}");
        };
        assert_eq!(invalid.path, place);
    }
}

#[tokio::test]
async fn size_limit_is_exact() {
    let filler = " ".repeat(MAX_DOCUMENT_BYTES - DOCUMENT.len());
    let largest = format!("{DOCUMENT}{filler}");
    assert_eq!(
        fetch(Reply::json(&largest)).await.unwrap().unwrap().len(),
        MAX_DOCUMENT_BYTES
    );
    let error = fetch(Reply::json(&format!("{largest} ")))
        .await
        .unwrap_err();
    assert!(matches!(error, UpstreamError::Unusable(_)), "{error}");
}

#[tokio::test]
async fn endless_refusal_is_not_read() {
    let error = fetch(Reply::response(
        "503 Service Unavailable",
        &[],
        &vec![b'x'; 1_000_000],
    ))
    .await
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "upstream failed: HTTP 503 without an error code"
    );
}

#[tokio::test]
async fn key_and_name_are_in_no_error() {
    let echo = format!(r#"{{"error":{{"name":"OPENAPI00005","message":"bad key {KEY}"}}}}"#);
    let echoing =
        Upstream::answering(Reply::response("400 Bad Request", &[], echo.as_bytes())).await;
    let silent = Upstream::answering(Reply::Silence).await;
    let cut = Upstream::answering(Reply::Bytes("HTTP/1.1 200 OK\r\n".into())).await;
    let mut told = vec![
        format!("{:?}", echoing.client()),
        format!("{:?}", settings("http://x", Duration::ZERO)),
    ];
    for client in [
        echoing.client(),
        silent.hasty_client(),
        cut.client(),
        support::client(&dead_url(), Duration::from_secs(30)),
    ] {
        let error = client.resolve(&name()).await.unwrap_err();
        told.push(format!("{error} {error:?}"));
    }
    for text in told {
        assert!(!text.contains(KEY), "{text}");
        assert!(
            !text.contains("아델") && !text.contains("%EC%95%84"),
            "{text}"
        );
    }
}

#[test]
fn settings_that_cannot_be_used_are_refused() {
    let with = |change: fn(&mut nexon_http::NexonSettings)| {
        let mut settings = settings("https://open.api.nexon.com", Duration::from_secs(1));
        change(&mut settings);
        NexonClient::new(settings).unwrap_err()
    };
    for refused in [
        with(|settings| settings.base_url = "open.api.nexon.com".to_owned()),
        with(|settings| settings.base_url = "ftp://open.api.nexon.com".to_owned()),
        with(|settings| settings.base_url = "https://me:pass@open.api.nexon.com".to_owned()),
        with(|settings| settings.base_url = "https://open.api.nexon.com/?a=b".to_owned()),
    ] {
        assert!(matches!(refused, ClientError::BaseUrl), "{refused}");
    }
    for refused in [
        with(|settings| settings.api_key = "".into()),
        with(|settings| settings.api_key = "two\r\nlines".into()),
        with(|settings| settings.api_key = "열쇠".into()),
    ] {
        assert!(matches!(refused, ClientError::ApiKey), "{refused}");
    }
}
