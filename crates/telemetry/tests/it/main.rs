//! Traces as a collector receives them.

mod traces;
