//! Meso are whole.

/// The nearest whole meso of an amount that is finite and not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "amounts are finite and not negative; one above u128 is told as the largest"
)]
pub fn whole_meso(amount: f64) -> u128 {
    amount.round() as u128
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
