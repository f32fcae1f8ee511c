//! When shared values are frozen in a realm.

use std::sync::Arc;

use bytes::Bytes;
use isolane_core::{CallKind, ChunkCall, Function, FunctionText, Functions, Scope, Shared};
use isolane_driver::protocol::{freeze_mode, function_form};
use isolane_driver::{Realm, reason};

fn function(source: &str) -> Arc<Function> {
    Functions::new().intern("fn", source)
}

fn proven(n: u32) -> Arc<Function> {
    function(&format!("(x) => x + {n}"))
}

fn unproven(n: u32) -> Arc<Function> {
    function(&format!("(x) => {{ x.a = {n} }}"))
}

fn shared(mode: u8) -> [Arc<Shared>; 1] {
    [Arc::new(Shared::new("v", Bytes::from(vec![mode])))]
}

fn with_call<T>(
    function: &Arc<Function>,
    second: Option<&Arc<Function>>,
    shared: &[Arc<Shared>],
    look: impl FnOnce(&ChunkCall<'_>) -> T,
) -> T {
    look(&ChunkCall {
        function,
        second,
        kind: CallKind {
            operation: 0,
            input: 0,
            output: 0,
            max_failures: 0,
        },
        args: &Bytes::new(),
        shared,
        first: 0,
        count: 0,
        salvage: false,
        parts: &[],
        attachments: &[],
    })
}

fn admit(realm: &mut Realm, function: &Arc<Function>, shared: &[Arc<Shared>]) -> bool {
    with_call(function, None, shared, |call| realm.admit(call))
}

#[test]
fn proven_functions_get_what_is_left_open_unfrozen() {
    let mut realm = Realm::default();
    let open = shared(freeze_mode::AS_NEEDED);
    for n in 0..100 {
        assert!(!admit(&mut realm, &proven(n), &[]));
        assert!(!admit(&mut realm, &proven(n), &open));
    }
}

#[test]
fn one_that_is_not_proven_has_it_frozen_for_all_that_follow() {
    let mut realm = Realm::default();
    let open = shared(freeze_mode::AS_NEEDED);
    assert!(!admit(&mut realm, &proven(1), &open));
    // It may do anything to the built-ins, with the value or without.
    assert!(admit(&mut realm, &unproven(1), &[]));
    assert!(admit(&mut realm, &proven(1), &open));
}

#[test]
fn one_that_came_before_any_value_counts_too() {
    let mut realm = Realm::default();
    assert!(!admit(&mut realm, &unproven(1), &[]));
    assert!(!admit(&mut realm, &unproven(1), &shared(freeze_mode::DEEP)));
    assert!(!admit(&mut realm, &proven(1), &[]));
    assert!(admit(
        &mut realm,
        &proven(1),
        &shared(freeze_mode::AS_NEEDED)
    ));
}

#[test]
fn the_same_function_counts_once_a_value_comes_with_it() {
    let mut realm = Realm::default();
    let it = unproven(1);
    assert!(!admit(&mut realm, &it, &[]));
    assert!(admit(&mut realm, &it, &shared(freeze_mode::AS_NEEDED)));
}

#[test]
fn the_second_function_counts_too() {
    let open = shared(freeze_mode::AS_NEEDED);
    let admits = |second: &Arc<Function>| {
        let mut realm = Realm::default();
        with_call(&proven(1), Some(second), &open, |call| realm.admit(call))
    };
    assert!(!admits(&proven(2)));
    assert!(admits(&unproven(2)));
}

#[test]
fn of_very_many_functions_none_is_remembered_and_all_are_taken_for_unproven() {
    let mut realm = Realm::default();
    let admitted = (0..1000).map(|n| admit(&mut realm, &proven(n), &[]));
    let unguarded = admitted.take_while(|&guards| !guards).count();
    assert!((32..1000).contains(&unguarded), "{unguarded}");
}

#[test]
fn what_is_proven_is_so_in_both_modes() {
    let open = shared(freeze_mode::AS_NEEDED);
    let admits = |source, form| {
        let text = FunctionText {
            source,
            form,
            ..FunctionText::default()
        };
        let function = Functions::new().intern_in(text, Scope::default());
        admit(&mut Realm::default(), &function, &open)
    };
    for form in [function_form::STRICT, function_form::SLOPPY] {
        assert!(!admits("function (x) { return x + 1 }", form));
        assert!(admits("function (x) { total = x }", form));
        assert!(admits("function (x) { return this }", form));
    }
}

#[test]
fn a_function_in_a_module_is_not_proven() {
    let text = FunctionText {
        source: r#"{"filename":"/a.js"}"#,
        form: function_form::MODULE,
        ..FunctionText::default()
    };
    let module = Functions::new().intern_in(text, Scope::default());
    let open = shared(freeze_mode::AS_NEEDED);
    assert!(admit(&mut Realm::default(), &module, &open));
    let told = with_call(&module, None, &open, reason).expect("it was not told yet");
    assert!(told.contains("in a module"), "{told}");
}

#[test]
fn the_reason_is_told_once_for_a_function_and_only_where_it_matters() {
    let open = shared(freeze_mode::AS_NEEDED);
    let it = unproven(1);
    assert!(admit(&mut Realm::default(), &it, &open));
    assert_eq!(with_call(&it, None, &[], reason), None);
    assert_eq!(
        with_call(&it, None, &open, reason).as_deref(),
        Some(
            "shared values are frozen for 'fn': `x` may not be the function's own: this writes \
             to it (line 1, column 10)"
        )
    );
    assert_eq!(with_call(&it, None, &open, reason), None);
}
