//! The use cases over the ledger in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use donation::testkit::{MemoryLedger, StoresUnderTest, contract};
use donation::{
    Account, Developer, DonateError, DonationLedger, DonationRequest, Donations, GrantError,
    InvalidNote, Posting, Receipt, Side,
};
use jiff::Timestamp;
use kernel::{ManualClock, MemberId, SequentialIds};
use outbox::OutboxStore;
use outbox::testkit::MemoryOutbox;
use tokio::sync::Notify;

const ADA: MemberId = MemberId::new(1);
const BEA: MemberId = MemberId::new(2);
const DEV: MemberId = MemberId::new(3);

struct World {
    ledger: Arc<MemoryLedger>,
    outbox: Arc<MemoryOutbox>,
    committed: Arc<Notify>,
    donations: Donations,
}

impl World {
    /// Ada has 500 points; Dev is a developer.
    async fn new() -> Self {
        let outbox = Arc::new(MemoryOutbox::default());
        let ledger = Arc::new(MemoryLedger::new(outbox.clone()));
        let committed = Arc::new(Notify::new());
        let name = "dev".to_owned();
        let developers = BTreeMap::from([(DEV, Developer { id: DEV, name })]);
        let world = Self {
            donations: donations(&ledger, &committed, developers),
            ledger,
            outbox,
            committed,
        };
        world
            .donations
            .grant(ADA, 500, "root", "event")
            .await
            .unwrap();
        world
    }

    async fn donate(
        &self,
        change: impl FnOnce(&mut DonationRequest),
    ) -> Result<Receipt, DonateError> {
        let mut request = DonationRequest {
            from: ADA,
            to: DEV,
            amount: 200,
            note: Some("coffee".to_owned()),
            key: "k".parse().unwrap(),
        };
        change(&mut request);
        self.donations.donate(request).await
    }

    /// Ada's and Dev's points, and the messages waiting.
    async fn state(&self) -> (i64, i64, u64) {
        let balance = async |member| self.donations.balance(member).await.unwrap();
        let pending = self.outbox.backlog().await.unwrap().pending;
        (balance(ADA).await, balance(DEV).await, pending)
    }
}

fn donations(
    ledger: &Arc<MemoryLedger>,
    committed: &Arc<Notify>,
    developers: BTreeMap<MemberId, Developer>,
) -> Donations {
    let clock = Arc::new(ManualClock::at(now()));
    let ids = Arc::new(SequentialIds::default());
    Donations::new(ledger.clone(), developers, clock, ids, committed.clone())
}

#[tokio::test]
async fn memory_ledger_keeps_the_contract() {
    contract(async || {
        let outbox = Arc::new(MemoryOutbox::default());
        StoresUnderTest {
            ledger: Arc::new(MemoryLedger::new(outbox.clone())),
            outbox,
        }
    })
    .await;
}

#[tokio::test]
async fn donation_moves_points_and_wakes_the_relay() {
    let world = World::new().await;
    let receipt = world.donate(|_| ()).await.unwrap();
    assert!(!receipt.is_replay);
    assert_eq!(world.state().await, (300, 200, 1));
    let woken = poll_once(&mut Box::pin(world.committed.notified()));
    assert!(woken.is_some());
}

#[tokio::test]
async fn replay_returns_the_first_response_and_moves_nothing() {
    let world = World::new().await;
    let first = world.donate(|_| ()).await.unwrap();
    let again = world.donate(|_| ()).await.unwrap();
    assert_eq!(again.donation, first.donation);
    assert!(again.is_replay);
    assert_eq!(world.state().await, (300, 200, 1));
}

#[tokio::test]
async fn replay_is_answered_after_the_receiver_ceased_to_be_a_developer() {
    let world = World::new().await;
    let first = world.donate(|_| ()).await.unwrap();
    let later = World {
        donations: donations(&world.ledger, &world.committed, BTreeMap::new()),
        ..world
    };
    let again = later.donate(|_| ()).await.unwrap();
    assert_eq!(again.donation, first.donation);
    let new = later.donate(|r| r.key = "l".parse().unwrap()).await;
    assert!(matches!(new, Err(DonateError::UnknownDeveloper(_))));
}

#[tokio::test]
async fn refusals_give_the_reason_and_change_nothing() {
    let world = World::new().await;
    let refusal = async |change: fn(&mut DonationRequest)| {
        let error = world.donate(change).await.unwrap_err();
        assert_eq!(world.state().await, (500, 0, 0));
        error
    };
    assert_eq!(
        refusal(|r| r.amount = 501).await.to_string(),
        "the balance of 500 points is short of 501"
    );
    assert!(matches!(
        refusal(|r| r.to = BEA).await,
        DonateError::UnknownDeveloper(id) if id == BEA
    ));
    assert!(matches!(
        refusal(|r| r.to = ADA).await,
        DonateError::ToOneself
    ));
    let wrong: [fn(&mut DonationRequest); 2] = [|r| r.amount = 0, |r| r.amount = 1_000_001];
    for wrong in wrong {
        assert!(matches!(refusal(wrong).await, DonateError::Amount(_)));
    }
    assert!(matches!(
        refusal(|r| r.note = Some("x".repeat(201))).await,
        DonateError::Note(InvalidNote::TooLong { chars: 201 })
    ));
    world
        .donate(|_| ())
        .await
        .expect("a refusal leaves the key free");
}

#[tokio::test]
async fn key_reuse_with_another_body_is_refused() {
    let world = World::new().await;
    world.donate(|_| ()).await.unwrap();
    let changes: [fn(&mut DonationRequest); 3] =
        [|r| r.amount = 201, |r| r.to = BEA, |r| r.note = None];
    for change in changes {
        let error = world.donate(change).await.unwrap_err();
        assert!(matches!(error, DonateError::KeyReused), "{error:?}");
    }
    assert_eq!(world.state().await, (300, 200, 1));
}

#[tokio::test]
async fn concurrent_copy_is_refused_as_in_flight() {
    let world = World::new().await;
    // Holds the first copy up.
    let [ada, dev] = [ADA, DEV].map(Account::Member);
    let unit = world.ledger.begin([ada, dev]).await.unwrap();
    let mut first = Box::pin(world.donate(|_| ()));
    assert!(poll_once(&mut first).is_none());
    let copy = world.donate(|_| ()).await.unwrap_err();
    assert!(matches!(copy, DonateError::InFlight));
    drop(unit);
    assert!(!first.await.unwrap().is_replay);
    assert!(world.donate(|_| ()).await.unwrap().is_replay);
}

#[tokio::test]
async fn departed_client_frees_the_key_and_the_accounts() {
    let world = World::new().await;
    let [ada, dev] = [ADA, DEV].map(Account::Member);
    let unit = world.ledger.begin([ada, dev]).await.unwrap();
    let mut first = Box::pin(world.donate(|_| ()));
    assert!(poll_once(&mut first).is_none());
    drop(first);
    drop(unit);
    assert!(!world.donate(|_| ()).await.unwrap().is_replay);
}

#[tokio::test]
async fn donation_is_visible_to_giver_and_receiver_only() {
    let world = World::new().await;
    let donation = world.donate(|_| ()).await.unwrap().donation;
    for (viewer, seen) in [(ADA, true), (DEV, true), (BEA, false)] {
        let found = world.donations.find(viewer, donation.id).await.unwrap();
        assert_eq!(found.is_some(), seen);
        let given = world.donations.page(viewer, Side::Given, None, 9).await;
        assert_eq!(given.unwrap().donations.len(), usize::from(viewer == ADA));
    }
}

#[tokio::test]
async fn grant_without_operator_or_reason_is_refused() {
    let world = World::new().await;
    for (by, reason) in [("", "event"), ("root", " ")] {
        let refused = world.donations.grant(ADA, 1, by, reason).await;
        assert!(matches!(refused, Err(GrantError::Unexplained)));
    }
    let refused = world.donations.grant(ADA, 0, "root", "event").await;
    assert!(matches!(refused, Err(GrantError::Amount(_))));
    assert_eq!(world.state().await, (500, 0, 0));
}

#[tokio::test]
async fn audit_finds_a_posting_without_its_donation() {
    let world = World::new().await;
    let donation = world.donate(|_| ()).await.unwrap().donation;
    assert!(world.donations.audit().await.unwrap().is_clean());
    let stray = Posting {
        id: kernel::Id::new(99),
        ..Posting::from(&donation)
    };
    let [ada, dev] = [ADA, DEV].map(Account::Member);
    let mut unit = world.ledger.begin([ada, dev]).await.unwrap();
    unit.post(&stray).await.unwrap();
    unit.commit().await.unwrap();
    let audit = world.donations.audit().await.unwrap();
    let posting = stray.id;
    assert_eq!(audit.flaws, [donation::Flaw::Stray { posting }]);
    assert!(!audit.is_clean());
}

/// Polls once.
fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    let waker = std::task::Waker::noop();
    let mut cx = std::task::Context::from_waker(waker);
    match std::pin::Pin::new(future).poll(&mut cx) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

/// A moment between two microseconds.
fn now() -> Timestamp {
    Timestamp::from_nanosecond(1_700_000_000_123_456_789).unwrap()
}

/// Ledgers keep microseconds: an answer with more would differ from the one its copies get.
#[tokio::test]
async fn times_are_whole_microseconds() {
    let world = World::new().await;
    let receipt = world.donate(|_| {}).await.unwrap();
    let granted = world
        .donations
        .grant(ADA, 1, "root", "event")
        .await
        .unwrap();
    for at in [receipt.donation.at, granted.at] {
        assert_eq!(at.as_nanosecond(), 1_700_000_000_123_456_000);
    }
}
