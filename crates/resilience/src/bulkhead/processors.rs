//! Processors, shared by the time that each client has had of them (start-time fair queueing:
//! Goyal, Vin and Cheng, 1996).

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// Time of a processor by which a client that asked for nothing for a while is ahead of those that
/// ask without end. More is not saved up.
const CREDIT: Duration = Duration::from_secs(1);

/// Credit from which a client is ahead of the others: more than the time of one piece of work.
const AHEAD: Duration = Duration::from_millis(250);

/// Time for which the last processor is kept for clients that are ahead, once one has asked.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// Clients that are remembered while they have no work; beyond them those are forgotten.
const REMEMBERED: usize = 1_024;

pub(super) struct Processors<K: Hash + Eq> {
    limits: Limits,
    state: Mutex<State<K>>,
}

/// Upper bounds on pieces of work.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Pieces of work of one client that run at once.
    of_client: usize,
    /// Pieces of work of one client, waiting or running.
    places_of_client: usize,
    /// Pieces of work that run at once of clients that are not ahead, where others are.
    behind: usize,
}

struct State<K> {
    free: usize,
    /// Pieces of work that run of clients that are not ahead.
    behind: usize,
    /// Time of the last question of a client that is ahead.
    asked_ahead: Option<Instant>,
    /// Virtual time: the most that a client had had when its work began. A newcomer begins [`CREDIT`]
    /// before it.
    now: Duration,
    clients: HashMap<K, Client>,
    /// Work that waits, in the order in which it came.
    waiting: Vec<WaitingWork<K>>,
    numbers: u64,
}

#[derive(Debug, Default)]
struct Client {
    /// Pieces of work, waiting or running.
    places: usize,
    running: usize,
    /// Virtual time up to which it has had its share.
    had: Duration,
}

struct WaitingWork<K> {
    number: u64,
    client: Option<K>,
    begin: oneshot::Sender<Begin>,
}

/// A piece of work that waits or runs; dropping it ends it.
pub(super) struct Turn<K: Hash + Eq + Clone> {
    processors: Arc<Processors<K>>,
    client: Option<K>,
    wait: Option<Wait>,
}

/// Wait for a processor, which is over when the time of its beginning has been told.
struct Wait {
    number: u64,
    begun: oneshot::Receiver<Begin>,
    begin: Option<Begin>,
}

/// Beginning of a piece of work.
#[derive(Debug, Clone, Copy)]
struct Begin {
    at: Instant,
    is_ahead: bool,
}

impl<K: Hash + Eq + Clone> Processors<K> {
    pub(super) fn new(running: usize, places_of_client: usize) -> Self {
        Self {
            limits: Limits {
                of_client: (running / 2).max(1),
                places_of_client,
                behind: (running - 1).max(1),
            },
            state: Mutex::new(State {
                free: running,
                behind: 0,
                asked_ahead: None,
                now: CREDIT,
                clients: HashMap::new(),
                waiting: Vec::new(),
                numbers: 0,
            }),
        }
    }

    /// A place for a piece of work; none where the client has its share of them.
    pub(super) fn enter(this: &Arc<Self>, client: Option<K>) -> Option<Turn<K>> {
        if let Some(client) = &client {
            let state = &mut *this.state.lock();
            state.forget();
            let of_client = state.clients.entry(client.clone()).or_default();
            if of_client.places >= this.limits.places_of_client {
                return None;
            }
            if of_client.places == 0 {
                of_client.had = of_client.had.max(state.now.saturating_sub(CREDIT));
            }
            of_client.places += 1;
            if of_client.is_ahead(state.now) {
                state.asked_ahead = Some(Instant::now());
            }
        }
        Some(Turn {
            processors: Arc::clone(this),
            client,
            wait: None,
        })
    }
}

impl<K: Hash + Eq> Processors<K> {
    pub(super) fn free(&self) -> usize {
        self.state.lock().free
    }
}

impl<K: Hash + Eq + Clone> State<K> {
    /// Forgets clients without work, once they are many.
    fn forget(&mut self) {
        if self.clients.len() >= REMEMBERED {
            self.clients.retain(|_, client| client.places > 0);
        }
    }

    /// Gives free processors to those who wait: the client that has had the least comes first, and
    /// work of no client as if it had its whole credit. The last processor is kept for clients that
    /// are ahead, for a while after one of them has asked.
    fn give(&mut self, limits: Limits) {
        while self.free > 0 {
            let asked = self.asked_ahead;
            let is_kept = asked.is_some_and(|asked| asked.elapsed() < KEPT_FOR);
            let is_kept = is_kept && self.behind >= limits.behind;
            let able = self
                .waiting
                .iter()
                .enumerate()
                .filter_map(|(place, waiting)| {
                    let Some(client) = &waiting.client else {
                        return Some((self.now.saturating_sub(CREDIT), place, true));
                    };
                    let client = &self.clients[client];
                    let is_ahead = client.is_ahead(self.now);
                    let is_able = client.running < limits.of_client && (is_ahead || !is_kept);
                    is_able.then_some((client.had, place, is_ahead))
                });
            let Some((_, place, is_ahead)) = able.min() else {
                return;
            };
            let WaitingWork { client, begin, .. } = self.waiting.remove(place);
            let at = Instant::now();
            begin
                .send(Begin { at, is_ahead })
                .expect("a turn leaves the list before it ends");
            self.free -= 1;
            self.behind += usize::from(!is_ahead);
            if let Some(client) = client.and_then(|client| self.clients.get_mut(&client)) {
                client.running += 1;
                self.now = self.now.max(client.had);
            }
        }
    }
}

impl Client {
    fn is_ahead(&self, now: Duration) -> bool {
        self.had + AHEAD <= now
    }
}

impl<K: Hash + Eq + Clone> Turn<K> {
    /// Waits for a processor.
    pub(super) async fn wait(&mut self) {
        let (begin, begun) = oneshot::channel();
        let wait = {
            let state = &mut *self.processors.state.lock();
            state.numbers += 1;
            state.waiting.push(WaitingWork {
                number: state.numbers,
                client: self.client.clone(),
                begin,
            });
            let number = state.numbers;
            state.give(self.processors.limits);
            self.wait.insert(Wait {
                number,
                begun,
                begin: None,
            })
        };
        let begin = (&mut wait.begun).await;
        wait.begin = Some(begin.expect("only its own turn takes it off the list"));
    }
}

impl<K: Hash + Eq + Clone> Drop for Turn<K> {
    fn drop(&mut self) {
        let state = &mut *self.processors.state.lock();
        let ran = self.wait.as_mut().and_then(|wait| {
            let mut listed = state.waiting.iter();
            match listed.position(|other| other.number == wait.number) {
                Some(place) => {
                    state.waiting.remove(place);
                    None
                }
                // Given, though perhaps nobody has looked yet.
                None => wait.begin.or_else(|| wait.begun.try_recv().ok()),
            }
        });
        if let Some(begin) = ran {
            state.free += 1;
            state.behind -= usize::from(!begin.is_ahead);
        }
        let client = self.client.as_ref();
        if let Some(client) = client.and_then(|client| state.clients.get_mut(client)) {
            client.places -= 1;
            if let Some(begin) = ran {
                client.running -= 1;
                client.had += begin.at.elapsed();
            }
        }
        state.give(self.processors.limits);
    }
}
