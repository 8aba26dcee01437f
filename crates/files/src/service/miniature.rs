//! Small pictures of what is not kept as a file.

use std::convert::Infallible;

use bytes::Bytes;

use super::Files;
use crate::photo;
use crate::thumbnails::SIDES;

/// Pictures of more pixels are not worth the memory: nobody sees them large.
const MOST_PIXELS: i64 = 16_000_000;

impl Files {
    /// The smallest JPEG of a picture that came from elsewhere; none where it is broken, too large, or no picture.
    pub async fn miniature(&self, picture: Bytes, content_type: &str) -> Option<Bytes> {
        let photo = photo::prepare(&picture, content_type).filter(|photo| photo.width * photo.height <= MOST_PIXELS)?;
        let fetch = async { Ok::<_, Infallible>(Some(photo.bytes)) };
        let made = self.0.thumbnails.make(true, fetch).await.ok()??;
        made.into_iter().find_map(|(side, bytes)| (side == SIDES[0]).then_some(bytes))
    }
}
