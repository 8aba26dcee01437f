//! Passwords: Argon2id, on a bounded pool, since each takes 19 MiB and tens of milliseconds.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use kernel::{Problem, Random};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Passwords hashed at once, at most; further sign-ins wait their turn.
const AT_ONCE: usize = 4;
/// Characters of a password that we make: none that looks like another.
const READABLE: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// Makes and checks password hashes.
#[derive(Clone)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    random: Arc<dyn Random>,
    /// Checked where there is no account, so that the time tells nothing.
    nobody: Arc<str>,
}

/// OWASP's first choice for Argon2id (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None).expect("these parameters are in range"))
}

/// One of the places in which a password is hashed. It is free again once the work has ended, whoever still waits for it.
pub type Place = OwnedSemaphorePermit;

fn hash_now(random: &dyn Random, password: &str) -> Result<String, Problem> {
    let mut salt = [0; 16];
    random.fill(&mut salt);
    let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt).map_err(|error| {
        tracing::error!(%error, "a password could not be hashed");
        Problem::internal()
    })?;
    Ok(hash.to_string())
}

impl Passwords {
    /// With a pool of its own.
    pub fn new(random: Arc<dyn Random>) -> Self {
        // A hash of nobody's password: a constant of the right shape and cost.
        let nobody = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        Self { permits: Arc::new(Semaphore::new(AT_ONCE)), random, nobody: nobody.into() }
    }

    /// Waits for a place. Until it is there, whoever waits may go away, and nothing has happened.
    ///
    /// # Errors
    /// 500 when the pool is gone.
    pub async fn place(&self) -> Result<Place, Problem> {
        Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Problem::internal())
    }

    /// Hashes a password.
    ///
    /// # Errors
    /// 500 when the machine gives no memory.
    pub async fn hash(&self, password: String) -> Result<String, Problem> {
        let random = Arc::clone(&self.random);
        work(self.place().await?, move || hash_now(random.as_ref(), &password)).await?
    }

    /// Whether this is the password of that hash; without a hash, false after the same work.
    ///
    /// # Errors
    /// 500 when the pool is gone.
    pub async fn verify(&self, place: Place, password: String, hash: Option<String>) -> Result<bool, Problem> {
        let nobody = Arc::clone(&self.nobody);
        work(place, move || {
            let known = hash.is_some();
            let text = hash.unwrap_or_else(|| nobody.to_string());
            let matches = PasswordHash::new(&text).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
            known && matches
        })
        .await
    }

    /// A password that can be read aloud: three groups of four.
    #[must_use]
    pub fn readable(&self) -> String {
        let mut bytes = [0; 64];
        self.random.fill(&mut bytes);
        // Bytes that would favour the first letters are passed over.
        let even = bytes.iter().filter(|byte| usize::from(**byte) < 256 / READABLE.len() * READABLE.len());
        let letters: Vec<char> = even.map(|byte| char::from(READABLE[usize::from(*byte) % READABLE.len()])).take(12).collect();
        letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }
}

/// The work can't be stopped once begun, so it is the work that holds the place, and not whoever waits for it.
async fn work<T: Send + 'static>(place: Place, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let working = tokio::task::spawn_blocking(move || {
        let _place = place;
        work()
    });
    working.await.map_err(|_| Problem::internal())
}

/// Checks a password that somebody chose.
///
/// # Errors
/// 422 naming `field`.
pub fn check_chosen(field: &'static str, password: &str) -> Result<(), Problem> {
    match password.chars().count() {
        8..=256 => Ok(()),
        _ => Err(Problem::invalid(field, "パスワードは8文字以上、256文字以内にしてください。", "Use 8 to 256 characters.")),
    }
}

#[cfg(test)]
mod tests {
    use kernel::chance::SystemRandom;

    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = Passwords::new(Arc::new(SystemRandom));
        let hash = passwords.hash("ひみつのことば".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let fits = async |password: &str, hash: Option<String>| {
            passwords.verify(passwords.place().await.unwrap(), password.to_owned(), hash).await.unwrap()
        };
        assert!(fits("ひみつのことば", Some(hash.clone())).await);
        assert!(!fits("ひみつのことは", Some(hash)).await);
        assert!(!fits("ひみつのことば", None).await);
        assert!(PasswordHash::new(&passwords.nobody).is_ok(), "nobody's hash costs as much as somebody's");
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_any_more_keeps_its_place_until_it_ends() {
        let passwords = Passwords::new(Arc::new(SystemRandom));
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let working = tokio::spawn(work(passwords.place().await.unwrap(), move || ended.recv()));
        tokio::task::yield_now().await;
        working.abort();
        assert!(working.await.unwrap_err().is_cancelled());
        assert_eq!(passwords.permits.available_permits(), AT_ONCE - 1);
        end.send(()).unwrap();
        let all = u32::try_from(AT_ONCE).unwrap();
        assert!(passwords.permits.acquire_many(all).await.is_ok(), "then it is free");
    }

    #[test]
    fn made_passwords_read_aloud() {
        let made = Passwords::new(Arc::new(SystemRandom)).readable();
        assert_eq!(made.len(), 14);
        assert!(check_chosen("password", &made).is_ok());
    }
}
