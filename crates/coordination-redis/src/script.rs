//! Scripts that Redis runs as one step.

use std::sync::LazyLock;

use fred::types::scripts::Script;

/// A script made when it is first used.
pub(crate) type Lua = LazyLock<Script>;

/// Declares scripts, each from a file beside this one.
macro_rules! scripts {
    ($($(#[$doc:meta])* $name:ident = $file:literal;)*) => {
        $($(#[$doc])* pub(crate) static $name: Lua =
            LazyLock::new(|| Script::from_lua(include_str!($file)));)*
    };
}

scripts! {
    /// Releases a lock if it is still the owner's, and notifies the waiters.
    RELEASE = "lua/release.lua";
    /// Extends a lock if it is still the owner's.
    EXTEND = "lua/extend.lua";
    /// Takes a place in the quota.
    ENTER = "lua/enter.lua";
    /// Gives a place in the quota back.
    LEAVE = "lua/leave.lua";
    /// Appends likes to the stream.
    APPEND = "lua/append.lua";
    /// Takes part in emptying the stream.
    TAKE = "lua/take.lua";
    /// Removes from the stream what the store has.
    SETTLE = "lua/settle.lua";
    /// Keeps a snapshot unless a later one is kept.
    KEEP = "lua/keep.lua";
    /// Says whether an instance sees an incident.
    INCIDENT = "lua/incident.lua";
    /// Takes a permit of a rate limit.
    RATE = "lua/rate.lua";
    /// Reads a session that instances share.
    SESSION_LOOK = "lua/session_look.lua";
    /// Keeps a session unless it changed since it was read.
    SESSION_KEEP = "lua/session_keep.lua";
    /// Notes that a session changed.
    SESSION_CHANGE = "lua/session_change.lua";
}
