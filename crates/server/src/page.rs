//! The pages as HTML. Whatever comes from outside is escaped.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use tocsin_core::text::escape_html;

/// The style of all pages.
pub(crate) const STYLE: &str = "\
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; \
color: #1c1c1c; background: #fff }
button { font: inherit; padding: .6rem 1.2rem; border: 0; border-radius: .3rem; background: #1f4e79; color: #fff }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #161616 } }
";

/// Asks whether it is meant.
pub(crate) fn question(rule: &str) -> Response {
    let body = format!(
        "<h1>Stop these mails?</h1>\n<p>You get mails by the rule <b>{}</b>.</p>\n\
         <form method=\"post\"><button>Stop them</button></form>",
        escape_html(rule)
    );
    page(StatusCode::OK, "Stop these mails?", &body)
}

/// Says that it is done.
pub(crate) fn done(rule: &str) -> Response {
    let body = format!(
        "<h1>Done</h1>\n<p>You get no more mails by the rule <b>{}</b>. One that is on its way already may \
         still reach you.</p>",
        escape_html(rule)
    );
    page(StatusCode::OK, "Done", &body)
}

/// A link that is none of ours, or whose rule or reader is no more.
pub(crate) fn unknown(status: StatusCode) -> Response {
    let body = "<h1>Nothing here</h1>\n<p>This link is not good, or not good any more. If you still get mails \
        that you do not want, answer to one of them.</p>";
    page(status, "Nothing here", body)
}

/// It is our fault.
pub(crate) fn broken() -> Response {
    let body = "<h1>Not now</h1>\n<p>Your wish could not be taken down. Please try again in some minutes.</p>";
    page(StatusCode::SERVICE_UNAVAILABLE, "Not now", body)
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    // The style is beside the page, so that a proxy may put both below a path of its own.
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"style.css\"></head>\n<body>\n{body}\n</body></html>\n"
    );
    (status, Html(html)).into_response()
}
