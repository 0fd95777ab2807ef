//! The webhook against the fake Discord, over real sockets.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use discord_sandbox::{Bucket, DiscordFault, DiscordOptions, DiscordRule, FakeDiscord, PauseUnit};
use donation::{Amount, DonationId, DonationMade, Note};
use jiff::Timestamp;
use kernel::{Alert, AlertSink, AlertState, MemberId, SystemClock};
use notify_discord::{
    DiscordAlerts, DonationNotices, Embed, Field, PostError, Webhook, WebhookUrl,
};
use outbox::testkit::MemoryLane;
use outbox::{Delivery, Message, Outcome};

/// Long, so that a busy machine does not make a request time out; where one has to, it is short.
const PATIENT: Duration = Duration::from_mins(1);

fn webhook(url: &str, timeout: Duration) -> Webhook {
    let url = WebhookUrl::for_tests(&url.to_owned().into()).unwrap();
    Webhook::new(url, timeout).unwrap()
}

fn notices(discord: &FakeDiscord, timeout: Duration) -> DonationNotices {
    DonationNotices::new(Arc::new(webhook(&discord.webhook_url(), timeout)))
}

fn donation(id: u128) -> Message {
    DonationMade {
        donation: DonationId::new(id),
        from: MemberId::new(1),
        to: MemberId::new(2),
        developer: "긱델".to_owned(),
        amount: Amount::try_from(300).unwrap(),
        note: Some(Note::try_from("*".repeat(200)).unwrap()),
        at: Timestamp::UNIX_EPOCH,
    }
    .message()
    .into()
}

fn embed(text: &str) -> Embed {
    Embed {
        title: text.to_owned(),
        description: text.to_owned(),
        colour: 0,
        fields: vec![
            Field {
                name: "name",
                value: text.to_owned()
            };
            25
        ],
        footer: text.to_owned(),
        at: Timestamp::UNIX_EPOCH,
    }
}

/// Repeats the delivery until it succeeds, and waits for the requested pauses.
async fn deliver(notices: &DonationNotices, message: &Message) {
    loop {
        match notices.deliver(message).await {
            Outcome::Delivered => return,
            Outcome::Paused { for_at_least } => tokio::time::sleep(for_at_least).await,
            outcome => panic!("{outcome:?}"),
        }
    }
}

#[tokio::test]
async fn notice_arrives_with_its_event() {
    let discord = FakeDiscord::start_local().unwrap();
    let outcome = notices(&discord, PATIENT).deliver(&donation(7)).await;
    assert_eq!(outcome, Outcome::Delivered);
    let event = "00000000000000000000000000000007";
    assert_eq!(discord.copies()[event], 1);
    let message = &discord.messages()[0];
    assert_eq!(message["allowed_mentions"]["parse"], serde_json::json!([]));
    assert_eq!(
        message["embeds"][0]["footer"]["text"],
        format!("event {event}")
    );
    discord.stop().await;
}

#[tokio::test]
async fn alert_names_instance_incident_and_runbook() {
    let discord = FakeDiscord::start_local().unwrap();
    let webhook = Arc::new(webhook(&discord.webhook_url(), PATIENT));
    let runbook = "https://example.org/runbook.md".to_owned();
    let alerts = DiscordAlerts::new(
        webhook,
        Arc::new(SystemClock),
        "seoul-1".to_owned(),
        runbook,
    );
    for state in [AlertState::Raised, AlertState::Resolved] {
        let alert = Alert {
            incident: "dead-letters",
            state,
            summary: "3 messages were given up: @here".to_owned(),
            request_id: Some("0123abcd".to_owned()),
        };
        alerts.send(&alert).await.unwrap();
    }
    let embeds: Vec<_> = discord
        .messages()
        .iter()
        .map(|message| message["embeds"][0].clone())
        .collect();
    assert_eq!(embeds[0]["title"], "dead-letters began");
    assert_eq!(embeds[1]["title"], "dead-letters is over");
    assert_eq!(
        embeds[0]["description"],
        r"3 messages were given up\: \@here"
    );
    let values: Vec<_> = embeds[0]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["value"].as_str().unwrap())
        .collect();
    assert_eq!(
        values,
        [
            r"seoul\-1",
            "0123abcd",
            "https://example.org/runbook.md#dead-letters"
        ]
    );
    discord.stop().await;
}

#[tokio::test]
async fn texts_of_any_length_are_taken() {
    let discord = FakeDiscord::start_local().unwrap();
    let webhook = webhook(&discord.webhook_url(), PATIENT);
    for text in ["a", &"x".repeat(10_000), &"🍁".repeat(3_000)] {
        assert_eq!(webhook.post(&embed(text)).await, Ok(()));
    }
    assert_eq!(discord.record().invalid, 0);
    discord.stop().await;
}

#[tokio::test]
async fn outcome_follows_from_the_response() {
    let short = Duration::from_millis(300);
    // What goes wrong, what it means, whether the message is there, and how long to wait for it.
    for (fault, meaning, arrived, timeout) in [
        (DiscordFault::Status(500), "retry", 0, PATIENT),
        (DiscordFault::Status(503), "retry", 0, PATIENT),
        (DiscordFault::Status(302), "retry", 0, PATIENT),
        (DiscordFault::Status(401), "retry", 0, PATIENT),
        (DiscordFault::Status(403), "retry", 0, PATIENT),
        (DiscordFault::Status(404), "retry", 0, PATIENT),
        (DiscordFault::Status(400), "rejected", 0, PATIENT),
        (DiscordFault::Status(413), "rejected", 0, PATIENT),
        (DiscordFault::Status(502), "unknown", 0, PATIENT),
        (DiscordFault::Status(504), "unknown", 0, PATIENT),
        (DiscordFault::Reset, "unknown", 0, PATIENT),
        (DiscordFault::CutAfterAccept, "unknown", 1, PATIENT),
        (DiscordFault::HangAfterAccept, "unknown", 1, short),
    ] {
        let discord = FakeDiscord::start_local().unwrap();
        discord.set_faults(vec![DiscordRule::always(fault)]);
        let outcome = notices(&discord, timeout).deliver(&donation(1)).await;
        let (name, reason) = match outcome {
            Outcome::Retry { reason } => ("retry", reason),
            Outcome::Rejected { reason } => ("rejected", reason),
            Outcome::Unknown { reason } => ("unknown", reason),
            outcome => panic!("{fault:?}: {outcome:?}"),
        };
        assert_eq!(name, meaning, "{fault:?}: {reason}");
        assert_eq!(discord.record().accepted, arrived, "{fault:?}");
        for secret in ["fake-token", discord.url()] {
            assert!(!reason.contains(secret), "{reason}");
        }
        discord.stop().await;
    }
}

#[tokio::test]
async fn unreachable_discord_has_no_message() {
    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let webhook = webhook(&format!("http://{address}/api/webhooks/1/canary"), PATIENT);
    let error = webhook.post(&embed("a")).await.unwrap_err();
    let PostError::Failed { reason } = error else {
        panic!("{error:?}");
    };
    assert!(!reason.contains("canary"), "{reason}");
    assert!(!format!("{webhook:?}").contains("canary"));
}

#[tokio::test]
async fn unreadable_messages_are_rejected_and_never_sent() {
    let discord = FakeDiscord::start_local().unwrap();
    let mut message = donation(1);
    message.payload = message.payload.replace("300", "301");
    let outcome = notices(&discord, PATIENT).deliver(&message).await;
    let reason = "the content does not fit its hash".to_owned();
    assert_eq!(outcome, Outcome::Rejected { reason });
    assert_eq!(discord.record().requests, 0);
    discord.stop().await;
}

#[tokio::test]
async fn pause_holds_back_messages_in_every_form_of_429() {
    for (unit, global) in [
        (PauseUnit::Seconds, false),
        (PauseUnit::Seconds, true),
        (PauseUnit::Milliseconds, false),
        (PauseUnit::MillisecondsOnly, true),
        (PauseUnit::HeaderOnly, false),
    ] {
        let discord = FakeDiscord::start_local().unwrap();
        let retry_after_ms = 400;
        discord.set_faults(vec![
            DiscordRule::always(DiscordFault::RateLimited {
                retry_after_ms,
                unit,
                global,
            })
            .times(1),
        ]);
        let notices = notices(&discord, PATIENT);
        for expected in ["asked for", "kept"] {
            let outcome = notices.deliver(&donation(1)).await;
            let Outcome::Paused { for_at_least } = outcome else {
                panic!("{unit:?} {expected}: {outcome:?}");
            };
            assert!(for_at_least <= Duration::from_secs(1), "{unit:?}");
            assert_eq!(discord.record().requests, 1, "{unit:?} {expected}");
        }
        deliver(&notices, &donation(1)).await;
        let record = discord.record();
        assert_eq!((record.requests, record.inside_window), (2, 0), "{unit:?}");
        discord.stop().await;
    }
}

#[tokio::test]
async fn bucket_is_never_overdrawn_by_concurrent_messages() {
    let bucket = Bucket {
        requests: 5,
        per_ms: 150,
    };
    let discord = FakeDiscord::with_options(&DiscordOptions {
        bucket: Some(bucket),
        ..DiscordOptions::default()
    })
    .unwrap();
    let notices = notices(&discord, PATIENT);
    let messages: Vec<_> = (1..=30).map(donation).collect();
    let all = messages.iter().map(|message| deliver(&notices, message));
    futures_util::future::join_all(all).await;
    let record = discord.record();
    assert_eq!((record.events, record.extra_copies), (30, 0));
    assert_eq!((record.pauses, record.inside_window), (0, 0));
    discord.stop().await;
}

#[tokio::test]
async fn lane_shares_pauses_between_processes() {
    let discord = FakeDiscord::start_local().unwrap();
    discord.set_faults(vec![
        DiscordRule::always(DiscordFault::RateLimited {
            retry_after_ms: 60,
            unit: PauseUnit::Seconds,
            global: false,
        })
        .chance(0.3),
    ]);
    let lane = Arc::new(MemoryLane::default());
    let process = |range: std::ops::Range<u128>| {
        let webhook = webhook(&discord.webhook_url(), PATIENT);
        let webhook = webhook.sharing(lane.clone(), Arc::new(SystemClock));
        let notices = DonationNotices::new(Arc::new(webhook));
        async move {
            for id in range {
                deliver(&notices, &donation(id)).await;
            }
        }
    };
    tokio::join!(process(1..11), process(11..21), process(21..31));
    let record = discord.record();
    assert_eq!((record.events, record.extra_copies), (30, 0));
    assert!(record.pauses > 0);
    assert_eq!(record.inside_window, 0);
    discord.stop().await;
}

#[tokio::test]
async fn missing_webhook_is_not_called_again() {
    let discord = FakeDiscord::start_local().unwrap();
    discord.set_faults(vec![DiscordRule::always(DiscordFault::Status(404))]);
    let webhook = webhook(&discord.webhook_url(), PATIENT);
    let gone = webhook.post(&embed("a")).await.unwrap_err();
    assert_eq!(
        gone.to_string(),
        "the webhook refuses all requests: HTTP 404, code 10015: Unknown Webhook"
    );
    let paused = webhook.post(&embed("b")).await.unwrap_err();
    assert!(matches!(paused, PostError::Paused { .. }), "{paused:?}");
    assert_eq!(discord.record().requests, 1);
    discord.stop().await;
}

#[tokio::test]
async fn record_outlives_the_fake() {
    let folder = tempfile::tempdir().unwrap();
    let options = DiscordOptions {
        record_file: Some(folder.path().join("received.jsonl")),
        ..DiscordOptions::default()
    };
    for copies in 1..=2 {
        let discord = FakeDiscord::with_options(&options).unwrap();
        let outcome = notices(&discord, PATIENT).deliver(&donation(1)).await;
        assert_eq!(outcome, Outcome::Delivered);
        let record = discord.record();
        assert_eq!((record.events, record.accepted), (1, copies));
        discord.stop().await;
    }
}
