//! Who logs in: members by their game account, sessions, and roles.
