//! Text on its way into V8: it is compiled, run, and what stops it is told.

use std::sync::Arc;

use v8::script_compiler::{self, CachedData, CompileOptions, NoCacheReason, Source};
use v8::{Local, PinScope, UnboundScript};

/// A compiled source: calling `wrapper` gives the function.
pub(crate) struct Compiled<'s> {
    pub(crate) wrapper: Local<'s, v8::Function>,
    /// Whether the code came from the cache.
    pub(crate) cached: bool,
}

/// The text has more characters than a V8 string can hold.
const TOO_LONG: &str = "The source is longer than a string can be";

/// What stopped a script.
pub(crate) enum Stop<'s> {
    /// An exception; line and column (from 1, in the script's own text) where it has them.
    Thrown {
        exception: Local<'s, v8::Value>,
        line: i32,
        column: i32,
    },
    /// Execution was terminated, or V8 could not go on for want of memory.
    Terminated,
}

/// Compiles `body` as the body of a function of `parameters`, with `code` from the cache. No
/// body: it was too long for V8.
pub(crate) fn compile_body<'s>(
    scope: &mut PinScope<'s, '_>,
    body: Option<Local<'s, v8::String>>,
    origin: Origin<'_, 's>,
    line_offset: i32,
    parameters: &[&str],
    code: Option<&[u8]>,
) -> Result<Compiled<'s>, Stop<'s>> {
    v8::tc_scope!(let scope, scope);
    let resource = v8::String::new(scope, origin.resource);
    let names = parameters
        .iter()
        .map(|name| v8::String::new(scope, name))
        .collect::<Option<Vec<_>>>();
    let (Some(text), Some(resource), Some(names)) = (body, resource, names) else {
        return Err(range_error(scope, TOO_LONG));
    };
    let origin = script_origin(scope, resource, line_offset, false, origin.options);
    let (mut source, options) = source(text, &origin, code);
    let compiled = script_compiler::compile_function(
        scope,
        &mut source,
        &names,
        &[],
        options,
        NoCacheReason::NoReason,
    );
    match compiled {
        Some(wrapper) => {
            let cached = source
                .get_cached_data()
                .is_some_and(|data| !data.rejected());
            Ok(Compiled { wrapper, cached })
        }
        None => Err(stop(scope)),
    }
}

/// Compiles a script of the engine's own, with `code` from a cache; without it `eagerly`, where all of its
/// functions are to be in the code that is made of it.
pub(crate) fn compile_script<'s>(
    scope: &mut PinScope<'s, '_>,
    text: Option<Local<'s, v8::String>>,
    resource: &str,
    code: Option<&[u8]>,
    eagerly: bool,
) -> Result<Local<'s, UnboundScript>, Stop<'s>> {
    v8::tc_scope!(let scope, scope);
    let (Some(text), Some(resource)) = (text, v8::String::new(scope, resource)) else {
        return Err(range_error(scope, TOO_LONG));
    };
    let origin = script_origin(scope, resource, 0, false, None);
    let (mut source, options) = source(text, &origin, code);
    let options = match code {
        None if eagerly => CompileOptions::EagerCompile,
        _ => options,
    };
    let compiled = script_compiler::compile_unbound_script(
        scope,
        &mut source,
        options,
        NoCacheReason::NoReason,
    );
    match compiled {
        Some(script) => Ok(script),
        None => Err(stop(scope)),
    }
}

/// Compiles an ES module, with `code` from a cache.
pub(crate) fn compile_module<'s>(
    scope: &mut PinScope<'s, '_>,
    text: &str,
    origin: Origin<'_, 's>,
    code: Option<&[u8]>,
) -> Result<Local<'s, v8::Module>, Stop<'s>> {
    v8::tc_scope!(let scope, scope);
    let texts = (
        v8::String::new(scope, text),
        v8::String::new(scope, origin.resource),
    );
    let (Some(text), Some(resource)) = texts else {
        return Err(range_error(scope, TOO_LONG));
    };
    let origin = script_origin(scope, resource, 0, true, origin.options);
    let (mut source, options) = source(text, &origin, code);
    let reason = NoCacheReason::NoReason;
    match script_compiler::compile_module2(scope, &mut source, options, reason) {
        Some(module) => Ok(module),
        None => Err(stop(scope)),
    }
}

/// Runs a script in the current context.
pub(crate) fn run_script<'s>(
    scope: &mut PinScope<'s, '_>,
    script: Local<'s, UnboundScript>,
) -> Result<Local<'s, v8::Value>, Stop<'s>> {
    v8::tc_scope!(let scope, scope);
    match script.bind_to_current_context(scope).run(scope) {
        Some(value) => Ok(value),
        None => Err(stop(scope)),
    }
}

/// Compiled code of a function, for other isolates.
pub(crate) fn code_of(function: Local<'_, v8::Function>) -> Option<Arc<[u8]>> {
    function.create_code_cache().map(|code| Arc::from(&**code))
}

/// What a script is called, and what V8 tells its callbacks of it.
#[derive(Clone, Copy)]
pub(crate) struct Origin<'a, 's> {
    pub(crate) resource: &'a str,
    pub(crate) options: Option<Local<'s, v8::Data>>,
}

/// The first line is numbered `line_offset` + 1.
fn script_origin<'s>(
    scope: &PinScope<'s, '_>,
    resource: Local<'s, v8::String>,
    line_offset: i32,
    is_module: bool,
    options: Option<Local<'s, v8::Data>>,
) -> v8::ScriptOrigin<'s> {
    let resource = resource.into();
    v8::ScriptOrigin::new(
        scope,
        resource,
        line_offset,
        0,
        false,
        -1,
        None,
        false,
        false,
        is_module,
        options,
    )
}

/// What V8 compiles. It must not outlive `code`, which it points into.
fn source(
    text: Local<'_, v8::String>,
    origin: &v8::ScriptOrigin<'_>,
    code: Option<&[u8]>,
) -> (Source, CompileOptions) {
    match code {
        Some(code) => (
            Source::new_with_cached_data(text, Some(origin), CachedData::new(code)),
            CompileOptions::ConsumeCodeCache,
        ),
        None => (
            Source::new(text, Some(origin)),
            CompileOptions::NoCompileOptions,
        ),
    }
}

/// What the try-catch of `scope` has caught.
pub(crate) fn stop<'s>(
    scope: &mut v8::PinnedRef<'_, v8::TryCatch<'_, 's, v8::HandleScope<'_>>>,
) -> Stop<'s> {
    if scope.has_terminated() || scope.is_execution_terminating() {
        return Stop::Terminated;
    }
    let Some(exception) = scope.exception() else {
        return Stop::Terminated;
    };
    let message = scope.message();
    let line = message.and_then(|message| message.get_line_number(scope));
    let column = message.map(|message| message.get_start_column() + 1);
    let number = |value: Option<usize>| {
        value
            .and_then(|value| i32::try_from(value).ok())
            .unwrap_or(0)
    };
    Stop::Thrown {
        exception,
        line: number(line),
        column: number(column),
    }
}

/// A RangeError about a text that is too long.
pub(crate) fn range_error<'s>(scope: &PinScope<'s, '_>, reason: &str) -> Stop<'s> {
    let text = v8::String::new(scope, reason).unwrap_or_else(|| v8::String::empty(scope));
    Stop::Thrown {
        exception: v8::Exception::range_error(scope, text),
        line: 0,
        column: 0,
    }
}

/// Calls a compiled wrapper, which gives the value of its text.
pub(crate) fn evaluate<'s>(
    scope: &mut PinScope<'s, '_>,
    wrapper: Local<'s, v8::Function>,
    arguments: &[Local<'s, v8::Value>],
) -> Result<Local<'s, v8::Value>, Stop<'s>> {
    let receiver = v8::undefined(scope).into();
    call(scope, wrapper, receiver, arguments)
}

/// Calls a function and says what stopped it where it gave nothing.
pub(crate) fn call<'s>(
    scope: &mut PinScope<'s, '_>,
    function: Local<'s, v8::Function>,
    receiver: Local<'s, v8::Value>,
    arguments: &[Local<'s, v8::Value>],
) -> Result<Local<'s, v8::Value>, Stop<'s>> {
    v8::tc_scope!(let scope, scope);
    match function.call(scope, receiver, arguments) {
        Some(value) => Ok(value),
        None => Err(stop(scope)),
    }
}

/// The text is an expression, but no function.
pub(crate) fn not_a_function<'s>(
    scope: &PinScope<'s, '_>,
    value: Local<'s, v8::Value>,
) -> Stop<'s> {
    let kind = value.type_of(scope).to_rust_string_lossy(scope);
    let text = format!("The source gives a value of type {kind}, not a function");
    let text = v8::String::new(scope, &text).unwrap_or_else(|| v8::String::empty(scope));
    Stop::Thrown {
        exception: v8::Exception::type_error(scope, text),
        line: 0,
        column: 0,
    }
}

impl<'s> Stop<'s> {
    /// An error that the compiler met behind the end of `text`, in what stands around it, is one of
    /// the end.
    pub(super) fn within(self, scope: &PinScope<'s, '_>, text: &str) -> Self {
        let last_line = i32::try_from(text.split('\n').count()).unwrap_or(i32::MAX);
        match self {
            Self::Thrown { line, .. } if line > last_line => {
                let message = v8::String::new(scope, "Unexpected end of input")
                    .unwrap_or_else(|| v8::String::empty(scope));
                let column = text
                    .rsplit('\n')
                    .next()
                    .map_or(0, |line| line.chars().count())
                    + 1;
                Self::Thrown {
                    exception: v8::Exception::syntax_error(scope, message),
                    line: last_line,
                    column: i32::try_from(column).unwrap_or(i32::MAX),
                }
            }
            stop => stop,
        }
    }

    /// One line for an error that never reaches JavaScript, of at most `longest` code units. Runs
    /// none of the user's code.
    pub(crate) fn describe(&self, scope: &PinScope<'_, '_>, longest: usize) -> String {
        match self {
            Self::Terminated => "execution was terminated".to_owned(),
            Self::Thrown {
                exception, line, ..
            } => {
                // Not as `String(exception)` would have it, which asks the exception itself.
                let text = exception
                    .to_detail_string(scope)
                    .map_or_else(String::new, |text| start_of(scope, text, longest));
                format!("{text} (line {line})")
            }
        }
    }
}

/// The first code units of a text, and a mark where that is not all.
fn start_of(scope: &PinScope<'_, '_>, text: Local<'_, v8::String>, longest: usize) -> String {
    let mut units = vec![0; text.length().min(longest)];
    text.write_v2(scope, 0, &mut units, v8::WriteFlags::empty());
    let mut start = String::from_utf16_lossy(&units);
    if units.len() < text.length() {
        start.push('…');
    }
    start
}
