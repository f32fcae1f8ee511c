//! Items that are still to be found, and results that are put together.

mod common;

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use common::{Hand, Host, PATIENCE, chunks_of};
use isolane_core::{End, Found, Input, ItemSource, JobId, JobSpec, NoItem, Part, Sink};

/// Items are the letters of a text; commas stand for nothing. It looks at three bytes at a time. A
/// question mark is where no more items can be found, an exclamation mark makes it panic.
#[derive(Debug, Default)]
struct Letters {
    given: VecDeque<u8>,
    found: VecDeque<u8>,
    is_whole: bool,
    taken: u64,
}

impl ItemSource for Letters {
    fn give(&mut self, piece: Input) {
        piece
            .read(|bytes| self.given.extend(bytes))
            .expect("the pool's own");
    }

    fn end(&mut self) {
        self.is_whole = true;
    }

    fn look(&mut self) -> Result<(), NoItem> {
        let stretch = self.given.len().min(3);
        for byte in self.given.drain(..stretch) {
            match byte {
                b',' => {}
                b'?' => {
                    return Err(NoItem {
                        end: failed(),
                        index: self.taken + self.found.len() as u64,
                    });
                }
                // Past the panic hook, which would print it.
                b'!' => resume_unwind(Box::new("a mark")),
                letter => self.found.push_back(letter),
            }
        }
        Ok(())
    }

    fn can_look(&self) -> bool {
        !self.given.is_empty()
    }

    fn is_through(&self) -> bool {
        self.is_whole && self.given.is_empty()
    }

    fn found(&self) -> u64 {
        self.found.len() as u64
    }

    fn take(&mut self, most: u32, _fixed: bool) -> Found {
        let letters: Vec<u8> = self.found.drain(..most as usize).collect();
        self.taken += u64::from(most);
        Found {
            count: most,
            parts: vec![Bytes::from(letters).into()],
        }
    }
}

fn failed() -> End {
    End::Failed {
        error: Bytes::from_static(b"?"),
    }
}

fn piece(text: &[u8]) -> Part {
    Part {
        bytes: Bytes::copy_from_slice(text).into(),
        attachments: Vec::new(),
        count: 0,
        stride: 0,
    }
}

fn spec(host: &mut Host, script: &str, text: &[u8]) -> JobSpec {
    JobSpec {
        parts: vec![piece(text)],
        source: Some(Box::new(Letters::default())),
        ..host.spec(script, b"")
    }
}

/// Gives the results in the order of their items, at the end.
#[derive(Debug, Default)]
struct Together(Mutex<Vec<(u64, Bytes)>>);

impl Sink for Together {
    fn put(&self, first: u64, _count: u32, output: Bytes) -> Bytes {
        self.0.lock().expect("not poisoned").push((first, output));
        Bytes::new()
    }

    fn finish(&self) -> Bytes {
        let mut outputs = self.0.lock().expect("not poisoned").clone();
        outputs.sort_by_key(|(first, _)| *first);
        let outputs = outputs.iter().flat_map(|(_, output)| output.clone());
        outputs.collect()
    }
}

fn text(letters: usize) -> Vec<u8> {
    (0..letters)
        .flat_map(|n| [b'a' + (n % 26) as u8, b',', b','])
        .collect()
}

fn letters_of(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| *byte != b',').collect()
}

#[test]
fn items_are_found_and_computed_in_order() {
    let mut host = Host::new(3);
    for chunk_size in [None, chunks_of(1), chunks_of(7)] {
        for count in [0, 1, 100, 5000] {
            let text = text(count);
            let spec = JobSpec {
                chunk_size,
                ..spec(&mut host, "echo", &text)
            };
            let job = host.submit_spec(spec);
            let seen = host.finish(job);
            assert_eq!(seen.end, Some(End::Done));
            assert_eq!(seen.merged(), letters_of(&text));
        }
    }
    host.close();
}

#[test]
fn a_text_may_come_in_pieces_and_end_without_an_item() {
    let mut host = Host::new(2);
    let spec = JobSpec {
        sealed: false,
        chunk_size: chunks_of(2),
        ..spec(&mut host, "echo", b"a,")
    };
    let job = host.submit_spec(spec);
    for text in [b"b,c".as_slice(), b",,,,,,,", b"d,e", b",,,,,,"] {
        host.pool.append(job, piece(text));
    }
    host.pool.seal(job);
    let seen = host.finish(job);
    assert_eq!(
        (seen.merged(), seen.end),
        (b"abcde".to_vec(), Some(End::Done))
    );
    assert!(seen.chunks.iter().all(|chunk| chunk.1 <= 2));
    host.close();
}

#[test]
fn where_no_more_items_can_be_found_the_job_fails() {
    let mut host = Host::new(2);
    for text in [b"?".as_slice(), b"a,b,c,d,?", b"a?bc"] {
        let job = spec(&mut host, "echo", text);
        let job = host.submit_spec(job);
        assert_eq!(host.finish(job).end, Some(failed()));
    }
    // Of two failures the one of the lower item counts.
    let text = [&text(400)[..], b"?"].concat();
    let spec = JobSpec {
        chunk_size: chunks_of(400),
        ..spec(&mut host, "fail 3", &text)
    };
    let job = host.submit_spec(spec);
    assert!(matches!(host.finish(job).end, Some(End::Failed { .. })));
    host.assert_healthy();
    host.close();
}

#[test]
fn a_source_that_panics_fails_its_job_alone() {
    let mut host = Host::new(2);
    let spec = spec(&mut host, "echo", b"a,!");
    let job = host.submit_spec(spec);
    let reason = "the worker panicked: a mark".to_owned();
    let overran = None;
    assert_eq!(
        host.finish(job).end,
        Some(End::WorkerLost { reason, overran })
    );
    host.assert_healthy();
    host.close();
}

#[test]
fn a_job_may_be_stopped_while_its_items_are_looked_for() {
    let mut host = Host::new(2);
    let text = text(200_000);
    let limit = Duration::from_micros(200);
    let jobs: Vec<JobId> = (0..20)
        .map(|n| {
            let spec = JobSpec {
                timeout: (n % 2 == 0).then_some(limit),
                ..spec(&mut host, "echo", &text)
            };
            let job = host.submit_spec(spec);
            if n % 2 == 1 {
                host.pool.cancel(job);
            }
            job
        })
        .collect();
    for job in jobs {
        let end = host.finish(job).end;
        assert!(matches!(
            end,
            Some(End::TimedOut { .. } | End::Cancelled | End::Done)
        ));
    }
    host.assert_healthy();
    host.close();
}

#[test]
fn a_timeout_that_comes_when_all_items_were_found_and_are_on_their_way_home_has_missed_the_job() {
    let (mut host, mut hand) = Hand::alone(1);
    let limit = Duration::from_millis(1);
    for (text, sealed) in [(b"a,b".as_slice(), true), (b"a,b", false)] {
        let spec = JobSpec {
            sealed,
            timeout: Some(limit),
            chunk_size: chunks_of(2),
            ..spec(&mut host, "echo", text)
        };
        let job = host.submit_spec(spec);
        let lane = hand.take();
        let since = Instant::now();
        while !hand.is_interrupted(lane) {
            assert!(since.elapsed() < PATIENCE, "the call is never interrupted");
            thread::sleep(Duration::from_micros(50));
        }
        hand.echo(lane);
        let more = Some(End::TimedOut { limit, done: 2 });
        let expected = if sealed { Some(End::Done) } else { more };
        assert_eq!(host.finish(job).end, expected);
    }
    hand.leave(host);
}

#[test]
fn a_sink_gives_its_result_with_the_end() {
    let mut host = Host::new(3);
    for count in [0, 1, 700] {
        let text = text(count);
        let spec = JobSpec {
            chunk_size: chunks_of(9),
            sink: Some(Arc::new(Together::default())),
            ..spec(&mut host, "echo", &text)
        };
        let job = host.submit_spec(spec);
        let seen = host.finish(job);
        assert_eq!(seen.end, Some(End::Done));
        let outputs: Vec<_> = seen.chunks.iter().map(|chunk| &chunk.2).collect();
        let (last, before) = outputs.split_last().expect("what the sink gives");
        assert_eq!(last[..], letters_of(&text)[..]);
        assert!(before.iter().all(|output| output.is_empty()));
    }
    host.close();
}

#[test]
fn the_host_of_a_quiet_job_hears_of_its_last_chunk_only() {
    let mut host = Host::new(2);
    let text = text(300);
    let spec = JobSpec {
        chunk_size: chunks_of(9),
        sink: Some(Arc::new(Together::default())),
        quiet: true,
        ..spec(&mut host, "echo", &text)
    };
    let job = host.submit_spec(spec);
    let seen = host.finish(job);
    assert_eq!((seen.end, seen.chunks.len()), (Some(End::Done), 1));
    assert_eq!(seen.chunks[0].2[..], letters_of(&text)[..]);
    host.close();
}
