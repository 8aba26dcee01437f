//! Files: brought in pieces, looked at for what they truly are, kept once by their content, shown to whom a message shows them.
//!
//! Bytes lie in an object store ([`objects`]); what is known of them in the tenant's data ([`store`]). A file is brought whole or in
//! pieces that can be taken up again (tus 1.0); what is not yet whole lies in the object store too, so that any node takes the next
//! piece. Once whole it is looked at ([`kinds`], [`photo`], [`film`], [`scanner`]) and named by the hash of its content; pictures get smaller
//! ones beside them ([`thumbnails`]), documents are read to be searched ([`texts`], [`converters`]). A file knows how often it is
//! used; what is used nowhere is swept away after a day. Who may see a file is said by whoever uses it, through [`Refers`].

pub mod converters;
pub mod film;
pub mod kinds;
pub mod model;
pub mod objects;
pub mod photo;
mod routes;
pub mod scanner;
pub mod service;
pub mod store;
pub mod texts;
pub mod thumbnails;

pub use converters::Converters;
pub use model::File;
pub use objects::Objects;
pub use routes::routes;
pub use service::{Files, FilesConfig, Refers};
