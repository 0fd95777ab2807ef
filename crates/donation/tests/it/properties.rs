//! Property: the ledger stays balanced under any requests and cancellations.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use donation::testkit::MemoryLedger;
use donation::{Developer, DonateError, DonationId, DonationRequest, Donations};
use jiff::Timestamp;
use kernel::{ManualClock, MemberId, SequentialIds};
use outbox::OutboxStore;
use outbox::testkit::MemoryOutbox;
use proptest::prelude::*;
use tokio::sync::Notify;

/// Members 0 to 3; all but member 0 are developers.
const MEMBERS: u8 = 4;

#[derive(Debug, Clone)]
enum Step {
    Grant {
        to: u8,
        points: u64,
    },
    Donate {
        from: u8,
        to: u8,
        points: u64,
        key: u8,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let (member, points) = (0..MEMBERS, 0..40_u64);
    prop_oneof![
        1 => (member.clone(), points.clone()).prop_map(|(to, points)| Step::Grant { to, points }),
        4 => (member.clone(), member, points, 0..6_u8)
            .prop_map(|(from, to, points, key)| Step::Donate { from, to, points, key }),
    ]
}

fn member(number: u8) -> MemberId {
    MemberId::new(number.into())
}

proptest! {
    #[test]
    fn points_are_never_created_or_lost(steps in proptest::collection::vec(step(), 1..80)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(steps));
    }
}

/// Follows the service with a model: balances, and the donation behind each key.
async fn check(steps: Vec<Step>) {
    let outbox = Arc::new(MemoryOutbox::default());
    let developers: BTreeMap<_, _> = (1..MEMBERS)
        .map(|number| {
            let (id, name) = (member(number), number.to_string());
            (id, Developer { id, name })
        })
        .collect();
    let donations = Donations::new(
        Arc::new(MemoryLedger::new(outbox.clone())),
        developers,
        Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH)),
        Arc::new(SequentialIds::default()),
        Arc::new(Notify::new()),
    );
    let mut balances = [0_i64; MEMBERS as usize];
    let mut given: HashMap<(u8, u8), (u8, u64, DonationId)> = HashMap::new();
    for step in steps {
        match step {
            Step::Grant { to, points } => {
                let granted = donations.grant(member(to), points, "root", "event").await;
                assert_eq!(granted.is_ok(), points > 0);
                balances[usize::from(to)] += points.cast_signed();
            }
            Step::Donate {
                from,
                to,
                points,
                key,
            } => {
                let request = DonationRequest {
                    from: member(from),
                    to: member(to),
                    amount: points,
                    note: None,
                    key: format!("k{key}").parse().unwrap(),
                };
                let answer = donations.donate(request).await;
                let balance = balances[usize::from(from)];
                match (given.get(&(from, key)), answer) {
                    (_, Err(DonateError::Amount(_))) => assert_eq!(points, 0),
                    (_, Err(DonateError::ToOneself)) => assert_eq!(from, to),
                    (Some(&(first_to, first_points, id)), Ok(receipt)) => {
                        assert!(receipt.is_replay);
                        assert_eq!(receipt.donation.id, id);
                        assert_eq!((first_to, first_points), (to, points));
                    }
                    (Some(&(first_to, first_points, _)), Err(DonateError::KeyReused)) => {
                        assert_ne!((first_to, first_points), (to, points));
                    }
                    (None, Err(DonateError::UnknownDeveloper(_))) => assert_eq!(to, 0),
                    (None, Err(DonateError::ShortBalance { balance: told, .. })) => {
                        assert_eq!(told, balance);
                        assert!(balance < points.cast_signed());
                    }
                    (None, Ok(receipt)) => {
                        assert!(!receipt.is_replay);
                        balances[usize::from(from)] -= points.cast_signed();
                        balances[usize::from(to)] += points.cast_signed();
                        given.insert((from, key), (to, points, receipt.donation.id));
                    }
                    (before, answer) => panic!("{answer:?} after {before:?}"),
                }
            }
        }
    }
    for number in 0..MEMBERS {
        let balance = donations.balance(member(number)).await.unwrap();
        assert_eq!(balance, balances[usize::from(number)]);
    }
    let audit = donations.audit().await.unwrap();
    assert!(audit.is_clean(), "{audit:?}");
    let pending = outbox.backlog().await.unwrap().pending;
    assert_eq!(pending, given.len() as u64, "one message for each donation");
}
