//! `outbox`: what waits for delivery, and ending what was given up.

use clap::{Args, Subcommand};
use outbox::{DeadLetters, Disposal, EventId, OutboxError};
use serde::Serialize;

use super::{Form, print, table};
use crate::cli::failure::Failure;
use api::responses::{BacklogResponse, DeadLetterHistoryResponse, DeadLetterResponse};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum OutboxCommand {
    /// Tell how much waits, and list the messages that were given up.
    List {
        /// Upper bound on the number listed.
        #[arg(long, default_value_t = 100)]
        limit: usize,
        #[command(flatten)]
        form: Form,
    },
    /// Show one message that was given up, with every attempt to deliver it.
    Show {
        /// The event's id.
        id: EventId,
        #[command(flatten)]
        form: Form,
    },
    /// Have messages that were given up delivered after all.
    Replay(Chosen),
    /// Give messages up permanently. They are never delivered, and stay in the database for
    /// `outbox.keep_days`.
    Discard(Chosen),
}

/// Dead letters to be ended.
#[derive(Debug, Args)]
pub(in crate::cli) struct Chosen {
    /// The events' ids.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    ids: Vec<EventId>,
    /// Every dead letter there is.
    #[arg(long)]
    all: bool,
    /// Change nothing; tell what would be changed.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    form: Form,
}

/// Messages that wait, and dead letters.
#[derive(Debug, Serialize)]
struct Listing {
    backlog: BacklogResponse,
    dead_letters: Vec<DeadLetterResponse>,
}

/// Dead letters that were ended, or would be.
#[derive(Debug, Serialize)]
struct Ended {
    dry_run: bool,
    changed: Vec<String>,
    unchanged: Vec<String>,
}

pub(super) async fn run(letters: &DeadLetters, command: &OutboxCommand) -> Result<(), Failure> {
    match command {
        OutboxCommand::List { limit, form } => list(letters, *limit, *form).await,
        OutboxCommand::Show { id, form } => show(letters, *id, *form).await,
        OutboxCommand::Replay(chosen) => end(letters, chosen, Disposal::Replay).await,
        OutboxCommand::Discard(chosen) => end(letters, chosen, Disposal::Discard).await,
    }
}

async fn list(letters: &DeadLetters, limit: usize, form: Form) -> Result<(), Failure> {
    let listing = Listing {
        backlog: (&letters.backlog().await?).into(),
        dead_letters: letters
            .page(None, limit)
            .await?
            .iter()
            .map(Into::into)
            .collect(),
    };
    print(form, &listing, |listing| {
        let BacklogResponse {
            pending,
            dead,
            oldest,
        } = &listing.backlog;
        let since = oldest.map(|oldest| format!(", the oldest from {oldest}"));
        let since = since.unwrap_or_default();
        let line = format!("{pending} pending{since}; {dead} dead");
        if listing.dead_letters.is_empty() {
            return line;
        }
        let mut table = table(["event", "topic", "given up", "last attempt", "why"]);
        for letter in &listing.dead_letters {
            table.add_row([
                letter.id.clone(),
                letter.topic.clone(),
                letter.died_at.to_string(),
                letter.outcome.to_owned(),
                letter.reason.clone().unwrap_or_default(),
            ]);
        }
        format!("{line}\n{table}")
    })?;
    Ok(())
}

async fn show(letters: &DeadLetters, id: EventId, form: Form) -> Result<(), Failure> {
    let found = letters.find(id).await?;
    let found = found.ok_or_else(|| Failure::BadInput(format!("there is no dead letter {id}")))?;
    print(form, &DeadLetterHistoryResponse::from(&found), |answer| {
        let DeadLetterResponse {
            id,
            topic,
            version,
            created_at,
            died_at,
            ..
        } = &answer.letter;
        let mut table = table(["attempt", "ended", "outcome", "why"]);
        for attempt in &answer.attempts {
            table.add_row([
                attempt.number.to_string(),
                attempt.ended_at.to_string(),
                attempt.outcome.to_owned(),
                attempt.reason.clone().unwrap_or_default(),
            ]);
        }
        format!(
            "{id}: {topic} version {version}, from {created_at}, given up {died_at}\n{}\n{table}",
            answer.payload
        )
    })?;
    Ok(())
}

async fn end(letters: &DeadLetters, chosen: &Chosen, disposal: Disposal) -> Result<(), Failure> {
    let ids = if chosen.all {
        letters.ids().await?
    } else {
        chosen.ids.clone()
    };
    let disposed = if chosen.dry_run {
        letters.would_dispose(&ids).await?
    } else {
        letters.dispose(&ids, disposal).await?
    };
    let texts = |ids: &[EventId]| ids.iter().map(ToString::to_string).collect();
    let answer = Ended {
        dry_run: chosen.dry_run,
        changed: texts(&disposed.changed),
        unchanged: texts(&disposed.unchanged),
    };
    print(chosen.form, &answer, |answer| text(answer, disposal))?;
    if disposed.unchanged.is_empty() {
        return Ok(());
    }
    Err(Failure::BadInput(format!(
        "{} of these are no dead letters",
        disposed.unchanged.len()
    )))
}

fn text(answer: &Ended, disposal: Disposal) -> String {
    let verb = match (disposal, answer.dry_run) {
        (Disposal::Replay, false) => "will be delivered",
        (Disposal::Replay, true) => "would be delivered",
        (Disposal::Discard, false) => "discarded",
        (Disposal::Discard, true) => "would be discarded",
    };
    let mut lines = vec![format!("{} {verb}", answer.changed.len())];
    let changed = answer.changed.iter().map(|id| format!("  {id}"));
    lines.extend(changed);
    let unchanged = answer.unchanged.iter();
    lines.extend(unchanged.map(|id| format!("  {id} is no dead letter")));
    lines.join("\n")
}

impl From<OutboxError> for Failure {
    fn from(error: OutboxError) -> Self {
        Self::Other(error.into())
    }
}
