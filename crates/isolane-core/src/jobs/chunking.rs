//! How many items a worker takes at a time.
//!
//! Guided self-scheduling (Polychronopoulos and Kuck, 1987) between two bounds in time: a chunk is
//! a share of what is left, so that chunks shrink towards the end and workers finish together, but
//! it is never longer than other jobs should have to wait, nor so short that handing it out costs
//! more than it gains.

use std::num::NonZeroU32;

/// What a chunk should take. Jobs take turns chunk by chunk, so this is what a short job waits.
const TARGET_NANOS: u64 = 4_000_000;

/// A job worth less than this is not split: to wake a worker takes the one that does it some ten
/// microseconds, and the one that sleeps some tens until it is awake (`examples/handoff.rs`).
const WHOLE_NANOS: u64 = 200_000;

/// No chunk is made shorter than this; each costs a few microseconds.
const SMALL_NANOS: u64 = 60_000;

/// Size of a first chunk while the cost of an item is unknown, and how often it doubles.
const PROBE_ITEMS: u64 = 8;
const PROBE_DOUBLINGS: u32 = 5;

/// Whether the host chose the size of chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grain {
    /// This many items; the last chunk may have fewer.
    Fixed(NonZeroU32),
    /// By measured cost.
    Auto,
}

/// What is known of a job when a chunk is to be taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outlook {
    /// Items at hand.
    pub(super) at_hand: u64,
    /// Whether those are the last.
    pub(super) sealed: bool,
    /// Chunks taken before.
    pub(super) chunks: u32,
    /// Nanoseconds per item, if measured.
    pub(super) cost: Option<u64>,
    /// Workers of the pool.
    pub(super) threads: usize,
}

/// Items the next chunk should have; at least 1.
pub(super) fn chunk_items(grain: Grain, outlook: Outlook) -> u64 {
    match (grain, outlook.cost) {
        (Grain::Fixed(size), _) => size.get().into(),
        (Grain::Auto, None) => probe_items(outlook),
        (Grain::Auto, Some(cost)) => timed_items(outlook, cost.max(1)),
    }
}

/// How many items of a cost make no job that is worth splitting; none while the cost is unknown.
pub(crate) fn unsplit_items(cost: Option<u64>) -> u64 {
    cost.map_or(0, |cost| (WHOLE_NANOS / cost.max(1)).max(1))
}

/// Small at first, since an item may take a second; growing, since it may take a nanosecond.
fn probe_items(outlook: Outlook) -> u64 {
    let probe = PROBE_ITEMS << outlook.chunks.min(PROBE_DOUBLINGS);
    probe.min(fair_share(outlook))
}

fn timed_items(outlook: Outlook, cost: u64) -> u64 {
    let is_whole = outlook.sealed && outlook.chunks == 0;
    let unsplit = if is_whole { WHOLE_NANOS } else { SMALL_NANOS };
    if outlook.at_hand.saturating_mul(cost) <= unsplit {
        return outlook.at_hand.max(1);
    }
    let (target, small) = (TARGET_NANOS / cost, SMALL_NANOS / cost);
    fair_share(outlook).max(small).min(target).max(1)
}

/// Half of one worker's share of a job that is known as a whole. Of a job that is still being fed
/// a whole share: more is coming.
fn fair_share(outlook: Outlook) -> u64 {
    let shares = if outlook.sealed { 2 } else { 1 } * outlook.threads as u64;
    outlook.at_hand.div_ceil(shares).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGE: Outlook = Outlook {
        at_hand: 1_000_000,
        sealed: true,
        chunks: 9,
        cost: Some(10_000),
        threads: 4,
    };

    fn auto(outlook: Outlook) -> u64 {
        chunk_items(Grain::Auto, outlook)
    }

    #[test]
    fn a_chunk_of_a_large_job_takes_the_target_time() {
        assert_eq!(auto(LARGE) * 10_000, TARGET_NANOS);
    }

    #[test]
    fn chunks_shrink_to_the_end_but_not_below_what_is_worth_it() {
        let near_end = |at_hand| auto(Outlook { at_hand, ..LARGE });
        assert_eq!(near_end(2_000), 250);
        assert_eq!(near_end(400), 50);
        assert_eq!(near_end(40), 6);
    }

    #[test]
    fn a_small_job_is_not_split() {
        let first = |at_hand| {
            auto(Outlook {
                at_hand,
                chunks: 0,
                ..LARGE
            })
        };
        let unsplit = unsplit_items(LARGE.cost);
        assert_eq!(first(unsplit), unsplit);
        assert!(first(unsplit + 1) < unsplit);
        assert_eq!(unsplit_items(Some(u64::MAX)), 1);
        assert_eq!(unsplit_items(None), 0);
    }

    #[test]
    fn first_chunks_are_small_while_the_cost_is_unknown() {
        let unknown = |chunks| {
            auto(Outlook {
                cost: None,
                chunks,
                ..LARGE
            })
        };
        assert_eq!(unknown(0), PROBE_ITEMS);
        assert_eq!(unknown(1), 2 * PROBE_ITEMS);
        assert_eq!(unknown(u32::MAX), PROBE_ITEMS << PROBE_DOUBLINGS);
    }

    #[test]
    fn an_expensive_item_makes_a_chunk_of_its_own() {
        let slow = Outlook {
            cost: Some(u64::MAX),
            ..LARGE
        };
        assert_eq!(auto(slow), 1);
    }

    #[test]
    fn a_job_still_fed_is_shared_as_far_as_it_is_at_hand() {
        let fed = Outlook {
            at_hand: 400,
            sealed: false,
            ..LARGE
        };
        assert_eq!(auto(fed), 100);
    }
}
