//! The checker of functions, off JavaScript's thread.

use std::panic::{AssertUnwindSafe, catch_unwind};

use isolane_check::{CheckOptions, EstreeError};
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Error, Result, Task};
use napi_derive::napi;
use serde::Serialize;
use serde_json::json;

/// What is asked of a text.
#[derive(Clone, Copy)]
enum Ask {
    Findings,
    Tree,
}

/// A text that is looked at on a thread of libuv's pool.
pub struct Checking {
    source: String,
    options: String,
    ask: Ask,
}

impl Task for Checking {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> Result<String> {
        // What a panic leaves half done is dropped with the task.
        catch_unwind(AssertUnwindSafe(|| self.answer()))
            .unwrap_or_else(|_| Err(Error::from_reason("the checker failed")))
    }

    fn resolve(&mut self, _env: Env, output: String) -> Result<String> {
        Ok(output)
    }
}

impl Checking {
    fn answer(&self) -> Result<String> {
        let options = match CheckOptions::read(&self.options) {
            Ok(options) => options,
            Err(fault) => return text(&json!({ "fault": fault })),
        };
        match self.ask {
            Ask::Findings => text(&isolane_check::check(&self.source, &options)),
            Ask::Tree => match isolane_check::estree(&self.source, &options) {
                Ok(tree) => Ok(tree),
                Err(EstreeError::Syntax(diagnostics)) => {
                    text(&json!({ "diagnostics": diagnostics }))
                }
                Err(EstreeError::Failed) => Err(Error::from_reason("the text could not be parsed")),
            },
        }
    }
}

fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::from_reason(error.to_string()))
}

/// Resolves with a `CheckResult` of `npm/isolane/src/addon/checker.ts`, as JSON, or with a `fault` of
/// the options.
#[napi(catch_unwind)]
pub fn check(source: String, options: String) -> AsyncTask<Checking> {
    AsyncTask::new(Checking {
        source,
        options,
        ask: Ask::Findings,
    })
}

/// Resolves with the tree of a text, or with its errors of syntax, as JSON.
#[napi(catch_unwind)]
pub fn parse_estree(source: String, options: String) -> AsyncTask<Checking> {
    AsyncTask::new(Checking {
        source,
        options,
        ask: Ask::Tree,
    })
}

/// Describes all rules, as JSON.
#[napi(catch_unwind)]
pub fn check_rules() -> Result<String> {
    text(&isolane_check::rules())
}

/// A few lines of a text with a place marked, which is given in UTF-16.
#[napi(catch_unwind)]
pub fn frame(source: String, start: u32, end: u32, color: bool) -> String {
    isolane_check::frame_at(&source, start as usize, end as usize, color)
}
