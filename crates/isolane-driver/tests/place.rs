//! In which context of an isolate a call runs.

use std::sync::Arc;

use bytes::Bytes;
use isolane_core::{CallKind, ChunkCall, Function, FunctionText, Functions, Scope, Shared};
use isolane_driver::Place;
use isolane_driver::protocol::{freeze_mode, function_form};

const PROVEN: &str = "(x) => x + 1";
const UNPROVEN: &str = "(x) => { x.a = 1 }";

fn place(function: &Arc<Function>, second: Option<&Arc<Function>>, modes: &[u8]) -> Place {
    let shared: Vec<_> = modes
        .iter()
        .map(|&mode| Arc::new(Shared::new("v", Bytes::from(vec![mode]))))
        .collect();
    Place::of(&ChunkCall {
        function,
        second,
        kind: CallKind {
            operation: 0,
            input: 0,
            output: 0,
            max_failures: 0,
        },
        args: &Bytes::new(),
        shared: &shared,
        first: 0,
        count: 0,
        salvage: false,
        parts: &[],
        attachments: &[],
    })
}

fn of(functions: &Functions, source: &str, scope: Scope<'_>) -> Arc<Function> {
    let text = FunctionText {
        source,
        ..FunctionText::default()
    };
    functions.intern_in(text, scope)
}

fn own(function: &Function) -> Place {
    Place {
        context: function.context(),
        is_common: false,
    }
}

fn common(function: &Function) -> Place {
    Place {
        context: function.common_context().expect("it has no state"),
        is_common: true,
    }
}

#[test]
fn proven_functions_that_see_shared_values_run_in_one_context() {
    let functions = Functions::new();
    let [a, b] = [PROVEN, "(x) => x + 2"].map(|it| functions.intern("f", it));
    for mode in [
        freeze_mode::AS_NEEDED,
        freeze_mode::DEEP,
        freeze_mode::OBJECTS,
        freeze_mode::NOTHING,
    ] {
        assert_eq!(place(&a, None, &[mode]), common(&a));
        assert_eq!(place(&b, Some(&a), &[mode]), common(&a));
    }
}

#[test]
fn all_others_run_in_their_own() {
    let functions = Functions::new();
    let [proven, unproven] = [PROVEN, UNPROVEN].map(|it| functions.intern("f", it));
    let open = [freeze_mode::AS_NEEDED];
    assert_eq!(place(&proven, None, &[]), own(&proven));
    assert_eq!(
        place(&proven, None, &[freeze_mode::ENCODED]),
        own(&proven),
        "it does not see the value"
    );
    assert_eq!(place(&unproven, None, &open), own(&unproven));
    assert_eq!(place(&proven, Some(&unproven), &open), own(&proven));
    let text = FunctionText {
        source: PROVEN,
        form: function_form::MODULE,
        ..FunctionText::default()
    };
    let module = functions.intern_in(text, Scope::default());
    assert_eq!(place(&module, None, &open), own(&module));
}

#[test]
fn tenants_functions_with_state_and_fresh_ones_stay_apart() {
    let functions = Functions::new();
    let open = [freeze_mode::AS_NEEDED];
    let scope = |tenant, stateful| Scope {
        tenant,
        stateful,
        fresh: false,
    };
    let [one, two, none] = [Some("one"), Some("two"), None].map(|tenant| {
        let function = of(&functions, PROVEN, scope(tenant, false));
        let place = place(&function, None, &open);
        assert_eq!(place, common(&function));
        place.context
    });
    assert!(one != two && two != none && one != none);
    let fresh = Scope {
        fresh: true,
        ..Scope::default()
    };
    let fresh = of(&functions, PROVEN, fresh);
    assert_eq!(place(&fresh, None, &open), own(&fresh));
    for tenant in [Some("one"), None] {
        let stateful = of(&functions, PROVEN, scope(tenant, true));
        assert_eq!(place(&stateful, None, &open), own(&stateful));
    }
}
