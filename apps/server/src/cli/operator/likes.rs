//! `likes`: whether the counts are right.

use clap::Subcommand;
use likes::LikeStore;
use serde::Serialize;

use super::{Form, print, table};
use crate::cli::failure::Failure;
use api::responses::DriftResponse;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum LikesCommand {
    /// Count every character's likers again and tell which counts are wrong. Exit code 1 when one
    /// is.
    Verify {
        #[command(flatten)]
        form: Form,
    },
}

/// Result of a recount.
#[derive(Debug, Serialize)]
struct Verdict {
    /// Whether every count is right.
    clean: bool,
    /// The counts that are not.
    drifts: Vec<DriftResponse>,
}

pub(super) async fn run(store: &dyn LikeStore, command: &LikesCommand) -> Result<(), Failure> {
    let LikesCommand::Verify { form } = command;
    let drifts = store.recount().await;
    let drifts = drifts.map_err(anyhow::Error::from)?;
    let verdict = Verdict {
        clean: drifts.is_empty(),
        drifts: drifts.iter().map(DriftResponse::from).collect(),
    };
    print(*form, &verdict, text)?;
    if verdict.clean {
        return Ok(());
    }
    let wrong = verdict.drifts.len();
    Err(Failure::Other(anyhow::anyhow!(
        "{wrong} count(s) of likes are wrong"
    )))
}

fn text(verdict: &Verdict) -> String {
    if verdict.clean {
        return "every count of likes is right".to_owned();
    }
    let mut table = table(["character", "count kept", "likers"]);
    for drift in &verdict.drifts {
        table.add_row([
            drift.character.clone(),
            drift.kept.to_string(),
            drift.likers.to_string(),
        ]);
    }
    table.to_string()
}
