//! Identifiers of characters, made from names and read back without remembering anything.
//!
//! So every instance of the sandbox, now and after a restart, knows the same identifiers.

use kernel::CharacterName;
use sha2::{Digest, Sha256};

/// Twelve characters of the basic plane, two bytes each: the longest name of the game and more.
const NAME_BYTES: usize = 24;
const CHECK_BYTES: usize = 8;
const HEX: &[u8; 16] = b"0123456789abcdef";
const HEX_DIGITS: usize = 2 * (NAME_BYTES + CHECK_BYTES);

/// The identifier of a name: 64 hexadecimal digits, a checksum and the name in UTF-16.
/// None for a name with characters that the game does not have, such as emoji.
pub(crate) fn ocid(name: &CharacterName) -> Option<String> {
    let mut bytes: Vec<u8> = name
        .as_str()
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    if bytes.len() > NAME_BYTES {
        return None;
    }
    bytes.resize(NAME_BYTES, 0);
    let check = Sha256::digest(&bytes);
    let digits = check[..CHECK_BYTES].iter().chain(&bytes);
    let digits = digits.flat_map(|byte| [byte >> 4, byte & 15]);
    Some(
        digits
            .map(|digit| char::from(HEX[usize::from(digit)]))
            .collect(),
    )
}

/// The name an identifier was made of; none for one that was not made here.
pub(crate) fn name(ocid: &str) -> Option<CharacterName> {
    if ocid.len() != HEX_DIGITS || !ocid.is_ascii() {
        return None;
    }
    let units = ocid.as_bytes()[2 * CHECK_BYTES..]
        .chunks(4)
        .map(|digits| u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok())
        .take_while(|unit| *unit != Some(0))
        .collect::<Option<Vec<u16>>>()?;
    let name: CharacterName = String::from_utf16(&units).ok()?.parse().ok()?;
    (self::ocid(&name).as_deref() == Some(ocid)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_from_identifiers() {
        for text in ["아델", "a", "가나다라마바사아자차카타", "Twelve12char"] {
            let expected: CharacterName = text.parse().unwrap();
            let made = ocid(&expected).unwrap();
            assert_eq!(made.len(), 64);
            assert_eq!(name(&made), Some(expected));
        }
    }

    #[test]
    fn other_identifiers_are_unknown() {
        let made = ocid(&"아델".parse().unwrap()).unwrap();
        let shouted = made.to_uppercase();
        let other_name = made.replacen("c544", "c545", 1);
        let longer = format!("{made}00");
        let signed = made.replacen("c544", "+544", 1);
        for unknown in [
            "",
            "00ff",
            &made[1..],
            &shouted,
            &other_name,
            &longer,
            &signed,
        ] {
            assert_ne!(unknown, made);
            assert_eq!(name(unknown), None, "{unknown}");
        }
    }
}
