//! R20: the database is killed and comes back; what is known is answered meanwhile.

use std::time::Duration;

use secrecy::ExposeSecret;
use testkit::{Server, TestDatabase};

use crate::instance::Instance;
use crate::scale::Scale;

#[tokio::test]
async fn stored_answers_go_on_without_the_database_and_it_is_found_again() {
    let scale = Scale::from_environment();
    let (outages, reads) = scale.pick((1, 50), (20, 2_000));
    let mut server = Server::mariadb().unwrap();
    let database = TestDatabase::on(&server.url()).await;
    let instance = Instance::start(&[
        ("MAPLE__DATABASE__URL", database.url().expose_secret()),
        ("MAPLE__DATABASE__ACQUIRE_TIMEOUT_MS", "500"),
        ("MAPLE__REQUEST__DEADLINE_MS", "20000"),
    ])
    .await;
    let path = |character: &str| format!("/api/v1/characters/{character}/expectation");
    instance.answer(&path("known")).await;

    for outage in 0..outages {
        server.kill();
        // Strangers come too, and each of them tries to be stored.
        for stranger in 0..5 {
            instance
                .answer(&path(&format!("n{outage}x{stranger}")))
                .await;
        }
        for _ in 0..reads {
            instance.answer(&path("known")).await;
        }
        let live = instance.get("/health/live").await.unwrap();
        assert_eq!(live.status(), 200);
        let ready = instance.get("/health/ready").await.unwrap();
        assert_eq!(ready.status(), 503);
        assert!(instance.metric("maple_db_breaker_state").await > 0.0);

        server.restart().unwrap();
        until_sound(&instance).await;
        instance.answer(&path("known")).await;
    }
    scale.row(
        "R20",
        format!("{outages} kills of MariaDB, {reads} reads of a known character during each"),
        "every read answered, live true, ready false; ready again by itself",
    );
}

/// Until it is ready, and what is fetched is stored again.
async fn until_sound(instance: &Instance) {
    let mut tries = 0;
    while instance.get("/health/ready").await.unwrap().status() != 200
        || instance.metric("maple_db_breaker_state").await > 0.0
    {
        // The breaker closes with the first call that goes well after its rest.
        instance
            .answer(&format!("/api/v1/characters/back{tries}/equipment"))
            .await;
        tries += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
