//! From an account to a member, one way.

use std::fmt::{self, Debug};

use hmac::{Hmac, Mac};
use kernel::MemberId;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::AccountId;

/// Domain separator of the HMAC, so that the same secret may serve other purposes too.
const PURPOSE: &[u8] = b"maple-expectation member\0";

/// Makes members' ids of accounts with a secret.
///
/// The same account is the same member for as long as the secret is the same. A different secret
/// gives every account a different member id: it must be kept as carefully as the database, and
/// every instance must have the same.
pub struct Identities(Hmac<Sha256>);

impl Identities {
    /// Ids by this secret.
    pub fn new(secret: &SecretString) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
            .expect("an HMAC takes a key of any length");
        mac.update(PURPOSE);
        Self(mac)
    }

    /// Returns the member id of an account: the first 128 bits of the HMAC-SHA-256 of its id.
    pub fn member(&self, account: &AccountId) -> MemberId {
        let digest = self.0.clone().chain_update(account.bytes()).finalize();
        let digest = digest.into_bytes();
        let (bits, _) = digest.split_first_chunk().expect("a digest has 32 bytes");
        MemberId::new(u128::from_be_bytes(*bits))
    }
}

impl Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identities([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(secret: &str, account: &str) -> String {
        let identities = Identities::new(&secret.into());
        identities.member(&AccountId::new(account)).to_string()
    }

    /// From `printf 'maple-expectation member\0account' | openssl dgst -sha256 -hmac secret`.
    #[test]
    fn ids_match_openssl() {
        assert_eq!(
            member("secret", "account"),
            "0e9fa16d8227e9443eab32fc22e3b196"
        );
    }

    #[test]
    fn ids_differ_by_secret_and_account() {
        let id = member("secret", "account");
        assert_eq!(id, member("secret", "account"));
        assert_ne!(id, member("secret", "accounT"));
        assert_ne!(id, member("Secret", "account"));
    }
}
