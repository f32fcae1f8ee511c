//! How what contains this crate is linked: see `src/script/patterns.rs`.

use std::env;

/// `v8::internal::RegExp::Compile`, as C++ compilers name it for linkers.
const REGEXP_COMPILE: &str = "_ZN2v88internal6RegExp7CompileEPNS0_7IsolateENS0_12DirectHandleINS0_8JSRegExpEEENS4_INS0_6StringEEENS_4base5FlagsINS0_6regexp4FlagEiiEEj";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=REGEXP_COMPILE={REGEXP_COMPILE}");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        let wrap = format!("-Wl,--wrap={REGEXP_COMPILE}");
        // For this crate's own tests; and, as DEP_ISOLANE_V8_LINK_ARG, for who depends on it.
        println!("cargo:rustc-link-arg={wrap}");
        println!("cargo:link_arg={wrap}");
    }
}
