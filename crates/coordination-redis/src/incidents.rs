//! Incidents that instances see together.

use alerts::{HOLD, SharedIncidents, SharedIncidentsError};
use async_trait::async_trait;

use crate::script::INCIDENT;
use crate::{Error, Redis};

/// Incidents in Redis: for each, the instances that see it now.
#[derive(Debug, Clone)]
pub struct RedisIncidents {
    redis: Redis,
    instance: String,
}

impl RedisIncidents {
    /// Incidents as this instance sees them.
    pub fn new(redis: Redis, instance: impl Into<String>) -> Self {
        Self {
            redis,
            instance: instance.into(),
        }
    }

    async fn say(&self, incident: &str, sees: bool) -> Result<bool, Error> {
        let keys = vec![
            self.redis.key(&format!("incident:{incident}")),
            self.redis.key(&format!("incident:{incident}:reported")),
        ];
        let arguments = vec![
            u8::from(sees).to_string(),
            self.instance.clone(),
            HOLD.as_millis().to_string(),
        ];
        let said = self.redis.run::<u8>(&INCIDENT, keys, arguments);
        Ok(self.redis.call(said).await? == 1)
    }
}

#[async_trait]
impl SharedIncidents for RedisIncidents {
    async fn see(&self, incident: &'static str) -> Result<bool, SharedIncidentsError> {
        let said = self.say(incident, true).await;
        said.map_err(|error| SharedIncidentsError(Box::new(error)))
    }

    async fn leave(&self, incident: &'static str) -> Result<bool, SharedIncidentsError> {
        let said = self.say(incident, false).await;
        said.map_err(|error| SharedIncidentsError(Box::new(error)))
    }
}
