//! Ends of sessions against reads of the store at the same time: no read brings back what ended.

use futures_util::future::join_all;
use reqwest::{Client, Method, StatusCode};
use secrecy::ExposeSecret;
use testkit::{Server, TestDatabase};

use crate::instance::{Instance, client};
use crate::people::{ADMIN_TOKEN, Member};
use crate::scale::Scale;

/// Reads that begin with the end of the session.
const READS: usize = 8;

/// Reads after the end was acknowledged.
const LATER: usize = 3;

/// Way to end a session.
#[derive(Debug, Clone, Copy)]
enum End {
    /// The member logs out.
    LogOut,
    /// The member ends all sessions.
    LogOutEverywhere,
    /// An operator ends all sessions of the member.
    Revocation,
}

/// Server that ends a session, its client, and the server at which sessions are opened.
struct Races {
    opens: Instance,
    ends: Instance,
    client: Client,
}

impl Races {
    async fn start(environment: &[(&str, &str)]) -> Self {
        let own = [
            ("MAPLE__ADMIN__TOKEN", ADMIN_TOKEN),
            ("MAPLE__SESSIONS__ATTEMPTS_PER_MINUTE", "1000000"),
        ];
        let environment = [&own, environment].concat();
        let (opens, ends) =
            tokio::join!(Instance::start(&environment), Instance::start(&environment));
        Self {
            opens,
            ends,
            client: client(),
        }
    }

    async fn me(&self, member: &Member) -> StatusCode {
        let url = format!("http://{}/api/v1/me", self.ends.public);
        let asked = self.client.get(url).bearer_auth(&member.token).send().await;
        asked.unwrap().status()
    }

    async fn end(&self, member: &Member, end: End) {
        let (public, admin, id) = (self.ends.public, self.ends.admin, &member.id);
        let (url, token, acknowledged) = match end {
            End::LogOut => (
                format!("http://{public}/api/v1/sessions/current"),
                &*member.token,
                204,
            ),
            End::LogOutEverywhere => (
                format!("http://{public}/api/v1/sessions"),
                &*member.token,
                204,
            ),
            End::Revocation => (
                format!("http://{admin}/api/v1/admin/members/{id}/sessions"),
                ADMIN_TOKEN,
                200,
            ),
        };
        let asked = self.client.request(Method::DELETE, url).bearer_auth(token);
        let status = asked.send().await.unwrap().status();
        assert_eq!(status, acknowledged, "{end:?}");
    }

    /// One race: the server that ends the session has not seen it, so that each read asks the
    /// store. Whether some reads came before the end.
    async fn run(&self, number: usize, end: End) -> bool {
        let key = format!("sandbox-member-race-{number}");
        let member = Member::log_in_with(&self.client, &self.opens, &key).await;
        let reads = join_all((0..READS).map(|_| self.me(&member)));
        let (reads, ()) = tokio::join!(reads, self.end(&member, end));
        for later in 0..LATER {
            let status = self.me(&member).await;
            assert_eq!(
                status,
                StatusCode::UNAUTHORIZED,
                "{end:?} {number} is undone: read {later}"
            );
        }
        reads.contains(&StatusCode::OK)
    }
}

#[tokio::test]
async fn ended_sessions_are_brought_back_by_no_concurrent_read() {
    let scale = Scale::from_environment();
    let times = scale.pick(1, 10);
    let redis = Server::redis().unwrap();
    let redis_url = redis.url();
    let (mut number, mut raced) = (0, 0);
    for shared in [None, Some(&*redis_url)] {
        let database = TestDatabase::mysql().await;
        let mut environment = vec![("MAPLE__DATABASE__URL", database.url().expose_secret())];
        environment.extend(shared.map(|url| ("MAPLE__REDIS__URL", url)));
        let races = Races::start(&environment).await;
        for (end, count) in [
            (End::LogOut, 150),
            (End::LogOutEverywhere, 20),
            (End::Revocation, 100),
        ] {
            for _ in 0..times * count {
                number += 1;
                raced += usize::from(races.run(number, end).await);
            }
        }
    }
    assert!(raced > 0, "no read came before an end");
    scale.row(
        "ends of sessions",
        format!(
            "{number} log-outs and revocations at one server, each with {READS} reads of the \
             store at once, with Redis and without"
        ),
        format!("none undone; in {raced} some read came first"),
    );
}
