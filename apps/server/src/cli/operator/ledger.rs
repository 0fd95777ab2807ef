//! `ledger`: checks of the ledger.

use clap::Subcommand;
use donation::Donations;

use super::{Form, print, table};
use crate::cli::failure::Failure;
use api::responses::AuditResponse;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum LedgerCommand {
    /// Check the ledger: all entries add up to zero, and every balance is the sum of its entries.
    /// Exit code 1 when they do not.
    Check {
        #[command(flatten)]
        form: Form,
    },
}

pub(super) async fn run(donations: &Donations, command: &LedgerCommand) -> Result<(), Failure> {
    let LedgerCommand::Check { form } = command;
    let audit = AuditResponse::from(&donations.audit().await?);
    print(*form, &audit, text)?;
    if audit.clean {
        return Ok(());
    }
    Err(Failure::Other(anyhow::anyhow!(
        "the ledger is wrong: {} flaw(s), all entries add up to {}",
        audit.flaws.len(),
        audit.sum
    )))
}

fn text(audit: &AuditResponse) -> String {
    let AuditResponse {
        clean,
        accounts,
        entries,
        sum,
        flaws,
    } = audit;
    let verdict = if *clean { "right" } else { "WRONG" };
    let line = format!(
        "the ledger is {verdict}: {accounts} accounts, {entries} entries that add up to {sum}"
    );
    if flaws.is_empty() {
        return line;
    }
    let mut table = table(["flaw", "account or posting", "what is wrong"]);
    for flaw in flaws {
        table.add_row([flaw.kind, &flaw.of, &flaw.detail]);
    }
    format!("{line}\n{table}")
}
