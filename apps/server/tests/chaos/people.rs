//! Requests of members and operators over HTTP.

use std::net::SocketAddr;

use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::instance::{Instance, client};

/// Developer who receives points, and its configuration.
pub(crate) const DEVELOPER: &str = "000000000000000000000000000000de";
pub(crate) const DEVELOPERS: &str = "000000000000000000000000000000de=dev";

/// Token that operators present.
pub(crate) const ADMIN_TOKEN: &str = "the-admin-token-of-the-tests";

/// A member who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) token: String,
}

impl Member {
    /// Opens a session for the owner of a key of the upstream.
    pub(crate) async fn log_in(instance: &Instance, key: &str) -> Self {
        Self::log_in_with(&client(), instance, key).await
    }

    /// The same over the connections of a client.
    pub(crate) async fn log_in_with(client: &Client, instance: &Instance, key: &str) -> Self {
        let url = format!("http://{}/api/v1/sessions", instance.public);
        let opened = client.post(url).json(&json!({"nexon_api_key": key}));
        let opened = opened.send().await.unwrap();
        assert_eq!(opened.status(), 201, "{}", instance.service.log());
        let session: Value = opened.json().await.unwrap();
        let field = |name: &str| session[name].as_str().unwrap().to_owned();
        Self {
            id: field("member_id"),
            token: field("access_token"),
        }
    }

    /// Is granted points by an operator of an instance that knows [`ADMIN_TOKEN`].
    pub(crate) async fn is_granted(&self, instance: &Instance, points: u64) {
        let url = format!("http://{}/api/v1/admin/points/grants", instance.admin);
        let grant = json!({"to": self.id, "amount": points, "by": "test", "reason": "chaos"});
        let granted = client().post(url).bearer_auth(ADMIN_TOKEN).json(&grant);
        assert_eq!(granted.send().await.unwrap().status(), 201);
    }

    /// Gives so many points to [`DEVELOPER`], under a key.
    pub(crate) async fn give(
        &self,
        client: &Client,
        server: SocketAddr,
        key: &str,
        amount: u64,
    ) -> reqwest::Result<Response> {
        client
            .post(format!("http://{server}/api/v1/donations"))
            .bearer_auth(&self.token)
            .header("Idempotency-Key", key)
            .json(&json!({"to": DEVELOPER, "amount": amount}))
            .send()
            .await
    }
}
