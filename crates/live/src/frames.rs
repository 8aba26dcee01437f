//! The frames that sockets speak themselves; all others belong to capabilities and pass through.

use bytes::Bytes;
use kernel::http::{parse_json, parse_value};
use kernel::live::Hello;
use kernel::{Problem, Rev, RoomId, Seq, Time, UserId};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::wire::Wire;

/// Users whose presence one connection watches, at most.
const MOST_WATCHED: usize = 200;

/// What a client says.
#[derive(Debug)]
pub enum ClientFrame {
    /// First of all: what it holds.
    Hello(Hello),
    /// Still there?
    Ping,
    /// What is on screen: a room and its seqs, or none.
    Screen(Option<(RoomId, Seq, Seq)>),
    /// Whose presence is on screen.
    Presence(Vec<UserId>),
    /// In which room a list of readers is open.
    Readers(RoomId, Option<Seq>),
    /// A capability's.
    Other(String, Value),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Subscribe {
    room_id: Option<RoomId>,
    from_seq: Option<Seq>,
    to_seq: Option<Seq>,
    user_ids: Option<Vec<UserId>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Readers {
    room_id: RoomId,
    seq: Option<Seq>,
}

/// Reads one frame: its `ref`, and what it says.
///
/// The `ref` is told even where the rest is wrong, so that the error can be answered to it.
pub fn read(text: &str) -> (Option<Value>, Result<ClientFrame, Problem>) {
    let mut members: Map<String, Value> = match parse_json(text.as_bytes()) {
        Ok(members) => members,
        Err(problem) => return (None, Err(problem)),
    };
    let reference = members.remove("ref").filter(|reference| reference.is_string() || reference.is_number());
    let Some(Value::String(kind)) = members.remove("type") else {
        return (reference, Err(Problem::malformed("type", "フレームの種類が必要です。", "A frame needs a type.")));
    };
    (reference, understand(kind, members))
}

fn understand(kind: String, members: Map<String, Value>) -> Result<ClientFrame, Problem> {
    let body = Value::Object(members);
    match kind.as_str() {
        "hello" => parse_value(&body).map(ClientFrame::Hello),
        "ping" => Ok(ClientFrame::Ping),
        "readers" => parse_value(&body).map(|Readers { room_id, seq }| ClientFrame::Readers(room_id, seq)),
        "subscribe" => subscribe(parse_value(&body)?),
        _ => Ok(ClientFrame::Other(kind, body)),
    }
}

fn subscribe(frame: Subscribe) -> Result<ClientFrame, Problem> {
    match frame {
        Subscribe { user_ids: Some(users), room_id: None, .. } if users.len() <= MOST_WATCHED => Ok(ClientFrame::Presence(users)),
        Subscribe { user_ids: Some(_), .. } => Err(Problem::invalid("userIds", "200人までです。", "At most 200.")),
        Subscribe { room_id: Some(room), from_seq, to_seq, .. } => {
            Ok(ClientFrame::Screen(Some((room, from_seq.unwrap_or(1), to_seq.unwrap_or(Seq::MAX)))))
        }
        Subscribe { room_id: None, .. } => Ok(ClientFrame::Screen(None)),
    }
}

/// A frame of ours, as text.
pub fn text(value: &Value) -> Wire {
    value.to_string().into()
}

/// Bytes of JSON as a text frame; none where they are not UTF-8, which JSON of ours always is.
pub fn shared(bytes: &Bytes) -> Option<Wire> {
    std::str::from_utf8(bytes).ok().map(Wire::text)
}

/// The first answer: the node, the time there, whose connection this is (a browser's cookie may have become another's),
/// and where that user's own stream stands.
pub fn welcome(node: &str, user: UserId, me: Rev, now: Time) -> Wire {
    text(&json!({ "type": "welcome", "apiVersion": 1, "node": node, "userId": user, "me": me, "now": now }))
}

/// What was missed has been told; from here on it is live.
pub fn ready() -> Wire {
    Wire::text(r#"{"type":"ready"}"#)
}

/// The session has ended.
pub fn signed_out() -> Wire {
    Wire::text(r#"{"type":"signedOut"}"#)
}

/// Answers a frame: `members` beside `type` and `ref`.
pub fn answer(kind: &str, reference: Option<Value>, members: Value) -> Wire {
    let mut frame = match members {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    frame.insert("type".to_owned(), kind.into());
    if let Some(reference) = reference {
        frame.insert("ref".to_owned(), reference);
    }
    // `type` first: whoever reads a frame's beginning knows what it is.
    let rest = Value::Object(frame.into_iter().filter(|(name, _)| name != "type").collect()).to_string();
    let comma = if rest == "{}" { "" } else { "," };
    format!(r#"{{"type":"{kind}"{comma}{}"#, &rest[1..]).into()
}

/// Refuses a frame, in Japanese unless `english`.
pub fn error(reference: Option<Value>, problem: &Problem, english: bool) -> Wire {
    answer("error", reference, json!({ "problem": problem.document(english) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_frame_names_its_field_and_keeps_its_ref() {
        let (reference, frame) = read(r#"{"type":"subscribe","ref":"a","rom":1}"#);
        assert_eq!(reference, Some(json!("a")));
        assert_eq!(frame.unwrap_err().errors[0].field, "rom");
        assert_eq!(read("[1]").1.unwrap_err().status, 400);
        assert_eq!(read(r#"{"ref":1}"#).1.unwrap_err().errors[0].field, "type");
    }

    #[test]
    fn answers_begin_with_their_type() {
        assert_eq!(
            answer("ack", Some(json!("r")), json!({ "message": 1 })).texts().collect::<Vec<_>>(),
            [r#"{"type":"ack","message":1,"ref":"r"}"#]
        );
        assert_eq!(answer("pong", None, json!({})).texts().collect::<Vec<_>>(), [r#"{"type":"pong"}"#]);
    }
}
