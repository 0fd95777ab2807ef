//! Discord's validation of a message, and the event id in its footer.

use serde_json::Value;

/// The event's identity has as many hexadecimal digits.
const EVENT_DIGITS: usize = 32;

/// Validates a message; the error is the reason that Discord would give.
pub(crate) fn check(message: &Value) -> Result<(), String> {
    let embeds = message["embeds"].as_array().map_or(&[][..], Vec::as_slice);
    let content = units(&message["content"]);
    if embeds.is_empty() && content == 0 {
        return Err("Cannot send an empty message".to_owned());
    }
    within("content", content, 2_000)?;
    within("embeds", embeds.len(), 10)?;
    let total: usize = embeds.iter().map(embed).sum::<Result<_, _>>()?;
    within("embeds in all", total, 6_000)
}

/// The event named in the footer, as `event <32 hexadecimal digits>`.
pub(crate) fn event(message: &Value) -> Option<String> {
    let footer = message["embeds"][0]["footer"]["text"].as_str()?;
    let digits = footer.strip_prefix("event ")?;
    let is_id = digits.len() == EVENT_DIGITS && digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_id.then(|| digits.to_owned())
}

/// Checks one embed; how much it counts towards the total.
fn embed(embed: &Value) -> Result<usize, String> {
    let mut total = 0;
    for (name, limit) in [("title", 256), ("description", 4_096)] {
        let length = units(&embed[name]);
        within(name, length, limit)?;
        total += length;
    }
    let footer = units(&embed["footer"]["text"]);
    within("footer.text", footer, 2_048)?;
    let fields = embed["fields"].as_array().map_or(&[][..], Vec::as_slice);
    within("fields", fields.len(), 25)?;
    for field in fields {
        for (name, limit) in [("name", 256), ("value", 1_024)] {
            let length = units(&field[name]);
            if length == 0 {
                return Err(format!("fields.{name}: This field is required"));
            }
            within(name, length, limit)?;
            total += length;
        }
    }
    Ok(total + footer)
}

fn within(what: &str, length: usize, limit: usize) -> Result<(), String> {
    if length > limit {
        return Err(format!("{what}: Must be {limit} or fewer in length"));
    }
    Ok(())
}

/// The length in UTF-16 units, the strictest way to count.
fn units(text: &Value) -> usize {
    text.as_str().map_or(0, |text| text.encode_utf16().count())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn limits_are_those_of_discord() {
        let embed = |embed: Value| check(&json!({"embeds": [embed]}));
        let text = |length: usize| "x".repeat(length);
        assert_eq!(embed(json!({"title": text(256)})), Ok(()));
        for refused in [
            json!({"title": text(257)}),
            json!({"title": "🍁".repeat(129)}),
            json!({"description": text(4_097)}),
            json!({"footer": {"text": text(2_049)}}),
            json!({"fields": [{"name": "a", "value": text(1_025)}]}),
            json!({"fields": [{"name": "a", "value": ""}]}),
            json!({"description": text(4_096), "footer": {"text": text(2_000)}}),
        ] {
            assert!(embed(refused.clone()).is_err(), "{refused}");
        }
        assert!(check(&json!({"embeds": []})).is_err());
        assert_eq!(check(&json!({"content": "hello"})), Ok(()));
    }

    #[test]
    fn event_is_named_in_the_footer() {
        let footer = |text: &str| event(&json!({"embeds": [{"footer": {"text": text}}]}));
        let id = "0123456789abcdef0123456789abcdef";
        assert_eq!(footer(&format!("event {id}")).as_deref(), Some(id));
        for text in ["", "event 12", id] {
            assert_eq!(footer(text), None);
        }
    }
}
