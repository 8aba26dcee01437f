//! Tries at passwords: bounded in number, and counted even when whoever made one hangs up.

use std::time::Duration;

use kernel::Problem;

use super::Directory;
use crate::limiter::Attempt;
use crate::password::Place;

impl Directory {
    /// Waits for a place in which a password is checked; whoever has to wait for long is told so at once.
    ///
    /// # Errors
    /// 429 after too many failures.
    pub(super) async fn place_for(&self, attempt: &Attempt) -> Result<Place, Problem> {
        let wait = self.limiter().wait(attempt, self.now());
        if wait.is_zero() { self.0.passwords.place().await } else { Err(too_many(wait)) }
    }

    /// Whether this is the password of `hash`. The try is counted, so this belongs [`kernel::http::to_the_end`].
    ///
    /// # Errors
    /// 429 after too many failures: others may have failed while this one waited for its place.
    pub(super) async fn try_password(
        &self,
        place: Place,
        attempt: &Attempt,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, Problem> {
        self.limiter().begin(attempt, self.now()).map_err(too_many)?;
        let outcome = self.0.passwords.verify(place, password, hash).await;
        self.limiter().ended(attempt, matches!(outcome, Ok(true)), self.now());
        outcome
    }
}

fn too_many(wait: Duration) -> Problem {
    Problem::too_many(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}
