//! Books, outbox and likes, as operators see them over HTTP and on the command line.

use donation::{Account, Audit, Cause, Flaw, Posting};
use jiff::Timestamp;
use likes::Drift;
use outbox::{Attempt, AttemptResult, Backlog, DeadLetter};
use serde::Serialize;
use utoipa::ToSchema;

/// Points that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Posting)]
pub struct PostingResponse {
    /// Its identity; a donation's posting has the donation's.
    pub id: String,
    /// Account that lost the points: a member's id, or `issued` for a grant.
    #[schema(example = "issued")]
    pub from: String,
    /// Account that received the points.
    pub to: String,
    /// Number of points.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub amount: i64,
    /// Kind of posting: `donation` or `grant`.
    #[schema(example = "grant")]
    pub cause: &'static str,
    /// Operator who granted them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Reason of a grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Time of the posting.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// A member's points, and how they came and went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PointAccount)]
pub struct PointAccountResponse {
    /// The member.
    pub member: String,
    /// Balance of points.
    pub balance: i64,
    /// The latest postings, the newest first.
    pub postings: Vec<PostingResponse>,
}

/// Result of an audit of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditResponse {
    /// Whether the ledger is right.
    pub clean: bool,
    /// Number of accounts.
    pub accounts: u64,
    /// Number of entries.
    pub entries: u64,
    /// The sum of all entries; zero in a right ledger.
    pub sum: i64,
    /// Flaws found.
    pub flaws: Vec<FlawResponse>,
}

/// Flaw of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlawResponse {
    /// Kind of flaw: `balance`, `overdrawn`, `unbalanced` or `stray`.
    pub kind: &'static str,
    /// The account or posting that has it.
    pub of: String,
    /// Description of the flaw.
    pub detail: String,
}

/// Number and age of the messages in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Backlog)]
pub struct BacklogResponse {
    /// Messages that wait or are being delivered.
    pub pending: u64,
    /// Messages that were given up.
    pub dead: u64,
    /// Time of the oldest pending message; none when nothing is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub oldest: Option<Timestamp>,
}

/// A message that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DeadLetter)]
pub struct DeadLetterResponse {
    /// The event's identity, which every copy of the message carries.
    pub id: String,
    /// Kind of the event.
    #[schema(example = "donation")]
    pub topic: String,
    /// The version of the payload's shape.
    pub version: u16,
    /// Time of the event.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Time at which delivery was given up.
    #[schema(value_type = String, format = DateTime)]
    pub died_at: Timestamp,
    /// Outcome of the last attempt: `delivered`, `failed` or `unknown`.
    #[schema(example = "failed")]
    pub outcome: &'static str,
    /// Reason of the outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Some of the messages that were given up, by id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DeadLetters)]
pub struct DeadLettersResponse {
    /// The dead letters.
    pub dead_letters: Vec<DeadLetterResponse>,
    /// The `cursor` of the next page; none after the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A message that was given up, with its content and every attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DeadLetterHistory)]
pub struct DeadLetterHistoryResponse {
    /// The message.
    #[serde(flatten)]
    pub letter: DeadLetterResponse,
    /// The message's payload, as JSON in a string.
    pub payload: String,
    /// Every attempt, the first one first.
    pub attempts: Vec<AttemptResponse>,
}

/// One attempt to deliver a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Attempt)]
pub struct AttemptResponse {
    /// Number of the attempt; from 1 again after a replay.
    pub number: u32,
    /// Time of its end.
    #[schema(value_type = String, format = DateTime)]
    pub ended_at: Timestamp,
    /// Its outcome: `delivered`, `failed`, or `unknown` when the receiver may have the message.
    #[schema(example = "failed")]
    pub outcome: &'static str,
    /// Reason of the outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A count of likes that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DriftResponse {
    /// The game's identifier of the character.
    pub character: String,
    /// The count that is kept.
    pub kept: u64,
    /// The number of those who like it.
    pub likers: u64,
}

impl From<&Posting> for PostingResponse {
    fn from(posting: &Posting) -> Self {
        let (cause, by, reason) = match &posting.cause {
            Cause::Donation => ("donation", None, None),
            Cause::Grant { by, reason } => ("grant", Some(by.clone()), Some(reason.clone())),
        };
        Self {
            id: posting.id.to_string(),
            from: account(posting.from),
            to: account(posting.to),
            amount: posting.amount.points(),
            cause,
            by,
            reason,
            at: posting.at,
        }
    }
}

impl From<&Audit> for AuditResponse {
    fn from(audit: &Audit) -> Self {
        Self {
            clean: audit.is_clean(),
            accounts: audit.accounts,
            entries: audit.entries,
            sum: audit.sum,
            flaws: audit.flaws.iter().map(FlawResponse::from).collect(),
        }
    }
}

impl From<&Flaw> for FlawResponse {
    fn from(flaw: &Flaw) -> Self {
        let (kind, of, detail) = match *flaw {
            Flaw::Balance {
                account: of,
                balance,
                entries,
            } => (
                "balance",
                account(of),
                format!("the balance is {balance}, the entries add up to {entries}"),
            ),
            Flaw::Overdrawn { member, balance } => (
                "overdrawn",
                member.to_string(),
                format!("the balance of a member is {balance}"),
            ),
            Flaw::Unbalanced { posting, sum } => (
                "unbalanced",
                posting.to_string(),
                format!("its entries add up to {sum}"),
            ),
            Flaw::Stray { posting } => (
                "stray",
                posting.to_string(),
                "there is a donation without such a posting, or the other way round".to_owned(),
            ),
        };
        Self { kind, of, detail }
    }
}

impl From<&Backlog> for BacklogResponse {
    fn from(backlog: &Backlog) -> Self {
        Self {
            pending: backlog.pending,
            dead: backlog.dead,
            oldest: backlog.oldest,
        }
    }
}

impl From<&DeadLetter> for DeadLetterResponse {
    fn from(letter: &DeadLetter) -> Self {
        let (outcome, reason) = result(&letter.last_result);
        Self {
            id: letter.message.id.to_string(),
            topic: letter.message.topic.clone(),
            version: letter.message.version,
            created_at: letter.message.created_at,
            died_at: letter.died_at,
            outcome,
            reason,
        }
    }
}

impl DeadLettersResponse {
    /// A page of at most `size`: the next one begins after its last when there is one more.
    pub fn page(letters: &[DeadLetter], size: usize) -> Self {
        let shown = &letters[..letters.len().min(size)];
        let next = shown.last().filter(|_| letters.len() > size);
        Self {
            dead_letters: shown.iter().map(DeadLetterResponse::from).collect(),
            next: next.map(|last| last.message.id.to_string()),
        }
    }
}

impl From<&(DeadLetter, Vec<Attempt>)> for DeadLetterHistoryResponse {
    fn from((letter, attempts): &(DeadLetter, Vec<Attempt>)) -> Self {
        Self {
            letter: letter.into(),
            payload: letter.message.payload.clone(),
            attempts: attempts.iter().map(AttemptResponse::from).collect(),
        }
    }
}

impl From<&Attempt> for AttemptResponse {
    fn from(attempt: &Attempt) -> Self {
        let (outcome, reason) = result(&attempt.result);
        Self {
            number: attempt.number,
            ended_at: attempt.ended_at,
            outcome,
            reason,
        }
    }
}

impl From<&Drift> for DriftResponse {
    fn from(drift: &Drift) -> Self {
        Self {
            character: drift.character.to_string(),
            kept: drift.kept,
            likers: drift.likers,
        }
    }
}

fn account(account: Account) -> String {
    match account {
        Account::Issued => "issued".to_owned(),
        Account::Member(member) => member.to_string(),
    }
}

fn result(result: &AttemptResult) -> (&'static str, Option<String>) {
    match result {
        AttemptResult::Delivered => ("delivered", None),
        AttemptResult::Failed(reason) => ("failed", Some(reason.clone())),
        AttemptResult::Unknown(reason) => ("unknown", Some(reason.clone())),
    }
}
