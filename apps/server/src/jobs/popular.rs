//! Fetches popular characters again before they are stale.

use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use equipment::{Characters, FRESH_FOR};
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use schedule::{Job, JobError, JobPlan, RunOn};

const EVERY: Duration = Duration::from_mins(1);

/// Two ticks before they are stale, so that one may be missed.
const YOUNGER_THAN: Duration = FRESH_FOR.saturating_sub(Duration::from_mins(2));

/// The most characters of one tick.
const AT_ONCE: u32 = 20;

/// Greatest number of calls for one character: its identifier, its profile, and its equipment.
const CALLS_EACH: f64 = 3.0;

/// The part of the upstream's day that an instance may spend on characters nobody has asked for
/// at this moment.
const SHARE_OF_QUOTA: f64 = 0.1;

const DAY: Duration = Duration::from_hours(24);

/// Fetches popular characters again before they are stale, so that those who ask for them never
/// get yesterday's gear and never wait. Each instance does it for those it is asked for; what
/// another has just fetched is found in the store and costs no call.
#[derive(Debug)]
pub struct RefreshPopular {
    characters: Characters,
    /// Calls to the upstream that a tick adds; none where calls are free.
    calls_per_tick: Option<f64>,
    /// Calls saved up, at most a tick's worth of characters.
    saved: Mutex<f64>,
}

impl RefreshPopular {
    /// For these characters, with so many calls a day to the upstream; none where calls are free.
    pub fn new(characters: Characters, quota_per_day: Option<u32>) -> Self {
        let ticks_per_day = DAY.as_secs_f64() / EVERY.as_secs_f64();
        Self {
            characters,
            calls_per_tick: quota_per_day
                .map(|quota| f64::from(quota) * SHARE_OF_QUOTA / ticks_per_day),
            saved: Mutex::default(),
        }
    }

    /// Number of characters that this tick may fetch.
    fn allowance(&self) -> u32 {
        let Some(calls) = self.calls_per_tick else {
            return AT_ONCE;
        };
        let mut saved = self.saved();
        *saved = (*saved + calls).min(f64::from(AT_ONCE) * CALLS_EACH);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to AT_ONCE by the line above"
        )]
        let allowance = (*saved / CALLS_EACH) as u32;
        allowance
    }

    fn spend(&self) {
        if self.calls_per_tick.is_some() {
            *self.saved() -= CALLS_EACH;
        }
    }

    fn saved(&self) -> parking_lot::MutexGuard<'_, f64> {
        self.saved.lock()
    }
}

#[async_trait]
impl Job for RefreshPopular {
    fn name(&self) -> &'static str {
        "refresh_popular"
    }

    fn plan(&self) -> JobPlan {
        JobPlan {
            every: Some(EVERY),
            run_on: RunOn::EveryInstance,
        }
    }

    async fn run(&self, stop: &CancellationToken) -> Result<String, JobError> {
        let mut allowance = self.allowance();
        let mut renewed = 0_u32;
        for name in self.characters.popular(AT_ONCE as usize) {
            if stop.is_cancelled() || allowance == 0 {
                break;
            }
            // A call that fails costs as much as one that does not.
            let asked = self.characters.renew(&name, YOUNGER_THAN).await;
            if !matches!(asked, Ok(false)) {
                self.spend();
                allowance -= 1;
            }
            renewed += u32::from(asked.context("the upstream gave no answer")?);
        }
        Ok(format!("fetched {renewed} popular characters anew"))
    }
}
