use std::collections::HashSet;

use oxc_ast::{
    AstKind,
    ast::{Expression, MethodDefinitionKind, PropertyKey, PropertyKind, SimpleAssignmentTarget},
};
use oxc_semantic::Semantic;
use oxc_span::{GetSpan, Span};

use super::{
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
    /// Data is put under names that are not known.
    has_unknown_data: bool,
    /// Where something that may be a function is put under a name that is not known.
    pub(super) unknown: Vec<Span>,
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
                    let kind = match it.kind {
                        PropertyKind::Init => kind_of(values, &it.value),
                        PropertyKind::Get | PropertyKind::Set => Kind::Foreign,
                    };
                    found.key(values, &it.key, it.computed, kind);
                }
                AstKind::MethodDefinition(it) => {
                    let kind = match it.kind {
                        MethodDefinitionKind::Method => Kind::Function,
                        MethodDefinitionKind::Get | MethodDefinitionKind::Set => Kind::Foreign,
                        // Its name is no property that one could put a function under.
                        MethodDefinitionKind::Constructor => continue,
                    };
                    found.key(values, &it.key, it.computed, kind);
                }
                AstKind::PropertyDefinition(it) => {
                    let kind = it
                        .value
                        .as_ref()
                        .map_or(Kind::Data, |it| kind_of(values, it));
                    found.key(values, &it.key, it.computed, kind);
                }
                AstKind::AccessorProperty(it) => {
                    found.key(values, &it.key, it.computed, Kind::Foreign);
                }
                AstKind::AssignmentExpression(it) => {
                    let kind = if it.operator.is_assign() || it.operator.is_logical() {
                        kind_of(values, &it.right)
                    } else {
                        Kind::Data
                    };
                    if let Some(target) = it.left.as_simple_assignment_target() {
                        found.target(values, target, kind);
                    }
                }
                AstKind::UpdateExpression(it) => found.target(values, &it.argument, Kind::Data),
                other => targets(other, |target| {
                    if let Some(target) = target.as_simple_assignment_target() {
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

    fn key(&mut self, values: &Values<'_>, key: &PropertyKey<'_>, computed: bool, kind: Kind) {
        match key_name(key) {
            Some(name) => self.named(name, kind),
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
                self.named(it.property.name.to_string(), kind);
            }
            SimpleAssignmentTarget::ComputedMemberExpression(it) => match &it.expression {
                Expression::StringLiteral(name) => self.named(name.value.to_string(), kind),
                key => self.computed(values, key, kind),
            },
            _ => {}
        }
    }

    fn named(&mut self, name: String, kind: Kind) {
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
            Kind::Data => self.has_unknown_data = true,
            Kind::Function if is_symbol => {}
            // An index is no method's name.
            Kind::Function | Kind::Foreign if !is_symbol && values.is_number(key) => {}
            Kind::Function | Kind::Foreign => self.unknown.push(key.span()),
        }
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
