//! Contract tests for every implementation of `LikeBuffer`.

use std::collections::HashSet;

use async_trait::async_trait;
use futures_util::future::join_all;
use kernel::Ocid;

use super::{change, member};
use crate::{LikeBuffer, LikeStore};

/// A buffer with the store behind it, and a way to bring what waits from one to the other.
#[async_trait]
pub trait BufferUnderTest: Sync {
    /// The buffer.
    fn buffer(&self) -> &dyn LikeBuffer;

    /// The store behind it.
    fn store(&self) -> &dyn LikeStore;

    /// Returns when all that was acknowledged is in the store.
    async fn flush(&self);
}

/// Runs the whole contract; `fresh` gives an empty buffer over an empty store each time.
///
/// # Panics
///
/// When the buffer breaks it.
pub async fn buffer_contract<B: BufferUnderTest>(fresh: impl AsyncFn() -> B) {
    acknowledged_changes_are_counted(&fresh().await).await;
    asking_twice_is_asking_once(&fresh().await).await;
    waiting_and_stored_changes_are_counted_together(&fresh().await).await;
    concurrent_changes_are_all_counted(&fresh().await).await;
    last_acknowledged_change_wins(&fresh().await).await;
}

async fn set(world: &impl BufferUnderTest, number: u32, character: &Ocid, liked: bool) -> u64 {
    let change = change(number, character, liked);
    let count = world.buffer().append(change).await;
    count
        .expect("the buffer works")
        .expect("the store can be asked")
}

async fn count(world: &impl BufferUnderTest, character: &Ocid) -> u64 {
    let tally = world.buffer().tally(character, &[]).await;
    tally.expect("the buffer works").count
}

async fn stored(world: &impl BufferUnderTest, character: &Ocid) -> u64 {
    world.flush().await;
    let drift = world.store().recount().await.expect("the store works");
    assert_eq!(drift, []);
    let tally = world.store().tally(character, &[]).await;
    tally.expect("the store works").count
}

async fn acknowledged_changes_are_counted(world: &impl BufferUnderTest) {
    let (adele, evan) = (Ocid::new("adele"), Ocid::new("evan"));
    assert_eq!(set(world, 1, &adele, true).await, 1);
    assert_eq!(set(world, 2, &adele, true).await, 2);
    assert_eq!(set(world, 1, &evan, true).await, 1);
    assert_eq!(count(world, &adele).await, 2);
    assert_eq!(set(world, 2, &adele, false).await, 1);
    let tally = world.buffer().tally(&adele, &[1, 2].map(member)).await;
    assert_eq!(tally.unwrap().likers, HashSet::from([member(1)]));
    assert_eq!(stored(world, &adele).await, 1);
    assert_eq!(stored(world, &evan).await, 1);
}

async fn asking_twice_is_asking_once(world: &impl BufferUnderTest) {
    let adele = Ocid::new("adele");
    for (liked, expected) in [(false, 0), (true, 1), (true, 1), (false, 0), (false, 0)] {
        assert_eq!(set(world, 1, &adele, liked).await, expected);
        assert_eq!(count(world, &adele).await, expected);
    }
    assert_eq!(stored(world, &adele).await, 0);
}

async fn waiting_and_stored_changes_are_counted_together(world: &impl BufferUnderTest) {
    let adele = Ocid::new("adele");
    for number in 0..4 {
        set(world, number, &adele, true).await;
    }
    assert_eq!(stored(world, &adele).await, 4);
    // One that is stored is asked for again, one is taken back, one is new.
    assert_eq!(set(world, 0, &adele, true).await, 4);
    assert_eq!(set(world, 1, &adele, false).await, 3);
    assert_eq!(set(world, 9, &adele, true).await, 4);
    assert_eq!(count(world, &adele).await, 4);
    let tally = world.buffer().tally(&adele, &[0, 1, 9].map(member)).await;
    assert_eq!(tally.unwrap().likers, HashSet::from([0, 9].map(member)));
    assert_eq!(stored(world, &adele).await, 4);
    assert_eq!(
        count(world, &adele).await,
        4,
        "flushed, and not counted twice"
    );
}

async fn concurrent_changes_are_all_counted(world: &impl BufferUnderTest) {
    let adele = Ocid::new("adele");
    let crowd = (0..200).map(|number| set(world, number, &adele, true));
    for told in join_all(crowd).await {
        assert!((1..=200).contains(&told));
    }
    assert_eq!(count(world, &adele).await, 200);
    assert_eq!(stored(world, &adele).await, 200);
}

async fn last_acknowledged_change_wins(world: &impl BufferUnderTest) {
    let adele = Ocid::new("adele");
    let members = (0..20).map(|number| {
        let adele = &adele;
        async move {
            for round in 0..=number {
                set(world, number, adele, round % 2 == 0).await;
            }
        }
    });
    join_all(members).await;
    assert_eq!(count(world, &adele).await, 10);
    assert_eq!(stored(world, &adele).await, 10);
}
