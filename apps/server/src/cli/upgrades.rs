//! `maple-expectation upgrades`: the best upgrades of a character's gear for a budget.

use std::path::PathBuf;

use api::responses::Provenance;
use api::upgrades::{UpgradesRequest, UpgradesResponse};
use clap::{Args, ValueHint};
use cube_probability::Method;
use equipment::{NoStatSheet, SheetOrigin, UpgradesError, own_stat_sheet};
use planning::{Detail, NotValued};

use super::amount::meso;
use super::expectation::{ask, character_name, stat_sheet};
use super::failure::Failure;
use super::star_arguments::StarArguments;
use super::{report, stdout};
use crate::config::Config;

/// A character, and a budget or a gain.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The character's name.
    name: String,
    /// The meso there is, such as 100b or 1000억.
    #[arg(long, value_name = "MESO", value_parser = meso, allow_negative_numbers = true)]
    budget: Option<i64>,
    /// The gain to reach with the least meso: 0.1 is 10 % more boss damage.
    #[arg(long, conflicts_with = "budget", allow_negative_numbers = true)]
    target_gain: Option<f64>,
    /// The chance with which the budget must be enough; 0.8 without.
    #[arg(long, value_name = "CHANCE", allow_negative_numbers = true)]
    confidence: Option<f64>,
    /// A JSON file with the character's stat sheet.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    sheet: Option<PathBuf>,
    /// The boss's defence: 3.8 is 380 %. Without it the hardest is taken that the character damages.
    #[arg(long, allow_negative_numbers = true)]
    boss_defence: Option<f64>,
    /// The least gain that is an action; 0.001 without.
    #[arg(long, value_name = "GAIN", allow_negative_numbers = true)]
    minimum_gain: Option<f64>,
    /// Slots left alone, in the game's words, such as 무기,모자.
    #[arg(long, value_name = "SLOTS", value_delimiter = ',')]
    exclude: Vec<String>,
    /// The methods that may be used; the meso resets without.
    #[arg(long, value_name = "METHODS", value_delimiter = ',')]
    methods: Option<Vec<Method>>,
    #[command(flatten)]
    star_force: StarArguments,
    /// The rule set; the current one without.
    #[arg(long)]
    rules: Option<String>,
    /// Ask the upstream even when what is stored is fresh.
    #[arg(long)]
    refresh: bool,
    /// Print the body the API gives instead of a table.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    let question = arguments.question()?;
    // Level and sheet are known only later; all else is checked before the upstream is asked.
    question.check()?;
    let name = character_name(&arguments.name)?;
    let needs_stats = question.stat_sheet.is_none();
    let asked = ask(config, &name, arguments.refresh, Detail::Full, needs_stats).await?;
    let (lookup, readings, _) = asked;
    let known = lookup.whole()?;
    let gear = known.value.equipment().map_err(anyhow::Error::from)?;
    question.named_slots().check(&gear)?;
    let character = &known.value.character;
    let (sheet, origin) = match (&question.stat_sheet, readings) {
        (Some(sheet), _) => (sheet.clone(), SheetOrigin::Given),
        (None, Some(readings)) => {
            let made = own_stat_sheet(character, &readings, &gear)?;
            (made.sheet, made.detail.into())
        }
        (None, None) => {
            let detail = "the stats are not available now; name a stat sheet by --sheet";
            return Err(Failure::BadInput(detail.to_owned()));
        }
    };
    let options = question.checked(character.level, sheet)?;
    let upgrades = equipment::upgrades(gear.worn(), &options)?;
    let provenance = Some(Provenance::of(&known));
    let answer = UpgradesResponse::new(provenance, &options, origin, &upgrades);
    if arguments.json {
        stdout::json(&answer)
    } else {
        stdout::text(report::of_upgrades(&answer))
    }
}

impl Arguments {
    fn question(&self) -> Result<UpgradesRequest, Failure> {
        let words = |methods: &Vec<Method>| methods.iter().map(ToString::to_string).collect();
        Ok(UpgradesRequest {
            stat_sheet: stat_sheet(self.sheet.as_deref())?,
            budget_meso: self.budget,
            target_gain: self.target_gain,
            confidence: self.confidence,
            boss_defence: self.boss_defence,
            minimum_gain: self.minimum_gain,
            exclude_slots: self.exclude.clone(),
            methods: self.methods.as_ref().map(words),
            star_force: self.star_force.options(),
            rules: self.rules.clone(),
            ..UpgradesRequest::default()
        })
    }
}

impl From<NoStatSheet> for Failure {
    fn from(reason: NoStatSheet) -> Self {
        let detail = format!("the character has no stat sheet ({reason}); name one by --sheet");
        Self::BadInput(detail)
    }
}

impl From<UpgradesError> for Failure {
    fn from(error: UpgradesError) -> Self {
        match error {
            UpgradesError::NotValued(reason @ NotValued::NoDamage { .. }) => {
                Self::BadInput(format!("{reason}; try a lower --boss-defence"))
            }
            UpgradesError::NotValued(reason) => {
                Self::BadInput(format!("the stat sheet cannot be used: {reason}"))
            }
            error @ UpgradesError::Plan(_) => Self::Other(error.into()),
        }
    }
}
