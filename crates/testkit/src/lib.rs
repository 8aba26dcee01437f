//! A whole server in a test, on either database, with a cast of people in it.
//!
//! ```ignore
//! testkit::both! {
//!     async fn kenji_writes_to_aiko(server: Server) {
//!         let kenji = server.client("kenji");
//!         let me = kenji.get_ok("/me").await;
//!         assert_eq!(me["loginId"], "kenji");
//!     }
//! }
//! ```
//!
//! The cast is made once a test binary, through the API; each test gets a copy of that data, with everybody signed in.
//! PostgreSQL is the one of `IRORI_TEST_POSTGRES`, or one that `scripts/with-postgres` starts for this binary alone.

mod cast;
mod client;
mod clock;
mod data;
mod network;
mod postgres;
mod process;
mod server;
mod socket;

pub use cast::{Cast, PASSWORD, Person};
pub use client::Client;
pub use clock::MovableClock;
pub use data::{Backend, Data};
pub use network::{Network, Weather};
pub use process::{Process, free_address};
pub use server::Server;
pub use socket::Socket;

/// Makes a test of each story on each database: `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($server:ident: Server) $story:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "a story may need nothing but its server")]
            use super::*;

            async fn story($server: $crate::Server) $story

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                story($crate::Server::start($crate::Backend::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                story($crate::Server::start($crate::Backend::Postgres).await).await;
            }
        }
    )+};
}
