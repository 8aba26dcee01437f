//! The API's description: the OpenAPI document for programs, and a page made of it for people.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Json;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use kernel::TenantRef;
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use crate::edge::headers;

const STYLE: &str = include_str!("docs.css");
const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

/// Both forms, made once.
#[derive(Clone)]
pub struct Documents {
    document: Arc<Value>,
    body: Arc<str>,
    policy: Arc<str>,
}

impl Documents {
    /// Of this document.
    ///
    /// # Panics
    /// Never: a document is plain data.
    #[must_use]
    pub fn new(document: &OpenApi) -> Self {
        let document = serde_json::to_value(document).expect("a document is plain data");
        let policy = format!("default-src 'none'; style-src '{}'; base-uri 'none'; frame-ancestors 'none'", headers::hash(STYLE));
        Self { body: body(&document).into(), document: Arc::new(document), policy: policy.into() }
    }

    /// The document, with the addresses of this tenant.
    #[must_use]
    pub fn json(&self, tenant: &TenantRef) -> Response {
        let mut document = Value::clone(&self.document);
        document["servers"] = json!([{ "url": format!("/{}/api/v1", tenant.name) }]);
        Json(document).into_response()
    }

    /// The page, with the addresses of this tenant.
    #[must_use]
    pub fn page(&self, tenant: &TenantRef) -> Response {
        let page = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>Irori API</title><style>{STYLE}</style></head><body><header><h1>Irori API</h1>\
             <p>Paths are relative to <code>/{name}/api/v1</code>. For programs: <a href=\"/{name}/api/v1/openapi.json\">openapi.json</a>.</p>\
             </header>{body}</body></html>",
            name = tenant.name,
            body = self.body,
        );
        ([(header::CONTENT_SECURITY_POLICY, self.policy.as_ref())], Html(page)).into_response()
    }
}

fn body(document: &Value) -> String {
    let mut out = String::new();
    if let Some(text) = document["info"]["description"].as_str() {
        let _ = write!(out, "<p>{}</p>", escape(text));
    }
    let operations: Vec<_> = members(&document["paths"])
        .flat_map(|(path, item)| METHODS.iter().filter_map(move |method| Some((path, *method, item.get(method)?))))
        .collect();
    out.push_str("<nav><ul>");
    for (_, _, operation) in &operations {
        let id = escape(operation["operationId"].as_str().unwrap_or("?"));
        let _ = write!(out, "<li><a href=\"#{id}\">{id}</a></li>");
    }
    out.push_str("</ul></nav><main>");
    for (path, method, operation) in operations {
        write_operation(&mut out, path, method, operation);
    }
    out.push_str("<h2>Schemas</h2>");
    for (name, schema) in members(&document["components"]["schemas"]) {
        let name = escape(name);
        let _ = write!(out, "<section id=\"schema-{name}\"><h3>{name}</h3>{}</section>", describe(schema));
    }
    out.push_str("</main>");
    out
}

fn write_operation(out: &mut String, path: &str, method: &str, operation: &Value) {
    let id = escape(operation["operationId"].as_str().unwrap_or("?"));
    let _ = write!(
        out,
        "<section id=\"{id}\"><h2>{id}</h2><p class=\"call\"><b>{}</b> <code>{}</code></p>",
        method.to_uppercase(),
        escape(path)
    );
    for text in ["summary", "description"].iter().filter_map(|key| operation[*key].as_str()) {
        let _ = write!(out, "<p>{}</p>", escape(text));
    }
    let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    if !parameters.is_empty() {
        out.push_str("<table><tr><th>parameter<th>in<th>type<th></tr>");
        for parameter in parameters {
            let text = |key: &str| escape(parameter[key].as_str().unwrap_or(""));
            let kind = kind(&parameter["schema"]);
            let _ =
                write!(out, "<tr><td><code>{}</code><td>{}<td>{kind}<td>{}</tr>", text("name"), text("in"), text("description"));
        }
        out.push_str("</table>");
    }
    for (kind_of, content) in members(&operation["requestBody"]["content"]) {
        let _ = write!(out, "<p>Body ({}): {}</p>", escape(kind_of), kind(&content["schema"]));
    }
    out.push_str("<ul>");
    for (status, response) in members(&operation["responses"]) {
        let shapes: Vec<String> = members(&response["content"]).map(|(_, content)| kind(&content["schema"])).collect();
        let said = escape(response["description"].as_str().unwrap_or(""));
        let _ = write!(out, "<li><b>{}</b> {said} {}</li>", escape(status), shapes.join(" "));
    }
    out.push_str("</ul></section>");
}

/// An object's fields as a table; anything else as its type.
fn describe(schema: &Value) -> String {
    let said = schema["description"].as_str().map_or_else(String::new, |text| format!("<p>{}</p>", escape(text)));
    let Some(properties) = schema["properties"].as_object() else { return format!("{said}<p>{}</p>", kind(schema)) };
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let rows: String = properties
        .iter()
        .map(|(name, property)| {
            let optional = if required.contains(&name.as_str()) { "" } else { "?" };
            let said = escape(property["description"].as_str().unwrap_or(""));
            format!("<tr><td><code>{}{optional}</code><td>{}<td>{said}</tr>", escape(name), kind(property))
        })
        .collect();
    format!("{said}<table>{rows}</table>")
}

/// A schema in a few words, with links to those that have a name.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        let name = escape(name);
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[key].as_array() {
            return parts.iter().map(kind).collect::<Vec<_>>().join(if key == "allOf" { " &amp; " } else { " | " });
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(|value| format!("<code>{}</code>", escape(&value.to_string()))).collect::<Vec<_>>().join(" | ");
    }
    let named = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | "),
        Value::String(name) => name.clone(),
        _ => "any".to_owned(),
    };
    match (&schema["items"], schema["format"].as_str()) {
        (Value::Null, Some(format)) => format!("{} ({})", escape(&named), escape(format)),
        (Value::Null, None) => escape(&named),
        (items, _) => format!("list of {}", kind(items)),
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_said_in_few_words() {
        assert_eq!(kind(&json!({ "type": "string", "format": "uuid" })), "string (uuid)");
        assert_eq!(
            kind(&json!({ "type": "array", "items": { "$ref": "#/components/schemas/Room" } })),
            "list of <a href=\"#schema-Room\">Room</a>"
        );
        assert_eq!(kind(&json!({ "oneOf": [{ "type": "null" }, { "type": ["integer", "null"] }] })), "null | integer | null");
        assert_eq!(escape("<b a=\"&\">"), "&lt;b a=&quot;&amp;&quot;&gt;");
    }
}
