use oxc_ast::ast::{Argument, CallExpression, Expression, NewExpression};
use oxc_span::{GetSpan, Span};

use crate::mutation::MUTATING_METHODS;

use super::{
    names::{
        CALLING_METHODS, COPYING_CLASSES, FOLDING_METHODS, MATCHERS, MATCHING_METHODS,
        ORDERING_METHODS, PURE_FUNCTIONS, READING_METHODS, SET_METHODS, VIEWING_CLASSES,
        WRITING_STATICS, has,
    },
    values::{Values, bare, is_math, is_reading_static},
    walk::receiver,
};

type Report<'r> = &'r mut dyn FnMut(Span, String);

/// Reports a call, unless what it calls is known to write to nothing that is not the text's own.
pub(super) fn call<'a>(values: &Values<'a>, call: &CallExpression<'a>, report: Report<'_>) {
    let callee = bare(&call.callee);
    if let Some(name) = values.global(callee) {
        let is_pure = has(PURE_FUNCTIONS, name)
            || values.names_function(call)
            || (name == "structuredClone" && call.arguments.len() == 1 && !has_spread(call))
            || (has(COPYING_CLASSES, name) && name != "Date");
        if !is_pure {
            report(
                callee.span(),
                format!("`{name}` is a global function that may do anything"),
            );
        }
        return;
    }
    match callee {
        Expression::StaticMemberExpression(member) => {
            let name = member.property.name.as_str();
            if let Some(global) = values.global(&member.object) {
                static_call(values, global, name, call, report);
            } else {
                method_call(values, &member.object, name, call, report);
            }
        }
        _ if values.is_function(callee) || values.is_log(callee) => {}
        _ => report(
            callee.span(),
            "what is called here may be any function".into(),
        ),
    }
}

fn static_call<'a>(
    values: &Values<'a>,
    global: &str,
    name: &str,
    call: &CallExpression<'a>,
    report: Report<'_>,
) {
    let arguments = &call.arguments;
    let reads = match (global, name) {
        ("Math", _) => is_math(global, name),
        // Of the arguments of these, the number and the kinds matter.
        ("JSON" | "Array" | "Object" | "Map", _) if has_spread(call) && name != "assign" => false,
        // A reviver or replacer is called with what is written.
        ("JSON", "parse") => arguments.len() == 1,
        ("JSON", "stringify") => arguments
            .get(1)
            .is_none_or(|it| is_own_or_nothing(values, it)),
        ("Array", "from") => {
            arguments.len() == 1 || (arguments.len() == 2 && calls_own(values, call, 1))
        }
        ("Object" | "Map", "groupBy") => arguments.len() == 2 && calls_own(values, call, 1),
        ("Object", "create") => {
            matches!(arguments.as_slice(), [Argument::NullLiteral(_)])
        }
        ("Object", name) if has(WRITING_STATICS, name) => {
            if let Some(target) = arguments.first().and_then(Argument::as_expression) {
                receiver(values, target, call.span, report);
            } else {
                report(
                    call.span,
                    format!("`Object.{name}` writes to something unknown"),
                );
            }
            return;
        }
        _ => is_reading_static(global, name),
    };
    if !reads {
        report(
            call.callee.span(),
            format!("`{global}.{name}` may write, or call any function, here"),
        );
    }
}

fn method_call<'a>(
    values: &Values<'a>,
    object: &Expression<'a>,
    name: &str,
    call: &CallExpression<'a>,
    report: Report<'_>,
) {
    if values.definitions.is_foreign(name) {
        report(
            call.span,
            format!("`{name}` may be any function: the text puts another's under it"),
        );
        return;
    }
    if has(MUTATING_METHODS, name) || has(MATCHERS, name) {
        receiver(values, object, call.span, report);
        if !has(ORDERING_METHODS, name) {
            return;
        }
    }
    let is_known = if has(ORDERING_METHODS, name) {
        call.arguments.is_empty() || (call.arguments.len() == 1 && calls_own(values, call, 0))
    } else if has(CALLING_METHODS, name) {
        // The second argument would be `this` of the first.
        call.arguments.len() == 1 && calls_own(values, call, 0)
    } else if has(FOLDING_METHODS, name) {
        calls_own(values, call, 0)
    } else if has(MATCHING_METHODS, name) {
        let pattern_is_own = call
            .arguments
            .first()
            .is_none_or(|it| is_own_pattern(values, it));
        // The second argument of `replace` may be a function, which is called.
        pattern_is_own
            && call
                .arguments
                .get(1)
                .is_none_or(|it| is_own_or_nothing(values, it))
    } else if has(SET_METHODS, name) {
        // They call `has` and `keys` of their argument.
        !values.definitions.is_foreign("has") && !values.definitions.is_foreign("keys")
    } else {
        has(READING_METHODS, name) || values.definitions.is_own(name)
    };
    if !is_known {
        report(
            call.span,
            format!("`{name}` may write, or call any function, here"),
        );
    }
}

/// Whether an argument is a function of the text.
fn calls_own<'a>(values: &Values<'a>, call: &CallExpression<'a>, index: usize) -> bool {
    call.arguments
        .get(index)
        .and_then(Argument::as_expression)
        .is_some_and(|it| values.is_function(it))
        // A spread before it would put another in its place.
        && !has_spread(call)
}

fn has_spread(call: &CallExpression<'_>) -> bool {
    call.arguments.iter().any(Argument::is_spread)
}

/// Whether an argument is a function of the text, a list of names, or null.
fn is_own_or_nothing<'a>(values: &Values<'a>, argument: &Argument<'a>) -> bool {
    argument
        .as_expression()
        .is_some_and(|it| values.is_function(it) || values.is_data(it))
}

/// Whether an argument is no regular expression that is not the text's own.
fn is_own_pattern<'a>(values: &Values<'a>, argument: &Argument<'a>) -> bool {
    argument
        .as_expression()
        .is_some_and(|it| values.is_fresh(it))
}

/// Reports `new`, unless it makes an instance of a class that is known.
pub(super) fn construction<'a>(values: &Values<'a>, made: &NewExpression<'a>, report: Report<'_>) {
    let callee = bare(&made.callee);
    let is_known = match values.global_member(callee) {
        Some((global, _)) => global == "Intl",
        None => values.global(callee).is_some_and(|class| {
            has(COPYING_CLASSES, class)
                || has(VIEWING_CLASSES, class)
                || (class == "Object" && made.arguments.is_empty())
        }),
    };
    if !is_known {
        report(
            callee.span(),
            "what is constructed here may be any class".into(),
        );
    }
}

/// Reports the function of a tagged template, unless it is known.
pub(super) fn tag<'a>(values: &Values<'a>, tag: &Expression<'a>, report: Report<'_>) {
    if !values.is_function(tag) && values.global_member(tag) != Some(("String", "raw")) {
        report(tag.span(), "what is called here may be any function".into());
    }
}
