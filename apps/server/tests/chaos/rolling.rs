//! R19: instances are replaced one after another under load, and no request fails.

use futures_util::future::join_all;
use nexon_sandbox::Sandbox;
use secrecy::ExposeSecret;
use testkit::TestDatabase;

use crate::balancer::{Balancer, Load};
use crate::instance::Instance;
use crate::scale::Scale;

const CHARACTERS: u64 = 10;

#[tokio::test]
async fn replacing_one_instance_after_another_fails_no_request() {
    let scale = Scale::from_environment();
    let (rounds, clients) = scale.pick((1, 4), (20, 16));
    let database = TestDatabase::mysql().await;
    let sandbox = Sandbox::start_local().unwrap();
    let environment = [
        ("MAPLE__DATABASE__URL", database.url().expose_secret()),
        ("MAPLE__NEXON__API_KEY", "any"),
        ("MAPLE__NEXON__BASE_URL", sandbox.url()),
        ("MAPLE__NEXON__QUOTA_PER_SECOND", "1000"),
        ("MAPLE__NEXON__QUOTA_PER_DAY", "1000000"),
        ("MAPLE__NEXON__TIMEOUT_MS", "20000"),
        ("MAPLE__REQUEST__DEADLINE_MS", "20000"),
        ("MAPLE__SHUTDOWN__LINGER_MS", "1000"),
    ];
    let mut instances = join_all((0..3).map(|_| Instance::start(&environment))).await;
    let balancer = Balancer::over(&instances);
    let load = Load::begin(&balancer, clients, |number| {
        format!("/api/v1/characters/c{}/expectation", number % CHARACTERS)
    });
    for _ in 0..rounds {
        for (index, instance) in instances.iter_mut().enumerate() {
            let before = load.answered();
            instance.service.terminate();
            while instance
                .get("/health/ready")
                .await
                .is_ok_and(|ready| ready.status() == 200)
            {}
            balancer.set(index, None);
            let code = instance.service.ended().await;
            assert_eq!(code, 0, "{}", instance.service.log());
            instance.kill_and_restart().await;
            balancer.set(index, Some(instance.public));
            load.answers_since(before, 10).await;
        }
    }
    let (answered, failures) = load.end().await;
    assert!(failures.is_empty(), "{failures:#?}");
    scale.row(
        "R19",
        format!(
            "{} restarts, one after another, under the load of {clients} clients",
            3 * rounds
        ),
        format!("{answered} requests, none failed"),
    );
}
