//! Frames from clients that are talk's: `send`, `read`, `typing`.

use kernel::http::parse_value;
use kernel::live::{Boxed, FrameHandler, Handled};
use kernel::{Principal, Problem, RoomId, Seq};
use serde::Deserialize;
use serde_json::Value;

use super::wire::{ServerFrame, passing_event};
use crate::policy;
use crate::service::Talk;
use crate::service::membership::{pass, watchers};
use crate::service::send::SendMessage;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReadFrame {
    room_id: RoomId,
    seq: Seq,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TypingFrame {
    room_id: RoomId,
}

impl FrameHandler for Talk {
    fn handle<'a>(&'a self, principal: &'a Principal, kind: &'a str, body: Value) -> Boxed<'a, Result<Handled, Problem>> {
        Box::pin(async move {
            match kind {
                "send" => {
                    let (room, message) = addressed(body)?;
                    let message = self.send(principal, room, parse::<SendMessage>(message)?).await?;
                    Ok(Handled::Ack(serde_json::json!({ "message": message })))
                }
                "read" => {
                    let ReadFrame { room_id, seq } = parse(body)?;
                    self.read_soon(principal, room_id, seq)?;
                    Ok(Handled::Quietly)
                }
                "typing" => {
                    let TypingFrame { room_id } = parse(body)?;
                    policy::ensure_acts(principal)?;
                    let name = self.name_in(principal, room_id).await?;
                    let frame = ServerFrame::Typing { room_id, user_id: principal.user, name };
                    pass(self, passing_event(principal.tenant, watchers(room_id, None), frame));
                    Ok(Handled::Quietly)
                }
                _ => Ok(Handled::NotMine),
            }
        })
    }
}

/// A frame's room, and the rest of it: what the same operation takes over HTTP.
fn addressed(mut body: Value) -> Result<(RoomId, Value), Problem> {
    let room = body.as_object_mut().and_then(|members| members.remove("roomId"));
    let room = room.ok_or_else(|| Problem::malformed("roomId", "この項目が必要です。", "This field is required."))?;
    let room = RoomId::deserialize(&room)
        .map_err(|_| Problem::malformed("roomId", "値の型が正しくありません。", "Wrong type of value."))?;
    Ok((room, body))
}

/// What every frame holds is the socket's affair.
fn parse<T: serde::de::DeserializeOwned>(mut body: Value) -> Result<T, Problem> {
    if let Some(members) = body.as_object_mut() {
        members.remove("type");
        members.remove("ref");
    }
    parse_value(&body)
}
