//! What happens to pools when their Node environment goes away: the Worker is terminated, or the
//! process exits.
//!
//! Their jobs are interrupted and their threads asked to end; the environment waits for that only
//! for [`PATIENCE`], since code that cannot be interrupted must not keep a process from exiting.
//! Threads that are not done by then are left behind: their code stays mapped (the addon is
//! linked NODELETE) and they own what they touch, or [borrow](crate::memory::loans) it and it is taken back.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use isolane_core::Pool;
use napi::Env;

use crate::memory::loans;

/// How long an environment waits for the threads of its pools.
const PATIENCE: Duration = Duration::from_millis(300);

thread_local! {
    /// Pools of the environment on this thread; Node has one environment a thread.
    static POOLS: RefCell<Option<Vec<Weak<Pool>>>> = const { RefCell::new(None) };
}

/// Ties a pool to the environment that made it.
pub(crate) fn register(env: &Env, pool: &Rc<Pool>) -> napi::Result<()> {
    POOLS.with_borrow_mut(|pools| {
        if pools.is_none() {
            env.add_env_cleanup_hook((), |()| {
                // The caller is Node's C++.
                let _ = catch_unwind(AssertUnwindSafe(stop_all));
            })?;
        }
        let pools = pools.get_or_insert_default();
        pools.retain(|pool| pool.strong_count() > 0);
        pools.push(Rc::downgrade(pool));
        Ok(())
    })
}

fn stop_all() {
    let pools: Vec<_> = POOLS
        .take()
        .unwrap_or_default()
        .iter()
        .filter_map(Weak::upgrade)
        .collect();
    for pool in &pools {
        pool.destroy();
    }
    let deadline = Instant::now() + PATIENCE;
    for pool in &pools {
        pool.join(deadline.saturating_duration_since(Instant::now()));
    }
    // Last: a worker that is left behind must not come by memory that V8 is about to free.
    loans::take_back_all();
}
