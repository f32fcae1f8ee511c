//! [`Place`].

use std::sync::Arc;

use isolane_core::{ChunkCall, Shared};

use crate::protocol::freeze_mode;
use crate::realm::{functions_of, is_unproven};

/// Where in an isolate a call runs.
///
/// A function has a context of its own, or one with the stateful functions of its tenant. But where it
/// gets shared values, and is proven to write to nothing that it did not make, it leaves no trace: all
/// such functions of a tenant run in one context, which holds one copy of each value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Names the context.
    pub context: u64,
    /// Whether functions run there that leave no trace, and must not come upon any of each other.
    pub is_common: bool,
}

impl Place {
    /// The place of a call. What is not known yet of its functions is found out.
    pub fn of(call: &ChunkCall<'_>) -> Self {
        let common = common_context(call).map(|context| Self {
            context,
            is_common: true,
        });
        common.unwrap_or_else(|| Self {
            context: call.function.context(),
            is_common: false,
        })
    }
}

fn common_context(call: &ChunkCall<'_>) -> Option<u64> {
    // Without any there is nothing to hold once, and no reason to look at texts.
    if !call.shared.iter().any(is_seen) {
        return None;
    }
    let context = call.function.common_context()?;
    functions_of(call)
        .all(|it| it.common_context() == Some(context) && !is_unproven(it))
        .then_some(context)
}

/// Whether functions see the value.
fn is_seen(value: &Arc<Shared>) -> bool {
    value.bytes().first() != Some(&freeze_mode::ENCODED)
}
