//! The lane in memory, and what every lane must keep.

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;

use crate::{Lane, LaneState, OutboxError, Turn};

/// The lane in memory: shared by the senders of one process.
#[derive(Debug, Default)]
pub struct MemoryLane(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    turns: u128,
    free_at: Option<Timestamp>,
    asked_for: bool,
}

#[async_trait]
impl Lane for MemoryLane {
    async fn take(&self, now: Timestamp, until: Timestamp) -> Result<LaneState, OutboxError> {
        let mut state = self.0.lock();
        if let Some(free_at) = state.free_at
            && now < free_at
        {
            let asked_for = state.asked_for;
            return Ok(LaneState::Busy { free_at, asked_for });
        }
        *state = State {
            turns: state.turns + 1,
            free_at: Some(until),
            asked_for: false,
        };
        Ok(LaneState::Acquired(Turn::new(state.turns)))
    }

    async fn leave(
        &self,
        turn: Turn,
        free_at: Timestamp,
        asked_for: bool,
    ) -> Result<(), OutboxError> {
        let mut state = self.0.lock();
        if state.turns == turn.bits() {
            state.free_at = Some(free_at);
            state.asked_for = asked_for;
        }
        Ok(())
    }
}

/// Runs the whole contract; `fresh` gives a lane that nobody has used each time.
///
/// # Panics
///
/// When the lane breaks it.
pub async fn lane_contract<L: Lane>(fresh: impl AsyncFn() -> L) {
    lane_admits_one_holder(&fresh().await).await;
    abandoned_lane_is_free_after_its_time(&fresh().await).await;
    pause_is_remembered(&fresh().await).await;
    rivals_never_have_it_at_once(&fresh().await).await;
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(1_700_000_000_000 + millis).expect("a time of our days")
}

async fn take(lane: &impl Lane, now: i64, until: i64) -> LaneState {
    lane.take(at(now), at(until)).await.expect("the lane works")
}

async fn turn(lane: &impl Lane, now: i64, until: i64) -> Turn {
    match take(lane, now, until).await {
        LaneState::Acquired(turn) => turn,
        taken @ LaneState::Busy { .. } => panic!("the lane is free, but {taken:?}"),
    }
}

async fn leave(lane: &impl Lane, turn: Turn, free_at: i64, asked_for: bool) {
    let left = lane.leave(turn, at(free_at), asked_for).await;
    left.expect("the lane works");
}

fn until(free_at: i64, asked_for: bool) -> LaneState {
    LaneState::Busy {
        free_at: at(free_at),
        asked_for,
    }
}

async fn lane_admits_one_holder(lane: &impl Lane) {
    let first = turn(lane, 0, 100).await;
    assert_eq!(take(lane, 50, 150).await, until(100, false));
    leave(lane, first, 60, false).await;
    turn(lane, 60, 160).await;
}

async fn abandoned_lane_is_free_after_its_time(lane: &impl Lane) {
    let killed = turn(lane, 0, 100).await;
    assert_eq!(take(lane, 99, 199).await, until(100, false));
    let next = turn(lane, 100, 200).await;
    leave(lane, killed, 101, false).await;
    assert_eq!(
        take(lane, 110, 210).await,
        until(200, false),
        "only who has it gives it back"
    );
    leave(lane, next, 120, false).await;
    turn(lane, 120, 220).await;
}

async fn pause_is_remembered(lane: &impl Lane) {
    let first = turn(lane, 0, 100).await;
    leave(lane, first, 5_000, true).await;
    assert_eq!(take(lane, 4_999, 6_000).await, until(5_000, true));
    let next = turn(lane, 5_000, 6_000).await;
    assert_eq!(take(lane, 5_001, 6_001).await, until(6_000, false));
    leave(lane, next, 5_002, false).await;
}

async fn rivals_never_have_it_at_once(lane: &impl Lane) {
    let rival = || async { matches!(take(lane, 0, 100).await, LaneState::Acquired(_)) };
    let (a, b, c, d) = futures_util::join!(rival(), rival(), rival(), rival());
    let takers = [a, b, c, d].into_iter().filter(|&mine| mine).count();
    assert_eq!(takers, 1);
}
