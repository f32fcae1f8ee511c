//! Which values of a module are surely built-in collections.

use std::borrow::Cow;

use oxc_ast::{
    AstKind,
    ast::{BindingPatternKind, ClassElement, Expression, ObjectPropertyKind, PropertyKind},
};
use oxc_semantic::SymbolId;

use crate::lint::{Code, bare, member};

/// What makes them with `new`.
const CONSTRUCTORS: &[&str] = &[
    "Array",
    "BigInt64Array",
    "BigUint64Array",
    "Date",
    "Float16Array",
    "Float32Array",
    "Float64Array",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "Map",
    "Set",
    "URLSearchParams",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "WeakMap",
    "WeakSet",
];
/// The values and properties that are looked at for one method: a text may have many of both.
const MOST_STEPS: usize = 256;

/// What is known of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// A collection, or a part of what begins empty: what calls put in themselves.
    Collection,
    /// What begins as `{}`.
    Empty,
    Nothing,
}

/// Whether a method such as `add` or `push`, called on an expression, surely is the one of a built-in
/// collection: a module that is required, or an object of one's own, may have methods of these names.
pub(super) fn is_collection<'a>(code: &Code<'a>, object: &'a Expression<'a>) -> bool {
    known(code, object, &mut { MOST_STEPS }) == Known::Collection
}

/// The object, and the name in it, of which `const { name } = object` makes a variable, without a default.
pub(super) fn taken_of<'a>(
    code: &Code<'a>,
    symbol: SymbolId,
) -> Option<(&'a Expression<'a>, Cow<'a, str>)> {
    let scoping = code.semantic.scoping();
    let place = scoping.symbol_span(symbol);
    if scoping.symbol_is_mutated(symbol) {
        return None;
    }
    let AstKind::VariableDeclarator(declarator) = code.semantic.symbol_declaration(symbol).kind()
    else {
        return None;
    };
    let BindingPatternKind::ObjectPattern(pattern) = &declarator.id.kind else {
        return None;
    };
    // There may be many properties, and as many variables.
    let after = pattern
        .properties
        .partition_point(|it| it.span.start <= place.start);
    let property = pattern.properties.get(after.checked_sub(1)?)?;
    let is_own = property
        .value
        .get_binding_identifier()
        .is_some_and(|it| it.span == place);
    let is_plain = !property.value.kind.is_assignment_pattern();
    let name = property.key.static_name()?;
    (is_own && is_plain).then_some((declarator.init.as_ref()?, name))
}

/// Takes a step; whether there still was one.
fn take(room: &mut usize) -> bool {
    let is_left = *room > 0;
    *room = room.saturating_sub(1);
    is_left
}

fn known<'a>(code: &Code<'a>, value: &'a Expression<'a>, room: &mut usize) -> Known {
    if !take(room) {
        return Known::Nothing;
    }
    if let Some(part) = member(value) {
        let name = part.static_property_name();
        return property(code, part.object(), name, room);
    }
    match bare(value) {
        Expression::ArrayExpression(_) => Known::Collection,
        Expression::NewExpression(it) => match code.global(&it.callee) {
            Some(name) if CONSTRUCTORS.contains(&name) => Known::Collection,
            _ => Known::Nothing,
        },
        Expression::ObjectExpression(it) if it.properties.is_empty() => Known::Empty,
        Expression::CallExpression(it) => match code.property_of_global(&it.callee) {
            Some(("Array", "from" | "of")) => Known::Collection,
            Some(("Object", "create")) if it.arguments.len() == 1 => {
                let prototype = it.arguments[0].as_expression().map(bare);
                match prototype {
                    Some(Expression::NullLiteral(_)) => Known::Empty,
                    _ => Known::Nothing,
                }
            }
            _ => Known::Nothing,
        },
        Expression::Identifier(it) => {
            let Some(symbol) = code.symbol(it) else {
                return Known::Nothing;
            };
            if let Some(init) = code.constant_of(symbol) {
                return known(code, init, room);
            }
            match taken_of(code, symbol) {
                Some((object, name)) => property(code, object, Some(&name), room),
                None => Known::Nothing,
            }
        }
        _ => Known::Nothing,
    }
}

/// What is known of a property; without a name of any.
fn property<'a>(
    code: &Code<'a>,
    object: &'a Expression<'a>,
    name: Option<&str>,
    room: &mut usize,
) -> Known {
    match literal(code, object) {
        Some(Literal::Object(properties)) if !properties.is_empty() => {
            of_literal(code, properties, name, room)
        }
        Some(Literal::Class(elements)) => {
            name.map_or(Known::Nothing, |name| of_class(code, elements, name, room))
        }
        // Where nothing was, calls have put what they change.
        _ => match known(code, object, room) {
            Known::Nothing => Known::Nothing,
            Known::Collection | Known::Empty => Known::Collection,
        },
    }
}

enum Literal<'a> {
    Object(&'a [ObjectPropertyKind<'a>]),
    Class(&'a [ClassElement<'a>]),
}

/// What an object is written as, where that is seen.
fn literal<'a>(code: &Code<'a>, object: &'a Expression<'a>) -> Option<Literal<'a>> {
    let mut object = bare(object);
    if let Expression::Identifier(it) = object {
        let symbol = code.symbol(it)?;
        if let AstKind::Class(it) = code.semantic.symbol_declaration(symbol).kind() {
            return Some(Literal::Class(&it.body.body));
        }
        object = bare(code.constant_of(symbol)?);
    }
    match object {
        Expression::ObjectExpression(it) => Some(Literal::Object(&it.properties)),
        Expression::ClassExpression(it) => Some(Literal::Class(&it.body.body)),
        _ => None,
    }
}

fn of_literal<'a>(
    code: &Code<'a>,
    properties: &'a [ObjectPropertyKind<'a>],
    name: Option<&str>,
    room: &mut usize,
) -> Known {
    let mut found = Known::Nothing;
    for property in properties {
        let ObjectPropertyKind::ObjectProperty(it) = property else {
            return Known::Nothing;
        };
        if !take(room) {
            return Known::Nothing;
        }
        let key = it.key.static_name();
        if it.kind != PropertyKind::Init || key.is_none() {
            return Known::Nothing;
        }
        if name.is_none_or(|name| key.is_some_and(|key| key == name)) {
            found = known(code, &it.value, room);
            if found == Known::Nothing {
                return found;
            }
        }
    }
    found
}

fn of_class<'a>(
    code: &Code<'a>,
    elements: &'a [ClassElement<'a>],
    name: &str,
    room: &mut usize,
) -> Known {
    let within = elements.len().min(*room);
    *room -= within;
    let mut elements = elements.iter().take(within);
    let value = elements.find_map(|element| match element {
        ClassElement::PropertyDefinition(it)
            if it.r#static && it.key.static_name().is_some_and(|key| key == name) =>
        {
            it.value.as_ref()
        }
        _ => None,
    });
    value.map_or(Known::Nothing, |value| known(code, value, room))
}
