//! What a module's text asks for, without any other module.

use isolane_modules::{Format, Kind, examine};
use napi_derive::napi;
use serde::Serialize;

use crate::modules::Fault;

/// `ModuleRequests` in `npm/isolane/src/functions/requests.ts`, or why there are none.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Answer {
    Told(Told),
    Fault(Fault),
}

#[derive(Serialize)]
struct Told {
    form: &'static str,
    requests: Vec<Request>,
    computes: bool,
}

#[derive(Serialize)]
struct Request {
    specifier: String,
    kind: &'static str,
    line: u32,
    column: u32,
    optional: bool,
}

/// What a text is that is to be an entry, and what it asks for, as JSON. Errors name it by `id`.
#[napi(catch_unwind)]
pub fn module_requests(id: String, source: String) -> napi::Result<String> {
    serde_json::to_string(&answer(&id, &source))
        .map_err(|error| napi::Error::from_reason(error.to_string()))
}

fn answer(id: &str, source: &str) -> Answer {
    let text = match examine(id, source) {
        Ok(text) => text,
        Err(error) => return Answer::Fault(error.into()),
    };
    let requests = text.requests.into_iter().map(|found| Request {
        specifier: found.specifier,
        kind: match found.kind {
            Kind::Require => "require",
            Kind::Resolve => "resolve",
            Kind::Import => "import",
            Kind::Export => "export",
            Kind::DynamicImport => "import()",
        },
        line: found.position.line,
        column: found.position.column,
        optional: found.is_optional,
    });
    Answer::Told(Told {
        form: match text.format {
            Format::Function => "function",
            Format::Esm => "module",
            Format::CommonJs | Format::Json => "commonjs",
        },
        requests: requests.collect(),
        computes: text.is_open,
    })
}
