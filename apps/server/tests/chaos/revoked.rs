//! Sessions that an operator's command ended: refused by servers that never saw them.

use reqwest::StatusCode;
use secrecy::ExposeSecret;
use testkit::{Server, Service, TestDatabase};

use crate::instance::{Instance, PROGRAM, client};
use crate::people::Member;

async fn me(instance: &Instance, member: &Member) -> StatusCode {
    let url = format!("http://{}/api/v1/me", instance.public);
    let asked = client().get(url).bearer_auth(&member.token).send().await;
    asked.unwrap().status()
}

#[tokio::test]
async fn sessions_revoked_by_a_command_are_refused_by_servers_that_share_them() {
    let redis = Server::redis().unwrap();
    let database = TestDatabase::mysql().await;
    let redis_url = redis.url();
    let environment = [
        ("MAPLE__DATABASE__URL", database.url().expose_secret()),
        ("MAPLE__REDIS__URL", &redis_url),
    ];
    let (one, other) = tokio::join!(Instance::start(&environment), Instance::start(&environment));
    for instance in [&one, &other] {
        while instance.dependency("redis").await != "ok" {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
    let [revoked, kept] = ["revoked", "kept"].map(|name| format!("sandbox-member-{name}"));
    let revoked = Member::log_in(&one, &revoked).await;
    let kept = Member::log_in(&one, &kept).await;
    for member in [&revoked, &kept] {
        assert_eq!(me(&one, member).await, 200);
    }
    let arguments = ["members", "revoke", &revoked.id];
    let data = [("MAPLE__DATA_DIR", "data")];
    let environment = environment.into_iter().chain(data);
    let mut command = Service::start(PROGRAM, arguments, environment).unwrap();
    assert_eq!(command.ended().await, 0, "{}", command.log());
    assert!(
        command.log().contains("ended 1 sessions"),
        "{}",
        command.log()
    );
    assert_eq!(me(&other, &revoked).await, 401);
    assert_eq!(me(&other, &kept).await, 200);
}
