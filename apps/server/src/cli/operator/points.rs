//! `points`: granting them, and seeing how they came and went.

use clap::Subcommand;
use donation::{Account, Donations, GrantError, LedgerError};
use kernel::MemberId;

use super::{Form, print, table};
use crate::cli::failure::Failure;
use api::responses::{PointAccountResponse, PostingResponse};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PointsCommand {
    /// Grant points to a member. Asking twice grants twice: without an answer, see `points show`.
    Grant {
        /// The member's id: 32 hexadecimal digits, as `GET /api/v1/me` tells them.
        member: MemberId,
        /// Number of points, 1 to 1,000,000.
        amount: u64,
        /// Name of the operator who grants them.
        #[arg(long)]
        by: String,
        /// Reason of the grant.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        form: Form,
    },
    /// Show a member's points, and how the latest of them came and went.
    Show {
        /// The member's id.
        member: MemberId,
        /// Upper bound on the postings listed.
        #[arg(long, default_value_t = 20)]
        limit: u32,
        #[command(flatten)]
        form: Form,
    },
}

pub(super) async fn run(donations: &Donations, command: &PointsCommand) -> Result<(), Failure> {
    match command {
        PointsCommand::Grant {
            member,
            amount,
            by,
            reason,
            form,
        } => {
            let posting = donations.grant(*member, *amount, by, reason).await?;
            print(*form, &PostingResponse::from(&posting), |answer| {
                format!(
                    "granted {} points to {}: posting {}",
                    answer.amount, answer.to, answer.id
                )
            })?;
        }
        PointsCommand::Show {
            member,
            limit,
            form,
        } => {
            let postings = donations.postings(Account::Member(*member), *limit).await?;
            let answer = PointAccountResponse {
                member: member.to_string(),
                balance: donations.balance(*member).await?,
                postings: postings.iter().map(PostingResponse::from).collect(),
            };
            print(*form, &answer, text)?;
        }
    }
    Ok(())
}

fn text(account: &PointAccountResponse) -> String {
    let mut table = table(["when", "from", "to", "points", "why"]);
    for posting in &account.postings {
        let why = match (&posting.by, &posting.reason) {
            (Some(by), Some(reason)) => format!("{}: {reason} (by {by})", posting.cause),
            _ => posting.cause.to_owned(),
        };
        table.add_row([
            posting.at.to_string(),
            posting.from.clone(),
            posting.to.clone(),
            posting.amount.to_string(),
            why,
        ]);
    }
    format!("{} has {} points\n{table}", account.member, account.balance)
}

impl From<GrantError> for Failure {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::Amount(_) | GrantError::Unexplained | GrantError::UnknownMember(_) => {
                Self::BadInput(error.to_string())
            }
            GrantError::Ledger(error) => error.into(),
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        Self::Other(error.into())
    }
}
