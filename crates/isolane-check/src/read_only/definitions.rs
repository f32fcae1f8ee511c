use std::collections::HashSet;

use oxc_ast::{
    AstKind,
    ast::{Expression, MethodDefinitionKind, PropertyKey, PropertyKind, SimpleAssignmentTarget},
};
use oxc_semantic::Semantic;
use oxc_span::{GetSpan, Span};

use super::{
    names::{CALLED_BY_BUILT_INS, INHERITED_PROPERTIES, has},
    values::{Values, key_name},
    walk::targets,
};

/// The names under which a text puts something into an object.
#[derive(Default)]
pub(super) struct Definitions {
    /// While the text is read: any name may be defined, as anything.
    anything: bool,
    functions: HashSet<String>,
    data: HashSet<String>,
    /// Names whose values may be functions that are not the text's.
    foreign: HashSet<String>,
    /// Names under which something is put that the text may not have made.
    stale: HashSet<String>,
    /// Properties of one object are put into another.
    assigns: bool,
    /// Data is put under names that are not known.
    has_unknown_data: bool,
    /// Where something that may be a function is put under a name that is not known.
    pub(super) unknown: Vec<Span>,
    /// Where something is put under a name by which built-ins would call it.
    pub(super) called: Vec<(Span, String)>,
}

/// What is put under a name.
#[derive(Clone, Copy)]
enum Kind {
    Function,
    Data,
    Foreign,
}

impl Definitions {
    /// What is assumed before the text has been read.
    pub(super) fn anything() -> Self {
        Self {
            anything: true,
            ..Self::default()
        }
    }

    pub(super) fn of<'a>(semantic: &'a Semantic<'a>, values: &Values<'a>) -> Self {
        let mut found = Self::default();
        for node in semantic.nodes().iter() {
            match node.kind() {
                AstKind::ObjectProperty(it) => {
                    if !values.is_fresh(&it.value) || it.kind != PropertyKind::Init {
                        found.stale.extend(key_name(&it.key));
                    }
                    let kind = match it.kind {
                        PropertyKind::Init => kind_of(values, &it.value),
                        PropertyKind::Get | PropertyKind::Set => Kind::Foreign,
                    };
                    found.key(values, &it.key, it.computed, kind);
                }
                AstKind::CallExpression(it) => {
                    let member = values.global_member(&it.callee);
                    found.assigns |= member == Some(("Object", "assign"));
                }
                AstKind::MethodDefinition(it) => {
                    found.stale.extend(key_name(&it.key));
                    let kind = match it.kind {
                        MethodDefinitionKind::Method => Kind::Function,
                        MethodDefinitionKind::Get | MethodDefinitionKind::Set => Kind::Foreign,
                        // Its name is no property that one could put a function under.
                        MethodDefinitionKind::Constructor => continue,
                    };
                    found.key(values, &it.key, it.computed, kind);
                }
                AstKind::PropertyDefinition(it) => {
                    found.stale.extend(key_name(&it.key));
                    let kind = it
                        .value
                        .as_ref()
                        .map_or(Kind::Data, |it| kind_of(values, it));
                    found.key(values, &it.key, it.computed, kind);
                }
                AstKind::AccessorProperty(it) => {
                    found.stale.extend(key_name(&it.key));
                    found.key(values, &it.key, it.computed, Kind::Foreign);
                }
                AstKind::AssignmentExpression(it) => {
                    let is_kept = it.operator.is_assign() || it.operator.is_logical();
                    let kind = if is_kept {
                        kind_of(values, &it.right)
                    } else {
                        Kind::Data
                    };
                    if let Some(target) = it.left.as_simple_assignment_target() {
                        if is_kept && !values.is_fresh(&it.right) {
                            found.stale.extend(target_name(target));
                        }
                        found.target(values, target, kind);
                    }
                }
                AstKind::UpdateExpression(it) => found.target(values, &it.argument, Kind::Data),
                other => targets(other, |target| {
                    if let Some(target) = target.as_simple_assignment_target() {
                        found.stale.extend(target_name(target));
                        found.target(values, target, Kind::Foreign);
                    }
                }),
            }
        }
        found
    }

    /// Whether anything that can be called may be under `name`.
    pub(super) fn calls(&self, name: &str) -> bool {
        self.anything || self.functions.contains(name) || self.foreign.contains(name)
    }

    /// Whether properties of one object are put into another.
    pub(super) fn assigns(&self) -> bool {
        self.anything || self.assigns
    }

    /// Whether anything may be under `name`.
    pub(super) fn defines(&self, name: &str) -> bool {
        self.calls(name) || self.has_unknown_data || self.data.contains(name)
    }

    /// Whether a function that is not the text's may be under `name`.
    pub(super) fn is_foreign(&self, name: &str) -> bool {
        self.anything || self.foreign.contains(name)
    }

    /// Whether functions of the text are under `name`, and nothing else that can be called.
    pub(super) fn is_own(&self, name: &str) -> bool {
        self.functions.contains(name) && !self.is_foreign(name)
    }

    /// Whether something that the text has not made may be under `name`, of an object that it has.
    pub(super) fn may_be_stale(&self, name: &str) -> bool {
        self.anything
            || self.assigns
            || self.has_unknown_data
            || !self.unknown.is_empty()
            || self.calls(name)
            || self.stale.contains(name)
            // Numbers as keys.
            || matches!(name, "Infinity" | "NaN" | "undefined")
            || has(INHERITED_PROPERTIES, name)
    }

    fn key(&mut self, values: &Values<'_>, key: &PropertyKey<'_>, computed: bool, kind: Kind) {
        match key_name(key) {
            Some(name) => self.named(name, key.span(), kind),
            None if computed => {
                if let Some(expression) = key.as_expression() {
                    self.computed(values, expression, kind);
                }
            }
            // Private names are no properties.
            None => {}
        }
    }

    fn target(&mut self, values: &Values<'_>, target: &SimpleAssignmentTarget<'_>, kind: Kind) {
        match target {
            SimpleAssignmentTarget::StaticMemberExpression(it) => {
                self.named(it.property.name.to_string(), it.property.span, kind);
            }
            SimpleAssignmentTarget::ComputedMemberExpression(it) => match &it.expression {
                Expression::StringLiteral(name) => {
                    self.named(name.value.to_string(), name.span, kind)
                }
                key => self.computed(values, key, kind),
            },
            _ => {}
        }
    }

    fn named(&mut self, name: String, span: Span, kind: Kind) {
        let is_called = match kind {
            Kind::Function => name == "exec",
            Kind::Data => false,
            Kind::Foreign => name == "exec" || has(CALLED_BY_BUILT_INS, &name),
        };
        if is_called {
            self.called.push((span, name.clone()));
        }
        let set = match kind {
            Kind::Function => &mut self.functions,
            Kind::Data => &mut self.data,
            Kind::Foreign => &mut self.foreign,
        };
        set.insert(name);
    }

    fn computed(&mut self, values: &Values<'_>, key: &Expression<'_>, kind: Kind) {
        let is_symbol = values
            .global_member(key)
            .is_some_and(|(global, _)| global == "Symbol");
        match kind {
            // An index is no name.
            Kind::Data if values.is_number(key) => {}
            Kind::Data => self.has_unknown_data = true,
            Kind::Function if is_symbol => {}
            // An index is no method's name.
            Kind::Function | Kind::Foreign if !is_symbol && values.is_number(key) => {}
            Kind::Function | Kind::Foreign => self.unknown.push(key.span()),
        }
    }
}

/// The name of the property that is written to.
fn target_name(target: &SimpleAssignmentTarget<'_>) -> Option<String> {
    match target {
        SimpleAssignmentTarget::StaticMemberExpression(it) => Some(it.property.name.to_string()),
        SimpleAssignmentTarget::ComputedMemberExpression(it) => match &it.expression {
            Expression::StringLiteral(name) => Some(name.value.to_string()),
            _ => None,
        },
        _ => None,
    }
}

fn kind_of<'a>(values: &Values<'a>, value: &Expression<'a>) -> Kind {
    if values.is_function(value) {
        Kind::Function
    } else if values.is_data(value) {
        Kind::Data
    } else {
        Kind::Foreign
    }
}
