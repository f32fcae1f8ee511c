//! Whatever the bytes, the reader of commands gives commands or says where one is malformed.

use std::time::Duration;

use bytes::Bytes;
use isolane_core::Priority;
use isolane_json::Format;
use isolane_wire::codes::{
    PRIORITY_SHIFT, append_word, command_word, op_code, open_word, padded, part_word, priorities,
    tag_bit,
};
use isolane_wire::commands::{Command, Commands, Malformed};
use proptest::collection::vec;
use proptest::prelude::{any, prop_oneof};
use proptest::strategy::{Just, Strategy};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const WORD: usize = 4;

/// A command of `words`, with payloads behind them.
struct Bytewise(Vec<u8>);

impl Bytewise {
    fn new(tag: u32, job: u32, words: usize) -> Self {
        let mut command = Self(vec![0; words * WORD]);
        command.set(command_word::TAG, tag);
        command.set(command_word::JOB, job);
        command
    }

    fn set(&mut self, place: usize, word: u32) {
        self.put(place, &word.to_le_bytes());
    }

    fn put(&mut self, place: usize, bytes: &[u8]) {
        self.0[place * WORD..place * WORD + bytes.len()].copy_from_slice(bytes);
    }

    fn payload(&mut self, bytes: &[u8]) {
        self.0.resize(padded(self.0.len()), 0);
        self.0.extend_from_slice(bytes);
    }

    fn finish(mut self) -> Vec<u8> {
        self.0.resize(padded(self.0.len()), 0);
        let length = u32::try_from(self.0.len()).expect("short");
        self.set(command_word::LENGTH, length);
        self.0
    }
}

fn open(tag: u32, job: u32, kind: u32, part: &[u8]) -> Vec<u8> {
    let tag = tag | op_code::OPEN | priorities::HIGH << PRIORITY_SHIFT;
    let mut command = Bytewise::new(tag, job, open_word::END);
    command.set(open_word::FUNCTION, 7);
    command.set(open_word::SECOND, 9);
    command.set(open_word::KIND, kind);
    command.set(open_word::CHUNK_SIZE, 5);
    command.set(open_word::SHARED, 3);
    command.put(open_word::TIMEOUT, &250.0_f64.to_le_bytes());
    command.put(open_word::QUEUE_TIMEOUT, &f64::INFINITY.to_le_bytes());
    command.set(open_word::ARGS, 5);
    command.set(open_word::MAX_FAILURES, 11);
    command.set(open_word::TARGET, 8);
    let length = u32::try_from(part.len()).expect("short");
    command.set(open_word::PART + part_word::LENGTH, length);
    command.set(open_word::PART + part_word::COUNT, 2);
    command.set(open_word::PART + part_word::ATTACHMENTS, 1);
    for key in [20_u32, 21, 22] {
        command.0.extend_from_slice(&key.to_le_bytes());
    }
    command.payload(b"args!");
    command.payload(part);
    command.finish()
}

fn append(tag: u32, job: u32, part: &[u8]) -> Vec<u8> {
    let mut command = Bytewise::new(tag | op_code::APPEND, job, append_word::END);
    let length = u32::try_from(part.len()).expect("short");
    command.set(append_word::PART + part_word::LENGTH, length);
    command.set(append_word::PART + part_word::COUNT, 4);
    command.payload(part);
    command.finish()
}

fn bare(op: u32, job: u32) -> Vec<u8> {
    Bytewise::new(op, job, command_word::END).finish()
}

fn batch() -> Vec<Vec<u8>> {
    vec![
        open(tag_bit::SALVAGE, 1, 3, b"first part"),
        append(0, 1, b"second"),
        append(tag_bit::SEALED, 1, b""),
        bare(op_code::SEAL, 2),
        bare(op_code::CANCEL, 3),
    ]
}

/// What a batch is read as: how many commands, and what ends them.
fn read(bytes: &[u8]) -> (usize, Option<Malformed>) {
    let bytes = Bytes::copy_from_slice(bytes);
    let mut commands = Commands::new(&bytes);
    let mut count = 0;
    while let Some(command) = commands.next() {
        let job = match command {
            Ok(Command::Open(open)) => {
                // Nothing that is given lies outside of the batch.
                assert!(open.args.len() + open.part.bytes.len() <= bytes.len());
                assert!(open.shared.len() * WORD <= bytes.len());
                open.job
            }
            Ok(Command::Append(append)) => {
                assert!(append.part.bytes.len() <= bytes.len());
                append.job
            }
            Ok(Command::Seal { job } | Command::Cancel { job }) => job,
            Err(malformed) => {
                assert!(malformed.at < bytes.len());
                assert!(commands.next().is_none(), "nothing follows");
                return (count, Some(malformed));
            }
        };
        count += 1;
        // As whoever opens a job does; what is malformed is told of by either.
        while let Ok(Some(_)) = commands.next_part(job) {
            count += 1;
        }
    }
    (count, None)
}

#[test]
fn what_is_written_is_read() {
    let bytes = Bytes::from(batch().concat());
    let mut commands = Commands::new(&bytes);
    let Some(Ok(Command::Open(open))) = commands.next() else {
        panic!("no open");
    };
    assert_eq!((open.job, open.function, open.second), (1, 7, Some(8)));
    assert_eq!((open.kind.operation, open.kind.max_failures), (3, 11));
    assert_eq!(open.shared.map_keys(), [20, 21, 22]);
    assert_eq!(
        (&open.args[..], &open.part.bytes[..]),
        (&b"args!"[..], &b"first part"[..])
    );
    assert_eq!((open.part.count, open.part.attachments), (2, 1));
    assert!(matches!(open.priority, Priority::High));
    assert_eq!(open.timeout, Some(Duration::from_millis(250)));
    assert_eq!(open.queue_timeout, None);
    assert_eq!(
        (
            open.chunk_size.map_or(0, Into::into),
            open.target.map_or(0, Into::into)
        ),
        (5_u32, 8_u32)
    );
    assert!(open.salvage && !open.sealed && !open.continues && !open.quiet && !open.timed);
    assert!(open.sought.is_none() && open.joined.is_none() && open.origin.is_none());

    assert!(
        commands.next_part(2).is_ok_and(|part| part.is_none()),
        "of another job"
    );
    let part = commands.next_part(1).ok().flatten().expect("a part");
    assert_eq!(
        (&part.part.bytes[..], part.part.count, part.sealed),
        (&b"second"[..], 4, false)
    );
    assert!(matches!(commands.next(), Some(Ok(Command::Append(append))) if append.sealed));
    assert!(
        commands.next_part(1).is_ok_and(|part| part.is_none()),
        "no part"
    );
    assert!(matches!(
        commands.next(),
        Some(Ok(Command::Seal { job: 2 }))
    ));
    assert!(matches!(
        commands.next(),
        Some(Ok(Command::Cancel { job: 3 }))
    ));
    assert!(commands.next().is_none());
    assert!(
        commands.next_part(3).is_ok_and(|part| part.is_none()),
        "the end"
    );
}

#[test]
fn a_text_has_a_kind_and_a_place() {
    let place = |numbers: [f64; 4]| numbers.map(f64::to_le_bytes).concat();
    let json = u32::from(isolane_driver::protocol::text_kind::JSON) << 8;
    let read = |kind, part: &[u8]| {
        let bytes = Bytes::from(open(tag_bit::SOUGHT, 1, kind, part));
        match Commands::new(&bytes).next() {
            Some(Ok(Command::Open(open))) => Ok((open.sought, open.origin.map(|at| at.index))),
            Some(Err(malformed)) => Err(malformed),
            _ => panic!("no open"),
        }
    };
    let malformed = Err(Malformed { at: 0 });
    assert_eq!(
        read(json, &place([10.0, 2.0, 3.0, 4.0])),
        Ok((Some(Format::Json), Some(4)))
    );
    assert_eq!(read(json, b""), Ok((Some(Format::Json), None)));
    assert_eq!(read(0, b""), malformed, "no kind of text");
    assert_eq!(
        read(json, &place([10.0, 2.0, 12.0, 4.0])),
        malformed,
        "a column before the text"
    );
    assert_eq!(
        read(json, &place([1e300, 2.0, 3.0, 4.0])),
        malformed,
        "too large"
    );
    assert_eq!(read(json, &place([0.0; 4])[1..]), malformed, "too short");
}

#[test]
fn a_batch_that_was_cut_off_is_refused_where_it_ends() {
    let commands = batch();
    let bytes = commands.concat();
    let mut start = 0;
    for (before, command) in commands.iter().enumerate() {
        assert_eq!(read(&bytes[..start]), (before, None));
        for length in 1..command.len() {
            let malformed = Some(Malformed { at: start });
            assert_eq!(
                read(&bytes[..start + length]),
                (before, malformed),
                "{length}"
            );
        }
        start += command.len();
    }
    assert_eq!(read(&bytes), (commands.len(), None));
}

#[test]
fn lengths_and_counts_beyond_the_command_are_refused() {
    for size in [1 << 10, 1 << 31, u32::MAX - 7, u32::MAX] {
        for place in [
            command_word::LENGTH,
            open_word::SHARED,
            open_word::ARGS,
            open_word::PART + part_word::LENGTH,
        ] {
            let mut command = Bytewise(open(0, 1, 0, b"part"));
            command.set(place, size);
            assert_eq!(
                read(&command.0),
                (0, Some(Malformed { at: 0 })),
                "{place}: {size}"
            );
        }
        let mut command = Bytewise(append(0, 1, b"part"));
        command.set(append_word::PART + part_word::LENGTH, size);
        assert_eq!(read(&command.0), (0, Some(Malformed { at: 0 })), "{size}");
    }
    for size in 0..16 {
        let mut command = Bytewise(bare(op_code::SEAL, 1));
        command.set(command_word::LENGTH, size);
        assert_eq!(read(&command.0), (0, Some(Malformed { at: 0 })), "{size}");
    }
}

#[test]
fn unknown_commands_and_priorities_are_refused() {
    let before = append(0, 1, b"part");
    let at = before.len();
    for op in (0..=0xff).filter(|op| !(op_code::OPEN..=op_code::CANCEL).contains(op)) {
        let bytes = [&before[..], &bare(op, 1), &bare(op_code::SEAL, 1)].concat();
        assert_eq!(read(&bytes), (1, Some(Malformed { at })), "{op}");
    }
    let bytes = open(3 << PRIORITY_SHIFT, 1, 0, b"");
    assert_eq!(read(&bytes), (0, Some(Malformed { at: 0 })));
}

/// The same cases each time.
fn check<S: Strategy>(strategy: &S, test: impl Fn(S::Value)) {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let config = Config {
        cases: 4096,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let run = runner.run(strategy, |value| {
        test(value);
        Ok(())
    });
    if let Err(failure) = run {
        panic!("{failure}");
    }
}

#[test]
fn random_bytes_are_read_or_refused() {
    check(&vec(any::<u8>(), 0..200), |bytes| {
        read(&bytes);
    });
}

#[test]
fn commands_with_random_words_are_read_or_refused() {
    let word = prop_oneof![
        any::<u32>(),
        0_u32..64,
        Just(u32::MAX),
        Just(1 << 31),
        Just(u32::MAX - 7)
    ];
    let changes = vec((any::<proptest::sample::Index>(), word), 1..6);
    let whole = batch().concat();
    check(&changes, |changes| {
        let mut bytes = Bytewise(whole.clone());
        for (place, word) in changes {
            bytes.set(place.index(bytes.0.len() / WORD), word);
        }
        read(&bytes.0);
    });
}

/// Keys as numbers.
trait Keys {
    fn map_keys(&self) -> Vec<u32>;
}

impl Keys for [[u8; WORD]] {
    fn map_keys(&self) -> Vec<u32> {
        self.iter().map(|&key| u32::from_le_bytes(key)).collect()
    }
}
