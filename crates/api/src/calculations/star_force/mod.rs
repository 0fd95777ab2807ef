//! Star force of one item: what it takes on average, and the distribution of what it costs.

mod request;
mod response;

pub(crate) use request::MAX_STARS;
pub use request::{
    MembershipRequest, RestoreRequest, RestoreTarget, SafeguardChoice, StarForceRequest,
};
pub use response::{Mean, StarForceResponse};
