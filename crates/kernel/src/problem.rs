//! A refusal, as RFC 9457 `application/problem+json`, in the caller's language.

use serde::Serialize;

/// The same words in both languages that people are served in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// 日本語.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
}

impl Text {
    /// Both at once.
    #[must_use]
    pub const fn new(ja: &'static str, en: &'static str) -> Self {
        Self { ja, en }
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Its path in the body or its query parameter (`assignments[0].orgUnitId`).
    pub field: String,
    /// What is wrong.
    pub message: Text,
}

/// A refusal. Anything that went wrong inside is logged where it is turned into one, and never shown.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// The last part of the `type` address: `not-found`, `slot-taken`.
    pub kind: &'static str,
    /// What happened and what to do.
    pub detail: Text,
    /// Which fields, when it was the input.
    pub errors: Vec<FieldError>,
    /// The request's id, by which it is found in the log.
    pub request: Option<Box<str>>,
    /// Seconds to wait, for 429 and 503.
    pub retry_after_seconds: Option<u64>,
    /// Further members, such as the current state beside a 412.
    pub extra: Option<Box<serde_json::Map<String, serde_json::Value>>>,
}

impl Problem {
    /// A refusal of this status.
    #[must_use]
    pub fn new(status: u16, kind: &'static str, ja: &'static str, en: &'static str) -> Self {
        Self {
            status,
            kind,
            detail: Text::new(ja, en),
            errors: Vec::new(),
            request: None,
            retry_after_seconds: None,
            extra: None,
        }
    }

    /// 401: nobody is signed in.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(401, "unauthenticated", "ログインしてください。", "Please sign in.")
    }

    /// 403: signed in, and not allowed.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(403, "forbidden", "この操作をする権限がありません。", "You are not allowed to do this.")
    }

    /// 403: a shared account that has not said which person acts.
    #[must_use]
    pub fn actor_required() -> Self {
        Self::new(
            403,
            "actor-required",
            "代表アカウントです。操作する人を選んでください。",
            "This is a shared account: choose who is acting first.",
        )
    }

    /// 404: not there, or not yours to know.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(404, "not-found", "見つかりません。", "Not found.")
    }

    /// 409: in conflict with what is there.
    #[must_use]
    pub fn conflict(ja: &'static str, en: &'static str) -> Self {
        Self::new(409, "conflict", ja, en)
    }

    /// 412: what was to be changed has changed meanwhile; carries what is there now.
    #[must_use]
    pub fn stale<T: serde::Serialize>(current: &T) -> Self {
        let problem = Self::new(
            412,
            "stale",
            "ほかの人が先に変更しました。最新の内容を確認してください。",
            "Somebody changed it first. Please look at the current state.",
        );
        problem.with("current", serde_json::json!(current))
    }

    /// 400: not JSON, an unknown or missing field, a wrong type.
    #[must_use]
    pub fn malformed(field: impl Into<String>, ja: &'static str, en: &'static str) -> Self {
        Self::new(400, "malformed", "入力の形式が正しくありません。", "The request is malformed.").field(field, ja, en)
    }

    /// 413: more than is taken.
    #[must_use]
    pub fn too_large() -> Self {
        Self::new(413, "too-large", "送る内容が大きすぎます。", "The request is too large.")
    }

    /// 422: out of bounds or impossible.
    #[must_use]
    pub fn invalid(field: impl Into<String>, ja: &'static str, en: &'static str) -> Self {
        Self::new(422, "invalid", "入力内容を確認してください。", "Please check what you entered.").field(field, ja, en)
    }

    /// 429: wait first.
    #[must_use]
    pub fn too_many(retry_after_seconds: u64) -> Self {
        let mut problem = Self::new(
            429,
            "too-many-requests",
            "回数が多すぎます。しばらく待ってからお試しください。",
            "Too many attempts. Please wait a little.",
        );
        problem.retry_after_seconds = Some(retry_after_seconds);
        problem
    }

    /// 503: something that we rely on is away.
    #[must_use]
    pub fn unavailable() -> Self {
        let mut problem = Self::new(
            503,
            "unavailable",
            "ただいま利用できません。少し待ってからお試しください。",
            "Not available right now. Please try again shortly.",
        );
        problem.retry_after_seconds = Some(1);
        problem
    }

    /// 500: our fault; the cause is in the log.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(500, "internal", "サーバーで問題が起きました。", "Something went wrong on the server.")
    }

    /// Names one more field.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, ja: &'static str, en: &'static str) -> Self {
        self.errors.push(FieldError { field: field.into(), message: Text::new(ja, en) });
        self
    }

    /// Adds a member beside the standard ones.
    #[must_use]
    pub fn with(mut self, name: &str, value: serde_json::Value) -> Self {
        self.extra.get_or_insert_default().insert(name.to_owned(), value);
        self
    }

    /// The document, in Japanese unless `english`.
    #[must_use]
    pub fn document(&self, english: bool) -> serde_json::Value {
        #[derive(Serialize)]
        struct Field<'a> {
            field: &'a str,
            message: &'a str,
        }
        let say = |text: Text| if english { text.en } else { text.ja };
        let mut document = serde_json::json!({
            "type": format!("/problems/{}", self.kind),
            "title": title(self.status),
            "status": self.status,
            "detail": self.detail(english),
        });
        if let Some(request) = &self.request {
            document["requestId"] = serde_json::json!(request);
        }
        if !self.errors.is_empty() {
            let errors: Vec<_> = self.errors.iter().map(|e| Field { field: &e.field, message: say(e.message) }).collect();
            document["errors"] = serde_json::json!(errors);
        }
        for (name, value) in self.extra.iter().flat_map(|extra| extra.iter()) {
            document[name] = value.clone();
        }
        document
    }

    /// What happened. Where it was our fault, with the number that people read out to their helpdesk.
    fn detail(&self, english: bool) -> String {
        let Text { ja, en } = self.detail;
        match &self.request {
            Some(request) if self.status >= 500 && english => format!("{en} (Number: {request})"),
            Some(request) if self.status >= 500 => format!("{ja}（番号: {request}）"),
            _ => (if english { en } else { ja }).to_owned(),
        }
    }
}

fn title(status: u16) -> &'static str {
    axum::http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_ours_tells_the_number_to_read_out() {
        let said = |problem: Problem, english| Problem { request: Some("k3fm29xq7t".into()), ..problem }.document(english);
        let failure = said(Problem::internal(), false);
        assert_eq!(failure["detail"], "サーバーで問題が起きました。（番号: k3fm29xq7t）");
        assert_eq!(
            said(Problem::unavailable(), true)["detail"],
            "Not available right now. Please try again shortly. (Number: k3fm29xq7t)"
        );
        let refusal = said(Problem::not_found(), false);
        assert_eq!((&refusal["detail"], &refusal["requestId"]), (&serde_json::json!("見つかりません。"), &failure["requestId"]));
        assert!(Problem::internal().document(false).get("requestId").is_none(), "over a socket there is no request");
    }
}
