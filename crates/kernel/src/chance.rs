//! Chance is an argument: everything that needs it is handed a [`Random`].

use uuid::Uuid;

use crate::Time;

/// Gives random bytes.
pub trait Random: Send + Sync {
    /// Fills `bytes`, fit for secrets.
    fn fill(&self, bytes: &mut [u8]);

    /// A new UUIDv7 (RFC 9562 section 5.7) of the moment `now`.
    fn new_id(&self, now: Time) -> Uuid {
        let mut bytes = [0; 10];
        self.fill(&mut bytes);
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(now.millis()).unwrap_or(0), &bytes).into_uuid()
    }

    /// 256 random bits as URL-safe text: a session's token, a set-up link's.
    fn new_token(&self) -> String {
        use base64::Engine as _;
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}
