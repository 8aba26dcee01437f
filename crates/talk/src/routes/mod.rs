//! HTTP shapes and OpenAPI; no rules. One file a resource; paths are relative to `/{tenant}/api/v1`.

mod albums;
mod broadcasts;
mod files;
mod forwards;
mod history;
mod links;
mod members;
mod messages;
mod notes;
mod reactions;
mod reads;
mod reminders;
mod rooms;
mod scheduled;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes as paths;

use crate::Talk;

/// All of talk's operations.
pub fn routes(talk: Talk) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(paths!(rooms::list_rooms, rooms::create_room))
        .routes(paths!(rooms::get_room, rooms::update_room))
        .routes(paths!(rooms::update_membership))
        .routes(paths!(members::list_members, members::add_members))
        .routes(paths!(members::remove_member))
        .routes(paths!(history::list_history_requests))
        .routes(paths!(history::answer_history_request))
        .routes(paths!(messages::list_messages, messages::send_message))
        .routes(paths!(messages::edit_message, messages::recall_message))
        .routes(paths!(messages::find_seq))
        .routes(paths!(reactions::react, reactions::unreact))
        .routes(paths!(reads::mark_read))
        .routes(paths!(reads::list_readers))
        .routes(paths!(reads::nudge))
        .routes(paths!(files::list_room_files))
        .routes(paths!(links::list_room_links))
        .routes(paths!(links::list_link_cards))
        .routes(paths!(links::get_card_image))
        .routes(paths!(notes::list_notes, notes::create_note))
        .routes(paths!(notes::get_note, notes::update_note, notes::delete_note))
        .routes(paths!(notes::list_note_comments, notes::add_note_comment))
        .routes(paths!(notes::delete_note_comment))
        .routes(paths!(albums::list_albums, albums::create_album))
        .routes(paths!(albums::get_album, albums::update_album, albums::delete_album))
        .routes(paths!(albums::list_album_photos, albums::add_album_photos))
        .routes(paths!(albums::remove_album_photo))
        .routes(paths!(forwards::forward_messages))
        .routes(paths!(broadcasts::list_broadcasts, broadcasts::create_broadcast))
        .routes(paths!(broadcasts::get_broadcast, broadcasts::recall_broadcast))
        .routes(paths!(broadcasts::list_broadcast_replies))
        .routes(paths!(broadcasts::count_recipients))
        .routes(paths!(scheduled::schedule_message))
        .routes(paths!(scheduled::list_scheduled_messages))
        .routes(paths!(scheduled::update_scheduled_message, scheduled::cancel_scheduled_message))
        .routes(paths!(scheduled::send_scheduled_message))
        .routes(paths!(reminders::list_reminders))
        .routes(paths!(reminders::set_reminder, reminders::drop_reminder))
        .with_state(talk)
}
