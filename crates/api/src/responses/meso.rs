//! Meso are whole.

use serde::{Serialize, Serializer};

/// The nearest whole meso of an amount that is finite and not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "amounts are finite and not negative; one above u128 is given as the largest"
)]
pub fn whole_meso(amount: f64) -> u128 {
    amount.round() as u128
}

/// Writes an amount as a number of 64 bits; one that is larger as null.
pub(crate) fn whole_or_null<S: Serializer>(meso: &u128, to: S) -> Result<S::Ok, S::Error> {
    u64::try_from(*meso).ok().serialize(to)
}

/// [`whole_or_null`] for an amount that may be missing.
#[expect(clippy::ref_option, reason = "the signature of a serde function")]
pub(crate) fn optional_whole_or_null<S: Serializer>(
    meso: &Option<u128>,
    to: S,
) -> Result<S::Ok, S::Error> {
    let told = meso.and_then(|meso| u64::try_from(meso).ok());
    told.serialize(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_round_to_the_nearest_meso() {
        assert_eq!(whole_meso(82_767_718_342.887), 82_767_718_343);
        assert_eq!(whole_meso(0.0), 0);
    }
}
