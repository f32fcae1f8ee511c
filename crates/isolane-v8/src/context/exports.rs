//! The functions of the prelude's driver, found once for each context.

use std::time::Duration;

use v8::{Global, Local, PinScope, Value};

use crate::script::source::{self, Stop};
use crate::signal::Signal;

macro_rules! exports {
    ($($export:ident = $name:literal),+ $(,)?) => {
        /// A method of `IsolateDriver` in `npm/isolane/src/isolate/driver.ts`.
        #[derive(Clone, Copy)]
        pub(super) enum Export {
            $($export),+
        }

        /// In the order of [`Export`].
        const NAMES: [&str; [$($name),+].len()] = [$($name),+];
    };
}

exports! {
    Reserve = "reserve",
    Call = "call",
    Turn = "turn",
    EndTurns = "endTurns",
    Settle = "settle",
    Salvage = "salvage",
    Fail = "fail",
    Guard = "guard",
    Share = "share",
    Select = "select",
    Forget = "forget",
    Recover = "recover",
    Release = "release",
    BecomeLender = "becomeLender",
    Lendable = "lendable",
    Borrow = "borrow",
    Separate = "separate",
    TakeLogs = "takeLogs",
    Allocate = "allocate",
    TakeAttachments = "takeAttachments",
    Ready = "ready",
    WarmUp = "warmUp",
    NameHelper = "nameHelper",
    Modules = "modules",
    Exported = "exported",
}

/// What a call waits for while its timers run.
#[derive(Clone, Copy)]
pub(super) enum Awaited {
    /// Promises of the chunk, which the driver knows.
    Results,
    /// A module that awaits at its top level.
    Module,
}

pub(super) struct Exports {
    /// The receiver of the functions.
    driver: Global<Value>,
    functions: [Global<v8::Function>; NAMES.len()],
    /// Code units that the text of an error may have which the driver cannot tell.
    longest_text: usize,
}

impl Exports {
    /// `None` if the driver lacks one.
    pub(super) fn of(
        scope: &mut PinScope<'_, '_>,
        driver: Local<'_, v8::Object>,
        longest_text: usize,
    ) -> Option<Self> {
        let functions = NAMES
            .iter()
            .map(|name| {
                let name = v8::String::new(scope, name)?;
                let value = driver.get(scope, name.into())?;
                let function = value.try_cast::<v8::Function>().ok()?;
                Some(Global::new(scope, function))
            })
            .collect::<Option<Vec<_>>>()?
            .try_into()
            .ok()?;
        let driver: Local<'_, Value> = driver.into();
        Some(Self {
            driver: Global::new(scope, driver),
            functions,
            longest_text,
        })
    }

    /// See [`Stop::describe`].
    pub(super) fn describe(&self, scope: &PinScope<'_, '_>, stop: &Stop<'_>) -> String {
        stop.describe(scope, self.longest_text)
    }

    pub(super) fn call<'s>(
        &self,
        scope: &mut PinScope<'s, '_>,
        export: Export,
        arguments: &[Local<'s, Value>],
    ) -> Result<Local<'s, Value>, Stop<'s>> {
        let driver = Local::new(scope, &self.driver);
        let function = Local::new(scope, &self.functions[export as usize]);
        source::call(scope, function, driver, arguments)
    }

    /// Runs what is due next of the call's timers, with the microtasks of that, or waits until something
    /// is due; an interrupt ends the wait. Whether there may be more, and no error is left that nobody
    /// has caught.
    pub(super) fn turn(
        &self,
        scope: &mut PinScope<'_, '_>,
        awaited: Awaited,
        signal: &Signal,
    ) -> bool {
        let is_loading = v8::Boolean::new(scope, matches!(awaited, Awaited::Module));
        let Ok(wait) = self.call(scope, Export::Turn, &[is_loading.into()]) else {
            return false;
        };
        // In milliseconds: 0 after a timer has run, less where there is none to wait for.
        let wait = wait.number_value(scope).unwrap_or(-1.0);
        if wait < 0.0 {
            return false;
        }
        if wait == 0.0 {
            scope.perform_microtask_checkpoint();
        } else {
            signal.wait(Duration::from_secs_f64(wait / 1000.0));
        }
        true
    }

    /// `__name`, which transpilers leave in functions.
    pub(super) fn name_helper<'s>(&self, scope: &PinScope<'s, '_>) -> Local<'s, Value> {
        Local::new(scope, &self.functions[Export::NameHelper as usize]).into()
    }
}

/// An id, a length or a count as JavaScript sees it.
pub(super) fn number<'s>(scope: &PinScope<'s, '_>, value: u64) -> Local<'s, Value> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "ids count up from zero, and memory is smaller than 2^53 bytes"
    )]
    let value = value as f64;
    v8::Number::new(scope, value).into()
}
