//! The rules. Each has a file, in a folder by what it is about.
//!
//! | folder | about |
//! | --- | --- |
//! | `globals` | names that the text does not declare |
//! | `modules` | what a text requires, and what it gives |
//! | `evaluation` | text that becomes code |
//! | `restricted` | what the options forbid |
//! | `termination` | what may not end |
//! | `state` | what is kept from one call to the next |
//! | `sizes` | how much there may be |
//! | `statements` | statements that are better not written |

mod evaluation;
pub(crate) mod globals;
mod modules;
mod restricted;
mod sizes;
mod state;
mod statements;
mod termination;
#[cfg(test)]
mod testing;

pub(crate) use globals::known;
use oxc_ast::ast_kind::AstType;
use oxc_semantic::AstNode;
use serde::Serialize;

use crate::{
    lint::{Code, Findings},
    options::{Engine, OptionFault, Preset, Reader},
    report::Severity,
};

/// A rule, set up by its options.
pub(crate) trait Rule: Send + Sync {
    /// The kinds of nodes that it looks at.
    fn kinds(&self) -> &'static [AstType] {
        &[]
    }

    /// Looks at a node of one of its kinds.
    fn node<'a>(&self, _node: &AstNode<'a>, _code: &Code<'a>, _findings: &mut Findings) {}

    /// Looks at the whole text, once.
    fn whole<'a>(&self, _code: &Code<'a>, _findings: &mut Findings) {}
}

/// What is known of a rule.
pub(crate) struct RuleInfo {
    pub(crate) name: &'static str,
    /// What it finds: a sentence.
    pub(crate) summary: &'static str,
    /// The rules of ESLint that it is like.
    pub(crate) mirrors: &'static [&'static str],
    /// How its options are written.
    pub(crate) options: Option<&'static str>,
    /// In the presets `recommended`, `recommended-node` and `strict`.
    pub(crate) severities: [Severity; 3],
    pub(crate) make: fn(&Options<'_>) -> Result<Box<dyn Rule>, OptionFault>,
}

impl RuleInfo {
    pub(crate) fn severity(&self, preset: Preset) -> Severity {
        match preset {
            Preset::Recommended => self.severities[0],
            Preset::RecommendedNode => self.severities[1],
            Preset::Strict => self.severities[2],
            Preset::None => Severity::Off,
        }
    }

    /// What it is where only `true` is said of it.
    pub(crate) fn own_severity(&self) -> Severity {
        let known = self.severities.iter().find(|it| **it != Severity::Off);
        known.copied().unwrap_or(Severity::Error)
    }
}

/// The options of a rule.
pub(crate) struct Options<'v> {
    pub(crate) engine: Engine,
    /// What stands behind the severity.
    pub(crate) given: Vec<Reader<'v>>,
}

impl<'v> Options<'v> {
    /// Of a rule without options.
    pub(crate) fn none(&self) -> Result<(), OptionFault> {
        self.at_most(0)
    }

    fn at_most(&self, count: usize) -> Result<(), OptionFault> {
        match self.given.get(count) {
            None => Ok(()),
            Some(extra) => Err(extra.unknown("the rule has no such option".into(), Vec::new())),
        }
    }

    /// Of a rule with one object of options.
    pub(crate) fn object(&self, keys: &[&str]) -> Result<Reader<'v>, OptionFault> {
        self.at_most(1)?;
        let given = self.given.first().cloned();
        let object = given.unwrap_or_else(|| Reader::none(String::new()));
        object.only(keys)?;
        Ok(object)
    }

    /// Of a rule with a limit: a number, or an object with `max`.
    pub(crate) fn limit(&self, default: usize) -> Result<usize, OptionFault> {
        self.at_most(1)?;
        match self.given.first() {
            None => Ok(default),
            Some(given) if given.is_object() => {
                given.only(&["max"])?;
                Ok(given.get("max").number()?.unwrap_or(default))
            }
            Some(given) => Ok(given.number()?.unwrap_or(default)),
        }
    }
}

const OFF: Severity = Severity::Off;
const WARN: Severity = Severity::Warn;
const ERROR: Severity = Severity::Error;

/// All rules, by their names.
pub(crate) const RULES: &[&RuleInfo] = &[
    &sizes::complexity::RULE,
    &sizes::max_functions::RULE,
    &sizes::max_nesting::RULE,
    &sizes::max_source_bytes::RULE,
    &modules::no_cycle::RULE,
    &statements::no_debugger::RULE,
    &modules::no_dynamic_import::RULE,
    &modules::no_dynamic_require::RULE,
    &evaluation::no_eval::RULE,
    &globals::no_extend_native::RULE,
    &globals::no_global_assign::RULE,
    &globals::no_implicit_globals::RULE,
    &evaluation::no_implied_eval::RULE,
    &termination::no_infinite_loop::RULE,
    &statements::no_labels::RULE,
    &state::no_module_state::RULE,
    &modules::no_module_syntax::RULE,
    &state::no_mutate_shared::RULE,
    &evaluation::no_new_func::RULE,
    &state::no_nondeterminism::RULE,
    &globals::no_process_exit::RULE,
    &evaluation::no_proto::RULE,
    &restricted::no_restricted_globals::RULE,
    &restricted::no_restricted_modules::RULE,
    &restricted::no_restricted_properties::RULE,
    &restricted::no_restricted_syntax::RULE,
    &termination::no_super_linear_regex::RULE,
    &state::no_this_at_top::RULE,
    &globals::no_unavailable_global::RULE,
    &termination::no_unbounded_recursion::RULE,
    &globals::no_undef::RULE,
    &modules::no_unresolved::RULE,
    &statements::no_with::RULE,
    &modules::require_export::RULE,
];

/// A rule, as it is described to users.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleDescription {
    /// Its name.
    pub name: &'static str,
    /// What it finds: a sentence.
    pub summary: &'static str,
    /// The rules of ESLint that it is like.
    pub mirrors: &'static [&'static str],
    /// How bad its findings are, by preset.
    pub severities: Severities,
    /// How its options are written.
    pub options: Option<&'static str>,
}

/// Severities by preset.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Severities {
    /// On the v8 engine.
    pub recommended: Severity,
    /// On the node engine.
    #[serde(rename = "recommended-node")]
    pub recommended_node: Severity,
    /// Where all that may be wrong is refused.
    pub strict: Severity,
}

/// Describes all rules, in the order of their names.
#[must_use]
pub fn rules() -> Vec<RuleDescription> {
    let describe = |rule: &&RuleInfo| RuleDescription {
        name: rule.name,
        summary: rule.summary,
        mirrors: rule.mirrors,
        severities: Severities {
            recommended: rule.severities[0],
            recommended_node: rule.severities[1],
            strict: rule.severities[2],
        },
        options: rule.options,
    };
    RULES.iter().map(describe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_in_the_order_of_their_names() {
        assert!(RULES.is_sorted_by_key(|it| it.name));
        for rule in rules() {
            assert!(rule.summary.ends_with('.'), "{}", rule.name);
        }
    }
}
