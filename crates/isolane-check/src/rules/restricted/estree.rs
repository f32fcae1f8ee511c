//! Nodes as ESTree has them, which are not all as the parser makes them.

use oxc_ast::{
    AstKind,
    ast::{Expression, FunctionType, MethodDefinitionKind, PropertyKind},
};
use oxc_semantic::NodeId;

use crate::lint::{Code, bare, parts};

/// Attributes that are looked at.
pub(super) const ATTRIBUTES: &[&str] = &[
    "async",
    "callee.name",
    "computed",
    "generator",
    "kind",
    "name",
    "operator",
    "property.name",
    "value",
];

/// The kinds of nodes whose attribute of this name is looked at.
pub(super) fn attribute_kinds(attribute: &str) -> &'static [&'static str] {
    match attribute {
        "async" | "generator" => &[
            "ArrowFunctionExpression",
            "FunctionDeclaration",
            "FunctionExpression",
        ],
        "callee.name" => &["CallExpression", "NewExpression"],
        "computed" => &[
            "MemberExpression",
            "MethodDefinition",
            "Property",
            "PropertyDefinition",
        ],
        "kind" => &["MethodDefinition", "Property", "VariableDeclaration"],
        "name" => &["Identifier", "PrivateIdentifier"],
        "operator" => &[
            "AssignmentExpression",
            "BinaryExpression",
            "LogicalExpression",
            "UnaryExpression",
            "UpdateExpression",
        ],
        "property.name" => &["MemberExpression"],
        "value" => &["Literal"],
        _ => &[],
    }
}

/// Kinds of nodes of ESTree; those of TypeScript begin with `TS`.
const KINDS: &str = "
    AccessorProperty ArrayExpression ArrayPattern ArrowFunctionExpression AssignmentExpression
    AssignmentPattern AwaitExpression BinaryExpression BlockStatement BreakStatement CallExpression
    CatchClause ChainExpression ClassBody ClassDeclaration ClassExpression ConditionalExpression
    ContinueStatement DebuggerStatement Decorator DoWhileStatement EmptyStatement
    ExportAllDeclaration ExportDefaultDeclaration ExportNamedDeclaration ExportSpecifier
    ExpressionStatement ForInStatement ForOfStatement ForStatement FunctionDeclaration
    FunctionExpression Identifier IfStatement ImportDeclaration ImportDefaultSpecifier
    ImportExpression ImportNamespaceSpecifier ImportSpecifier LabeledStatement Literal
    LogicalExpression MemberExpression MetaProperty MethodDefinition NewExpression ObjectExpression
    ObjectPattern PrivateIdentifier Program Property PropertyDefinition RestElement ReturnStatement
    SequenceExpression SpreadElement StaticBlock Super SwitchCase SwitchStatement
    TaggedTemplateExpression TemplateElement TemplateLiteral ThisExpression ThrowStatement
    TryStatement UnaryExpression UpdateExpression VariableDeclaration VariableDeclarator
    WhileStatement WithStatement YieldExpression
";

/// Whether ESTree has no such node: parentheses, what holds parameters and arguments, and the body of an
/// arrow function that is an expression.
pub(super) fn is_absent(code: &Code<'_>, id: NodeId) -> bool {
    let nodes = code.semantic.nodes();
    let is_expression = |id: NodeId| {
        matches!(
            nodes.parent_kind(id),
            AstKind::ArrowFunctionExpression(it) if it.expression
        )
    };
    match nodes.kind(id) {
        AstKind::Argument(_)
        | AstKind::CatchParameter(_)
        | AstKind::Elision(_)
        | AstKind::FormalParameter(_)
        | AstKind::FormalParameters(_)
        | AstKind::Hashbang(_)
        | AstKind::ParenthesizedExpression(_)
        | AstKind::TSParenthesizedType(_) => true,
        AstKind::FunctionBody(_) => is_expression(id),
        AstKind::ExpressionStatement(_) => {
            let body = nodes.parent_id(id);
            matches!(nodes.kind(body), AstKind::FunctionBody(_)) && is_expression(body)
        }
        _ => false,
    }
}

/// The kinds that a node has in ESTree, if it [is there](is_absent).
pub(super) fn names(kind: AstKind<'_>) -> [String; 2] {
    let own = format!("{:?}", kind.ty());
    let other = match kind {
        AstKind::IdentifierName(_)
        | AstKind::IdentifierReference(_)
        | AstKind::BindingIdentifier(_)
        | AstKind::LabelIdentifier(_) => "Identifier",
        AstKind::ArrayAssignmentTarget(_) => "ArrayPattern",
        AstKind::ObjectAssignmentTarget(_) => "ObjectPattern",
        AstKind::AssignmentTargetWithDefault(_) => "AssignmentPattern",
        // With a default it is both at once.
        AstKind::AssignmentTargetPropertyIdentifier(it) if it.init.is_some() => {
            return ["Property".into(), "AssignmentPattern".into()];
        }
        AstKind::AssignmentTargetPropertyIdentifier(_)
        | AstKind::AssignmentTargetPropertyProperty(_) => "Property",
        AstKind::Directive(_) => "ExpressionStatement",
        AstKind::FunctionBody(_) => "BlockStatement",
        AstKind::PrivateInExpression(_) => "BinaryExpression",
        AstKind::StaticMemberExpression(_)
        | AstKind::ComputedMemberExpression(_)
        | AstKind::PrivateFieldExpression(_) => "MemberExpression",
        AstKind::BooleanLiteral(_)
        | AstKind::NullLiteral(_)
        | AstKind::NumericLiteral(_)
        | AstKind::StringLiteral(_)
        | AstKind::BigIntLiteral(_)
        | AstKind::RegExpLiteral(_) => "Literal",
        AstKind::ObjectProperty(_) | AstKind::BindingProperty(_) => "Property",
        AstKind::BindingRestElement(_) | AstKind::AssignmentTargetRest(_) => "RestElement",
        AstKind::Function(it) if it.r#type == FunctionType::FunctionExpression => {
            "FunctionExpression"
        }
        AstKind::Function(_) => "FunctionDeclaration",
        AstKind::Class(it) if it.is_expression() => "ClassExpression",
        AstKind::Class(_) => "ClassDeclaration",
        _ => return [own, String::new()],
    };
    [own, other.into()]
}

pub(super) fn is_kind(name: &str) -> bool {
    KINDS.split_whitespace().any(|it| it == name) || name.starts_with("TS")
}

pub(super) fn value(kind: AstKind<'_>, attribute: &str) -> Option<String> {
    let text = match (attribute, kind) {
        ("name", AstKind::IdentifierReference(it)) => it.name.as_str(),
        ("name", AstKind::IdentifierName(it)) => it.name.as_str(),
        ("name", AstKind::BindingIdentifier(it)) => it.name.as_str(),
        ("name", AstKind::LabelIdentifier(it)) => it.name.as_str(),
        ("name", AstKind::PrivateIdentifier(it)) => it.name.as_str(),
        ("operator", AstKind::PrivateInExpression(_)) => "in",
        ("operator", AstKind::BinaryExpression(it)) => it.operator.as_str(),
        ("operator", AstKind::UnaryExpression(it)) => it.operator.as_str(),
        ("operator", AstKind::UpdateExpression(it)) => it.operator.as_str(),
        ("operator", AstKind::LogicalExpression(it)) => it.operator.as_str(),
        ("operator", AstKind::AssignmentExpression(it)) => it.operator.as_str(),
        ("kind", AstKind::VariableDeclaration(it)) => it.kind.as_str(),
        ("kind", AstKind::MethodDefinition(it)) => match it.kind {
            MethodDefinitionKind::Constructor => "constructor",
            MethodDefinitionKind::Method => "method",
            MethodDefinitionKind::Get => "get",
            MethodDefinitionKind::Set => "set",
        },
        ("kind", AstKind::ObjectProperty(it)) => match it.kind {
            PropertyKind::Init => "init",
            PropertyKind::Get => "get",
            PropertyKind::Set => "set",
        },
        (
            "kind",
            AstKind::BindingProperty(_)
            | AstKind::AssignmentTargetPropertyIdentifier(_)
            | AstKind::AssignmentTargetPropertyProperty(_),
        ) => "init",
        ("async", AstKind::Function(it)) => flag(it.r#async),
        ("async", AstKind::ArrowFunctionExpression(it)) => flag(it.r#async),
        ("generator", AstKind::Function(it)) => flag(it.generator),
        ("generator", AstKind::ArrowFunctionExpression(_)) => "false",
        ("computed", AstKind::ComputedMemberExpression(_)) => "true",
        (
            "computed",
            AstKind::StaticMemberExpression(_)
            | AstKind::PrivateFieldExpression(_)
            | AstKind::AssignmentTargetPropertyIdentifier(_),
        ) => "false",
        ("computed", AstKind::ObjectProperty(it)) => flag(it.computed),
        ("computed", AstKind::BindingProperty(it)) => flag(it.computed),
        ("computed", AstKind::AssignmentTargetPropertyProperty(it)) => flag(it.computed),
        ("computed", AstKind::MethodDefinition(it)) => flag(it.computed),
        ("computed", AstKind::PropertyDefinition(it)) => flag(it.computed),
        ("property.name", AstKind::StaticMemberExpression(it)) => it.property.name.as_str(),
        ("property.name", _) => parts(kind)?.1,
        ("callee.name", AstKind::CallExpression(it)) => return name_of(&it.callee),
        ("callee.name", AstKind::NewExpression(it)) => return name_of(&it.callee),
        ("value", AstKind::StringLiteral(it)) => it.value.as_str(),
        ("value", AstKind::NullLiteral(_)) => "null",
        ("value", AstKind::BooleanLiteral(it)) => flag(it.value),
        ("value", AstKind::NumericLiteral(it)) => return Some(it.value.to_string()),
        _ => return None,
    };
    Some(text.to_owned())
}

fn flag(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

fn name_of(callee: &Expression<'_>) -> Option<String> {
    match bare(callee) {
        Expression::Identifier(it) => Some(it.name.to_string()),
        _ => None,
    }
}
