//! The sandbox over real sockets, asked by the client that asks Nexon.

use std::net::TcpListener;
use std::time::Duration;

use equipment::testkit::{character_directory_contract, equipment_source_contract};
use equipment::{CharacterDirectory, EquipmentSource, Ocid, UpstreamError};
use kernel::CharacterName;
use nexon_http::{NexonClient, NexonSettings};
use nexon_sandbox::{Endpoint, Fault, FaultRule, Quota, RequestCounts, Sandbox, SandboxOptions};

fn client_within(sandbox: &Sandbox, timeout: Duration) -> NexonClient {
    NexonClient::new(NexonSettings {
        source: "sandbox",
        base_url: sandbox.url().to_owned(),
        api_key: "any".into(),
        connect_timeout: Duration::from_secs(10),
        timeout,
    })
    .unwrap()
}

fn client(sandbox: &Sandbox) -> NexonClient {
    client_within(sandbox, Duration::from_secs(30))
}

fn name(text: &str) -> CharacterName {
    text.parse().unwrap()
}

async fn ocid(client: &NexonClient) -> Ocid {
    client.resolve(&name("아델")).await.unwrap().unwrap()
}

#[tokio::test]
async fn character_is_found_with_its_equipment() {
    let sandbox = Sandbox::start_local().unwrap();
    let client = client(&sandbox);
    let ocid = ocid(&client).await;
    let character = client.describe(&ocid).await.unwrap().unwrap();
    assert_eq!(character.name, name("아델"));
    assert!((200..=295).contains(&character.level));
    let document = client.fetch(&ocid).await.unwrap().unwrap();
    let equipment = client.read(&document).unwrap();
    assert_eq!(equipment.class, Some(character.class));
    assert_eq!(equipment.presets.len(), 3);
    let counted = RequestCounts {
        id: 1,
        basic: 1,
        item_equipment: 1,
        character_list: 0,
        history: 0,
        over_quota: 0,
    };
    assert_eq!(sandbox.counters(), counted);
    sandbox.stop().await;
}

#[tokio::test]
async fn client_and_sandbox_keep_the_contracts_of_the_ports() {
    let sandbox = Sandbox::start_local().unwrap();
    let client = client(&sandbox);
    let (known, stranger, nobody) = (name("아델"), name("없는캐릭터"), Ocid::new("00ff"));
    character_directory_contract(&client, &known, &stranger, &nobody).await;
    equipment_source_contract(&client, &ocid(&client).await, &nobody).await;
}

#[tokio::test]
async fn sandboxes_know_the_same_characters() {
    let [one, other] = [(); 2].map(|()| Sandbox::start_local().unwrap());
    let ocid = ocid(&client(&one)).await;
    let [one, other] = [client(&one), client(&other)];
    assert_eq!(
        one.fetch(&ocid).await.unwrap(),
        other.fetch(&ocid).await.unwrap()
    );
}

#[tokio::test]
async fn unknown_names_and_identifiers_are_not_found() {
    let sandbox = Sandbox::start_local().unwrap();
    let client = client(&sandbox);
    assert_eq!(client.resolve(&name("없는캐릭터1")).await.unwrap(), None);
    let unknown = Ocid::new("00ff");
    assert_eq!(client.describe(&unknown).await.unwrap(), None);
    assert_eq!(client.fetch(&unknown).await.unwrap(), None);
}

#[tokio::test]
async fn faults_map_to_their_errors() {
    let sandbox = Sandbox::start_local().unwrap();
    let client = client(&sandbox);
    let ocid = ocid(&client).await;
    let quota = Fault::QuotaExceeded {
        retry_after_seconds: Some(7),
    };
    for (fault, expected) in [
        (
            Fault::InternalError,
            "upstream failed: OPENAPI00001: Internal server error (HTTP 500)",
        ),
        (
            Fault::BadGateway,
            "upstream failed: HTTP 502 without an error code",
        ),
        (quota, "upstream call quota is used up"),
        (
            Fault::RefusedKey,
            "upstream refuses this service: OPENAPI00005: Please input valid api key (HTTP 400)",
        ),
        (
            Fault::Preparing,
            "upstream is not available now: OPENAPI00009: Data being prepared (HTTP 400)",
        ),
        (
            Fault::GameMaintenance,
            "upstream is not available now: OPENAPI00010: Game is under maintenance (HTTP 400)",
        ),
        (
            Fault::ApiMaintenance,
            "upstream is not available now: OPENAPI00011: API is under maintenance (HTTP 503)",
        ),
        (Fault::BadJson, "upstream sent an invalid document"),
        (
            Fault::GzipBomb,
            "upstream sent an answer about this character that cannot be used",
        ),
    ] {
        sandbox.set_faults(vec![FaultRule::always(fault)]);
        let error = client.fetch(&ocid).await.unwrap_err();
        assert_eq!(error.to_string(), expected, "{fault:?}");
        if let UpstreamError::QuotaExceeded { retry_after } = error {
            assert_eq!(retry_after, Some(Duration::from_secs(7)));
        }
    }
    sandbox.set_faults(vec![FaultRule::always(Fault::CutBody)]);
    for error in [
        client.fetch(&ocid).await.unwrap_err(),
        client.describe(&ocid).await.unwrap_err(),
        client.resolve(&name("아델")).await.unwrap_err(),
    ] {
        assert!(matches!(error, UpstreamError::Failed { .. }), "{error}");
    }
    sandbox.set_faults(Vec::new());
    assert!(client.fetch(&ocid).await.is_ok());
}

#[tokio::test]
async fn hanging_sandbox_times_out_and_still_stops() {
    let sandbox = Sandbox::start_local().unwrap();
    let ocid = ocid(&client(&sandbox)).await;
    sandbox.set_faults(vec![
        FaultRule::always(Fault::Hang).on(Endpoint::ItemEquipment),
    ]);
    let hasty = client_within(&sandbox, Duration::from_millis(50));
    let error = hasty.fetch(&ocid).await.unwrap_err();
    assert!(matches!(error, UpstreamError::TimedOut { .. }), "{error}");
    assert!(client(&sandbox).describe(&ocid).await.unwrap().is_some());
    sandbox.stop().await;
}

#[tokio::test]
async fn latency_delays_the_answer() {
    let sandbox = Sandbox::start_local().unwrap();
    let ocid = ocid(&client(&sandbox)).await;
    sandbox.set_faults(vec![FaultRule::slow(3_600_000).times(1)]);
    let hasty = client_within(&sandbox, Duration::from_millis(50));
    let error = hasty.describe(&ocid).await.unwrap_err();
    assert!(matches!(error, UpstreamError::TimedOut { .. }), "{error}");
    assert!(client(&sandbox).describe(&ocid).await.unwrap().is_some());
}

#[tokio::test]
async fn calls_over_the_quota_are_refused_and_counted() {
    let options = SandboxOptions {
        quota: Some(Quota {
            per_second: 1_000,
            per_day: 2,
        }),
        ..SandboxOptions::default()
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let sandbox = Sandbox::start(listener, options).unwrap();
    let client = client(&sandbox);
    let ocid = ocid(&client).await;
    client.describe(&ocid).await.unwrap();
    let error = client.describe(&ocid).await.unwrap_err();
    let UpstreamError::QuotaExceeded { retry_after } = error else {
        panic!("{error}");
    };
    let day = Duration::from_hours(24);
    assert!(retry_after.unwrap() > day / 2 && retry_after.unwrap() <= day);
    let counters = sandbox.counters();
    assert_eq!((counters.basic, counters.over_quota), (2, 1));
}

#[tokio::test]
async fn stopped_sandbox_frees_its_port() {
    let sandbox = Sandbox::start_local().unwrap();
    let address = sandbox.url().trim_start_matches("http://").to_owned();
    ocid(&client(&sandbox)).await;
    sandbox.stop().await;
    TcpListener::bind(address).unwrap();
}

#[test]
fn sandbox_runs_inside_an_actix_system() {
    actix_web::rt::System::new().block_on(async {
        let sandbox = Sandbox::start_local().unwrap();
        ocid(&client(&sandbox)).await;
        sandbox.stop().await;
    });
}
