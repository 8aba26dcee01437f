//! What people rely on in the directory, through HTTP, on both databases.

mod limits;
mod password;
mod sessions;
mod sign_in;
