//! What every answer tells the browser: nothing of ours is framed, guessed at, or runs a script that we did not write.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use sha2::{Digest, Sha256};

/// The headers, made once.
#[derive(Clone, Debug)]
pub struct SecurityHeaders(Arc<[(HeaderName, HeaderValue)]>);

impl SecurityHeaders {
    /// For a client whose page is `page`, in HTML; `secure` where people come by https.
    #[must_use]
    pub fn new(page: Option<&str>, secure: bool) -> Self {
        let mut headers = vec![
            (header::CONTENT_SECURITY_POLICY, policy(page)),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
            (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
            (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
            (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
            (
                HeaderName::from_static("permissions-policy"),
                HeaderValue::from_static("camera=(), microphone=(self), geolocation=(self), payment=(), usb=()"),
            ),
        ];
        if secure {
            headers.push((header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000")));
        }
        Self(headers.into())
    }
}

fn policy(page: Option<&str>) -> HeaderValue {
    let scripts: String =
        page.map(inline_scripts).unwrap_or_default().iter().map(|script| format!(" '{}'", hash(script))).collect();
    let policy = format!(
        "default-src 'none'; script-src 'self'{scripts}; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
         connect-src 'self'; worker-src 'self'; manifest-src 'self'; media-src 'self' blob:; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("a policy is plain text")
}

/// How a policy names the text of an inline script or style (Content Security Policy Level 3, section 2.3.1).
#[must_use]
pub fn hash(text: &str) -> String {
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text)))
}

/// The texts of the page's scripts that have no `src`.
fn inline_scripts(page: &str) -> Vec<&str> {
    let starts = page.match_indices("<script").filter_map(|(start, tag)| {
        let (attributes, rest) = page[start + tag.len()..].split_once('>')?;
        let (text, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=")).then_some(text)
    });
    starts.collect()
}

/// Puts the headers on every answer; one that an answer has already, stays.
pub async fn add(State(SecurityHeaders(ours)): State<SecurityHeaders>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ours.iter() {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pages_own_inline_scripts_are_allowed() {
        let page = r#"<script src="/theme.js"></script><script>
 start();
</script><script type="module">go()</script>"#;
        assert_eq!(inline_scripts(page), ["\n start();\n", "go()"]);
        let policy = policy(Some(page));
        let policy = policy.to_str().unwrap();
        assert!(policy.contains(&hash("go()")));
        assert!(!policy.contains("unsafe"));
    }

    #[test]
    fn hashes_are_as_browsers_count_them() {
        assert_eq!(hash("alert('Hello, world.');"), "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }
}
