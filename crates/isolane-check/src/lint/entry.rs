use oxc_ast::{
    AstKind,
    ast::{
        ArrowFunctionExpression, AssignmentTarget, Declaration, ExportDefaultDeclarationKind,
        Expression, FormalParameters, Function, ObjectPropertyKind, PropertyKind, Statement,
    },
};
use oxc_semantic::SymbolId;
use oxc_span::{GetSpan, Span};

use super::{Code, bare, paths::member};
use crate::source::Form;

/// Names of exports that are the function, without those of `module.exports` itself.
const NAMES: &[&str] = &["default", "main"];

/// A function of the text.
#[derive(Clone, Copy)]
pub(crate) enum Callable<'a> {
    Function(&'a Function<'a>),
    Arrow(&'a ArrowFunctionExpression<'a>),
}

impl<'a> Callable<'a> {
    pub(crate) fn span(self) -> Span {
        match self {
            Self::Function(it) => it.span,
            Self::Arrow(it) => it.span,
        }
    }

    pub(crate) fn params(self) -> &'a FormalParameters<'a> {
        match self {
            Self::Function(it) => &it.params,
            Self::Arrow(it) => &it.params,
        }
    }

    pub(crate) fn is_generator(self) -> bool {
        matches!(self, Self::Function(it) if it.generator)
    }
}

/// What a text gives as its function.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    /// What it is called there: `module.exports`, `default`, `main`; of a text that is one, nothing.
    pub(crate) name: &'static str,
    /// Where it is given.
    pub(crate) span: Span,
    /// The function, where it is seen.
    pub(crate) callable: Option<Callable<'a>>,
    /// Whether it is surely none.
    pub(crate) is_other: bool,
}

impl<'a> Entry<'a> {
    pub(crate) fn all(code: &Code<'a>) -> Vec<Self> {
        match code.form {
            Form::Function => of_function(code).into_iter().collect(),
            Form::CommonJs => of_common_js(code),
            Form::Module => of_module(code),
        }
    }

    fn of(code: &Code<'a>, name: &'static str, span: Span, value: &'a Expression<'a>) -> Self {
        Self {
            name,
            span,
            callable: callable(code, value),
            // Compilers first write `exports.main = void 0`, and then what it is, maybe by a getter.
            is_other: is_other(code, value)
                && !(code.form == Form::CommonJs
                    && NAMES.contains(&name)
                    && is_undefined(code, value)),
        }
    }
}

fn of_function<'a>(code: &Code<'a>) -> Option<Entry<'a>> {
    let program = code.semantic.nodes().program();
    match program.body.first()? {
        Statement::FunctionDeclaration(it) => Some(Entry {
            name: "",
            span: it.span,
            callable: Some(Callable::Function(it)),
            is_other: false,
        }),
        Statement::ExpressionStatement(it) => {
            let value = match bare(&it.expression) {
                Expression::ObjectExpression(object) if code.place().before == 2 => {
                    match object.properties.first()? {
                        ObjectPropertyKind::ObjectProperty(it) => &it.value,
                        ObjectPropertyKind::SpreadProperty(_) => return None,
                    }
                }
                _ => &it.expression,
            };
            Some(Entry::of(code, "", value.span(), value))
        }
        _ => None,
    }
}

fn of_common_js<'a>(code: &Code<'a>) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    for node in code.semantic.nodes().iter() {
        let AstKind::AssignmentExpression(it) = node.kind() else {
            continue;
        };
        let Some(name) = exported(code, &it.left) else {
            continue;
        };
        match bare(&it.right) {
            // `module.exports = { main() {} }`
            Expression::ObjectExpression(object) if name == "module.exports" => {
                for property in &object.properties {
                    if let ObjectPropertyKind::ObjectProperty(it) = property
                        && it.kind == PropertyKind::Init
                        && let Some(key) = it.key.static_name()
                        && let Some(name) = NAMES.iter().find(|name| **name == key)
                    {
                        entries.push(Entry::of(code, name, it.span, &it.value));
                    }
                }
            }
            // `exports = module.exports = …`
            Expression::AssignmentExpression(_) => {}
            _ => entries.push(Entry::of(code, name, it.span, &it.right)),
        }
    }
    entries
}

/// The name of the function's place that a target is.
fn exported<'a>(code: &Code<'a>, target: &AssignmentTarget<'a>) -> Option<&'static str> {
    let target = target
        .as_simple_assignment_target()?
        .as_member_expression()?;
    let property = target.static_property_name()?;
    let object = target.object();
    if property == "exports" && code.global(object) == Some("module") && member(object).is_none() {
        return Some("module.exports");
    }
    let is_exports = code.property_of_global(object) == Some(("module", "exports"))
        || (member(object).is_none() && code.global(object) == Some("exports"));
    let name = NAMES.iter().find(|name| **name == property)?;
    is_exports.then_some(*name)
}

fn of_module<'a>(code: &Code<'a>) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    for statement in &code.semantic.nodes().program().body {
        match statement {
            Statement::ExportDefaultDeclaration(it) => {
                entries.push(of_default(code, it.span, &it.declaration))
            }
            Statement::ExportNamedDeclaration(it) => {
                match &it.declaration {
                    Some(Declaration::FunctionDeclaration(function))
                        if function.id.as_ref().is_some_and(|id| id.name == "main") =>
                    {
                        entries.push(Entry {
                            name: "main",
                            span: function.span,
                            callable: Some(Callable::Function(function)),
                            is_other: false,
                        });
                    }
                    Some(Declaration::VariableDeclaration(variables)) => {
                        for declarator in &variables.declarations {
                            if let Some(init) = &declarator.init
                                && declarator
                                    .id
                                    .get_identifier_name()
                                    .is_some_and(|it| it == "main")
                            {
                                entries.push(Entry::of(code, "main", declarator.span, init));
                            }
                        }
                    }
                    _ => {}
                }
                for specifier in &it.specifiers {
                    let exported = specifier.exported.name();
                    if let Some(name) = NAMES.iter().find(|name| **name == exported) {
                        entries.push(Entry {
                            name,
                            span: specifier.span,
                            callable: specifier
                                .local
                                .identifier_name()
                                .and_then(|name| {
                                    let scoping = code.semantic.scoping();
                                    scoping.get_root_binding(name.as_str())
                                })
                                .filter(|_| it.source.is_none())
                                .and_then(|symbol| declared(code, symbol)),
                            is_other: false,
                        });
                    }
                }
            }
            _ => {}
        }
    }
    entries
}

fn of_default<'a>(
    code: &Code<'a>,
    span: Span,
    declaration: &'a ExportDefaultDeclarationKind<'a>,
) -> Entry<'a> {
    match declaration {
        ExportDefaultDeclarationKind::FunctionDeclaration(it) => Entry {
            name: "default",
            span,
            callable: Some(Callable::Function(it)),
            is_other: false,
        },
        ExportDefaultDeclarationKind::ClassDeclaration(_) => Entry {
            name: "default",
            span,
            callable: None,
            is_other: true,
        },
        other => match other.as_expression() {
            Some(value) => Entry::of(code, "default", span, value),
            None => Entry {
                name: "default",
                span,
                callable: None,
                is_other: false,
            },
        },
    }
}

/// The function that an expression is, or that the variable which it names always is.
pub(crate) fn callable<'a>(code: &Code<'a>, value: &'a Expression<'a>) -> Option<Callable<'a>> {
    match bare(value) {
        Expression::FunctionExpression(it) => Some(Callable::Function(it)),
        Expression::ArrowFunctionExpression(it) => Some(Callable::Arrow(it)),
        Expression::Identifier(it) => declared(code, code.symbol(it)?),
        _ => None,
    }
}

/// The function that a variable is declared as, unless it is written to later.
pub(crate) fn declared<'a>(code: &Code<'a>, symbol: SymbolId) -> Option<Callable<'a>> {
    if code.semantic.scoping().symbol_is_mutated(symbol) {
        return None;
    }
    match code.semantic.symbol_declaration(symbol).kind() {
        AstKind::Function(it) => Some(Callable::Function(it)),
        AstKind::VariableDeclarator(it) if it.id.get_binding_identifier().is_some() => {
            match bare(it.init.as_ref()?) {
                Expression::FunctionExpression(it) => Some(Callable::Function(it)),
                Expression::ArrowFunctionExpression(it) => Some(Callable::Arrow(it)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What `new` surely makes no function of; a class may return one, and a `Proxy` may be of one.
const MADE: &[&str] = &[
    "Array",
    "Boolean",
    "Date",
    "Error",
    "Map",
    "Number",
    "Promise",
    "RangeError",
    "RegExp",
    "Set",
    "String",
    "TypeError",
    "URL",
    "WeakMap",
    "WeakSet",
];

/// Whether a value is surely no function.
fn is_other<'a>(code: &Code<'a>, value: &Expression<'a>) -> bool {
    let value = bare(value);
    match value {
        Expression::ArrayExpression(_)
        | Expression::BinaryExpression(_)
        | Expression::ClassExpression(_)
        | Expression::ObjectExpression(_)
        | Expression::TemplateLiteral(_)
        | Expression::UnaryExpression(_)
        | Expression::UpdateExpression(_) => true,
        Expression::NewExpression(it) => {
            code.global(&it.callee).is_some_and(|it| MADE.contains(&it))
        }
        Expression::Identifier(_) => is_undefined(code, value),
        _ => value.is_literal(),
    }
}

fn is_undefined<'a>(code: &Code<'a>, value: &Expression<'a>) -> bool {
    let value = bare(value);
    code.global(value) == Some("undefined")
        || matches!(value, Expression::UnaryExpression(it) if it.operator.is_void())
}
