//! Regular expressions that are too long to compile.
//!
//! V8 has no hook for them, and to put something in the place of `RegExp` would cost every program:
//! V8 then gives up short cuts that `split` and `matchAll` live on. So the linker puts
//! [`compile_within_limit`] in the place of `v8::internal::RegExp::Compile`, by which literals, the
//! constructor and all methods go (`--wrap`, see `build.rs`). The crate's version is pinned, and the
//! link fails where the name is gone. Only on Linux: other linkers have no such option.

#[cfg(target_os = "linux")]
pub(super) use linux::install;

#[cfg(not(target_os = "linux"))]
pub(super) fn install() {}

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::{c_int, c_void};
    use std::ptr;

    use v8::{Local, UnsafeRawIsolatePtr};

    use crate::script::TextLimit;

    #[expect(improper_ctypes, reason = "a handle is a pointer, and none is null")]
    unsafe extern "C" {
        /// V8's own.
        #[link_name = concat!("__real_", env!("REGEXP_COMPILE"))]
        fn compile(
            isolate: UnsafeRawIsolatePtr,
            regexp: *const c_void,
            pattern: Local<'_, v8::String>,
            flags: c_int,
            backtrack_limit: u32,
        ) -> *const c_void;

        /// The crate's own.
        fn v8__Isolate__GetCurrentContext<'s>(
            isolate: UnsafeRawIsolatePtr,
        ) -> Option<Local<'s, v8::Context>>;
    }

    /// Has the linker keep the function, which only V8 calls.
    pub(in crate::script) fn install() {
        std::hint::black_box(compile_within_limit as *const ());
    }

    /// `MaybeDirectHandle<Object> Compile(Isolate*, DirectHandle<JSRegExp>, DirectHandle<String>,
    /// Flags, uint32_t)`: handles are pointers, and null tells of an exception. Does not panic.
    ///
    /// # Safety
    ///
    /// Called by V8, on the isolate's thread, in a context.
    #[unsafe(export_name = concat!("__wrap_", env!("REGEXP_COMPILE")))]
    unsafe extern "C" fn compile_within_limit(
        raw: UnsafeRawIsolatePtr,
        regexp: *const c_void,
        pattern: Local<'_, v8::String>,
        flags: c_int,
        backtrack_limit: u32,
    ) -> *const c_void {
        // SAFETY: V8 passes the isolate that calls, which lives; `Isolate` does not own it.
        let isolate = unsafe { v8::Isolate::from_raw_isolate_ptr(raw) };
        let Err(reason) = TextLimit::check_pattern(&isolate, pattern.length()) else {
            // SAFETY: the arguments as V8 gave them.
            return unsafe { compile(raw, regexp, pattern, flags, backtrack_limit) };
        };
        // SAFETY: V8 calls with a context entered, of which the crate has no other way to tell; the
        // handle lives as long as those that V8 has passed.
        let Some(context) = (unsafe { v8__Isolate__GetCurrentContext(raw) }) else {
            return ptr::null();
        };
        v8::callback_scope!(unsafe scope, context);
        if let Some(reason) = v8::String::new(scope, &reason) {
            let error = v8::Exception::range_error(scope, reason);
            scope.throw_exception(error);
        }
        ptr::null()
    }
}
