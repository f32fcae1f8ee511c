//! What a panic said.

use std::any::Any;

/// One line for the panic of a worker's.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    match text {
        Some(text) => format!("the worker panicked: {text}"),
        None => "the worker panicked".to_owned(),
    }
}
