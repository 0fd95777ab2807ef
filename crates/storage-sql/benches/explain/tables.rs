//! The tables, and what is in their rows.
//!
//! Whatever a query finds is the same in number however many rows there are: a member's donations,
//! a character's likes, what is due, what is too old. So ten times the rows are ten times as many
//! members and characters, and not ten times as long answers.

/// The newest row's time, in microseconds since 1970; the rows are spread over 30 days before.
pub(crate) const NEWEST_US: i64 = 1_795_000_000_000_000;

/// Older than every other time in the rows: what is to be purged has it.
pub(crate) const OLD_US: i64 = 1_700_000_000_000_000;

/// Rows of a table that are old, or dead, or a new developer's.
const FEW: u64 = 100;

/// Snapshots and messages to be purged, and messages that wait.
const SOME: u64 = 1_000;

/// Donations of one member.
const OFTEN: u64 = 2_000;

/// A table, and an expression for each of its columns in the number `seq`, the random number
/// `dice` (32 bits, from the seed and `seq`), and the words of [`in_numbers`].
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [(&'static str, &'static str)],
}

/// Microseconds in 30 days.
const AGE: &str = "{newest} - dice % 2592000 * 1000000 - seq % 1000";

/// Identities of 16 bytes that rise with time, as the service's own do. All of them are digits and
/// letters, since the statements that look for them are read from the server's log, as text.
const ID: &str = "LPAD(seq, 16, '0')";
const DEVELOPER: &str =
    "IF(seq % {each_few} = 3, 'new-developer---', CONCAT('devel-', LPAD(dice % 10, 10, '0')))";
const POSTING: &str = "LPAD((seq + 1) DIV 2, 16, '0')";

/// The members that queries ask for.
pub(crate) const SOME_MEMBER: u128 = u128::from_be_bytes(*b"member0000000007");
pub(crate) const GENEROUS_MEMBER: u128 = u128::from_be_bytes(*b"generous-member-");
pub(crate) const NEW_DEVELOPER: u128 = u128::from_be_bytes(*b"new-developer---");

/// One of [`ID`], and what is above all of them.
pub(crate) const SOME_ID: u128 = u128::from_be_bytes(*b"0000000000000007");
pub(crate) const ABOVE_ALL_IDS: u128 = u128::from_be_bytes(*b"zzzzzzzzzzzzzzzz");

/// Puts numbers in the place of the words in an expression, for a table of so many rows.
pub(crate) fn in_numbers(expression: &str, rows: u64) -> String {
    let words = [
        ("{newest}", NEWEST_US.unsigned_abs()),
        ("{old}", OLD_US.unsigned_abs()),
        ("{rows}", rows),
        // A hundred rows each.
        ("{members}", rows / 100),
        // Twenty rows each.
        ("{log_ins}", rows / 20),
        ("{some}", SOME),
        ("{each_few}", rows / FEW),
        ("{each_some}", (rows / SOME).max(2)),
        ("{each_often}", (rows / OFTEN).max(2)),
    ];
    let words = words.iter();
    words.fold(expression.to_owned(), |text, (word, number)| {
        text.replace(word, &number.to_string())
    })
}

/// The fewest rows for which every word of [`in_numbers`] is more than nothing.
pub(crate) const FEWEST_ROWS: u64 = 2_000;

pub(crate) const TABLES: [Table; 11] = [
    Table {
        name: "game_character",
        columns: &[
            ("name", "CONCAT('c', seq)"),
            ("ocid", "CONCAT('ocid', seq)"),
            ("world", "'스카니아'"),
            ("class", "'에반'"),
            ("level", "200 + dice % 100"),
            ("fetched_at_us", AGE),
        ],
    },
    Table {
        name: "equipment_snapshot",
        columns: &[
            ("ocid", "CONCAT('ocid', seq)"),
            (
                "fetched_at_us",
                "IF(seq % {each_some} = 0, {old} + seq, {newest} - dice % 2592000 * 1000000)",
            ),
            ("content_hash", "UNHEX(SHA2(seq, 256))"),
            ("encoding", "'zstd'"),
            // Documents have about 10,000 bytes; these have 200, which flatters the plan without
            // the index.
            ("body", "REPEAT('x', 200)"),
        ],
    },
    Table {
        name: "posting",
        columns: &[("id", ID), ("cause", "'donation'"), ("made_at_us", AGE)],
    },
    Table {
        name: "ledger_entry",
        columns: &[
            (
                "account",
                "IF(seq % 2 = 1, CONCAT('member', LPAD((seq + 1) DIV 2 % {members}, 10, '0')), \
                 CONCAT('devel-', LPAD(dice % 10, 10, '0')))",
            ),
            ("posting_id", POSTING),
            ("points", "IF(seq % 2 = 1, -10, 10)"),
        ],
    },
    Table {
        name: "donation",
        columns: &[
            ("id", ID),
            (
                "giver",
                "IF(seq % {each_often} = 0, 'generous-member-', \
                 CONCAT('member', LPAD(seq % {members}, 10, '0')))",
            ),
            ("receiver", DEVELOPER),
            ("amount", "1 + dice % 1000"),
            ("idempotency_key", "CONCAT('key-', seq)"),
            ("made_at_us", AGE),
        ],
    },
    Table {
        name: "outbox_message",
        columns: &[
            ("id", ID),
            ("topic", "'donation'"),
            ("version", "1"),
            ("payload", "REPEAT('x', 300)"),
            ("content_hash", "UNHEX(SHA2(seq, 256))"),
            ("created_at_us", AGE),
            (
                "state",
                "IF(seq % {each_few} = 0, 'dead', IF({rows} - seq < {some}, 'waiting', 'delivered'))",
            ),
            (
                "due_at_us",
                "IF({rows} - seq < {some} AND seq % {each_few} <> 0, {newest} - seq % 1000, NULL)",
            ),
            ("attempt", "1"),
            (
                "ended_at_us",
                "IF({rows} - seq < {some} AND seq % {each_few} <> 0, NULL, \
                 IF(seq % {each_some} = 1, {old} + seq, {newest}))",
            ),
        ],
    },
    Table {
        name: "outbox_attempt",
        columns: &[
            ("id", "seq"),
            ("message_id", ID),
            ("number", "1"),
            ("ended_at_us", AGE),
            ("outcome", "'failed'"),
            ("reason", "'the receiver answers 500'"),
        ],
    },
    Table {
        name: "character_like",
        columns: &[("ocid", "CONCAT('ocid', seq % {members})"), ("liker", ID)],
    },
    Table {
        name: "like_count",
        columns: &[("ocid", "CONCAT('ocid', seq)"), ("likes", "100")],
    },
    Table {
        name: "like_ahead",
        columns: &[
            ("ocid", "CONCAT('ocid', seq % {members})"),
            ("liker", ID),
            (
                "taken_at_us",
                "IF(seq % {each_few} = 0, {old}, {newest} - dice % 2592000 * 1000000)",
            ),
        ],
    },
    Table {
        name: "member_session",
        columns: &[
            ("id", ID),
            (
                "member_id",
                "CONCAT('member', LPAD(seq % {log_ins}, 10, '0'))",
            ),
            ("opened_at_us", AGE),
            ("access_hash", "UNHEX(SHA2(seq, 256))"),
            ("access_until_us", AGE),
            ("refresh_hash", "UNHEX(SHA2(-seq, 256))"),
            (
                "refresh_until_us",
                "IF(seq % {each_few} = 0, {old}, {newest} + dice % 2592000 * 1000000)",
            ),
        ],
    },
];
