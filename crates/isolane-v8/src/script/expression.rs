//! One expression that gives a function, on its way into V8.
//!
//! It is compiled as the body of a function ([`v8::script_compiler::compile_function`]), not wrapped
//! in program text that it could close. It is in the mode that its form names. Where that names none,
//! strict mode comes first, since most functions come from modules and were strict where they were
//! written; text that only sloppy mode accepts gets that.

use isolane_core::Function;
use isolane_driver::protocol::{FUNCTION_PREFIX, function_form};
use v8::PinScope;

use super::source::{Compiled, Origin, Stop, compile_body, range_error};
use super::{CodeCache, TextLimit};

/// Names that the source finds besides the globals. esbuild and tsx leave calls of `__name` in
/// the functions they transform.
const PARAMETERS: [&str; 1] = ["__name"];

/// Compiles the source of a user's function.
pub(crate) fn compile_function<'s>(
    scope: &mut PinScope<'s, '_>,
    function: &Function,
    cache: &CodeCache<u64>,
) -> Result<Compiled<'s>, Stop<'s>> {
    TextLimit::check_source(scope, function.source())
        .map_err(|reason| range_error(scope, &reason))?;
    let resource = format!("{FUNCTION_PREFIX}{}", function.name());
    let code = cache.get(&function.id());
    let origin = Origin {
        resource: &resource,
        options: None,
    };
    let text = Expression {
        text: function.source(),
        preamble: function.preamble(),
        form: function.form(),
    };
    compile(scope, text, &PARAMETERS, origin, code.as_deref())
}

/// A text that is one expression.
#[derive(Clone, Copy)]
pub(crate) struct Expression<'a> {
    pub(crate) text: &'a str,
    /// What stands before it, in one line.
    pub(crate) preamble: &'a str,
    /// In which mode it is.
    pub(crate) form: u8,
}

/// What a text of this form begins with, and what if that does not compile.
fn modes(form: u8) -> (&'static str, Option<&'static str>) {
    const STRICT: &str = "'use strict';";
    const SLOPPY: &str = "";
    match form {
        function_form::STRICT => (STRICT, None),
        function_form::SLOPPY => (SLOPPY, None),
        _ => (STRICT, Some(SLOPPY)),
    }
}

/// Compiles a text that is one expression as a function of `parameters` that gives its value, with
/// `code` from a cache.
pub(crate) fn compile<'s>(
    scope: &mut PinScope<'s, '_>,
    expression: Expression<'_>,
    parameters: &[&str],
    origin: Origin<'_, 's>,
    code: Option<&[u8]>,
) -> Result<Compiled<'s>, Stop<'s>> {
    let Expression {
        text,
        preamble,
        form,
    } = expression;
    // It starts on a line of its own, numbered 1, so that positions need no correction.
    let mut compile = |body: &str, code: Option<&[u8]>| {
        let body = v8::String::new(scope, body);
        compile_body(scope, body, origin, -1, parameters, code)
    };
    let in_mode = |mode| format!("{mode}{preamble}return(\n{text}\n)");
    let (mode, other) = modes(form);
    let compiled = match (compile(&in_mode(mode), code), other) {
        (Err(Stop::Thrown { .. }), Some(mode)) => compile(&in_mode(mode), code),
        (compiled, _) => compiled,
    };
    // A text that closes the parenthesis around it is more than one expression: it cannot close a
    // bracket too.
    let checked = match compiled {
        Ok(compiled) if !compiled.cached => {
            compile(&format!("return[\n{text}\n]"), None).map(|_| compiled)
        }
        compiled => compiled,
    };
    checked.map_err(|stop| stop.within(scope, text))
}
