//! State shared by all workers of a sandbox.

use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use serde::Serialize;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::faults::{Endpoint, FaultRule, InjectedFault, next_outcome};
use crate::quota::{Quota, SlidingWindow};

/// Number of requests by path, regardless of their outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct RequestCounts {
    /// For `/maplestory/v1/id`.
    pub id: u64,
    /// For `/maplestory/v1/character/basic`.
    pub basic: u64,
    /// For `/maplestory/v1/character/item-equipment`.
    pub item_equipment: u64,
    /// For `/maplestory/v1/character/list`.
    pub character_list: u64,
    /// For `/maplestory/v1/character/stat`.
    pub stat: u64,
    /// For `/maplestory/v1/character/hyper-stat`.
    pub hyper_stat: u64,
    /// For `/maplestory/v1/character/ability`.
    pub ability: u64,
    /// For `/maplestory/v1/character/symbol-equipment`.
    pub symbol_equipment: u64,
    /// For `/maplestory/v1/character/set-effect`.
    pub set_effect: u64,
    /// For `/maplestory/v1/user/union-raider`.
    pub union_raider: u64,
    /// For `/maplestory/v1/character/link-skill`.
    pub link_skill: u64,
    /// For `/maplestory/v1/history/...`.
    pub history: u64,
    /// Those among them that were over the quota.
    pub over_quota: u64,
}

impl RequestCounts {
    /// All requests, whatever they were for.
    pub const fn total(&self) -> u64 {
        self.id
            + self.basic
            + self.item_equipment
            + self.character_list
            + self.stat
            + self.hyper_stat
            + self.ability
            + self.symbol_equipment
            + self.set_effect
            + self.union_raider
            + self.link_skill
            + self.history
    }

    fn of(&mut self, endpoint: Endpoint) -> &mut u64 {
        match endpoint {
            Endpoint::Id => &mut self.id,
            Endpoint::Basic => &mut self.basic,
            Endpoint::ItemEquipment => &mut self.item_equipment,
            Endpoint::CharacterList => &mut self.character_list,
            Endpoint::Stat => &mut self.stat,
            Endpoint::HyperStat => &mut self.hyper_stat,
            Endpoint::Ability => &mut self.ability,
            Endpoint::SymbolEquipment => &mut self.symbol_equipment,
            Endpoint::SetEffect => &mut self.set_effect,
            Endpoint::UnionRaider => &mut self.union_raider,
            Endpoint::LinkSkill => &mut self.link_skill,
            Endpoint::HistoryCube
            | Endpoint::HistoryPotential
            | Endpoint::HistoryStarforce
            | Endpoint::HistorySoulPotential => &mut self.history,
        }
    }
}

#[derive(Debug)]
pub(crate) struct State {
    counters: Mutex<RequestCounts>,
    faults: Mutex<Vec<FaultRule>>,
    quota: Option<Mutex<SlidingWindow>>,
    stopping: CancellationToken,
}

impl State {
    pub(crate) fn new(
        quota: Option<Quota>,
        faults: Vec<FaultRule>,
        stopping: CancellationToken,
    ) -> Self {
        Self {
            counters: Mutex::default(),
            faults: Mutex::new(faults),
            quota: quota.map(|quota| Mutex::new(SlidingWindow::new(quota))),
            stopping,
        }
    }

    pub(crate) fn counters(&self) -> RequestCounts {
        *lock(&self.counters)
    }

    pub(crate) fn reset_counters(&self) {
        *lock(&self.counters) = RequestCounts::default();
    }

    pub(crate) fn faults(&self) -> Vec<FaultRule> {
        lock(&self.faults).clone()
    }

    pub(crate) fn set_faults(&self, faults: Vec<FaultRule>) {
        *lock(&self.faults) = faults;
    }

    /// Counts a request and returns its injected fault.
    pub(crate) fn receive(&self, endpoint: Endpoint) -> InjectedFault {
        *lock(&self.counters).of(endpoint) += 1;
        next_outcome(&mut lock(&self.faults), endpoint)
    }

    /// Admits a call, or returns the wait before the next admission.
    pub(crate) fn admit(&self) -> Result<(), Duration> {
        let Some(quota) = &self.quota else {
            return Ok(());
        };
        let admitted = lock(quota).admit(Instant::now());
        if admitted.is_err() {
            lock(&self.counters).over_quota += 1;
        }
        admitted
    }

    /// Waits until the sandbox stops.
    pub(crate) async fn stopping(&self) {
        self.stopping.cancelled().await;
    }
}

/// Nothing that holds one of these locks can leave its value half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock()
}
