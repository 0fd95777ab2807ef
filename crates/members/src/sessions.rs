//! Logging in, staying logged in, and logging out.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kernel::{Clock, MemberId, Streak};
use parking_lot::Mutex;
use rand::Rng;
use rand::rngs::StdRng;
use secrecy::SecretString;
use tokio::time::Instant;

use crate::session_cache::{CachedSession, SessionCache};
use crate::token::{self, PresentedToken, TokenKind};
use crate::{
    Accounts, AccountsError, AuthenticatedSession, Identities, Member, NexonKey, Role, Session,
    SessionId, SessionStore, SessionStoreError, SharedSession, SharedSessions, SharedSessionsError,
    SharedState, SharedTime, TokenHashes, revoke_all,
};

/// Time for which the store is asked about a session that is known from before, where instances
/// share what they know: whether it ended is known without the store.
const STORE_PATIENCE: Duration = Duration::from_millis(50);

/// Lifetime of an access token.
pub const ACCESS_FOR: Duration = Duration::from_mins(15);

/// Lifetime of a refresh token.
pub const REFRESH_FOR: Duration = Duration::from_hours(7 * 24);

/// Upper bound on the lifetime of a session, however often it is refreshed. After it, the member
/// logs in again, and the game confirms the account and its characters anew.
pub const SESSION_FOR: Duration = Duration::from_hours(30 * 24);

/// Upper bound on concurrent sessions of a member; a further log-in ends the oldest.
pub const SESSIONS_PER_MEMBER: u64 = 20;

/// Dependencies of [`Sessions`].
#[derive(Debug)]
pub struct Dependencies {
    /// Knows whose a key is.
    pub accounts: Arc<dyn Accounts>,
    /// Keeps the sessions.
    pub store: Arc<dyn SessionStore>,
    /// Makes members of accounts.
    pub identities: Identities,
    /// Members who are developers.
    pub developers: BTreeSet<MemberId>,
    /// Source of the current time.
    pub clock: Arc<dyn Clock>,
    /// Random number generator for tokens, seeded by the operating system.
    pub rng: StdRng,
}

/// Opens, refreshes and ends sessions, and knows who is behind a token.
#[derive(Debug)]
pub struct Sessions {
    accounts: Arc<dyn Accounts>,
    store: Arc<dyn SessionStore>,
    identities: Identities,
    developers: BTreeSet<MemberId>,
    clock: Arc<dyn Clock>,
    rng: Mutex<StdRng>,
    seen: SessionCache,
    /// The sessions that instances share; none where there are no others.
    shared: Option<Arc<dyn SharedSessions>>,
    /// Calls in a row that the store did not answer.
    store_failed: Streak,
    /// Calls in a row that what is shared did not answer.
    shared_failed: Streak,
}

/// A session just opened or refreshed. The tokens are kept by the client alone.
#[derive(Debug)]
pub struct LoggedIn {
    /// Id of the member.
    pub member: MemberId,
    /// Access token, presented with each request.
    pub access_token: SecretString,
    /// End of the access token's validity.
    pub access_until: Timestamp,
    /// Refresh token, exchanged for new tokens.
    pub refresh_token: SecretString,
    /// End of the refresh token's validity.
    pub refresh_until: Timestamp,
}

/// Reason for which a log-in failed.
#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    /// It is not known whose the key is.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// The session cannot be kept.
    #[error(transparent)]
    Store(#[from] SessionStoreError),
}

/// Reason for which a session was not refreshed.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// The text is not a refresh token, the token has expired, or its session ended.
    #[error("the refresh token is invalid or expired")]
    Invalid,
    /// The token was replaced before, so a second party holds a copy. The session has ended.
    #[error("the refresh token was used before, so its session has ended")]
    Reused,
    /// The store fails.
    #[error(transparent)]
    Store(#[from] SessionStoreError),
}

/// Reason for which an access token was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// The text is not an access token, the token has expired, or its session ended.
    #[error("the access token is invalid or expired")]
    Invalid,
    /// The store fails.
    #[error(transparent)]
    Store(#[from] SessionStoreError),
}

impl Sessions {
    /// Sessions in these dependencies.
    pub fn new(dependencies: Dependencies) -> Self {
        let Dependencies {
            accounts,
            store,
            identities,
            developers,
            clock,
            rng,
        } = dependencies;
        Self {
            accounts,
            store,
            identities,
            developers,
            clock,
            rng: Mutex::new(rng),
            seen: SessionCache::default(),
            shared: None,
            store_failed: Streak::default(),
            shared_failed: Streak::default(),
        }
    }

    /// Shares what is read from the store with other instances.
    #[must_use]
    pub fn shared_by(self, shared: Option<Arc<dyn SharedSessions>>) -> Self {
        Self { shared, ..self }
    }

    /// Opens a session for the owner of a key. The key is wiped before the session is kept.
    ///
    /// # Errors
    ///
    /// [`LogInError`] with the reason.
    pub async fn log_in(&self, key: NexonKey) -> Result<LoggedIn, LogInError> {
        let account = self.accounts.find(&key).await?;
        drop(key);
        let now = self.clock.now();
        let member = Member {
            id: self.identities.member(&account.id),
            characters: account.characters,
            seen_at: now,
        };
        let id = SessionId::new(self.random_id());
        let (tokens, logged_in) = self.new_tokens(id, member.id, now);
        let session = Session {
            id,
            member: member.id,
            opened_at: now,
            tokens,
        };
        let state = self.look(id, None).await;
        self.store
            .open(&session, &member, SESSIONS_PER_MEMBER)
            .await?;
        self.keep(session, member, state.as_ref()).await;
        Ok(logged_in)
    }

    /// Exchanges a refresh token for new tokens. The old tokens become invalid: at once on this
    /// instance, within [`SESSION_CACHE_TTL`](crate::SESSION_CACHE_TTL) on the others.
    ///
    /// # Errors
    ///
    /// [`RefreshError`] with the reason. [`RefreshError::Reused`] ends the session.
    pub async fn refresh(&self, token: &str) -> Result<LoggedIn, RefreshError> {
        let presented = token::read(TokenKind::Refresh, token).ok_or(RefreshError::Invalid)?;
        let id = presented.session;
        let (mut session, member) = self.store.find(id).await?.ok_or(RefreshError::Invalid)?;
        let now = self.clock.now();
        if now >= session.tokens.refresh_until {
            return Err(RefreshError::Invalid);
        }
        if presented.hash != session.tokens.refresh {
            return self.reused(id).await;
        }
        let (mut to, mut logged_in) = self.new_tokens(id, session.member, now);
        let ends = after(session.opened_at, SESSION_FOR);
        to.refresh_until = to.refresh_until.min(ends);
        logged_in.refresh_until = to.refresh_until;
        if !self.store.rotate(id, &presented.hash, &to).await? {
            return self.reused(id).await;
        }
        self.forget(id).await;
        let state = self.look(id, None).await;
        session.tokens = to;
        self.keep(session, member, state.as_ref()).await;
        Ok(logged_in)
    }

    /// Returns the member who owns an access token. While the store fails, a session that this
    /// instance or another has read from it stays valid until its token expires: no session can end
    /// while the store is unavailable.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`] when the token is invalid, or the store cannot be queried.
    pub async fn authenticate(
        &self,
        token: &str,
    ) -> Result<AuthenticatedSession, AuthenticateError> {
        let presented = token::read(TokenKind::Access, token).ok_or(AuthenticateError::Invalid)?;
        let seen = self.seen.get(presented.session);
        // Another token may be a newer one than this instance has seen.
        let seen = seen.filter(|seen| seen.session.tokens.access == presented.hash);
        let seen = match seen {
            Some(seen) if seen.is_fresh() => seen,
            seen => self.ask_store(&presented, seen).await?,
        };
        if self.clock.now() >= seen.session.tokens.access_until {
            return Err(AuthenticateError::Invalid);
        }
        Ok(AuthenticatedSession {
            session: presented.session,
            member: seen.member.clone(),
            roles: self.roles(seen.member.id),
        })
    }

    /// Ends a session. This instance refuses it at once, others within
    /// [`SESSION_CACHE_TTL`](crate::SESSION_CACHE_TTL).
    ///
    /// # Errors
    ///
    /// [`SessionStoreError`] when the store fails.
    pub async fn log_out(&self, id: SessionId) -> Result<(), SessionStoreError> {
        self.store.end(id).await?;
        self.forget(id).await;
        Ok(())
    }

    /// Ends every session of a member; how many there were.
    ///
    /// # Errors
    ///
    /// [`SessionStoreError`] when the store fails.
    pub async fn end_all(&self, member: MemberId) -> Result<u64, SessionStoreError> {
        let revocation = revoke_all(&*self.store, self.shared.as_deref(), member).await?;
        self.seen.forget_member(member);
        if self.shared.is_some() {
            let _known_from_the_store_otherwise = self.heard(revocation.told);
        }
        Ok(revocation.ended)
    }

    /// Removes the sessions whose time is over; how many there were.
    ///
    /// # Errors
    ///
    /// [`SessionStoreError`] when the store fails.
    pub async fn remove_expired(&self) -> Result<u64, SessionStoreError> {
        self.store.remove_expired(self.clock.now()).await
    }

    /// Returns the permissions of a member.
    pub fn roles(&self, member: MemberId) -> Vec<Role> {
        let developer = self.developers.contains(&member);
        let roles = [Some(Role::Member), developer.then_some(Role::Developer)];
        roles.into_iter().flatten().collect()
    }

    /// Queries what instances share, and the store, for a session; while the store fails, returns
    /// what is known from before.
    async fn ask_store(
        &self,
        presented: &PresentedToken,
        before: Option<Arc<CachedSession>>,
    ) -> Result<Arc<CachedSession>, AuthenticateError> {
        let id = presented.session;
        let asked_at = Instant::now();
        let is_same = |tokens: &TokenHashes| tokens.access == presented.hash;
        let owner = before.as_ref().map(|seen| seen.session.member);
        let state = self.look(id, owner).await;
        let before = before.filter(|seen| state.as_ref().is_none_or(|state| holds(seen, state)));
        let others = state.as_ref().and_then(|state| {
            let found = state.found.clone();
            let found = found.filter(|found| is_same(&found.session.tokens))?;
            let age = state.now.since(found.asked_at);
            let others = CachedSession::shared(found, asked_at, age);
            // Of an end here the others may not have been told.
            Some(others).filter(|others| self.seen.holds(others))
        });
        if let Some(others) = others.clone().filter(CachedSession::is_fresh) {
            let seen = Arc::new(others);
            self.seen.put(seen.clone());
            return Ok(seen);
        }
        let known = before.or_else(|| others.map(Arc::new));
        let is_shared = state.is_some();
        let found = match (self.find(id, is_shared && known.is_some()).await, known) {
            (Ok(found), _) => found,
            (Err(_), Some(known)) => {
                let seen = Arc::new(known.extended());
                self.seen.put(seen.clone());
                return Ok(seen);
            }
            (Err(error), None) => return Err(error.into()),
        };
        let Some((session, member)) = found.filter(|(session, _)| is_same(&session.tokens)) else {
            self.seen.forget(id);
            return Err(AuthenticateError::Invalid);
        };
        let mut seen = CachedSession::new((session.clone(), member.clone()), asked_at);
        seen.asked_at = state.as_ref().map(|state| state.now);
        let seen = Arc::new(seen);
        self.seen.put(seen.clone());
        self.keep(session, member, state.as_ref()).await;
        Ok(seen)
    }

    /// Asks the store for a session, for a short time only when it is `known` from before. One that
    /// is not there is forgotten by all instances.
    async fn find(
        &self,
        id: SessionId,
        known: bool,
    ) -> Result<Option<(Session, Member)>, SessionStoreError> {
        let asked = self.store.find(id);
        let found = if known {
            let late = |_| SessionStoreError {
                action: "answer soon",
                source: "it took longer than a request can wait".into(),
            };
            let in_time = tokio::time::timeout(STORE_PATIENCE, asked).await;
            in_time.map_err(late).flatten()
        } else {
            asked.await
        };
        match &found {
            Ok(session) => {
                if let Some(calls) = self.store_failed.succeeded() {
                    tracing::info!(calls, "the session store answers again");
                }
                // Of what nobody knew there is nothing to forget.
                if session.is_none() && known {
                    self.forget(id).await;
                }
            }
            Err(error) if self.store_failed.failed() => tracing::warn!(
                error = kernel::chain(error),
                "the session store failed: sessions known from before are used"
            ),
            Err(_) => {}
        }
        found
    }

    /// State of a session among instances; none when it cannot be known.
    async fn look(&self, id: SessionId, member: Option<MemberId>) -> Option<SharedState> {
        let shared = self.shared.as_ref()?;
        self.heard(shared.look(id, member).await)
    }

    /// Shares what the store was asked for in that state.
    async fn keep(&self, session: Session, member: Member, state: Option<&SharedState>) {
        let (Some(shared), Some(state)) = (&self.shared, state) else {
            return;
        };
        let found = SharedSession {
            session,
            member,
            asked_at: state.now,
        };
        let _read_from_the_store_otherwise = self.heard(shared.keep(&found).await);
    }

    /// Forgets a session that changed or ended, here and on all instances.
    async fn forget(&self, id: SessionId) {
        self.seen.forget(id);
        if let Some(shared) = &self.shared {
            let _known_from_the_store_otherwise = self.heard(shared.changed(id).await);
        }
    }

    /// Answer of the other instances; none when they cannot be asked.
    fn heard<T>(&self, said: Result<T, SharedSessionsError>) -> Option<T> {
        match &said {
            Ok(_) => {
                if let Some(calls) = self.shared_failed.succeeded() {
                    tracing::info!(calls, "sessions are shared again");
                }
            }
            Err(error) if self.shared_failed.failed() => tracing::warn!(
                error = kernel::chain(error),
                "sessions are not shared: each instance asks the store"
            ),
            Err(_) => {}
        }
        said.ok()
    }

    async fn reused(&self, id: SessionId) -> Result<LoggedIn, RefreshError> {
        self.store.end(id).await?;
        self.forget(id).await;
        tracing::warn!("a refresh token was used a second time: its session has ended");
        Err(RefreshError::Reused)
    }

    fn new_tokens(
        &self,
        id: SessionId,
        member: MemberId,
        now: Timestamp,
    ) -> (TokenHashes, LoggedIn) {
        let mut rng = self.rng.lock();
        let (access_token, access) = token::mint(TokenKind::Access, id, &mut *rng);
        let (refresh_token, refresh) = token::mint(TokenKind::Refresh, id, &mut *rng);
        let (access_until, refresh_until) = (after(now, ACCESS_FOR), after(now, REFRESH_FOR));
        let kept = TokenHashes {
            access,
            access_until,
            refresh,
            refresh_until,
        };
        let given = LoggedIn {
            member,
            access_token,
            access_until,
            refresh_token,
            refresh_until,
        };
        (kept, given)
    }

    fn random_id(&self) -> u128 {
        let mut rng = self.rng.lock();
        rng.random()
    }
}

/// Adds a duration; the latest timestamp on overflow.
fn after(start: Timestamp, time: Duration) -> Timestamp {
    start.checked_add(time).unwrap_or(Timestamp::MAX)
}

/// Whether what was seen of a session still holds in this state.
fn holds(seen: &CachedSession, state: &SharedState) -> bool {
    let never = SharedTime::default();
    state.changed_at == never || seen.asked_at.is_some_and(|asked| asked > state.changed_at)
}
