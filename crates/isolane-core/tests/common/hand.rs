//! [`Hand`]: a worker that a test brings, step by step.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use isolane_core::{
    AdoptedWorker, Adoption, CallEnd, Cut, Interrupt, Reply, SlotTaken, Step, Waker,
};

use super::{Host, PATIENCE, Raised, concat};

pub(crate) const NOT_AT_ALL: Duration = Duration::ZERO;

pub(crate) fn terms(lanes: usize) -> Adoption {
    Adoption {
        lanes: NonZeroUsize::new(lanes).expect("not zero"),
        grace_period: PATIENCE,
        max_lost_workers: u32::MAX,
    }
}

#[derive(Debug, Default)]
pub(crate) struct Bell(AtomicU32);

impl Bell {
    pub(crate) fn rung(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Waker for Bell {
    fn wake(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A worker of the test's, with what reaches it.
pub(crate) struct Hand {
    pub(crate) worker: AdoptedWorker,
    pub(crate) bell: Arc<Bell>,
    raised: Vec<Arc<Raised>>,
}

impl Hand {
    pub(crate) fn adopt(host: &Host, slot: u32, generation: u64) -> Result<Self, SlotTaken> {
        let bell = Arc::new(Bell::default());
        let raised: Vec<_> = (0..4).map(|_| Arc::new(Raised::default())).collect();
        let waker = Arc::clone(&bell) as Arc<dyn Waker>;
        let handle = host.pool.adopt_handle();
        let worker = handle.adopt(slot, generation, 7, waker, |lane| {
            Arc::clone(&raised[lane]) as Arc<dyn Interrupt>
        })?;
        Ok(Self {
            worker,
            bell,
            raised,
        })
    }

    /// A pool of one worker, and that worker, with so many lanes.
    pub(crate) fn alone(lanes: usize) -> (Host, Self) {
        let host = Host::adopting(1, terms(lanes));
        let hand = Self::adopt(&host, 0, 0).expect("wanted");
        (host, hand)
    }

    /// Closes a pool whose last worker this is.
    pub(crate) fn leave(mut self, host: Host) {
        host.pool.close();
        assert_eq!(self.step(), Step::Leave);
        host.close();
    }

    pub(crate) fn is_interrupted(&self, lane: usize) -> bool {
        self.raised[lane].is_raised()
    }

    /// The next step that is not the housekeeping.
    pub(crate) fn step(&mut self) -> Step {
        loop {
            match self.worker.next(NOT_AT_ALL) {
                Step::Rest => {}
                step => return step,
            }
        }
    }

    /// Takes a call; its lane.
    pub(crate) fn take(&mut self) -> usize {
        match self.step() {
            Step::Run { lane } => lane,
            step => panic!("expected a call, got {step:?}"),
        }
    }

    /// Gives a call's items back as its output.
    pub(crate) fn echo(&mut self, lane: usize) -> bool {
        let call = self.worker.call(lane).expect("it is running");
        let output = concat(call.parts);
        self.finish(lane, CallEnd::Done(output.into()))
    }

    pub(crate) fn finish(&mut self, lane: usize, end: CallEnd) -> bool {
        let logs = Bytes::new();
        self.worker.finish(
            lane,
            Reply {
                end,
                logs,
                cut: Cut::default(),
            },
            Bytes::new(),
            true,
        )
    }
}
