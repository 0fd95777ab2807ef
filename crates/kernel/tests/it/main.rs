//! The locks of the testkit keep their contract.

mod locks;
