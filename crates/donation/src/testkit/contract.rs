//! Contract tests for every implementation of `Ledger`.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use kernel::{Ids, ManualClock, MemberId, SequentialIds};
use outbox::{Message, OutboxStore};
use tokio::sync::Notify;

use crate::{
    Account, Amount, Cause, Developer, DonateError, Donation, DonationId, DonationLedger,
    DonationMade, DonationRequest, Donations, IdempotencyKey, LedgerError, Note, Posting,
    PostingId, Receipt, Side,
};

/// A ledger and the outbox that its units write to, both empty.
#[derive(Debug)]
pub struct StoresUnderTest {
    /// The ledger.
    pub ledger: Arc<dyn DonationLedger>,
    /// The outbox of the same database.
    pub outbox: Arc<dyn OutboxStore>,
}

/// Runs the whole contract; `fresh` gives empty stores each time.
///
/// # Panics
///
/// When the ledger breaks it.
pub async fn contract(fresh: impl AsyncFn() -> StoresUnderTest) {
    let world = async || World::new(fresh().await);
    committed_changes_are_atomic(&world().await).await;
    dropped_unit_leaves_nothing(&world().await).await;
    unit_sees_its_own_changes(&world().await).await;
    unit_refuses_invalid_postings(&world().await).await;
    key_is_used_once_by_each_giver(&world().await).await;
    grants_say_who_and_why(&world().await).await;
    donations_come_in_pages(&world().await).await;
    copies_of_a_request_have_one_effect(&world().await).await;
    rivals_for_one_balance_spend_it_once(&world().await).await;
    gifts_crosswise_end(&world().await).await;
}

/// Number of concurrent rivals in the contention tests.
const CROWD: u32 = 64;

const ADA: MemberId = MemberId::new(1);
const BEA: MemberId = MemberId::new(2);
const DEV: MemberId = MemberId::new(3);
const DAN: MemberId = MemberId::new(4);

struct World {
    stores: StoresUnderTest,
    ids: Arc<SequentialIds>,
}

impl World {
    fn new(stores: StoresUnderTest) -> Self {
        let ids = Arc::default();
        Self { stores, ids }
    }

    fn ledger(&self) -> &dyn DonationLedger {
        &*self.stores.ledger
    }

    /// The donations of one instance; DEV and DAN are developers.
    fn instance(&self) -> Donations {
        let developers: BTreeMap<_, _> = [(DEV, "dev"), (DAN, "dan")]
            .map(|(id, name)| {
                let name = name.to_owned();
                (id, Developer { id, name })
            })
            .into();
        let clock = Arc::new(ManualClock::at(now()));
        let committed = Arc::new(Notify::new());
        let ledger = Arc::clone(&self.stores.ledger);
        Donations::new(ledger, developers, clock, self.ids.clone(), committed)
    }

    async fn grant(&self, to: MemberId, points: u64) -> Posting {
        let granted = self.instance().grant(to, points, "root", "event").await;
        granted.expect("the ledger works")
    }

    fn donation(&self, from: MemberId, to: MemberId, points: u64) -> Donation {
        Donation {
            id: DonationId::new(self.ids.next()),
            from,
            to,
            amount: amount(points),
            note: Some(Note::try_from("고마워요 ☕".to_owned()).expect("short")),
            at: now(),
        }
    }

    async fn give(&self, donation: &Donation, used: &str) -> Result<(), LedgerError> {
        let accounts = [donation.from, donation.to].map(Account::Member);
        let mut unit = self.ledger().begin(accounts).await?;
        unit.post(&Posting::from(donation)).await?;
        unit.record(donation, &key(used)).await?;
        unit.enqueue(&event(donation).message()).await?;
        unit.commit().await
    }

    async fn balances<const N: usize>(&self, members: [MemberId; N]) -> [i64; N] {
        let mut balances = [0; N];
        for (balance, member) in balances.iter_mut().zip(members) {
            *balance = self.balance(Account::Member(member)).await;
        }
        balances
    }

    async fn balance(&self, account: Account) -> i64 {
        self.ledger()
            .balance(account)
            .await
            .expect("the ledger works")
    }

    async fn messages(&self) -> Vec<Message> {
        let (lease, now) = (Duration::from_mins(1), now());
        let claimed = self.stores.outbox.claim_due(now, lease, 1_000, 8).await;
        let claimed = claimed.expect("the outbox works");
        claimed.into_iter().map(|claimed| claimed.message).collect()
    }

    async fn assert_clean(&self) {
        let audit = self.ledger().audit().await.expect("the ledger works");
        assert!(audit.is_clean(), "{audit:?}");
    }
}

fn now() -> Timestamp {
    Timestamp::from_microsecond(1_700_000_000_123_456).expect("a time of our days")
}

fn amount(points: u64) -> Amount {
    Amount::try_from(points).expect("a number of points")
}

fn key(text: &str) -> IdempotencyKey {
    text.parse().expect("a key")
}

fn event(donation: &Donation) -> DonationMade {
    let name = "dev".to_owned();
    DonationMade::new(
        donation,
        &Developer {
            id: donation.to,
            name,
        },
    )
}

fn request(from: MemberId, to: MemberId, amount: u64, used: &str) -> DonationRequest {
    DonationRequest {
        from,
        to,
        amount,
        note: None,
        key: key(used),
    }
}

async fn committed_changes_are_atomic(world: &World) {
    world.grant(ADA, 500).await;
    let donation = world.donation(ADA, DEV, 200);
    world.give(&donation, "k").await.expect("the ledger works");
    let ledger = world.ledger();
    assert_eq!(world.balances([ADA, DEV, BEA]).await, [300, 200, 0]);
    assert_eq!(world.balance(Account::Issued).await, -500);
    assert_eq!(
        ledger.donation(donation.id).await.unwrap(),
        Some(donation.clone())
    );
    let by_key = ledger.donation_by_key(ADA, &key("k")).await.unwrap();
    assert_eq!(by_key, Some(donation.clone()));
    let messages = world.messages().await;
    assert_eq!(messages, [event(&donation).message().into()]);
    let audit = ledger.audit().await.unwrap();
    assert_eq!((audit.accounts, audit.entries), (3, 4));
    world.assert_clean().await;
}

async fn dropped_unit_leaves_nothing(world: &World) {
    world.grant(ADA, 500).await;
    let donation = world.donation(ADA, DEV, 200);
    // Dropped after each of its steps.
    for steps in 0..=3 {
        let accounts = [ADA, DEV].map(Account::Member);
        let mut unit = world.ledger().begin(accounts).await.unwrap();
        if steps > 0 {
            unit.post(&Posting::from(&donation)).await.unwrap();
        }
        if steps > 1 {
            unit.record(&donation, &key("k")).await.unwrap();
        }
        if steps > 2 {
            unit.enqueue(&event(&donation).message()).await.unwrap();
        }
        drop(unit);
        assert_eq!(world.balances([ADA, DEV]).await, [500, 0]);
        assert_eq!(world.ledger().donation(donation.id).await.unwrap(), None);
    }
    assert_eq!(world.messages().await, []);
    world.assert_clean().await;
    world
        .give(&donation, "k")
        .await
        .expect("key and accounts are free");
}

async fn unit_sees_its_own_changes(world: &World) {
    world.grant(ADA, 500).await;
    let donation = world.donation(ADA, DEV, 200);
    let [ada, dev] = [ADA, DEV].map(Account::Member);
    let mut unit = world.ledger().begin([dev, ada]).await.unwrap();
    assert_eq!(unit.donation_by_key(ADA, &key("k")).await.unwrap(), None);
    unit.post(&Posting::from(&donation)).await.unwrap();
    unit.record(&donation, &key("k")).await.unwrap();
    assert_eq!(unit.balance(ada).await.unwrap(), 300);
    assert_eq!(unit.balance(dev).await.unwrap(), 200);
    let found = unit.donation_by_key(ADA, &key("k")).await.unwrap();
    assert_eq!(found.as_ref(), Some(&donation));
}

async fn unit_refuses_invalid_postings(world: &World) {
    let granted = world.grant(ADA, 500).await;
    let [ada, dev] = [ADA, DEV].map(Account::Member);
    let good = Posting::from(&world.donation(ADA, DEV, 500));
    let overdraft = Posting {
        amount: amount(501),
        ..good.clone()
    };
    let to_a_stranger = Posting {
        to: Account::Member(BEA),
        ..good.clone()
    };
    let id_taken = Posting {
        id: granted.id,
        ..good.clone()
    };
    for bad in [overdraft, to_a_stranger, id_taken] {
        let mut unit = world.ledger().begin([ada, dev]).await.unwrap();
        assert!(unit.post(&bad).await.is_err(), "{bad:?}");
    }
    let mut unit = world.ledger().begin([ada, dev]).await.unwrap();
    assert!(unit.balance(Account::Member(BEA)).await.is_err());
    drop(unit);
    assert!(world.ledger().begin([ada, ada]).await.is_err());
    assert_eq!(world.balances([ADA, DEV]).await, [500, 0]);
    world.assert_clean().await;
}

async fn key_is_used_once_by_each_giver(world: &World) {
    world.grant(ADA, 500).await;
    world.grant(BEA, 500).await;
    let first = world.donation(ADA, DEV, 1);
    world.give(&first, "k").await.unwrap();
    let again = world.donation(ADA, DAN, 1);
    assert!(world.give(&again, "k").await.is_err());
    let id_taken = Donation {
        id: first.id,
        ..again.clone()
    };
    assert!(world.give(&id_taken, "l").await.is_err());
    let other_case = world.donation(ADA, DEV, 2);
    world
        .give(&other_case, "K")
        .await
        .expect("keys differ by every byte");
    world
        .give(&world.donation(BEA, DEV, 4), "k")
        .await
        .expect("givers differ");
    assert_eq!(world.balances([ADA, BEA, DEV, DAN]).await, [497, 496, 7, 0]);
    world.assert_clean().await;
}

async fn grants_say_who_and_why(world: &World) {
    let granted = world.grant(ADA, 500).await;
    let later = world.grant(ADA, 20).await;
    let said = Cause::Grant {
        by: "root".to_owned(),
        reason: "event".to_owned(),
    };
    assert_eq!(granted.cause, said);
    let ledger = world.ledger();
    let ada = Account::Member(ADA);
    assert_eq!(
        ledger.postings(ada, 9).await.unwrap(),
        [later.clone(), granted]
    );
    assert_eq!(ledger.postings(ada, 1).await.unwrap(), [later]);
    let issued = ledger.postings(Account::Issued, 9).await.unwrap();
    assert_eq!(issued.len(), 2);
    let nobody = ledger.postings(Account::Member(BEA), 9).await.unwrap();
    assert_eq!(nobody, []);
}

async fn donations_come_in_pages(world: &World) {
    world.grant(ADA, 500).await;
    world.grant(BEA, 500).await;
    let mut given = Vec::new();
    for number in 0..5 {
        let donation = world.donation(ADA, DEV, 1);
        world.give(&donation, &number.to_string()).await.unwrap();
        given.push(donation.id);
    }
    let other = world.donation(BEA, DEV, 1);
    world.give(&other, "other").await.unwrap();
    given.reverse();
    let list = async |member, side, before, limit| {
        let found = world.ledger().donations(member, side, before, limit).await;
        found.unwrap().iter().map(|d| d.id).collect::<Vec<_>>()
    };
    assert_eq!(list(ADA, Side::Given, None, 2).await, given[..2]);
    assert_eq!(list(ADA, Side::Given, Some(given[1]), 9).await, given[2..]);
    assert_eq!(list(ADA, Side::Received, None, 9).await, []);
    assert_eq!(list(DEV, Side::Received, None, 1).await, [other.id]);
    assert_eq!(
        list(DEV, Side::Received, Some(other.id), 9).await,
        given,
        "any giver"
    );
    let page = world.instance().page(ADA, Side::Given, None, 4).await;
    let page = page.unwrap();
    assert_eq!((page.donations.len(), page.next), (4, Some(given[3])));
    let last = world.instance().page(ADA, Side::Given, page.next, 4).await;
    let last = last.unwrap();
    assert_eq!((last.donations.len(), last.next), (1, None));
}

/// Each copy on an instance of its own, so that they meet in the ledger.
async fn copies_of_a_request_have_one_effect(world: &World) {
    world.grant(ADA, 500).await;
    let copies = (0..CROWD).map(|_| {
        let instance = world.instance();
        async move { instance.donate(request(ADA, DEV, 200, "k")).await }
    });
    let mut receipts: Vec<Receipt> = Vec::new();
    for answer in join_all(copies).await {
        match answer {
            Ok(receipt) => receipts.push(receipt),
            // Nothing has happened for these, and they may ask again.
            Err(DonateError::Ledger(LedgerError::Busy)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    let first = receipts.iter().filter(|receipt| !receipt.is_replay);
    assert_eq!(first.count(), 1, "one of them gave");
    let answers: HashSet<_> = receipts.iter().map(|r| r.donation.id).collect();
    assert_eq!(answers.len(), 1, "all were given the same answer");
    assert_eq!(world.balances([ADA, DEV]).await, [300, 200]);
    assert_eq!(world.messages().await.len(), 1);
    world.assert_clean().await;
}

async fn rivals_for_one_balance_spend_it_once(world: &World) {
    world.grant(ADA, 100).await;
    let rivals = (0..CROWD).map(|number| {
        let (instance, to) = (world.instance(), [DEV, DAN][number as usize % 2]);
        async move {
            // One that was in the way asks again: nothing has changed for it.
            loop {
                match instance
                    .donate(request(ADA, to, 10, &number.to_string()))
                    .await
                {
                    Err(DonateError::Ledger(LedgerError::Busy)) => {}
                    other => return other,
                }
            }
        }
    });
    let mut given = 0;
    for answer in join_all(rivals).await {
        match answer {
            Ok(_) => given += 1,
            Err(DonateError::ShortBalance { balance, amount }) => {
                assert_eq!((balance, amount), (0, 10));
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(given, 10);
    let [ada, dev, dan] = world.balances([ADA, DEV, DAN]).await;
    assert_eq!((ada, dev + dan), (0, 100));
    assert_eq!(world.messages().await.len(), 10);
    world.assert_clean().await;
}

/// Two developers give to each other at once: units that waited for each other would never end.
async fn gifts_crosswise_end(world: &World) {
    world.grant(DEV, 1_000).await;
    world.grant(DAN, 1_000).await;
    let gifts = (0..CROWD).map(|number| {
        let (from, to) = [(DEV, DAN), (DAN, DEV)][number as usize % 2];
        let instance = world.instance();
        async move {
            instance
                .donate(request(from, to, 3, &number.to_string()))
                .await
        }
    });
    let mut flow = 0;
    for answer in join_all(gifts).await {
        match answer {
            Ok(receipt) if receipt.donation.from == DEV => flow -= 3,
            Ok(_) => flow += 3,
            Err(DonateError::Ledger(LedgerError::Busy)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(
        world.balances([DEV, DAN]).await,
        [1_000 + flow, 1_000 - flow]
    );
    let id = PostingId::new(u128::MAX);
    let unknown = world.ledger().donation(DonationId::new(id.bits())).await;
    assert_eq!(unknown.unwrap(), None);
    world.assert_clean().await;
}
