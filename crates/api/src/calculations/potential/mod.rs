//! One item's potential: the odds of a goal, what it costs, methods compared, resets played, and
//! when to stop.

mod aim;
mod batch;
mod chances;
mod compare;
mod request;
mod response;
mod simulation;
mod stopping;

pub use aim::{StrengthRequest, UtilityWord};
pub use batch::{BatchAnswer, MAX_QUESTIONS, PotentialBatchRequest, PotentialBatchResponse};
pub use chances::{ChanceByGrade, ExactChanceByGrade};
pub use compare::{CompareRequest, CompareResponse, MixCost};
pub(crate) use request::checked_prices;
pub use request::{PotentialRequest, StartingState};
pub use response::PotentialResponse;
pub use simulation::{SimulationRequest, SimulationResponse, SimulationStep};
pub use stopping::{StopAt, StoppingRequest, StoppingResponse};
