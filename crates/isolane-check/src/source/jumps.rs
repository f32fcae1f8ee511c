//! `break` and `continue` that would leave a function, which the parser misses where that is an arrow
//! function.

use std::mem;

use oxc_ast::ast::{
    ArrowFunctionExpression, BreakStatement, ContinueStatement, DoWhileStatement, ForInStatement,
    ForOfStatement, ForStatement, Function, LabelIdentifier, LabeledStatement, Program,
    StaticBlock, SwitchStatement, WhileStatement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::Span;
use oxc_syntax::scope::ScopeFlags;

use super::parsed::Place;
use super::syntax_error::SyntaxError;

/// The jumps of a program that have nowhere to go.
pub(super) fn stray(program: &Program<'_>, place: Place) -> Vec<SyntaxError> {
    let mut jumps = Jumps::default();
    jumps.visit_program(program);
    let error = |(word, span): (&str, Span)| {
        let (start, end) = place.of(span);
        SyntaxError {
            start,
            end,
            message: format!("`{word}` cannot leave the function that it stands in"),
            help: Some("Use `return`, or a `for…of` loop in the place of a callback".into()),
        }
    };
    jumps.stray.into_iter().map(error).collect()
}

#[derive(Default)]
struct Jumps<'a> {
    around: Around<'a>,
    stray: Vec<(&'static str, Span)>,
}

/// What is around a statement, within its function.
#[derive(Default)]
struct Around<'a> {
    loops: usize,
    switches: usize,
    labels: Vec<&'a str>,
}

impl<'a> Jumps<'a> {
    fn in_function(&mut self, walk: impl FnOnce(&mut Self)) {
        let around = mem::take(&mut self.around);
        walk(self);
        self.around = around;
    }

    fn in_loop(&mut self, walk: impl FnOnce(&mut Self)) {
        self.around.loops += 1;
        walk(self);
        self.around.loops -= 1;
    }

    fn jump(
        &mut self,
        word: &'static str,
        span: Span,
        label: Option<&LabelIdentifier<'a>>,
        is_right: bool,
    ) {
        let is_right = match label {
            Some(label) => self.around.labels.contains(&label.name.as_str()),
            None => is_right,
        };
        if !is_right {
            self.stray.push((word, span));
        }
    }
}

impl<'a> Visit<'a> for Jumps<'a> {
    fn visit_function(&mut self, it: &Function<'a>, flags: ScopeFlags) {
        self.in_function(|jumps| walk::walk_function(jumps, it, flags));
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        self.in_function(|jumps| walk::walk_arrow_function_expression(jumps, it));
    }

    fn visit_static_block(&mut self, it: &StaticBlock<'a>) {
        self.in_function(|jumps| walk::walk_static_block(jumps, it));
    }

    fn visit_for_statement(&mut self, it: &ForStatement<'a>) {
        self.in_loop(|jumps| walk::walk_for_statement(jumps, it));
    }

    fn visit_for_in_statement(&mut self, it: &ForInStatement<'a>) {
        self.in_loop(|jumps| walk::walk_for_in_statement(jumps, it));
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        self.in_loop(|jumps| walk::walk_for_of_statement(jumps, it));
    }

    fn visit_while_statement(&mut self, it: &WhileStatement<'a>) {
        self.in_loop(|jumps| walk::walk_while_statement(jumps, it));
    }

    fn visit_do_while_statement(&mut self, it: &DoWhileStatement<'a>) {
        self.in_loop(|jumps| walk::walk_do_while_statement(jumps, it));
    }

    fn visit_switch_statement(&mut self, it: &SwitchStatement<'a>) {
        self.around.switches += 1;
        walk::walk_switch_statement(self, it);
        self.around.switches -= 1;
    }

    fn visit_labeled_statement(&mut self, it: &LabeledStatement<'a>) {
        self.around.labels.push(it.label.name.as_str());
        walk::walk_labeled_statement(self, it);
        self.around.labels.pop();
    }

    fn visit_break_statement(&mut self, it: &BreakStatement<'a>) {
        let is_right = self.around.loops + self.around.switches > 0;
        self.jump("break", it.span, it.label.as_ref(), is_right);
    }

    fn visit_continue_statement(&mut self, it: &ContinueStatement<'a>) {
        let is_right = self.around.loops > 0;
        self.jump("continue", it.span, it.label.as_ref(), is_right);
    }
}

#[cfg(test)]
mod tests {
    use crate::{CheckOptions, check};

    fn found(text: &str) -> Vec<String> {
        let options = CheckOptions::read(r#"{"preset":"none"}"#).expect("right");
        let report = check(text, &options);
        let found = report.diagnostics.into_iter();
        found
            .map(|it| format!("{}:{} {}", it.place.line, it.place.column, it.message))
            .collect()
    }

    #[test]
    fn arrow_functions_end_where_a_jump_may_go() {
        for (word, text) in [
            (
                "break",
                "(a) => { for (const b of a) { b.forEach((c) => { if (c) break }) } }",
            ),
            (
                "continue",
                "(a) => { while (a) a.map(async () => { continue }) }",
            ),
            (
                "break",
                "(a) => { switch (a) { case 1: a.map(() => { break }) } }",
            ),
            ("break", "(a) => { b: while (a) { (() => { break b })() } }"),
        ] {
            let column = text.find(word).expect("it is there") + 1;
            let expected =
                format!("1:{column} `{word}` cannot leave the function that it stands in");
            assert_eq!(found(text), [expected], "{text}");
        }
    }

    #[test]
    fn jumps_within_a_function_are_right() {
        for text in [
            "(a) => { for (;;) { if (a) break; else continue } }",
            "(a) => { b: { if (a) break b } }",
            "(a) => { b: for (const c of a) for (;;) { if (c) continue b; break b } }",
            "(a) => a.map((b) => { do { break } while (b); switch (b) { default: break } })",
            "(a) => { for (const b of a) { switch (b) { case 1: continue; default: break } } }",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
