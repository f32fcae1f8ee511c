//! What a Worker learns of its calls, as bytes and numbers, and what becomes of what it hands in.

use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use isolane_core::{
    Adoption, CallEnd, CallKind, Cut, End, Event, Function, Functions, JobId, JobSpec, LostReason,
    Output, Part, Pool, PoolOptions, Reply, Shared, Step, Waker,
};
use isolane_node::{Frame, Interrupts, Session, terms};

#[derive(Debug, Default)]
struct Bell(AtomicU32);

impl Waker for Bell {
    fn wake(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A pool of one worker, and that worker. All of it happens on the test's thread.
struct Desk {
    pool: Pool,
    session: Session,
    bell: Arc<Bell>,
    functions: Functions,
    jobs: u64,
}

impl Desk {
    fn new(lanes: usize) -> Self {
        let options = PoolOptions {
            threads: NonZeroUsize::MIN,
            ..PoolOptions::default()
        };
        let lanes = NonZeroUsize::new(lanes).expect("not zero");
        // The test's thread may be held up.
        let terms = Adoption {
            grace_period: Duration::from_secs(60),
            ..terms(lanes)
        };
        let pool = Pool::start_adopting(terms, options, || {}).expect("starts");
        let bell = Arc::new(Bell::default());
        let interrupts = Interrupts::new(lanes.get(), Arc::clone(&bell) as Arc<dyn Waker>);
        let session = Session::begin(&pool.adopt_handle(), 0, 0, 0, interrupts).expect("wanted");
        let mut desk = Self {
            pool,
            session,
            bell,
            functions: Functions::new(),
            jobs: 0,
        };
        desk.events();
        desk
    }

    fn function(&self, name: &str) -> Arc<Function> {
        self.functions.intern(name, &format!("() => {name}"))
    }

    /// A job of one chunk, whose items are bytes.
    fn spec(&mut self, parts: &[&'static [u8]]) -> JobSpec {
        self.jobs += 1;
        let part = |bytes: &&'static [u8]| Part {
            bytes: Bytes::from_static(bytes).into(),
            attachments: Vec::new(),
            count: u32::try_from(bytes.len()).expect("few"),
            stride: 1,
        };
        let parts = parts.iter().map(part).collect();
        JobSpec {
            chunk_size: NonZeroU32::new(100),
            ..JobSpec::new(JobId(self.jobs), self.function("plain"), parts)
        }
    }

    /// Submits a job and takes its chunk.
    fn take(&mut self, spec: JobSpec) -> (usize, Frame) {
        self.pool.submit(spec);
        let lane = loop {
            match self.session.next(Duration::ZERO) {
                Step::Run { lane } => break lane,
                Step::Rest => {}
                step => panic!("expected a call, got {step:?}"),
            }
        };
        (lane, self.session.frame(lane).expect("it is running"))
    }

    /// Takes a call with these shared values and ends it. Whether it had to select them.
    fn selects(&mut self, shared: &[&Arc<Shared>]) -> bool {
        let mut spec = self.spec(&[b"item"]);
        spec.shared = shared.iter().map(|value| Arc::clone(value)).collect();
        let (lane, frame) = self.take(spec);
        assert!(self.finish(lane, CallEnd::Done(Output::default()), Bytes::new()));
        frame.selects
    }

    fn finish(&mut self, lane: usize, end: CallEnd, salvaged: Bytes) -> bool {
        let reply = Reply {
            end,
            logs: Bytes::new(),
            cut: Cut::default(),
        };
        self.session.finish(lane, reply, salvaged, true)
    }

    fn events(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while self.pool.drain(100, &mut |event| events.push(event)) > 0 {}
        events
    }

    fn words(&self) -> Vec<u32> {
        let words = self.session.interrupts().words().iter();
        words.map(|word| word.load(Ordering::SeqCst)).collect()
    }
}

fn shared(name: &str, bytes: &'static [u8]) -> Arc<Shared> {
    Arc::new(Shared::new(name, Bytes::from_static(bytes)))
}

#[test]
fn a_frame_says_what_the_call_is() {
    let mut desk = Desk::new(2);
    let mut spec = desk.spec(&[b"one", b"four"]);
    spec.kind = CallKind {
        operation: 3,
        input: 2,
        output: 1,
        max_failures: 7,
    };
    spec.salvage = true;
    spec.second = Some(desk.function("second"));
    spec.args = Bytes::from_static(b"arguments");
    let (lane, frame) = desk.take(spec);
    assert_eq!(frame.kind, 0x0101_0203);
    assert_eq!(frame.max_failures, 7);
    assert_eq!(frame.function, desk.function("plain").id());
    assert_eq!(frame.second, desk.function("second").id());
    assert_eq!((frame.first, frame.count, frame.parts), (0, 7, 2));
    assert_eq!(frame.args_length, 9);
    assert!(!frame.selects, "there is nothing to select");
    let name = |second| {
        let function = desk.session.function(lane, second);
        function.map(|function| function.name().to_owned())
    };
    assert_eq!(
        (name(false), name(true)),
        (Some("plain".to_owned()), Some("second".to_owned()))
    );

    let spec = desk.spec(&[b"five"]);
    let (other, frame) = desk.take(spec);
    assert_ne!(lane, other);
    assert_eq!((frame.kind, frame.second, frame.args_length), (0, 0, 0));
    assert!(desk.session.function(other, true).is_none());
}

#[test]
fn the_input_is_lengths_then_arguments_then_parts() {
    let mut desk = Desk::new(1);
    let mut spec = desk.spec(&[b"one", b"four"]);
    spec.args = Bytes::from_static(b"args");
    let (lane, frame) = desk.take(spec);
    let mut input = vec![b'.'; frame.size + 1];
    desk.session.write_input(lane, &mut input).expect("fits");
    let length = |at: usize| u32::from_ne_bytes(input[at..at + 4].try_into().expect("four"));
    assert_eq!((frame.parts, length(0), length(4)), (2, 3, 4));
    assert_eq!(&input[8..], b"args....onefour.");
}

#[test]
fn arguments_and_parts_start_at_multiples_of_eight() {
    let mut desk = Desk::new(1);
    let mut spec = desk.spec(&[b"item"]);
    spec.args = Bytes::from_static(b"ninebytes");
    let (lane, frame) = desk.take(spec);
    assert_eq!(frame.size, 28);
    let mut input = vec![b'.'; frame.size];
    desk.session.write_input(lane, &mut input).expect("fits");
    assert_eq!(&input[4..], b"....ninebytes.......item");
}

#[test]
fn input_for_which_there_is_no_room_is_not_written() {
    let mut desk = Desk::new(2);
    let spec = desk.spec(&[b"item"]);
    let (lane, frame) = desk.take(spec);
    let mut input = vec![0; frame.size];
    assert_eq!(desk.session.write_input(lane, &mut input[1..]), None);
    assert_eq!(desk.session.write_input(lane, &mut []), None);
    assert_eq!(desk.session.write_input(1 - lane, &mut input), None);
    assert_eq!(desk.session.write_input(9, &mut input), None);
    assert!(desk.session.frame(1 - lane).is_none());
    assert!(desk.session.function(1 - lane, false).is_none());
    assert!(desk.session.shared(1 - lane).is_empty());
}

#[test]
fn shared_values_are_selected_when_they_differ_from_the_last_calls() {
    let mut desk = Desk::new(1);
    let (rules, rates) = (shared("rules", b"r"), shared("rates", b"s"));
    assert!(desk.selects(&[&rules]));
    assert!(!desk.selects(&[&rules]));
    assert!(desk.selects(&[&rules, &rates]));
    assert!(desk.selects(&[&rates, &rules]));
    assert!(desk.selects(&[]));
    assert!(!desk.selects(&[]));
    assert!(desk.selects(&[&rates]));
    desk.session.unselect();
    assert!(desk.selects(&[&rates]), "it could not be selected");
}

#[test]
fn a_shared_value_is_kept_until_the_host_has_let_it_go() {
    let mut desk = Desk::new(1);
    let (stays, goes) = (shared("stays", b"here"), shared("goes", b"away"));
    let gone = goes.id();
    let mut spec = desk.spec(&[b"item"]);
    spec.shared = vec![Arc::clone(&stays), Arc::clone(&goes)];
    let (lane, _) = desk.take(spec);
    assert_eq!(
        desk.session.take_shared(lane, 0).as_deref(),
        Some(&b"here"[..])
    );
    assert_eq!(
        desk.session.take_shared(lane, 1).as_deref(),
        Some(&b"away"[..])
    );
    assert_eq!(desk.session.take_shared(lane, 2), None);
    drop(goes);
    assert!(desk.session.disposed().is_empty(), "a call still uses it");
    assert!(desk.finish(lane, CallEnd::Done(Output::default()), Bytes::new()));
    desk.events();
    assert_eq!(desk.session.disposed(), [gone]);
    assert!(desk.session.disposed().is_empty(), "it is told once");
    assert!(
        desk.selects(&[&stays]),
        "what was selected is not known any more"
    );
}

#[test]
fn what_is_handed_in_is_told() {
    let mut desk = Desk::new(1);
    let spec = desk.spec(&[b"item"]);
    let (lane, _) = desk.take(spec);
    assert!(desk.finish(
        lane,
        CallEnd::Done(Bytes::from_static(b"well").into()),
        Bytes::new()
    ));
    assert!(matches!(
        desk.events().as_slice(),
        [Event::Chunk { output, last: true, .. }] if output == "well"
    ));
    let spec = desk.spec(&[b"item"]);
    let (lane, _) = desk.take(spec);
    assert!(desk.finish(
        lane,
        CallEnd::Failed(Bytes::from_static(b"badly")),
        Bytes::new()
    ));
    assert!(matches!(
        desk.events().as_slice(),
        [Event::Ended { end: End::Failed { error }, .. }] if error == "badly"
    ));
}

#[test]
fn an_interrupt_is_seen_in_the_words_of_its_lane_until_the_call_has_finished() {
    let mut desk = Desk::new(2);
    let [stays, goes] = [desk.spec(&[b"item"]), desk.spec(&[b"item"])];
    let cancelled = goes.id;
    let (first, _) = desk.take(stays);
    let (second, _) = desk.take(goes);
    assert_eq!((first, second), (0, 1));
    let rung = desk.bell.0.load(Ordering::SeqCst);
    desk.pool.cancel(cancelled);
    assert_eq!(desk.words(), [1, 0, 1]);
    assert_eq!(desk.bell.0.load(Ordering::SeqCst), rung + 1);
    assert!(desk.finish(second, CallEnd::Interrupted, Bytes::new()));
    assert_eq!(desk.words(), [0, 0, 0]);
    assert!(matches!(
        desk.events().as_slice(),
        [Event::Ended { job, end: End::Cancelled }] if *job == cancelled
    ));
}

#[test]
fn what_an_interrupted_call_had_finished_counts_where_that_was_asked_for() {
    for salvage in [true, false] {
        let mut desk = Desk::new(1);
        let mut spec = desk.spec(&[b"item"]);
        spec.salvage = salvage;
        spec.timeout = Some(Duration::from_millis(1));
        let (lane, _) = desk.take(spec);
        while desk.words()[0] == 0 {
            thread::yield_now();
        }
        assert!(desk.finish(lane, CallEnd::Interrupted, Bytes::from_static(b"half")));
        let events = desk.events();
        let salvaged = events.iter().any(
            |event| matches!(event, Event::Salvaged { output, count: 4, .. } if output == "half"),
        );
        assert_eq!(salvaged, salvage);
        assert!(matches!(
            events.last(),
            Some(Event::Ended {
                end: End::TimedOut { done: 0, .. },
                ..
            })
        ));
    }
}

#[test]
fn a_worker_that_was_given_up_is_told_when_it_hands_something_in() {
    let mut desk = Desk::new(1);
    let spec = desk.spec(&[b"item"]);
    let (lane, _) = desk.take(spec);
    let reason = LostReason::Other("gone".to_owned());
    desk.pool.give_up(0, 0, &reason);
    assert!(!desk.finish(lane, CallEnd::Done(Output::default()), Bytes::new()));
    assert_eq!(desk.session.next(Duration::ZERO), Step::Leave);
}
