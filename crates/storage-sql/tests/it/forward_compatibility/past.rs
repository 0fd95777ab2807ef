//! Reads and writes of code of the past.

/// The statements on a table, by the migration that made it.
pub(crate) struct Past {
    pub(crate) migration: &'static str,
    pub(crate) table: &'static str,
    /// Each writes one row.
    pub(crate) writes: &'static [&'static str],
    /// Each finds or takes away that row, with the values that were written.
    pub(crate) reads: &'static [&'static str],
}

/// Every table of a release, in the order of the migrations. Never edited, like those.
pub(crate) const PAST: [Past; 17] = [
    Past {
        migration: "m20261122_000001_game_character",
        table: "game_character",
        writes: &[
            "INSERT INTO game_character (name, ocid, world, class, level, fetched_at_us) \
             VALUES ('old', 'o1', 'w', 'c', 200, 1)",
            "UPDATE game_character SET level = 201, fetched_at_us = 2 \
             WHERE name = 'old' AND fetched_at_us <= 2",
        ],
        reads: &[
            "SELECT name, ocid, world, class, level, fetched_at_us FROM game_character \
             WHERE name = 'old' AND ocid = 'o1' AND world = 'w' AND class = 'c' AND level = 201",
            "DELETE FROM game_character WHERE name = 'old' AND fetched_at_us = 2",
        ],
    },
    Past {
        migration: "m20261122_000002_equipment_snapshot",
        table: "equipment_snapshot",
        writes: &[
            "INSERT INTO equipment_snapshot \
             (ocid, fetched_at_us, content_hash, encoding, dictionary_id, body) \
             VALUES ('o1', 1, 'hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh', 'zstd', NULL, 'b')",
            "UPDATE equipment_snapshot SET fetched_at_us = 2 \
             WHERE ocid = 'o1' AND content_hash = 'hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh'",
        ],
        reads: &[
            "SELECT ocid, fetched_at_us, content_hash, encoding, dictionary_id, body \
             FROM equipment_snapshot \
             WHERE ocid = 'o1' AND encoding = 'zstd' AND dictionary_id IS NULL AND body = 'b'",
            "DELETE FROM equipment_snapshot WHERE ocid = 'o1' AND fetched_at_us = 2",
        ],
    },
    Past {
        migration: "m20261126_000003_point_account",
        table: "point_account",
        writes: &[
            "INSERT INTO point_account (account, balance) VALUES (x'', 0)",
            "UPDATE point_account SET balance = balance + 7 \
             WHERE account = x'' AND balance + 7 >= 0",
        ],
        reads: &[
            "SELECT account, balance FROM point_account WHERE account = x'' AND balance = 7",
            "DELETE FROM point_account WHERE account = x''",
        ],
    },
    Past {
        migration: "m20261126_000004_posting",
        table: "posting",
        writes: &[
            "INSERT INTO posting (id, cause, granted_by, reason, made_at_us) \
             VALUES (x'00000000000000000000000000000001', 'grant', 'by', NULL, 1)",
        ],
        reads: &[
            "SELECT id, cause, granted_by, reason, made_at_us FROM posting \
             WHERE id = x'00000000000000000000000000000001' AND cause = 'grant' \
             AND granted_by = 'by' AND reason IS NULL AND made_at_us = 1",
            "DELETE FROM posting WHERE id = x'00000000000000000000000000000001'",
        ],
    },
    Past {
        migration: "m20261126_000005_ledger_entry",
        table: "ledger_entry",
        writes: &["INSERT INTO ledger_entry (posting_id, account, points) \
             VALUES (x'00000000000000000000000000000001', x'', -7)"],
        reads: &[
            "SELECT posting_id, account, points FROM ledger_entry \
             WHERE posting_id = x'00000000000000000000000000000001' AND account = x'' \
             AND points = -7",
            "DELETE FROM ledger_entry WHERE posting_id = x'00000000000000000000000000000001'",
        ],
    },
    Past {
        migration: "m20261126_000007_donation",
        table: "donation",
        writes: &["INSERT INTO donation \
             (id, giver, receiver, amount, note, idempotency_key, made_at_us) VALUES \
             (x'00000000000000000000000000000001', x'00000000000000000000000000000002', \
             x'00000000000000000000000000000003', 7, NULL, 'key', 1)"],
        reads: &[
            "SELECT id, giver, receiver, amount, note, idempotency_key, made_at_us FROM donation \
             WHERE giver = x'00000000000000000000000000000002' AND idempotency_key = 'key' \
             AND receiver = x'00000000000000000000000000000003' AND amount = 7 \
             AND note IS NULL AND made_at_us = 1",
            "DELETE FROM donation WHERE id = x'00000000000000000000000000000001'",
        ],
    },
    Past {
        migration: "m20261126_000010_outbox_message",
        table: "outbox_message",
        writes: &[
            "INSERT INTO outbox_message (id, topic, version, payload, content_hash, \
             created_at_us, state, due_at_us, attempt, ended_at_us) VALUES \
             (x'00000000000000000000000000000001', 't', 1, '{}', \
             'hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh', 1, 'waiting', 1, 0, NULL)",
            "UPDATE outbox_message SET attempt = 1, due_at_us = 2 \
             WHERE id = x'00000000000000000000000000000001' AND due_at_us <= 1",
        ],
        reads: &[
            "SELECT id, topic, version, payload, content_hash, created_at_us, state, due_at_us, \
             attempt, ended_at_us FROM outbox_message \
             WHERE due_at_us = 2 AND topic = 't' AND version = 1 AND payload = '{}' \
             AND created_at_us = 1 AND state = 'waiting' AND attempt = 1 AND ended_at_us IS NULL",
            "DELETE FROM outbox_message WHERE id = x'00000000000000000000000000000001'",
        ],
    },
    Past {
        migration: "m20261126_000013_outbox_attempt",
        table: "outbox_attempt",
        writes: &[
            "INSERT INTO outbox_attempt (message_id, number, ended_at_us, outcome, reason) \
             VALUES (x'00000000000000000000000000000001', 1, 1, 'failed', 'r')",
        ],
        reads: &[
            "SELECT id, message_id, number, ended_at_us, outcome, reason FROM outbox_attempt \
             WHERE message_id = x'00000000000000000000000000000001' AND number = 1 \
             AND ended_at_us = 1 AND outcome = 'failed' AND reason = 'r'",
            "DELETE FROM outbox_attempt WHERE message_id = x'00000000000000000000000000000001'",
        ],
    },
    Past {
        migration: "m20261126_000015_character_like",
        table: "character_like",
        writes: &["INSERT INTO character_like (ocid, liker) \
             VALUES ('o1', x'00000000000000000000000000000001')"],
        reads: &[
            "SELECT ocid, liker FROM character_like \
             WHERE ocid = 'o1' AND liker = x'00000000000000000000000000000001'",
            "DELETE FROM character_like \
             WHERE ocid = 'o1' AND liker = x'00000000000000000000000000000001'",
        ],
    },
    Past {
        migration: "m20261126_000016_like_count",
        table: "like_count",
        writes: &[
            "INSERT INTO like_count (ocid, likes) VALUES ('o1', 1)",
            "UPDATE like_count SET likes = likes + 1 WHERE ocid = 'o1'",
        ],
        reads: &[
            "SELECT ocid, likes FROM like_count WHERE ocid = 'o1' AND likes = 2",
            "DELETE FROM like_count WHERE ocid = 'o1'",
        ],
    },
    Past {
        migration: "m20261126_000017_like_stream",
        table: "like_stream",
        writes: &[
            "INSERT INTO like_stream (stream, reached_ms, reached_sequence) VALUES ('s', 0, 0)",
            "UPDATE like_stream SET reached_ms = 1, reached_sequence = 2 WHERE stream = 's'",
        ],
        reads: &[
            "SELECT stream, reached_ms, reached_sequence FROM like_stream \
             WHERE stream = 's' AND reached_ms = 1 AND reached_sequence = 2",
            "DELETE FROM like_stream WHERE stream = 's'",
        ],
    },
    Past {
        migration: "m20261126_000040_outbox_lane",
        table: "outbox_lane",
        writes: &[
            "INSERT INTO outbox_lane (name, free_at_us, turn, asked_for) \
             VALUES ('l', 0, x'00000000000000000000000000000001', FALSE)",
            "UPDATE outbox_lane SET free_at_us = 1, asked_for = TRUE WHERE name = 'l'",
        ],
        reads: &[
            "SELECT name, free_at_us, turn, asked_for FROM outbox_lane \
             WHERE name = 'l' AND free_at_us = 1 AND asked_for \
             AND turn = x'00000000000000000000000000000001'",
            "DELETE FROM outbox_lane WHERE name = 'l'",
        ],
    },
    Past {
        migration: "m20261126_000018_member",
        table: "member",
        writes: &[
            "INSERT INTO member (id, characters, seen_at_us) \
             VALUES (x'00000000000000000000000000000001', '[]', 1)",
            "UPDATE member SET seen_at_us = 2 WHERE id = x'00000000000000000000000000000001'",
        ],
        reads: &[
            "SELECT id, characters, seen_at_us FROM member \
             WHERE id = x'00000000000000000000000000000001' AND characters = '[]' \
             AND seen_at_us = 2",
            "DELETE FROM member WHERE id = x'00000000000000000000000000000001'",
        ],
    },
    Past {
        migration: "m20261126_000019_member_session",
        table: "member_session",
        writes: &[
            "INSERT INTO member_session (id, member_id, opened_at_us, access_hash, \
             access_until_us, refresh_hash, refresh_until_us) VALUES \
             (x'00000000000000000000000000000001', x'00000000000000000000000000000002', 1, \
             'hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh', 2, 'hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh', 3)",
            "UPDATE member_session SET access_until_us = 4, refresh_until_us = 5 \
             WHERE id = x'00000000000000000000000000000001'",
        ],
        reads: &[
            "SELECT id, member_id, opened_at_us, access_hash, access_until_us, refresh_hash, \
             refresh_until_us FROM member_session \
             WHERE member_id = x'00000000000000000000000000000002' AND opened_at_us = 1 \
             AND access_until_us = 4 AND refresh_until_us = 5",
            "DELETE FROM member_session WHERE id = x'00000000000000000000000000000001'",
        ],
    },
    Past {
        migration: "m20261126_000062_job_run",
        table: "job_run",
        writes: &[
            "INSERT INTO job_run (job, tick, instance, started_at_us) VALUES ('j', 1, 'i', 1)",
            "UPDATE job_run SET ended_at_us = 2, succeeded = TRUE, report = 'r' \
             WHERE job = 'j' AND tick = 1 AND instance = 'i'",
        ],
        reads: &[
            "SELECT job, tick, instance, started_at_us, ended_at_us, succeeded, report \
             FROM job_run WHERE job = 'j' AND tick = 1 AND instance = 'i' \
             AND started_at_us = 1 AND ended_at_us = 2 AND succeeded AND report = 'r'",
            "DELETE FROM job_run WHERE job = 'j'",
        ],
    },
    Past {
        migration: "m20261126_000071_like_ahead",
        table: "like_ahead",
        writes: &[
            "INSERT INTO like_ahead (ocid, liker, taken_at_us) \
             VALUES ('o1', x'00000000000000000000000000000001', 1)",
            "UPDATE like_ahead SET taken_at_us = 2 \
             WHERE ocid = 'o1' AND liker = x'00000000000000000000000000000001'",
        ],
        reads: &[
            "SELECT ocid, liker, taken_at_us FROM like_ahead \
             WHERE ocid = 'o1' AND liker = x'00000000000000000000000000000001' \
             AND taken_at_us = 2",
            "DELETE FROM like_ahead WHERE taken_at_us < 3",
        ],
    },
    Past {
        migration: "m20261126_000072_fence",
        table: "fence",
        writes: &[
            "INSERT INTO fence (name, token) VALUES ('f', 0)",
            "UPDATE fence SET token = token + 1 WHERE name = 'f'",
        ],
        reads: &[
            "SELECT name, token FROM fence WHERE name = 'f' AND token = 1",
            "DELETE FROM fence WHERE name = 'f'",
        ],
    },
];
