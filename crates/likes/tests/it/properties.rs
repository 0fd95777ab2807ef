//! Property: acknowledged likes survive every fault and kill, and count once.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::Arc;

use futures_util::FutureExt;
use kernel::{MemberId, Ocid};
use likes::testkit::{MemoryLikeStore, TransactionFault};
use likes::{
    BufferError, Change, GroupCommit, LikeBuffer, LikeStore, MAX_WAITING, StreamEntry,
    StreamPosition, group_commit,
};
use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

const MEMBERS: u8 = 3;
const CHARACTERS: u8 = 2;

fn change() -> impl Strategy<Value = Change> {
    (0..MEMBERS, 0..CHARACTERS, any::<bool>()).prop_map(|(member, character, liked)| Change {
        member: MemberId::new(member.into()),
        character: Ocid::new(character.to_string()),
        liked,
    })
}

fn fault() -> impl Strategy<Value = Option<TransactionFault>> {
    prop_oneof![
        4 => Just(None),
        1 => Just(Some(TransactionFault::RolledBack)),
        1 => Just(Some(TransactionFault::AnswerLost)),
        1 => Just(Some(TransactionFault::Hangs)),
    ]
}

/// Every pair of member and character, with whether the store has the like. Counts must fit.
async fn stored(store: &MemoryLikeStore) -> BTreeMap<(MemberId, Ocid), bool> {
    assert_eq!(store.recount().await.unwrap(), []);
    let members: Vec<_> = (0..MEMBERS.into()).map(MemberId::new).collect();
    let mut all = BTreeMap::new();
    for character in (0..CHARACTERS).map(|number| Ocid::new(number.to_string())) {
        let tally = store.tally(&character, &members).await.unwrap();
        assert_eq!(tally.count, tally.likers.len() as u64);
        for member in &members {
            let liked = tally.likers.contains(member);
            all.insert((*member, character.clone()), liked);
        }
    }
    all
}

#[derive(Debug, Clone)]
enum Step {
    /// A client asks and waits.
    Ask(Change),
    /// The committer works until it has nothing to do, or something goes wrong.
    Write(Option<TransactionFault>),
    /// The client that asked last leaves without an answer.
    Leave,
    /// The process is killed and started again.
    Kill,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => change().prop_map(Step::Ask),
        3 => fault().prop_map(Step::Write),
        1 => Just(Step::Leave),
        1 => Just(Step::Kill),
    ]
}

type Answer = Pin<Box<dyn Future<Output = Result<Option<u64>, BufferError>>>>;

/// A process: its buffer, its committer at work, and its clients.
struct Process {
    buffer: Arc<GroupCommit>,
    committer: Pin<Box<dyn Future<Output = ()>>>,
    /// Requests in order, with their answers. A client that left sees no answer, and its request
    /// may still take effect.
    asked: Vec<(Change, Option<Answer>)>,
}

impl Process {
    fn start(store: &Arc<MemoryLikeStore>) -> Self {
        let (buffer, committer) = group_commit(store.clone(), MAX_WAITING);
        Self {
            buffer: Arc::new(buffer),
            committer: Box::pin(committer.run(CancellationToken::new())),
            asked: Vec::new(),
        }
    }
}

/// Knowledge of the clients: the possible states of each like.
#[derive(Default)]
struct Ledger(BTreeMap<(MemberId, Ocid), BTreeSet<bool>>);

impl Ledger {
    fn states(&mut self, change: &Change) -> &mut BTreeSet<bool> {
        let key = (change.member, change.character.clone());
        self.0.entry(key).or_insert_with(|| BTreeSet::from([false]))
    }

    /// Until it is answered, an ask may have had its effect or not.
    fn asked(&mut self, change: &Change) {
        self.states(change).insert(change.liked);
    }

    /// From now on only it, or what was asked after it, can be.
    fn acknowledged(&mut self, change: &Change, after: impl Iterator<Item = bool>) {
        let states = self.states(change);
        states.clear();
        states.insert(change.liked);
        states.extend(after);
    }
}

fn same_like(a: &Change, b: &Change) -> bool {
    (a.member, &a.character) == (b.member, &b.character)
}

proptest! {
    #[test]
    fn acknowledged_likes_survive_everything(
        steps in proptest::collection::vec(step(), 1..80)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(survive(steps));
    }

    #[test]
    fn stream_is_applied_exactly_once(
        steps in proptest::collection::vec(flush_step(), 1..80)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(flush(steps));
    }
}

async fn survive(steps: Vec<Step>) {
    let store = Arc::new(MemoryLikeStore::default());
    let mut ledger = Ledger::default();
    let mut process = Process::start(&store);
    for step in steps {
        match step {
            Step::Ask(change) => {
                ledger.asked(&change);
                let (buffer, asked) = (process.buffer.clone(), change.clone());
                let mut answer: Answer = Box::pin(async move { buffer.append(asked).await });
                assert!((&mut answer).now_or_never().is_none());
                process.asked.push((change, Some(answer)));
            }
            Step::Write(fault) => {
                if process.asked.iter().any(|(_, answer)| answer.is_some()) {
                    store.plan([fault]);
                }
                assert!((&mut process.committer).now_or_never().is_none());
                take_answers(&mut process, &mut ledger);
            }
            Step::Leave => {
                if let Some((_, answer)) = process.asked.last_mut() {
                    *answer = None;
                }
            }
            Step::Kill => process = Process::start(&store),
        }
    }
    for ((member, character), liked) in stored(&store).await {
        let possible = ledger.0.get(&(member, character.clone()));
        let possible = possible.cloned().unwrap_or_else(|| [false].into());
        assert!(
            possible.contains(&liked),
            "{member} and {character}: {liked}, not one of {possible:?}"
        );
    }
}

/// Writes down what the clients were told, in the order in which they asked.
fn take_answers(process: &mut Process, ledger: &mut Ledger) {
    for index in 0..process.asked.len() {
        let (change, answer) = &mut process.asked[index];
        let Some(told) = answer.as_mut().and_then(FutureExt::now_or_never) else {
            continue;
        };
        *answer = None;
        if told.is_ok() {
            let change = change.clone();
            let after = process.asked[index + 1..].iter();
            let after = after.filter(|(later, _)| same_like(&change, later));
            ledger.acknowledged(&change, after.map(|(later, _)| later.liked));
        }
    }
}

#[derive(Debug, Clone)]
enum FlushStep {
    /// The durable stream takes a change.
    Append(Change),
    /// One of two flushers applies up to `batch` entries from where it believes to be.
    Flush {
        flusher: usize,
        batch: usize,
        fault: Option<TransactionFault>,
    },
    /// A flusher is killed, and reads the watermark when it starts.
    Restart(usize),
}

fn flush_step() -> impl Strategy<Value = FlushStep> {
    let flush =
        (0..2_usize, 1..5_usize, fault()).prop_map(|(flusher, batch, fault)| FlushStep::Flush {
            flusher,
            batch,
            fault,
        });
    prop_oneof![
        4 => change().prop_map(FlushStep::Append),
        4 => flush,
        1 => (0..2_usize).prop_map(FlushStep::Restart),
    ]
}

async fn flush(steps: Vec<FlushStep>) {
    const STREAM: &str = "likes";
    let store = MemoryLikeStore::default();
    let mut log: Vec<StreamEntry> = Vec::new();
    let mut marks = [StreamPosition::START; 2];
    let after = |log: &[StreamEntry], mark, batch| {
        let rest = log.partition_point(|entry| entry.position <= mark);
        log[rest..].iter().take(batch).cloned().collect::<Vec<_>>()
    };
    for step in steps {
        match step {
            FlushStep::Append(change) => {
                let position = StreamPosition(1, log.len() as u64);
                let taken_at = jiff::Timestamp::UNIX_EPOCH;
                log.push(StreamEntry {
                    position,
                    change,
                    taken_at,
                });
            }
            FlushStep::Flush {
                flusher,
                batch,
                fault,
            } => {
                store.plan([fault]);
                let entries = after(&log, marks[flusher], batch);
                let applied = store.apply_from(STREAM, marks[flusher], &entries);
                // One that hangs is killed; one that failed does not know where it is.
                marks[flusher] = match applied.now_or_never() {
                    Some(Ok(mark)) => mark,
                    Some(Err(_)) | None => store.watermark(STREAM).await.unwrap(),
                };
            }
            FlushStep::Restart(flusher) => {
                marks[flusher] = store.watermark(STREAM).await.unwrap();
            }
        }
    }
    let mark = store.watermark(STREAM).await.unwrap();
    let rest = after(&log, mark, usize::MAX);
    store.apply_from(STREAM, mark, &rest).await.unwrap();
    let entries = log.iter().map(|entry| &entry.change);
    let expected = Change::last_of_each(entries);
    for ((member, character), liked) in stored(&store).await {
        let expected = expected.get(&(&character, member)).copied();
        assert_eq!(liked, expected.unwrap_or(false));
    }
}
