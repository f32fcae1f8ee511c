//! Reads function texts, each ended by a NUL byte, and writes a line for each: `proven`, or what
//! keeps it from that. For the fuzzer, which runs what is proven.

use std::io::{self, BufRead, BufWriter, Write};

use isolane_check::{ReadOnly, read_only};

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for text in io::stdin().lock().split(0) {
        let text = String::from_utf8_lossy(&text?).into_owned();
        match read_only(&text) {
            ReadOnly::Proven => writeln!(out, "proven")?,
            ReadOnly::Unproven(findings) => {
                let first = &findings[0];
                writeln!(
                    out,
                    "{}:{} {}",
                    first.start.line, first.start.column, first.message
                )?;
            }
        }
        out.flush()?;
    }
    Ok(())
}
