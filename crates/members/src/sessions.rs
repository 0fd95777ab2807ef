//! Logging in, staying logged in, and logging out.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use kernel::{Clock, MemberId};
use rand::Rng;
use rand::rngs::StdRng;
use secrecy::SecretString;
use tokio::time::Instant;

use crate::seen::{Seen, SeenOfLate};
use crate::token::{self, Presented, Use};
use crate::{
    Accounts, AccountsError, AuthenticatedSession, Identities, Member, NexonKey, Role, Session,
    SessionId, SessionStore, SessionStoreError, TokenHashes,
};

/// How long an access token is good.
pub const ACCESS_FOR: Duration = Duration::from_mins(15);

/// How long a refresh token is good.
pub const REFRESH_FOR: Duration = Duration::from_hours(7 * 24);

/// How long a session lasts at most, however often it is refreshed: then the game is asked again
/// whose the account is and which characters are its owner's.
pub const SESSION_FOR: Duration = Duration::from_hours(30 * 24);

/// How many sessions a member has at most; one more ends the oldest.
pub const SESSIONS_PER_MEMBER: u64 = 20;

/// What sessions are made with.
#[derive(Debug)]
pub struct Dependencies {
    /// Knows whose a key is.
    pub accounts: Arc<dyn Accounts>,
    /// Keeps the sessions.
    pub store: Arc<dyn SessionStore>,
    /// Makes members of accounts.
    pub identities: Identities,
    /// Who is a developer.
    pub developers: BTreeSet<MemberId>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where tokens come from; seeded by the operating system.
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
    seen: SeenOfLate,
}

/// A session just opened or refreshed. The tokens are kept by the client alone.
#[derive(Debug)]
pub struct LoggedIn {
    /// Who it is.
    pub member: MemberId,
    /// What to present with each request.
    pub access_token: SecretString,
    /// Until when.
    pub access_until: Timestamp,
    /// What to present for new tokens.
    pub refresh_token: SecretString,
    /// Until when.
    pub refresh_until: Timestamp,
}

/// Why nobody was logged in.
#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    /// It is not known whose the key is.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// The session cannot be kept.
    #[error(transparent)]
    Store(#[from] SessionStoreError),
}

/// Why a session was not refreshed.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// It is no refresh token, its time is over, or its session ended.
    #[error("the refresh token is not good, or no more")]
    Invalid,
    /// It was replaced before: somebody else has it too. The session has ended.
    #[error("the refresh token was used before, so its session has ended")]
    Reused,
    /// The store fails.
    #[error(transparent)]
    Store(#[from] SessionStoreError),
}

/// Why it is not known who is behind an access token.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// It is no access token, its time is over, or its session ended.
    #[error("the access token is not good, or no more")]
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
            seen: SeenOfLate::default(),
        }
    }

    /// Opens a session for the owner of a key. The key is wiped before the session is kept.
    ///
    /// # Errors
    ///
    /// [`LogInError`] says why not.
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
        self.store
            .open(&session, &member, SESSIONS_PER_MEMBER)
            .await?;
        Ok(logged_in)
    }

    /// Gives a session new tokens; the old ones are good no more, at the latest in
    /// [`SEEN_FOR`](crate::SEEN_FOR) on other instances.
    ///
    /// # Errors
    ///
    /// [`RefreshError`] says why not. [`RefreshError::Reused`] ends the session.
    pub async fn refresh(&self, token: &str) -> Result<LoggedIn, RefreshError> {
        let presented = token::read(Use::Refresh, token).ok_or(RefreshError::Invalid)?;
        let id = presented.session;
        let (session, _) = self.store.find(id).await?.ok_or(RefreshError::Invalid)?;
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
        self.seen.forget(id);
        Ok(logged_in)
    }

    /// Who is behind an access token. While the store fails, whoever was seen here before it did is
    /// believed until the token's time is over: no session can end meanwhile.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError`] when nobody is, or it cannot be known now.
    pub async fn authenticate(
        &self,
        token: &str,
    ) -> Result<AuthenticatedSession, AuthenticateError> {
        let presented = token::read(Use::Access, token).ok_or(AuthenticateError::Invalid)?;
        let seen = self.seen.get(presented.session);
        // Another token may be a newer one than this instance has seen.
        let seen = seen.filter(|seen| seen.session.tokens.access == presented.hash);
        let seen = match seen {
            Some(seen) if seen.is_believed() => seen,
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
    /// [`SEEN_FOR`](crate::SEEN_FOR).
    ///
    /// # Errors
    ///
    /// [`SessionStoreError`] when the store fails.
    pub async fn log_out(&self, id: SessionId) -> Result<(), SessionStoreError> {
        self.store.end(id).await?;
        self.seen.forget(id);
        Ok(())
    }

    /// Ends every session of a member; how many there were.
    ///
    /// # Errors
    ///
    /// [`SessionStoreError`] when the store fails.
    pub async fn end_all(&self, member: MemberId) -> Result<u64, SessionStoreError> {
        let ended = self.store.end_all(member).await?;
        self.seen.forget_all(|seen| seen.session.member == member);
        Ok(ended)
    }

    /// Removes the sessions whose time is over; how many there were.
    ///
    /// # Errors
    ///
    /// [`SessionStoreError`] when the store fails.
    pub async fn remove_expired(&self) -> Result<u64, SessionStoreError> {
        self.store.remove_expired(self.clock.now()).await
    }

    /// What a member may do.
    pub fn roles(&self, member: MemberId) -> Vec<Role> {
        let developer = self.developers.contains(&member);
        let roles = [Some(Role::Member), developer.then_some(Role::Developer)];
        roles.into_iter().flatten().collect()
    }

    /// What the store says of a session; while it fails, what it said before.
    async fn ask_store(
        &self,
        presented: &Presented,
        before: Option<Arc<Seen>>,
    ) -> Result<Arc<Seen>, AuthenticateError> {
        let asked_at = Instant::now();
        let found = match (self.store.find(presented.session).await, before) {
            (Ok(found), _) => found.map(|found| Seen::new(found, asked_at)),
            (Err(error), Some(seen)) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "sessions seen before are believed");
                Some(seen.believed_again())
            }
            (Err(error), None) => return Err(error.into()),
        };
        let is_same = |seen: &Seen| seen.session.tokens.access == presented.hash;
        let Some(seen) = found.filter(is_same).map(Arc::new) else {
            self.seen.forget(presented.session);
            return Err(AuthenticateError::Invalid);
        };
        self.seen.put(seen.clone());
        Ok(seen)
    }

    async fn reused(&self, id: SessionId) -> Result<LoggedIn, RefreshError> {
        self.store.end(id).await?;
        self.seen.forget(id);
        tracing::warn!("a refresh token was used a second time: its session has ended");
        Err(RefreshError::Reused)
    }

    fn new_tokens(
        &self,
        id: SessionId,
        member: MemberId,
        now: Timestamp,
    ) -> (TokenHashes, LoggedIn) {
        let mut rng = self.rng.lock().expect("no holder of this lock panics");
        let (access_token, access) = token::mint(Use::Access, id, &mut *rng);
        let (refresh_token, refresh) = token::mint(Use::Refresh, id, &mut *rng);
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
        let mut rng = self.rng.lock().expect("no holder of this lock panics");
        rng.random()
    }
}

/// The end of time where there is none.
fn after(start: Timestamp, time: Duration) -> Timestamp {
    start.checked_add(time).unwrap_or(Timestamp::MAX)
}
