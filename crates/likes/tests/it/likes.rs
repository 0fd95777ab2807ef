//! The use cases and the group commit over the store in memory.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::join_all;
use futures_util::poll;
use kernel::{CharacterName, MemberId, Ocid};
use likes::testkit::{
    BufferUnderTest, MemoryLikeStore, TransactionFault, buffer_contract, store_contract,
};
use likes::{
    BufferError, Change, Committer, GroupCommit, LikeBuffer, LikeError, LikeStatus, LikeStore,
    Liker, Likes, MAX_WAITING, group_commit,
};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const ADA: MemberId = MemberId::new(1);

struct World {
    store: Arc<MemoryLikeStore>,
    buffer: Arc<GroupCommit>,
    stop: CancellationToken,
}

impl World {
    /// A group commit that is not running yet.
    fn halted(max_waiting: usize) -> (Self, Committer) {
        let store = Arc::new(MemoryLikeStore::default());
        let (buffer, committer) = group_commit(store.clone(), max_waiting);
        let world = Self {
            store,
            buffer: Arc::new(buffer),
            stop: CancellationToken::new(),
        };
        (world, committer)
    }

    fn running() -> Self {
        let (world, committer) = Self::halted(MAX_WAITING);
        TaskTracker::new().spawn(committer.run(world.stop.clone()));
        world
    }

    /// Adele is known, and so is Mine, which is Ada's.
    fn likes(&self) -> Likes {
        let known: BTreeMap<_, _> = ["Adele", "Mine"]
            .map(|text| (name(text), Ocid::new(text)))
            .into();
        Likes::new(self.buffer.clone(), Arc::new(known))
    }

    async fn stored(&self) -> u64 {
        let tally = self.store.tally(&Ocid::new("Adele"), &[]).await;
        tally.unwrap().count
    }
}

#[async_trait::async_trait]
impl BufferUnderTest for World {
    fn buffer(&self) -> &dyn LikeBuffer {
        &*self.buffer
    }

    fn store(&self) -> &dyn LikeStore {
        &*self.store
    }

    /// The store has every acknowledged change already.
    async fn flush(&self) {}
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn name(text: &str) -> CharacterName {
    text.parse().unwrap()
}

fn ada() -> Liker {
    let own = vec![Ocid::new("Mine")];
    Liker { id: ADA, own }
}

fn like_of(member: u128) -> Change {
    Change {
        member: MemberId::new(member),
        character: Ocid::new("Adele"),
        liked: true,
    }
}

#[tokio::test]
async fn memory_store_keeps_the_contract() {
    store_contract(async || MemoryLikeStore::default()).await;
}

#[tokio::test]
async fn group_commit_keeps_the_contract() {
    buffer_contract(async || World::running()).await;
}

#[tokio::test]
async fn likes_are_idempotent_and_return_the_status() {
    let world = World::running();
    let likes = world.likes();
    let adele = name("Adele");
    let status = |liked, count| LikeStatus {
        liked,
        count: Some(count),
    };
    for _ in 0..2 {
        let liked = likes.like(&ada(), &adele).await.unwrap();
        assert_eq!(liked, status(true, 1));
    }
    assert_eq!(likes.count(&adele).await.unwrap().count, Some(1));
    for _ in 0..2 {
        let unliked = likes.unlike(ADA, &adele).await.unwrap();
        assert_eq!(unliked, status(false, 0));
    }
}

#[tokio::test]
async fn own_and_unknown_characters_are_refused() {
    let world = World::running();
    let likes = world.likes();
    let own = likes.like(&ada(), &name("Mine")).await.unwrap_err();
    assert!(matches!(own, LikeError::OwnCharacter));
    let nobody = name("Nobody");
    let unknown = likes.like(&ada(), &nobody).await.unwrap_err();
    assert!(matches!(unknown, LikeError::UnknownCharacter(name) if name == nobody));
    let unknown = likes.unlike(ADA, &nobody).await.unwrap_err();
    assert!(matches!(unknown, LikeError::UnknownCharacter(_)));
    assert!(likes.count(&nobody).await.is_err());
    assert_eq!(likes.count(&name("Mine")).await.unwrap().count, Some(0));
}

#[tokio::test]
async fn like_is_acknowledged_only_when_its_batch_is_durable() {
    let (world, committer) = World::halted(MAX_WAITING);
    let mut like = pin!(world.buffer.append(like_of(1)));
    assert!(poll!(&mut like).is_pending());
    assert_eq!((world.buffer.waiting(), world.stored().await), (1, 0));
    let mut run = pin!(committer.run(world.stop.clone()));
    assert!(poll!(&mut run).is_pending());
    assert_eq!(world.stored().await, 1);
    assert_eq!(like.await.unwrap(), Some(1));
    assert_eq!(world.buffer.waiting(), 0);
}

#[tokio::test]
async fn waiting_likes_are_one_batch() {
    let (world, committer) = World::halted(MAX_WAITING);
    let mut likes: Vec<_> = (0..64)
        .map(|number| Box::pin(world.buffer.append(like_of(number))))
        .collect();
    for like in &mut likes {
        assert!(poll!(like).is_pending());
    }
    let mut run = pin!(committer.run(world.stop.clone()));
    assert!(poll!(&mut run).is_pending());
    for count in join_all(likes).await {
        assert_eq!(
            count.unwrap(),
            Some(64),
            "every request gets the count of the batch"
        );
    }
}

#[tokio::test]
async fn failed_batch_acknowledges_nothing() {
    let world = World::running();
    for fault in [TransactionFault::RolledBack, TransactionFault::AnswerLost] {
        world.store.plan([Some(fault)]);
        let failed = world.buffer.append(like_of(1)).await.unwrap_err();
        assert!(matches!(failed, BufferError::Failed(_)));
    }
    assert_eq!(world.buffer.append(like_of(1)).await.unwrap(), Some(1));
}

#[tokio::test]
async fn likes_above_the_bound_are_refused_until_others_are_written() {
    let (world, committer) = World::halted(8);
    let mut likes: Vec<_> = (0..8)
        .map(|number| Box::pin(world.buffer.append(like_of(number))))
        .collect();
    for like in &mut likes {
        assert!(poll!(like).is_pending());
    }
    let refused = world.buffer.append(like_of(9)).await.unwrap_err();
    assert!(matches!(refused, BufferError::QueueFull { waiting: 8 }));
    let mut run = pin!(committer.run(world.stop.clone()));
    assert!(poll!(&mut run).is_pending());
    assert_eq!(world.stored().await, 8);
    assert!(poll!(pin!(world.buffer.append(like_of(9)))).is_pending());
}

#[tokio::test]
async fn accepted_likes_are_written_before_shutdown() {
    let (world, committer) = World::halted(MAX_WAITING);
    let mut likes: Vec<_> = (0..2_500)
        .map(|number| Box::pin(world.buffer.append(like_of(number))))
        .collect();
    for like in &mut likes {
        assert!(poll!(like).is_pending());
    }
    world.stop.cancel();
    committer.run(world.stop.clone()).await;
    assert_eq!(world.stored().await, 2_500);
    for like in likes {
        assert!(like.await.is_ok());
    }
    let late = world.buffer.append(like_of(9_999)).await.unwrap_err();
    assert!(matches!(late, BufferError::Closed));
    assert_eq!(world.buffer.waiting(), 0);
}

#[tokio::test]
async fn dead_committer_leaves_nobody_waiting() {
    let (world, committer) = World::halted(MAX_WAITING);
    let mut like = pin!(world.buffer.append(like_of(1)));
    assert!(poll!(&mut like).is_pending());
    drop(committer);
    assert!(matches!(like.await, Err(BufferError::Lost)));
    assert_eq!(world.buffer.waiting(), 0);
}

#[tokio::test]
async fn likes_of_departed_clients_count() {
    let (world, committer) = World::halted(MAX_WAITING);
    {
        let mut like = Box::pin(world.buffer.append(like_of(1)));
        assert!(poll!(&mut like).is_pending());
    }
    let mut run = pin!(committer.run(world.stop.clone()));
    assert!(poll!(&mut run).is_pending());
    assert_eq!((world.stored().await, world.buffer.waiting()), (1, 0));
}
