//! Remaining permits of a rate limit in the headers `RateLimit-Policy` and `RateLimit`
//! (draft-ietf-httpapi-ratelimit-headers).

use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::HttpResponseBuilder;

/// Remaining permits of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Name of the limit, such as `likes`.
    pub policy: &'static str,
    /// Permits of a window.
    pub permits: NonZeroU32,
    /// The window, in whole seconds.
    pub window: Duration,
    /// Permits that remain now.
    pub remaining: u32,
}

impl RateLimit {
    /// The names of the headers, and their values.
    pub fn headers(self) -> [(&'static str, String); 2] {
        let Self {
            policy,
            permits,
            window,
            remaining,
        } = self;
        let window = window.as_secs();
        let used = u64::from(permits.get().saturating_sub(remaining));
        let whole_in = (used * window).div_ceil(permits.get().into());
        [
            (
                "RateLimit-Policy",
                format!(r#""{policy}";q={permits};w={window}"#),
            ),
            (
                "RateLimit",
                format!(r#""{policy}";r={remaining};t={whole_in}"#),
            ),
        ]
    }

    /// Tells it with a response.
    pub fn tell(self, mut response: HttpResponseBuilder) -> HttpResponseBuilder {
        for header in self.headers() {
            response.insert_header(header);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_the_remaining_permits_and_the_reset() {
        let told = |remaining| {
            RateLimit {
                policy: "likes",
                permits: NonZeroU32::new(120).unwrap(),
                window: Duration::from_mins(1),
                remaining,
            }
            .headers()
            .map(|(_, value)| value)
        };
        let policy = r#""likes";q=120;w=60"#.to_owned();
        for (remaining, left) in [(120, r"r=120;t=0"), (119, "r=119;t=1"), (0, "r=0;t=60")] {
            assert_eq!(
                told(remaining),
                [policy.clone(), format!(r#""likes";{left}"#)]
            );
        }
    }
}
