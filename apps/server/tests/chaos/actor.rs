//! Parts of the service as processes of their own: this very program, told to be one of them.

use std::time::Duration;

use coordination_redis::{Redis, Settings};
use resilience::Jitter;
use secrecy::ExposeSecret;
use storage_sql::Database;
use testkit::{Service, TestDatabase};

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENT: Duration = Duration::from_mins(1);

const REDIS: &str = "MAPLE_ACTOR_REDIS";
const DATABASE: &str = "MAPLE_ACTOR_DATABASE";

/// Starts a process that runs one ignored test of this program, over these servers.
pub(crate) fn start(test: &str, redis: &str, database: &TestDatabase) -> Service {
    let program = std::env::current_exe().expect("this program is a file");
    let arguments = ["--exact", test, "--ignored", "--nocapture"];
    let environment = [(REDIS, redis), (DATABASE, database.url().expose_secret())];
    Service::start(program, arguments, environment).expect("it starts")
}

/// The servers this process was told to use, connected to.
pub(crate) async fn servers() -> (Redis, Database) {
    let redis = connect(&variable(REDIS)).await;
    let settings = storage_sql::Settings {
        acquire_timeout: PATIENT,
        statement_timeout: PATIENT,
        ..storage_sql::Settings::new(variable(DATABASE))
    };
    (redis, Database::open(&settings).await.expect("opens"))
}

/// A connection to a Redis that answers.
pub(crate) async fn connect(url: &str) -> Redis {
    let settings = Settings::new(url.to_owned());
    let redis = Redis::connect(&settings, Jitter::from_seed(1), || {}).expect("is an address");
    redis.connected().await;
    redis
}

/// Waits until a process has said something.
pub(crate) async fn says(service: &Service, text: &str) {
    let said = async {
        while !service.log().contains(text) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let in_time = tokio::time::timeout(PATIENT, said).await;
    assert!(
        in_time.is_ok(),
        "it does not say `{text}`:\n{}",
        service.log()
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "an actor's servers are named by its environment, which it reads here only"
)]
fn variable(name: &str) -> String {
    std::env::var(name).expect("an actor's environment names its servers")
}
