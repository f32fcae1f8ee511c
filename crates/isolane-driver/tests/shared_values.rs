//! What a driver holds of the shared values, as its engine keeps account of it.

use std::sync::Arc;

use bytes::Bytes;
use isolane_core::Shared;
use isolane_driver::SharedValues;

fn shared(name: &str) -> Arc<Shared> {
    Arc::new(Shared::new(name, Bytes::new()))
}

#[test]
fn selects_exactly_what_was_selected_in_that_order() {
    let [a, b] = [shared("a"), shared("b")];
    let mut values = SharedValues::default();
    assert!(values.selects(&[]));
    values.select(&[Arc::clone(&a), Arc::clone(&b)]);
    assert!(values.selects(&[Arc::clone(&a), Arc::clone(&b)]));
    assert!(!values.selects(&[Arc::clone(&b), Arc::clone(&a)]));
    assert!(!values.selects(&[a]));
    values.unselect();
    assert!(!values.selects(&[b]));
    // It is not known: nothing is to be told to the driver too.
    assert!(!values.selects(&[]));
    values.select(&[]);
    assert!(values.selects(&[]));
}

#[test]
fn what_is_disposed_of_is_told_once_and_not_held_any_more() {
    let [a, b] = [shared("a"), shared("b")];
    let mut values = SharedValues::default();
    values.hold(&a);
    values.hold(&b);
    values.select(&[Arc::clone(&a), Arc::clone(&b)]);
    assert!(values.take_disposed().is_empty());
    let id = a.id();
    drop(a);
    assert_eq!(values.take_disposed(), [id]);
    assert!(values.take_disposed().is_empty());
    assert!(values.holds(&b));
    assert!(!values.selects(&[b]));
    // The driver still shows what was disposed of.
    assert!(!values.selects(&[]));
}
