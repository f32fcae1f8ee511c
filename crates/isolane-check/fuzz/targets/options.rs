//! Any options: they are taken, or refused with the path of the one that is wrong; what is taken can be
//! used.
#![no_main]

use isolane_check::{CheckOptions, check};
use libfuzzer_sys::fuzz_target;

const TEXT: &str = "(a) => { for (;;) eval(/(a+)+$/.test(a) ? require('@/b') : a.b) }";

fuzz_target!(|data: &[u8]| {
    let json = String::from_utf8_lossy(data);
    match CheckOptions::read(&json) {
        Ok(options) => drop(check(TEXT, &options)),
        Err(fault) => assert!(!fault.message.is_empty()),
    }
});
