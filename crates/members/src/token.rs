//! Tokens: a session's identifier and 256 random bits, written so that a leak is recognised.

use std::fmt::{self, Debug};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand::CryptoRng;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::SessionId;

const ID_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;

/// Kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Access,
    Refresh,
}

impl TokenKind {
    /// Returns the prefix of the token, by which secret scanners recognise it.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Access => "maple_at_",
            Self::Refresh => "maple_rt_",
        }
    }
}

/// SHA-256 of a token's random bits; nothing else of the token is stored. 256 random bits cannot be
/// guessed, so neither salt nor a slow hash is needed.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Takes a stored hash.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The hash to be stored.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl ConstantTimeEq for TokenHash {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

/// In constant time.
impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for TokenHash {}

impl Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash([redacted])")
    }
}

/// A presented token: the session it names and the hash of its secret.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PresentedToken {
    pub(crate) session: SessionId,
    pub(crate) hash: TokenHash,
}

/// Makes a new token of a session, and the hash to store.
pub(crate) fn mint(
    purpose: TokenKind,
    session: SessionId,
    rng: &mut impl CryptoRng,
) -> (SecretString, TokenHash) {
    let mut bytes = [0; ID_BYTES + SECRET_BYTES];
    let (id, secret) = bytes.split_at_mut(ID_BYTES);
    id.copy_from_slice(&session.bits().to_be_bytes());
    rng.fill_bytes(secret);
    let hash = hash(secret);
    let text = format!(
        "{}{}",
        purpose.prefix(),
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    );
    (text.into(), hash)
}

/// Reads a token; none when the text is not one for this use.
pub(crate) fn read(purpose: TokenKind, text: &str) -> Option<PresentedToken> {
    let encoded = text.strip_prefix(purpose.prefix())?;
    let mut bytes = [0; ID_BYTES + SECRET_BYTES];
    let read = BASE64_URL_SAFE_NO_PAD.decode_slice(encoded, &mut bytes);
    if read.ok()? != bytes.len() {
        return None;
    }
    let (id, secret) = bytes.split_first_chunk::<ID_BYTES>()?;
    Some(PresentedToken {
        session: SessionId::new(u128::from_be_bytes(*id)),
        hash: hash(secret),
    })
}

fn hash(secret: &[u8]) -> TokenHash {
    TokenHash(Sha256::digest(secret).into())
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn tokens_are_valid_for_their_own_use_only() {
        let mut rng = StdRng::seed_from_u64(1);
        let session = SessionId::new(7);
        let (token, hash) = mint(TokenKind::Access, session, &mut rng);
        let text = token.expose_secret();
        assert_eq!(text.len(), "maple_at_".len() + 64);
        let presented = read(TokenKind::Access, text).unwrap();
        assert_eq!(presented.session, session);
        assert!(presented.hash == hash);
        assert!(read(TokenKind::Refresh, text).is_none());
        let (_, next) = mint(TokenKind::Access, session, &mut rng);
        assert!(next != hash);
    }

    #[test]
    fn malformed_tokens_are_refused() {
        let long = format!("maple_at_{}", "A".repeat(68));
        for text in ["", "maple_at_", "maple_at_AAAA", &long, "maple_at_!"] {
            assert!(read(TokenKind::Access, text).is_none(), "{text}");
        }
        // 48 bytes fill 64 letters, so no two texts are the same token.
        let whole = format!("maple_at_{}", "A".repeat(64));
        assert!(read(TokenKind::Access, &whole).is_some());
    }

    #[test]
    fn hashes_are_not_shown() {
        assert_eq!(format!("{:?}", TokenHash([7; 32])), "TokenHash([redacted])");
    }
}
