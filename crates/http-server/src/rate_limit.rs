//! Remaining permits of a rate limit in the headers `RateLimit-Policy` and `RateLimit`
//! (draft-ietf-httpapi-ratelimit-headers).

use std::num::NonZeroU32;

use actix_web::HttpResponseBuilder;

/// So often in a minute.
const WINDOW_SECONDS: u32 = 60;

/// Remaining permits of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Name of the limit, such as `likes`.
    pub policy: &'static str,
    /// Permits of a minute.
    pub per_minute: NonZeroU32,
    /// Permits that remain now.
    pub remaining: u32,
}

impl RateLimit {
    /// The names of the headers, and their values.
    pub fn headers(self) -> [(&'static str, String); 2] {
        let Self {
            policy,
            per_minute,
            remaining,
        } = self;
        let used = u64::from(per_minute.get().saturating_sub(remaining));
        let whole_in = (used * u64::from(WINDOW_SECONDS)).div_ceil(per_minute.get().into());
        [
            (
                "RateLimit-Policy",
                format!(r#""{policy}";q={per_minute};w={WINDOW_SECONDS}"#),
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
                per_minute: NonZeroU32::new(120).unwrap(),
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
