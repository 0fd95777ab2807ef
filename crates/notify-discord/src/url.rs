//! The webhook's address: a secret that leads to Discord and nowhere else.

use std::fmt::{self, Debug};

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

/// Hosts of Discord's webhooks.
const HOSTS: [&str; 2] = ["discord.com", "discordapp.com"];

const PATH: &str = "/api/webhooks/";

/// Address of a webhook. Never displayed, because anyone who has it can post.
#[derive(Clone)]
pub struct WebhookUrl {
    url: Url,
    /// The last part of the path, which is the secret proper.
    token: SecretString,
}

/// Reason for which a text is not the address of a webhook; never contains the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWebhookUrl {
    /// Not an address that Discord gives out.
    #[error("expected https://discord.com/api/webhooks/<id>/<token>")]
    NotDiscord,
    /// Not an address at all.
    #[error("expected http://... or https://..., without a user")]
    NotHttp,
}

impl WebhookUrl {
    /// An address as Discord gives it out: `https`, Discord's host, the path of a webhook.
    ///
    /// # Errors
    ///
    /// [`InvalidWebhookUrl::NotDiscord`] when it is anything else.
    pub fn discord(url: &SecretString) -> Result<Self, InvalidWebhookUrl> {
        let url = parse(url).ok_or(InvalidWebhookUrl::NotDiscord)?;
        let is_at_discord = url.scheme() == "https"
            && url.port().is_none()
            && url.host_str().is_some_and(|host| HOSTS.contains(&host));
        let names_a_webhook = url.path().strip_prefix(PATH).is_some_and(|rest| {
            rest.split_once('/').is_some_and(|(id, token)| {
                let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
                is_id && !token.is_empty() && !token.contains('/')
            })
        });
        (is_at_discord && names_a_webhook)
            .then(|| Self::new(url))
            .ok_or(InvalidWebhookUrl::NotDiscord)
    }

    /// Any address, for a stand-in of Discord in tests. What is sent there is not kept secret.
    ///
    /// # Errors
    ///
    /// [`InvalidWebhookUrl::NotHttp`] when it is not an `http` or `https` address.
    pub fn for_tests(url: &SecretString) -> Result<Self, InvalidWebhookUrl> {
        parse(url).map(Self::new).ok_or(InvalidWebhookUrl::NotHttp)
    }

    /// The address to post to: the answer is to say that the message was stored.
    fn new(mut url: Url) -> Self {
        let token = url.path_segments().and_then(Iterator::last);
        let token = SecretString::from(token.unwrap_or_default());
        let others: Vec<_> = url
            .query_pairs()
            .filter(|(name, _)| name != "wait")
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        url.query_pairs_mut()
            .clear()
            .extend_pairs(others)
            .append_pair("wait", "true");
        Self { url, token }
    }

    /// The address itself.
    pub(crate) fn expose(&self) -> &Url {
        &self.url
    }

    /// The text without the address and its secret.
    pub(crate) fn blot_out(&self, text: &str) -> String {
        let token = self.token.expose_secret();
        if token.is_empty() {
            text.to_owned()
        } else {
            text.replace(token, "[redacted]")
        }
    }
}

impl Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookUrl([redacted])")
    }
}

fn parse(url: &SecretString) -> Option<Url> {
    Url::parse(url.expose_secret())
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .filter(|url| url.username().is_empty() && url.password().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn discord(url: &str) -> Result<WebhookUrl, InvalidWebhookUrl> {
        WebhookUrl::discord(&url.into())
    }

    #[test]
    fn discord_addresses_are_accepted_with_the_wait_parameter() {
        for (url, posted) in [
            (
                "https://discord.com/api/webhooks/1/secret",
                "https://discord.com/api/webhooks/1/secret?wait=true",
            ),
            (
                "https://discordapp.com/api/webhooks/12/s-_t?thread_id=9&wait=false",
                "https://discordapp.com/api/webhooks/12/s-_t?thread_id=9&wait=true",
            ),
        ] {
            assert_eq!(discord(url).unwrap().expose().as_str(), posted);
        }
    }

    #[test]
    fn other_addresses_are_refused_and_not_repeated() {
        for url in [
            "http://discord.com/api/webhooks/1/secret",
            "https://discord.com.evil.example/api/webhooks/1/secret",
            "https://evil.example/api/webhooks/1/secret",
            "https://discord.com:8443/api/webhooks/1/secret",
            "https://secret@discord.com/api/webhooks/1/secret",
            "https://discord.com/api/webhooks/1",
            "https://discord.com/api/webhooks/x/secret",
            "https://discord.com/api/webhooks/1/",
            "https://discord.com/api/webhooks/1/secret/slack",
            "https://discord.com/api/webhooks/../users/1/secret",
            "discord.com/api/webhooks/1/secret",
            "",
        ] {
            let refused = discord(url).unwrap_err();
            assert_eq!(refused, InvalidWebhookUrl::NotDiscord, "{url}");
            assert!(!refused.to_string().contains("secret"));
        }
    }

    #[test]
    fn stand_in_addresses_may_be_on_any_host() {
        let url = WebhookUrl::for_tests(&"http://127.0.0.1:9/api/webhooks/1/t".into()).unwrap();
        assert_eq!(
            url.expose().as_str(),
            "http://127.0.0.1:9/api/webhooks/1/t?wait=true"
        );
        let refused = WebhookUrl::for_tests(&"ftp://127.0.0.1".into());
        assert_eq!(refused.unwrap_err(), InvalidWebhookUrl::NotHttp);
    }

    #[test]
    fn address_is_not_shown() {
        let url = discord("https://discord.com/api/webhooks/1/secret").unwrap();
        assert!(!format!("{url:?}").contains("secret"));
        assert_eq!(url.blot_out("a secret thing"), "a [redacted] thing");
    }
}
