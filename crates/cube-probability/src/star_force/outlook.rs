//! The chances of a single attempt, for counts of what attempts came to.

use super::attempt::Attempt;
use super::{InvalidQuery, Query};

/// The chances of one attempt under everything a query names; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// The star it starts from.
    pub star: u8,
    /// A star is gained.
    pub success: f64,
    /// Nothing changes.
    pub keep: f64,
    /// A star is lost.
    pub drop: f64,
    /// The item is destroyed.
    pub destroy: f64,
}

impl Query {
    /// The chances of an attempt at each star on the way of the query.
    ///
    /// # Errors
    /// The first field that is out of its range, with that range.
    pub fn outlooks(&self) -> Result<Vec<Outlook>, InvalidQuery> {
        self.check()?;
        let at = |star| {
            let attempt = Attempt::at(self, star);
            Outlook {
                star,
                success: attempt.success,
                keep: attempt.keep,
                drop: attempt.drop,
                destroy: attempt.destroy,
            }
        };
        Ok((self.from..self.to).map(at).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::star_force::{Events, Rules};

    #[test]
    fn outlooks_are_the_published_chances_and_sum_to_one() {
        let query = Query {
            rules: Rules::Kms20250320,
            star_catch: false,
            ..Query::new(250, 0, 30)
        };
        let outlooks = query.outlooks().unwrap();
        assert_eq!(outlooks.len(), 30);
        for outlook in &outlooks {
            let sum = outlook.success + outlook.keep + outlook.drop + outlook.destroy;
            assert!((sum - 1.0).abs() < 1e-12, "{outlook:?}");
        }
        let events = Events {
            certain_stars: vec![15],
            ..Events::default()
        };
        let certain = Query { events, ..query }.outlooks().unwrap()[15];
        assert!(
            certain.success > 1.0 - 1e-15 && certain.destroy < 1e-15,
            "{certain:?}"
        );
    }

    #[test]
    fn outlooks_of_a_wrong_query_are_refused() {
        assert!(Query::new(250, 0, 31).outlooks().is_err());
    }
}
