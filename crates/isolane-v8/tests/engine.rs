//! The engine as a pool uses it: real isolates on worker threads.

mod common;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use common::Host;
use isolane_core::{CallKind, End, Engine, Isolate, JobSpec, Lifeline, LostReason, Part};

/// Long enough for a cold isolate to get into the loop, which is what the test is about.
const TIMEOUT: Duration = Duration::from_millis(150);
const FOR_EVER: &str = "x => { for (;;); }";
const HOARDER: &str = "x => { const all = []; for (;;) all.push(new Array(100).fill(x)) }";

#[test]
fn maps_doubles_in_order() {
    let mut host = Host::new(2);
    let items: Vec<f64> = (0..10_000).map(f64::from).collect();
    let expected: Vec<f64> = items.iter().map(|x| x * x - 0.5).collect();
    assert_eq!(
        host.map("x => x * x - 0.5", &items).as_ref(),
        Ok(&expected),
        "in chunks of the pool's choice"
    );
    assert_eq!(
        host.map_singly("x => x * x - 0.5", &items[..500]),
        Ok(expected[..500].to_vec()),
        "in as many chunks as items"
    );
    assert_eq!(
        host.map_singly("(x, index) => index - x", &items[..500]),
        Ok(vec![0.0; 500]),
        "indices are those of the whole input"
    );
    assert_eq!(host.map("x => x", &[]), Ok(Vec::new()));
    let special = [f64::INFINITY, -0.0, f64::MIN_POSITIVE, f64::MAX];
    let returned = host
        .map("x => x", &special)
        .expect("the identity is harmless");
    assert_eq!(
        returned
            .iter()
            .map(|value| value.to_bits())
            .collect::<Vec<_>>(),
        special.map(f64::to_bits)
    );
}

#[test]
fn every_form_of_function_is_understood() {
    let mut host = Host::new(1);
    for source in [
        "x => x + 1",
        "function (x) { return x + 1 }",
        "function named(x) { return x + 1 }",
        "async x => x + 1",
        "x => x + 1 // a comment up to the end",
        "/* before */ (x) => { return x + 1 }",
        // What only sloppy mode accepts.
        "function (x) { with ({ one: 1 }) return x + one }",
        // What esbuild leaves behind.
        "x => { const add = __name(y => y + 1, 'add'); return add(x) }",
    ] {
        assert_eq!(
            host.map(source, &[1.0, 2.0]),
            Ok(vec![2.0, 3.0]),
            "{source}"
        );
    }
}

#[test]
fn a_source_that_gives_no_function_fails() {
    let mut host = Host::new(1);
    for source in [
        "x => {",
        "x => )",
        "",
        "x => 1); (x => 2",
        "function a() {} function b() {}",
    ] {
        assert!(
            host.failure(source, &[1.0]).contains("SyntaxError"),
            "{source}"
        );
    }
    assert!(host.failure("42", &[1.0]).contains("number"));
    assert!(host.failure("nowhere", &[1.0]).contains("nowhere"));
    host.assert_works();
    assert_eq!(host.lost_workers, Vec::<String>::new());
}

#[test]
fn what_a_function_throws_fails_the_job() {
    let mut host = Host::new(2);
    let thrower = "x => { if (x === 3) throw new RangeError('no threes'); return x }";
    let error = host.failure(thrower, &[1.0, 2.0, 3.0, 4.0]);
    assert!(error.contains("RangeError"), "{error}");
    assert!(error.contains("no threes"), "{error}");
    let rejected = host.failure("async x => { throw new Error('later') }", &[1.0]);
    assert!(rejected.contains("later"), "{rejected}");
    let overflow = host.failure("function f(x) { return 1 + f(x) }", &[1.0]);
    assert!(overflow.contains("RangeError"), "{overflow}");
    host.assert_works();
    assert_eq!(host.lost_workers, Vec::<String>::new());
}

#[test]
fn a_loop_without_end_times_out_and_the_worker_goes_on() {
    let mut host = Host::new(1);
    for source in [
        FOR_EVER,
        // V8's loop unrolling would drop the stack check, and with it the termination.
        "x => { for (;;) new Array(1000).fill({}) }",
        "x => { for (;;) { try { for (;;); } catch {} finally { continue } } }",
        "x => /^(a+)+$/.test('a'.repeat(60) + 'b') ? 1 : 0",
        "async x => { for (;;) await null }",
        "x => { const again = () => Promise.resolve().then(again); again(); return x }",
        "x => { const again = () => Promise.resolve().then(again); again(); for (;;); }",
    ] {
        assert_eq!(
            host.map_within(TIMEOUT, source, &[1.0]),
            Err(End::TimedOut {
                limit: TIMEOUT,
                done: 0
            }),
            "{source}"
        );
        host.assert_works();
    }
    assert_eq!(host.lost_workers, Vec::<String>::new());
    assert_eq!(host.created_workers, 1, "the isolate survives a timeout");
}

#[test]
fn what_was_done_before_a_timeout_is_counted() {
    let mut host = Host::new(1);
    let mut spec = host.spec("x => { while (x === 3); return x }", &[1.0, 2.0, 3.0, 4.0]);
    spec.chunk_size = Some(NonZeroU32::MIN);
    spec.timeout = Some(TIMEOUT);
    let job = host.submit(spec);
    assert_eq!(
        host.values(job),
        Err(End::TimedOut {
            limit: TIMEOUT,
            done: 2
        })
    );
}

#[test]
fn cancel_stops_running_loops() {
    let mut host = Host::new(2);
    for _ in 0..5 {
        let mut spec = host.spec(FOR_EVER, &[1.0, 2.0, 3.0]);
        spec.chunk_size = Some(NonZeroU32::MIN);
        let job = host.submit(spec);
        host.wait_running(2);
        host.pool.cancel(job);
        assert_eq!(host.values(job), Err(End::Cancelled));
        host.assert_works();
    }
    assert_eq!(host.lost_workers, Vec::<String>::new());
}

#[test]
fn a_heap_that_grows_without_end_meets_the_limit() {
    let mut host = Host::new(1);
    for _ in 0..3 {
        assert_eq!(host.map(HOARDER, &[1.0]), Err(End::MemoryLimit));
        host.assert_works();
    }
}

#[test]
fn what_calls_leave_behind_meets_the_limit_too() {
    let mut host = Host::new(1);
    let hoarder = "x => { (globalThis.all ??= []).push(new Array(200_000).fill(x)); return x }";
    let end = (0..1_000).find_map(|_| host.map(hoarder, &[1.0]).err());
    assert_eq!(end, Some(End::MemoryLimit));
    assert_eq!(
        host.map("x => typeof all === 'undefined' ? 1 : 0", &[1.0]),
        Ok(vec![1.0]),
        "the spent isolate is gone with what it held"
    );
}

#[test]
fn one_huge_allocation_does_not_end_the_process() {
    let mut host = Host::new(1);
    assert_eq!(
        host.map("x => new Array(1e8).fill(0).length", &[1.0]),
        Err(End::MemoryLimit)
    );
    host.assert_works();
}

#[test]
fn the_memory_limit_of_one_isolate_spares_the_others() {
    let mut host = Host::new(2);
    let spec = host.spec(FOR_EVER, &[1.0]);
    let bystander = host.submit(spec);
    host.wait_running(1);
    assert_eq!(host.map(HOARDER, &[1.0]), Err(End::MemoryLimit));
    host.assert_works();
    host.wait_running(1);
    host.pool.cancel(bystander);
    assert_eq!(host.values(bystander), Err(End::Cancelled));
}

#[test]
fn a_second_isolate_runs_functions_from_the_code_cache() {
    let mut host = Host::new(1);
    // The fresh isolate of the same pool finds the code of both, strict and sloppy.
    let strict = "function (x) { return this === undefined ? x : -x }";
    let sloppy = "function (x) { with ({ y: x }) return this === undefined ? -y : y }";
    for _ in 0..3 {
        assert_eq!(host.map(strict, &[7.0]), Ok(vec![7.0]));
        assert_eq!(host.map(sloppy, &[7.0]), Ok(vec![7.0]));
        assert_eq!(host.map(HOARDER, &[1.0]), Err(End::MemoryLimit));
    }
    assert_eq!(host.map(strict, &[7.0]), Ok(vec![7.0]));
    assert!(host.created_workers >= 4, "each hoarder spends an isolate");
}

/// The worker of an isolate that no pool has.
struct Alone;

impl Lifeline for Alone {
    fn lost(&self, reason: LostReason) {
        panic!("{reason}");
    }
}

#[test]
fn the_first_rest_loads_what_the_start_has_left_out() {
    // Much less than the codec takes, and much more than anything else that a rest does.
    const CODEC: u64 = 64 << 10;
    let engine = common::engine();
    let worker: Arc<dyn Lifeline> = Arc::new(Alone);
    let start = || engine.start(&worker).expect("V8 can start here");
    // The first one of the process has loaded it, for its compiled code.
    drop(start());
    let mut isolate = start();
    let started = isolate.heap_used();
    isolate.rest();
    let rested = isolate.heap_used();
    assert!(rested > started + CODEC, "{started}, then {rested} bytes");
    isolate.rest();
    assert!(isolate.heap_used() < rested + CODEC, "loaded twice");
}

#[test]
fn promises_are_awaited() {
    let mut host = Host::new(1);
    let sleepless = "async x => { await null; const y = await Promise.resolve(x); return y * 2 }";
    assert_eq!(
        host.map(sleepless, &[1.0, 2.0, 3.0]),
        Ok(vec![2.0, 4.0, 6.0])
    );
    let some = "x => x % 2 ? Promise.resolve(-x) : x";
    assert_eq!(host.map(some, &[1.0, 2.0, 3.0]), Ok(vec![-1.0, 2.0, -3.0]));
    let thenable = "x => ({ then(resolve) { resolve(x + 1) } })";
    assert_eq!(host.map(thenable, &[1.0]), Ok(vec![2.0]));
}

#[test]
fn a_promise_that_never_settles_fails_without_a_timeout() {
    let mut host = Host::new(1);
    let error = host.failure("x => new Promise(() => {})", &[1.0]);
    assert!(error.contains("pending"), "{error}");
    let error = host.failure(
        "async x => { if (x === 2) await new Promise(() => {}) }",
        &[1.0, 2.0],
    );
    assert!(error.contains("pending"), "{error}");
    host.assert_works();
}

#[test]
fn intl_has_its_data() {
    let mut host = Host::new(1);
    let hour_in_kolkata = "x => { \
        const options = { timeZone: 'Asia/Kolkata', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' }; \
        const parts = new Intl.DateTimeFormat('en', options).formatToParts(new Date(x)); \
        const part = type => Number(parts.find(part => part.type === type).value); \
        return part('hour') * 100 + part('minute') }";
    assert_eq!(host.map(hour_in_kolkata, &[0.0]), Ok(vec![530.0]));
    let german = "x => new Intl.DateTimeFormat('de', { month: 'long', timeZone: 'UTC' })\
        .format(new Date(x)) === 'Januar' ? 1 : 0";
    assert_eq!(host.map(german, &[0.0]), Ok(vec![1.0]));
}

#[test]
fn globals_are_those_of_the_language() {
    let mut host = Host::new(1);
    let absent = "i => [typeof process, typeof require, typeof __dirname, typeof native, \
        typeof module, typeof fetch, typeof Buffer][i] === 'undefined' ? 1 : 0";
    let all: Vec<f64> = (0..7).map(f64::from).collect();
    assert_eq!(host.map(absent, &all), Ok(vec![1.0; 7]));
    let present = "i => [typeof Map, typeof Intl, typeof WebAssembly, typeof console][i] === \
        ['function', 'object', 'object', 'object'][i] ? 1 : 0";
    assert_eq!(host.map(present, &[0.0, 1.0, 2.0, 3.0]), Ok(vec![1.0; 4]));
}

#[test]
fn pools_run_side_by_side_and_share_nothing() {
    let mut hosts = [Host::new(1), Host::new(1)];
    let count = "x => globalThis.count = (globalThis.count ?? 0) + x";
    let jobs = hosts.each_mut().map(|host| {
        [(); 3].map(|()| {
            let spec = host.spec(count, &[1.0]);
            host.submit(spec)
        })
    });
    for (host, jobs) in hosts.iter_mut().zip(jobs) {
        let sums = jobs.map(|job| host.values(job).expect("it counts"));
        assert_eq!(sums, [vec![1.0], vec![2.0], vec![3.0]]);
    }
    let [mut first, mut second] = hosts;
    first.pool.destroy();
    first.wait_stopped();
    assert_eq!(first.map("x => x", &[1.0]), Err(End::Closed));
    second.assert_works();
}

#[test]
fn pools_come_and_go() {
    for round in 0..20 {
        let mut host = Host::new(2);
        match round % 4 {
            0 => {
                host.assert_works();
                host.pool.close();
            }
            // Busy.
            1 => {
                let spec = host.spec(FOR_EVER, &[1.0]);
                let job = host.submit(spec);
                host.wait_running(1);
                host.pool.destroy();
                assert_eq!(host.values(job), Err(End::Closed));
            }
            // Its isolates may still be starting.
            2 => host.pool.destroy(),
            // Dropped without a word, while busy.
            _ => {
                let spec = host.spec(FOR_EVER, &[1.0]);
                host.submit(spec);
                continue;
            }
        }
        host.wait_stopped();
    }
}

/// `undefined` in the codec's format.
const UNDEFINED: &[u8] = &[1, 0, 0];
/// A value of many kinds, to be damaged.
const SAMPLE: &str = "() => [Array.from({ length: 70 }, (_, n) => ({ n, text: 'text ' + n % 3, at: new Date(n), \
    list: [n, -0.5, null] })), new Map([[1n, new Set(['a', /b/g])]]), new Error('e', { cause: [1, , 3] }), \
    new Float64Array(9), new ArrayBuffer(8, { maxByteLength: 16 }), 'x'.repeat(300), '\u{20ac}\u{ffff}']";

/// Marsaglia's xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    /// Bytes that are noise, or those of `sample` with a few of them changed.
    fn damaged(&mut self, sample: &[u8]) -> Bytes {
        if self.below(4) == 0 {
            let length = self.below(200);
            return (0..length).map(|_| self.below(256) as u8).collect();
        }
        let mut bytes = sample.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            bytes[at] = [
                0,
                0xff,
                bytes[at] ^ 1 << self.below(8),
                self.below(256) as u8,
            ][self.below(4)];
        }
        if self.below(5) == 0 {
            bytes.truncate(self.below(sample.len()));
        }
        bytes.into()
    }
}

/// The other half of the codec's fuzzing (`__test__/codec/fuzz.mjs`): bytes that nobody wrote, as an
/// isolate reads them.
#[test]
fn input_that_no_host_wrote_is_refused_and_costs_nobody_anything() {
    const ROUNDS: u32 = 20_000;
    let mut host = Host::new(1);
    let submit = |host: &mut Host, source: &str, operation, args: Bytes, input: Bytes| {
        let kind = CallKind {
            operation,
            input: 0,
            output: 0,
            max_failures: 0,
        };
        let part = Part {
            bytes: input.into(),
            attachments: Vec::new(),
            count: 1,
            stride: 0,
        };
        let spec = JobSpec {
            kind,
            args,
            parts: vec![part],
            ..host.spec(source, &[])
        };
        let job = host.submit(spec);
        host.bytes(job)
    };
    let undefined = Bytes::from_static(UNDEFINED);
    let sample = submit(&mut host, SAMPLE, 0, Bytes::new(), undefined.clone()).expect("a value");
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut refused = 0;
    for _ in 0..ROUNDS {
        let operation = [0, 1, 3, 4, 5, 6][random.below(6)];
        let input = random.damaged(&sample);
        let args = match random.below(3) {
            0 => random.damaged(&sample),
            _ => Bytes::new(),
        };
        match submit(&mut host, "x => x", operation, args, input) {
            Ok(_) => {}
            Err(End::Failed { .. }) => refused += 1,
            // A length that nothing justifies may be of a resizable buffer: address space.
            Err(end) => assert_eq!(end, End::MemoryLimit),
        }
    }
    assert!(refused > ROUNDS / 4, "{refused}");
    let again = submit(&mut host, "x => x", 0, Bytes::new(), sample.clone().into());
    assert_eq!(again.as_ref(), Ok(&sample));
    host.assert_works();
}
