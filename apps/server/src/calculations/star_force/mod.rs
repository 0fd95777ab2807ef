//! Star force of one item: what it takes on average, and the distribution of what it costs.

mod answer;
mod question;

pub use answer::{Mean, StarForceAnswer};
pub use question::{
    MembershipQuestion, RestoreQuestion, RestoreTarget, SafeguardChoice, StarForceQuestion,
};
