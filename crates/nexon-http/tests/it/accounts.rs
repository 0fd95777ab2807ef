//! Owners of keys, looked up over real sockets.

use std::error::Error;
use std::time::Duration;

use kernel::Ocid;
use members::{Accounts, AccountsError, Identities, NexonKey};
use nexon_http::{Endpoint, GuardSettings, NexonAccounts};
use resilience::{BreakerState, Jitter};
use secrecy::SecretString;

use crate::support::{KEY, Reply, Upstream, dead_url};

fn accounts(url: &str) -> NexonAccounts {
    let place = Endpoint {
        base_url: url.to_owned(),
        connect_timeout: Duration::from_secs(10),
        timeout: Duration::from_secs(30),
    };
    NexonAccounts::new(&place, GuardSettings::default(), Jitter::from_seed(1)).unwrap()
}

fn key() -> NexonKey {
    NexonKey::try_from(SecretString::from(KEY)).unwrap()
}

async fn find(reply: Reply) -> Result<members::GameAccount, AccountsError> {
    let upstream = Upstream::answering(reply).await;
    accounts(upstream.url()).find(&key()).await
}

fn character(name: &str) -> String {
    format!(
        r#"{{"ocid":"ocid-{name}","character_name":"{name}","world_name":"스카니아","character_class":"에반","character_level":285}}"#
    )
}

fn account(id: &str, names: &[&str]) -> String {
    let characters: Vec<_> = names.iter().map(|name| character(name)).collect();
    format!(
        r#"{{"account_id":"{id}","character_list":[{}]}}"#,
        characters.join(",")
    )
}

fn list(accounts: &[String]) -> Reply {
    Reply::json(&format!(r#"{{"account_list":[{}]}}"#, accounts.join(",")))
}

/// An error and what is behind it, as a log would show them.
fn reasons(error: &AccountsError) -> String {
    let chain = std::iter::successors(Some(error as &dyn Error), |&error| error.source());
    let reasons: Vec<_> = chain.map(|e| format!("{e} {e:?}")).collect();
    reasons.join(" ")
}

#[tokio::test]
async fn owners_key_is_sent_and_no_other() {
    let upstream = Upstream::answering(list(&[account("a", &["아델"])])).await;
    let found = accounts(upstream.url()).find(&key()).await.unwrap();
    assert_eq!(found.characters[0].ocid, Ocid::new("ocid-아델"));
    assert_eq!(found.characters[0].level, 285);
    let requests = upstream.requests();
    let request = requests[0].to_lowercase();
    assert!(request.starts_with("get /maplestory/v1/character/list http/1.1\r\n"));
    let keys: Vec<_> = request.matches("x-nxopen-api-key").collect();
    assert_eq!(keys.len(), 1);
    assert!(request.contains(&format!("x-nxopen-api-key: {KEY}\r\n")));
}

#[tokio::test]
async fn same_one_of_several_accounts_is_taken_in_any_order() {
    let identities = Identities::new(&"secret".into());
    let [empty, one, two] = [
        account("a", &[]),
        account("b", &["아델"]),
        account("c", &["긱델", "에반"]),
    ];
    let orders = [
        [&empty, &one, &two],
        [&two, &empty, &one],
        [&one, &two, &empty],
    ];
    for order in orders {
        let found = find(list(&order.map(String::clone))).await.unwrap();
        let b = members::AccountId::new("b");
        assert_eq!(identities.member(&found.id), identities.member(&b));
        assert_eq!(found.characters.len(), 3);
    }
}

#[tokio::test]
async fn owner_without_an_account_gets_that_error() {
    for body in [r#"{"account_list":[]}"#, r#"{"account_list":null}"#, "{}"] {
        let error = find(Reply::json(body)).await.unwrap_err();
        assert!(matches!(error, AccountsError::NoAccount), "{error}");
    }
    let without_characters = find(list(&[account("a", &[])])).await.unwrap();
    assert!(without_characters.characters.is_empty());
}

#[tokio::test]
async fn odd_entries_of_an_account_are_left_out() {
    let odd = [
        character("thirteenchars"),
        character("아델").replace("\"아델\"", "null"),
        character("아델").replace("\"ocid-아델\"", "null"),
        "null".to_owned(),
        "[]".to_owned(),
    ];
    let good = character("긱델").replace("285", "\"높음\"");
    let own = format!("{},{good}", odd.join(","));
    let one = format!(r#"{{"account_id":"a","character_list":[{own}]}}"#);
    let nameless = r#"{"account_id":null,"character_list":[]}"#.to_owned();
    let listless = r#"{"account_id":"b","character_list":"none"}"#.to_owned();
    let found = find(list(&[nameless, one, listless])).await.unwrap();
    let identities = Identities::new(&"secret".into());
    let a = members::AccountId::new("a");
    assert_eq!(identities.member(&found.id), identities.member(&a));
    let names: Vec<_> = found
        .characters
        .iter()
        .map(|own| own.name.as_str())
        .collect();
    assert_eq!((names, found.characters[0].level), (vec!["긱델"], 0));
}

#[tokio::test]
async fn refusals_are_told_apart() {
    for (status, name, expected) in [
        ("400 Bad Request", "OPENAPI00005", "refuses the key"),
        ("403 Forbidden", "OPENAPI00002", "refuses the key"),
        ("429 Too Many", "OPENAPI00007", "are used up"),
        ("400 Bad Request", "OPENAPI00010", "gives no answer"),
        ("500 Oh", "OPENAPI00001", "gives no answer"),
        ("403 Forbidden", "OTHER", "gives no answer"),
        ("400 Bad Request", "OPENAPI00004", "gives no answer"),
    ] {
        let error = find(Reply::refusal(status, name)).await.unwrap_err();
        assert!(error.to_string().ends_with(expected), "{name}: {error}");
    }
}

#[tokio::test]
async fn faults_of_keys_never_open_the_breaker() {
    for name in ["OPENAPI00005", "OPENAPI00007"] {
        let status = if name == "OPENAPI00007" {
            "429 No"
        } else {
            "400 No"
        };
        let upstream = Upstream::answering(Reply::refusal(status, name)).await;
        let accounts = accounts(upstream.url());
        for _ in 0..200 {
            accounts.find(&key()).await.unwrap_err();
        }
        assert_eq!(accounts.breaker().status().state, BreakerState::Closed);
        assert_eq!(upstream.requests().len(), 200);
    }
}

#[tokio::test]
async fn failing_upstream_is_left_alone() {
    let upstream = Upstream::answering(Reply::refusal("500 Oh", "OPENAPI00001")).await;
    let accounts = accounts(upstream.url());
    for _ in 0..200 {
        let error = accounts.find(&key()).await.unwrap_err();
        assert!(matches!(error, AccountsError::Unavailable { .. }));
    }
    assert_ne!(accounts.breaker().status().state, BreakerState::Closed);
    assert!(upstream.requests().len() < 200);
    let AccountsError::Unavailable { retry_after, .. } = accounts.find(&key()).await.unwrap_err()
    else {
        panic!("it is available");
    };
    assert!(retry_after.is_some());
}

#[tokio::test]
async fn key_and_account_are_in_no_error() {
    let echo = format!(r#"{{"error":{{"name":"OPENAPI00004","message":"bad {KEY}"}}}}"#);
    let broken = r#"{"account_list":{"account_id":"canary-account"}}"#;
    let number = r#"{"account_list":8877665544}"#;
    for reply in [
        Reply::response("400 Bad Request", &[], echo.as_bytes()),
        Reply::json(broken),
        Reply::json(number),
        Reply::json("<html>"),
    ] {
        let error = find(reply).await.unwrap_err();
        let shown = reasons(&error);
        for secret in [KEY, "canary-account", "8877665544"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    let error = accounts(&dead_url()).find(&key()).await.unwrap_err();
    assert!(!reasons(&error).contains(KEY));
}
