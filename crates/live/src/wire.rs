//! Frames as they go over the wire: a server's text frames (RFC 6455, section 5.2), made once and shared by all sockets.

use bytes::{BufMut, Bytes, BytesMut};

/// A final text frame begins so.
const TEXT: u8 = 0x81;
/// An empty ping.
pub const PING: Bytes = Bytes::from_static(&[0x89, 0]);
/// The longest head of a server's frame, which has no mask.
const HEAD_BYTES: usize = 10;

/// One text frame, or several that leave together. Cloning shares the bytes.
#[derive(Clone, Debug)]
pub struct Wire {
    bytes: Bytes,
    frames: usize,
}

impl Wire {
    /// One frame of this text.
    pub fn text(text: &str) -> Self {
        let mut bytes = BytesMut::with_capacity(HEAD_BYTES + text.len());
        bytes.put_u8(TEXT);
        match (u8::try_from(text.len()), u16::try_from(text.len())) {
            (Ok(length @ ..126), _) => bytes.put_u8(length),
            (_, Ok(length)) => {
                bytes.put_u8(126);
                bytes.put_u16(length);
            }
            _ => {
                bytes.put_u8(127);
                bytes.put_u64(text.len() as u64);
            }
        }
        bytes.put_slice(text.as_bytes());
        Self { bytes: bytes.freeze(), frames: 1 }
    }

    /// These frames as one piece, in order.
    pub fn joined(mut frames: Vec<Self>) -> Self {
        if frames.len() == 1 {
            return frames.swap_remove(0);
        }
        let bytes: Vec<&[u8]> = frames.iter().map(|frame| frame.bytes.as_ref()).collect();
        Self { bytes: bytes.concat().into(), frames: frames.iter().map(|frame| frame.frames).sum() }
    }

    /// How many frames there are.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// As they are written.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The frames' texts, in order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let mut rest: &[u8] = &self.bytes;
        std::iter::from_fn(move || {
            let (length, head) = match *rest {
                [_, 127, a, b, c, d, e, f, g, h, ..] => (usize::try_from(u64::from_be_bytes([a, b, c, d, e, f, g, h])).ok()?, 10),
                [_, 126, a, b, ..] => (usize::from(u16::from_be_bytes([a, b])), 4),
                [_, length, ..] => (usize::from(length), 2),
                _ => return None,
            };
            let text = rest.get(head..head + length)?;
            rest = &rest[head + length..];
            std::str::from_utf8(text).ok()
        })
    }
}

impl From<String> for Wire {
    fn from(text: String) -> Self {
        Self::text(&text)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;
    use proptest::prelude::*;
    use tokio::io::AsyncWriteExt as _;
    use tokio_tungstenite::WebSocketStream;
    use tokio_tungstenite::tungstenite::protocol::Role;

    use super::*;

    /// What another's codec reads.
    fn read(bytes: &[u8]) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (mut server, client) = tokio::io::duplex(bytes.len() + 1);
            server.write_all(bytes).await.unwrap();
            drop(server);
            let socket = WebSocketStream::from_raw_socket(client, Role::Client, None).await;
            let read = socket.take_while(|message| std::future::ready(message.is_ok()));
            read.map(|message| message.unwrap().into_text().unwrap().to_string()).collect().await
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn others_read_what_is_framed(texts in proptest::collection::vec(".{0,200}", 0..6)) {
            let wire = Wire::joined(texts.iter().map(|text| Wire::text(text)).collect());
            prop_assert_eq!(wire.frames(), texts.len());
            prop_assert_eq!(wire.texts().collect::<Vec<_>>(), texts.iter().map(String::as_str).collect::<Vec<_>>());
            prop_assert_eq!(read(wire.bytes()), texts);
        }
    }

    #[test]
    fn lengths_at_the_bounds_are_framed_as_others_read_them() {
        for length in [0, 125, 126, 65_535, 65_536] {
            let text = "x".repeat(length);
            assert_eq!(read(Wire::text(&text).bytes()), std::slice::from_ref(&text));
            assert_eq!(Wire::text(&text).texts().collect::<Vec<_>>(), [text.as_str()]);
        }
    }
}
