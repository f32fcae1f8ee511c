//! `split json|ndjson`: reads texts, each ended by a NUL byte, and writes a line for each: its items
//! as `start-end`, and the fault if there is one. For the fuzzer, which compares with `JSON.parse`.
//!
//! `split json|ndjson FILE`: how fast the file is read, in GB/s, best of ten.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufWriter, Write};
use std::time::Instant;

use isolane_json::{Format, Splitter};

fn main() -> io::Result<()> {
    let format = match env::args().nth(1).as_deref() {
        Some("json") => Format::Json,
        Some("ndjson") => Format::Ndjson,
        _ => return Err(io::Error::other("usage: split json|ndjson [file]")),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    match env::args().nth(2) {
        Some(file) => measure(format, &fs::read(file)?, &mut out),
        None => answer(format, &mut out),
    }
}

fn answer(format: Format, out: &mut impl Write) -> io::Result<()> {
    for text in io::stdin().lock().split(0) {
        let text = text?;
        let mut line = String::new();
        let mut found = |item: isolane_json::Item| {
            line += &format!("{}-{} ", item.start, item.end);
        };
        let mut splitter = Splitter::new(format);
        // Pieces of a length that has nothing to do with that of blocks.
        let read = text
            .chunks(61)
            .try_for_each(|piece| splitter.push(piece, &mut found))
            .and_then(|()| splitter.finish(&mut found));
        match read {
            Ok(()) => writeln!(out, "{line}")?,
            Err(fault) => writeln!(out, "{line}{fault}")?,
        }
        out.flush()?;
    }
    Ok(())
}

fn measure(format: Format, text: &[u8], out: &mut impl Write) -> io::Result<()> {
    let mut best = f64::INFINITY;
    let mut count = 0_u64;
    for _ in 0..10 {
        let begin = Instant::now();
        let mut splitter = Splitter::new(format);
        count = 0;
        let mut sum = 0;
        let mut found = |item: isolane_json::Item| {
            count += 1;
            sum ^= item.end ^ item.line;
        };
        // As files and sockets give them.
        for piece in text.chunks(1 << 16) {
            splitter.push(piece, &mut found).map_err(io::Error::other)?;
        }
        splitter.finish(&mut found).map_err(io::Error::other)?;
        std::hint::black_box(sum);
        best = best.min(begin.elapsed().as_secs_f64());
    }
    writeln!(
        out,
        "{count} items, {:.2} GB/s",
        text.len() as f64 / best / 1e9
    )
}
