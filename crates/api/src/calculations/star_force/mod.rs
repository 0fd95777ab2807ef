//! Star force of one item: what it takes on average, and the distribution of what it costs.

mod choice;
mod request;
mod response;

pub use request::{
    MAX_STARS, MembershipRequest, RestoreRequest, RestoreTarget, SafeguardChoice, StarForceRequest,
};
pub use response::{Mean, StarForceResponse};
