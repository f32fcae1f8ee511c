//! Judges the files that are named, and prints what is found:
//!
//!     cargo run -p isolane-check --example findings --profile quick -- '{"engine":"node"}' file.js …
//!
//! With `--time` it prints how long each takes, the quickest of ten times, in place of the findings.

use std::time::Instant;
use std::{
    env, fs,
    io::{self, Write},
};

use isolane_check::{CheckOptions, Report, check};

fn main() -> io::Result<()> {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let is_timed = arguments.first().is_some_and(|it| it == "--time");
    if is_timed {
        arguments.remove(0);
    }
    let (json, files) = arguments
        .split_first()
        .expect("options in JSON, then files");
    let options = match CheckOptions::read(json) {
        Ok(options) => options,
        Err(fault) => return Err(io::Error::other(fault.message)),
    };
    let mut out = io::stdout().lock();
    for file in files {
        // A file that is no UTF-8 is read as Node reads it.
        let text = String::from_utf8_lossy(&fs::read(file)?).into_owned();
        if is_timed {
            let times = (0..10).map(|_| {
                let start = Instant::now();
                let _ = check(&text, &options);
                start.elapsed()
            });
            let quickest = times.min().unwrap_or_default();
            writeln!(out, "{file}: {} KiB in {quickest:.1?}", text.len() / 1024)?;
        } else {
            print(&mut out, file, &check(&text, &options))?;
        }
    }
    Ok(())
}

fn print(out: &mut impl Write, file: &str, report: &Report) -> io::Result<()> {
    for it in &report.diagnostics {
        let place = &it.place;
        writeln!(
            out,
            "{file}:{}:{} {} {}: {}",
            place.line,
            place.column,
            format!("{:?}", it.severity).to_lowercase(),
            it.rule,
            it.message
        )?;
        writeln!(out, "{}", place.frame)?;
        if let Some(help) = &it.help {
            writeln!(out, "  = {help}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
