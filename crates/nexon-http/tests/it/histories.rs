//! Histories over real sockets: what is asked, what refusals mean, and where the key is.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use histories::{Histories, HistoryError, HistoryKind, OwnHistories, PageStart};
use kernel::SystemClock;
use members::NexonKey;
use nexon_http::{Endpoint, HistorySettings, NexonHistories};
use resilience::{Backoff, Jitter};

use crate::support::{KEY, Reply, Upstream};

/// The histories of the canary key's owner, with retries that do not wait.
fn open(upstream: &Upstream) -> Box<dyn OwnHistories> {
    let endpoint = Endpoint {
        base_url: upstream.url().to_owned(),
        connect_timeout: Duration::from_secs(10),
        timeout: Duration::from_secs(30),
    };
    let settings = HistorySettings {
        per_second: NonZeroU32::new(1_000).unwrap(),
        backoff: Backoff::new(Duration::from_nanos(1), Duration::from_nanos(2)).unwrap(),
        ..HistorySettings::default()
    };
    let clock = Arc::new(SystemClock);
    let histories = NexonHistories::new(&endpoint, settings, clock, Jitter::from_seed(1));
    let key = NexonKey::try_from(secrecy::SecretString::from(KEY)).unwrap();
    histories.unwrap().open(&key).unwrap()
}

const EMPTY: &str = r#"{"count":0,"cube_history":[],"next_cursor":""}"#;

#[tokio::test]
async fn page_is_asked_for_by_its_date_or_its_cursor_and_never_by_both() {
    let upstream = Upstream::answering(Reply::json(EMPTY)).await;
    let histories = open(&upstream);
    let day = PageStart::Date(jiff::civil::date(2026, 11, 1));
    let next = PageStart::Cursor("a b&c".to_owned());
    for start in [&day, &next] {
        let page = histories.page(HistoryKind::Cube, start).await.unwrap();
        assert!(page.rows.is_empty() && page.next.is_none());
    }
    assert_eq!(histories.calls(), 2);
    let requests = upstream.requests();
    let lines: Vec<_> = requests
        .iter()
        .map(|head| head.lines().next().unwrap())
        .collect();
    assert_eq!(
        lines,
        [
            "GET /maplestory/v1/history/cube?count=500&date=2026-11-01 HTTP/1.1",
            "GET /maplestory/v1/history/cube?count=500&cursor=a+b%26c HTTP/1.1",
        ]
    );
    for head in &requests {
        assert!(head.contains(&format!("x-nxopen-api-key: {KEY}")));
    }
}

#[tokio::test]
async fn refusals_are_told_apart_and_only_passing_ones_are_tried_again() {
    for (status, name, expected, calls) in [
        (
            "400 Bad Request",
            "OPENAPI00005",
            "Nexon refuses the key",
            1,
        ),
        (
            "403 Forbidden",
            "OPENAPI00002",
            "the key may not read the history `soul_potential`",
            1,
        ),
        (
            "400 Bad Request",
            "OPENAPI00004",
            "Nexon refuses the day or the cursor of a page",
            1,
        ),
        // Nexon tells no time after which the quota is free again.
        (
            "429 Too Many Requests",
            "OPENAPI00007",
            "the calls permitted with the key are used up",
            3,
        ),
        (
            "500 Internal Server Error",
            "OPENAPI00001",
            "Nexon gives no answer",
            3,
        ),
        (
            "503 Service Unavailable",
            "OPENAPI00011",
            "Nexon gives no answer",
            1,
        ),
    ] {
        let upstream = Upstream::answering(Reply::refusal(status, name)).await;
        let histories = open(&upstream);
        let start = PageStart::Date(jiff::civil::date(2026, 11, 1));
        let error = histories.page(HistoryKind::SoulPotential, &start).await;
        let error = error.unwrap_err();
        assert_eq!(error.to_string(), expected, "{name}");
        assert_eq!(
            (histories.calls(), upstream.requests().len() as u64),
            (calls, calls)
        );
        let shown = format!("{error:?} {histories:?}");
        assert!(!shown.contains(KEY), "{shown}");
        if let HistoryError::KeyExhausted { retry_after } = error {
            assert_eq!(retry_after, None);
        }
    }
}
