use std::collections::BTreeSet;

use oxc_ast::{
    AstKind,
    ast::{
        Argument, AssignmentTarget, CallExpression, Expression, MemberExpression, ObjectExpression,
        ObjectPropertyKind,
    },
};
use oxc_semantic::Semantic;
use oxc_syntax::module_record::{ExportExportName, ModuleRecord};

/// The names that an ECMAScript module exports, without those of `export *`.
pub(crate) fn of_esm(record: &ModuleRecord<'_>) -> Vec<String> {
    let entries = record
        .local_export_entries
        .iter()
        .chain(&record.indirect_export_entries);
    let names: BTreeSet<String> = entries
        .filter_map(|entry| match &entry.export_name {
            ExportExportName::Name(name) => Some(name.name.to_string()),
            ExportExportName::Default(_) => Some("default".into()),
            ExportExportName::Null => None,
        })
        .collect();
    names.into_iter().collect()
}

/// Where a text first imports or exports as only an ECMAScript module does.
pub(crate) fn first_of_esm(record: &ModuleRecord<'_>) -> Option<usize> {
    let requests = record.requested_modules.values().flatten();
    let exports = record.local_export_entries.iter();
    requests
        .map(|it| it.statement_span)
        .chain(exports.map(|it| it.statement_span))
        .chain(record.import_metas.iter().copied())
        .map(|span| span.start as usize)
        .min()
}

/// The properties that a program puts on `exports` or `module.exports` by name, as far as it does so
/// openly.
pub(crate) fn of_common_js(semantic: &Semantic<'_>) -> Vec<String> {
    let mut names = BTreeSet::new();
    for node in semantic.nodes().iter() {
        match node.kind() {
            AstKind::AssignmentExpression(it) => {
                if let Some(name) = assigned(semantic, &it.left) {
                    names.insert(name);
                } else if is_module_exports_target(semantic, &it.left)
                    && let Expression::ObjectExpression(object) = &it.right
                {
                    names.extend(keys(object));
                }
            }
            AstKind::CallExpression(it) => names.extend(defined(semantic, it)),
            _ => {}
        }
    }
    names.into_iter().collect()
}

/// `exports.name =` or `exports['name'] =`.
fn assigned(semantic: &Semantic<'_>, target: &AssignmentTarget<'_>) -> Option<String> {
    let member = target
        .as_simple_assignment_target()?
        .as_member_expression()?;
    let name = member.static_property_name()?;
    is_exports(semantic, member.object()).then(|| name.to_owned())
}

fn is_module_exports_target(semantic: &Semantic<'_>, target: &AssignmentTarget<'_>) -> bool {
    target
        .as_simple_assignment_target()
        .and_then(|it| it.as_member_expression())
        .is_some_and(|it| is_module_exports(semantic, it))
}

/// `Object.defineProperty(exports, 'name', …)`.
fn defined(semantic: &Semantic<'_>, call: &CallExpression<'_>) -> Option<String> {
    let callee = call.callee.as_member_expression()?;
    let is_definition = callee.object().is_specific_id("Object")
        && callee.static_property_name() == Some("defineProperty");
    let mut arguments = call.arguments.iter().filter_map(Argument::as_expression);
    let (target, name) = (arguments.next()?, arguments.next()?);
    match name {
        Expression::StringLiteral(name) if is_definition && is_exports(semantic, target) => {
            Some(name.value.to_string())
        }
        _ => None,
    }
}

/// Whether an expression is `exports` or `module.exports`, the module's own.
fn is_exports(semantic: &Semantic<'_>, expression: &Expression<'_>) -> bool {
    is_free(semantic, expression, "exports")
        || expression
            .as_member_expression()
            .is_some_and(|it| is_module_exports(semantic, it))
}

fn is_module_exports(semantic: &Semantic<'_>, member: &MemberExpression<'_>) -> bool {
    member.static_property_name() == Some("exports") && is_free(semantic, member.object(), "module")
}

fn is_free(semantic: &Semantic<'_>, expression: &Expression<'_>, name: &str) -> bool {
    match expression {
        Expression::Identifier(it) if it.name == name => it
            .reference_id
            .get()
            .is_some_and(|id| semantic.scoping().get_reference(id).symbol_id().is_none()),
        _ => false,
    }
}

fn keys(object: &ObjectExpression<'_>) -> Vec<String> {
    let properties = object.properties.iter();
    properties
        .filter_map(|property| match property {
            ObjectPropertyKind::ObjectProperty(it) => it.key.static_name(),
            ObjectPropertyKind::SpreadProperty(_) => None,
        })
        .map(|name| name.to_string())
        .collect()
}
