//! Messages as Discord shows them, within its limits.

use jiff::Timestamp;
use serde::Serialize;

use crate::text::{cut, length};

// <https://docs.discord.com/developers/resources/message#embed-object-embed-limits>
const TITLE: usize = 256;
const DESCRIPTION: usize = 4_096;
const FIELDS: usize = 25;
const FIELD_NAME: usize = 256;
const FIELD_VALUE: usize = 1_024;
const FOOTER: usize = 2_048;
const TOTAL: usize = 6_000;

/// One message: a box with a title, a text, some fields and a footer.
///
/// Texts may have any length; they are cut when the message is written. The caller escapes text
/// written by users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embed {
    /// Title.
    pub title: String,
    /// Body text.
    pub description: String,
    /// The colour of its edge, `0xRRGGBB`.
    pub colour: u32,
    /// Facts beside the text.
    pub fields: Vec<Field>,
    /// Small print: the event's identity. The last thing that is cut.
    pub footer: String,
    /// Time of the event.
    pub at: Timestamp,
}

/// A fact beside the text. One without a value is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Label of the field.
    pub name: &'static str,
    /// The fact.
    pub value: String,
}

#[derive(Serialize)]
struct Message<'a> {
    embeds: [EmbedBody<'a>; 1],
    allowed_mentions: NoMentions,
}

/// Nobody is mentioned, whatever the texts say.
#[derive(Serialize)]
struct NoMentions {
    parse: [&'static str; 0],
}

#[derive(Serialize)]
struct EmbedBody<'a> {
    title: String,
    description: String,
    color: u32,
    fields: Vec<FieldBody<'a>>,
    footer: Footer,
    timestamp: String,
}

#[derive(Serialize)]
struct FieldBody<'a> {
    name: &'a str,
    value: String,
    inline: bool,
}

#[derive(Serialize)]
struct Footer {
    text: String,
}

impl Embed {
    /// The message as JSON, every text cut to what Discord takes.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let message = Message {
            embeds: [self.write()],
            allowed_mentions: NoMentions { parse: [] },
        };
        serde_json::to_vec(&message).expect("texts and numbers can be written as JSON")
    }

    /// Footer, title and fields have the first claim on the total; the description takes the rest.
    fn write(&self) -> EmbedBody<'_> {
        let mut room = TOTAL;
        let mut claim = |text: &str, limit: usize| {
            let text = cut(text, limit.min(room));
            room -= length(&text);
            text
        };
        let footer = claim(&self.footer, FOOTER);
        let title = claim(&self.title, TITLE);
        let mut fields = Vec::new();
        let given = self.fields.iter().filter(|field| !field.value.is_empty());
        for field in given.take(FIELDS) {
            debug_assert!(length(field.name) <= FIELD_NAME, "names are short literals");
            claim(field.name, FIELD_NAME);
            fields.push(FieldBody {
                name: field.name,
                value: claim(&field.value, FIELD_VALUE),
                inline: length(&field.value) <= 40,
            });
        }
        // A field that found no room is left out: Discord takes none without a value.
        fields.retain(|field| !field.value.is_empty());
        EmbedBody {
            title,
            description: claim(&self.description, DESCRIPTION),
            color: self.colour,
            fields,
            footer: Footer { text: footer },
            timestamp: self.at.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn written(embed: &Embed) -> Value {
        serde_json::from_slice(&embed.to_json()).unwrap()
    }

    fn embed(length: usize, fields: usize) -> Embed {
        let text = "🍁".repeat(length);
        Embed {
            title: text.clone(),
            description: text.clone(),
            colour: 0xff,
            fields: vec![
                Field {
                    name: "name",
                    value: text.clone(),
                };
                fields
            ],
            footer: text,
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn message_mentions_nobody_and_carries_its_time() {
        assert_eq!(
            written(&embed(1, 1)),
            json!({
                "embeds": [{
                    "title": "🍁", "description": "🍁", "color": 255,
                    "fields": [{"name": "name", "value": "🍁", "inline": true}],
                    "footer": {"text": "🍁"}, "timestamp": "1970-01-01T00:00:00Z",
                }],
                "allowed_mentions": {"parse": []},
            })
        );
    }

    #[test]
    fn limits_hold_for_any_length() {
        for (chars, fields) in [(100, 0), (500, 3), (3_000, 1), (2_000, 30), (5_000, 25)] {
            let message = written(&embed(chars, fields));
            let embed = &message["embeds"][0];
            let units = |value: &Value| length(value.as_str().unwrap());
            let fields = embed["fields"].as_array().unwrap();
            assert!(fields.len() <= FIELDS);
            assert!(units(&embed["title"]) <= TITLE);
            assert!(units(&embed["description"]) <= DESCRIPTION);
            assert!(units(&embed["footer"]["text"]) <= FOOTER);
            let in_fields: usize = fields
                .iter()
                .map(|field| {
                    let value = units(&field["value"]);
                    assert!((1..=FIELD_VALUE).contains(&value));
                    units(&field["name"]) + value
                })
                .sum();
            let total = units(&embed["title"])
                + units(&embed["description"])
                + units(&embed["footer"]["text"])
                + in_fields;
            assert!(total <= TOTAL, "{total} for {chars} characters");
        }
    }

    #[test]
    fn field_without_a_value_is_left_out() {
        let mut embed = embed(1, 2);
        embed.fields[0].value.clear();
        assert_eq!(
            written(&embed)["embeds"][0]["fields"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
}
