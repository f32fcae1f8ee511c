use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The largest file that is taken for a module, in bytes.
const MAX_BYTES: u64 = 64 << 20;
/// How often a file is read that changes meanwhile.
const ATTEMPTS: usize = 3;

/// By what a changed file is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    path: PathBuf,
    size: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(path: &Path, metadata: &Metadata) -> Self {
        Self {
            path: path.to_owned(),
            size: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }

    /// Whether the file is another by now, or gone.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        fs::metadata(&self.path).map_or(true, |now| Self::of(&self.path, &now) != *self)
    }
}

/// The text of a file, as it was at one time. `Err` says what is wrong, as the rest of a sentence.
pub(crate) fn read(path: &Path) -> Result<(String, Stamp), String> {
    read_with(path, |path| fs::read(path))
}

fn read_with(
    path: &Path,
    mut bytes_of: impl FnMut(&Path) -> io::Result<Vec<u8>>,
) -> Result<(String, Stamp), String> {
    for _ in 0..ATTEMPTS {
        let before = fs::metadata(path).map_err(|error| refusal(&error))?;
        if before.is_dir() {
            return Err("is a folder: name a file in it".into());
        }
        if !before.is_file() {
            return Err("is no file that holds text".into());
        }
        if before.len() > MAX_BYTES {
            return Err(format!(
                "is larger than the {} MiB of a module",
                MAX_BYTES >> 20
            ));
        }
        let bytes = bytes_of(path).map_err(|error| refusal(&error))?;
        let after = fs::metadata(path).map_err(|error| refusal(&error))?;
        let stamp = Stamp::of(path, &after);
        if Stamp::of(path, &before) == stamp && bytes.len() as u64 == stamp.size {
            return Ok((text_of(bytes), stamp));
        }
    }
    Err("changes while it is read".into())
}

/// As Node reads it: without a byte order mark, and with a mark for what is no UTF-8. A line for the
/// shell becomes a comment of the same length.
fn text_of(bytes: Vec<u8>) -> String {
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    match text.strip_prefix("#!") {
        Some(rest) => format!("//{rest}"),
        None => text,
    }
}

/// The path without links, as Node names modules.
pub(crate) fn real(path: &Path) -> Result<PathBuf, String> {
    // On Windows `canonicalize` gives paths that nobody writes.
    if cfg!(windows) {
        fs::metadata(path).map_err(|error| refusal(&error))?;
        return Ok(path.to_owned());
    }
    fs::canonicalize(path).map_err(|error| refusal(&error))
}

fn refusal(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist".into(),
        io::ErrorKind::PermissionDenied => "may not be read: permission denied".into(),
        io::ErrorKind::NotADirectory => {
            "does not exist: what its path names as a folder is none".into()
        }
        _ => format!("cannot be read: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let name = format!("isolane-file-{}-{name}", std::process::id());
            let path = std::env::temp_dir().join(name);
            fs::write(&path, "first").expect("a file can be written");
            Self(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.0);
        }
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_read_again() {
        let file = Scratch::new("once");
        let mut times = 0;
        let read = read_with(&file.0, |path| {
            times += 1;
            let bytes = fs::read(path)?;
            if times == 1 {
                fs::write(path, "the second")?;
            }
            Ok(bytes)
        });
        let (text, stamp) = read.expect("it has been left alone since");
        assert_eq!((text.as_str(), times), ("the second", 2));
        assert!(!stamp.is_stale());
        fs::write(&file.0, "a third one").expect("a file can be written");
        assert!(stamp.is_stale());
    }

    #[test]
    fn a_file_that_never_stops_changing_is_refused() {
        let file = Scratch::new("always");
        let mut times = 0;
        let read = read_with(&file.0, |path| {
            times += 1;
            let bytes = fs::read(path)?;
            fs::write(path, "x".repeat(10 * times))?;
            Ok(bytes)
        });
        let refusal = read.expect_err("it is another each time");
        assert_eq!(refusal, "changes while it is read");
        assert_eq!(times, ATTEMPTS);
    }

    #[test]
    fn a_file_of_which_a_part_was_read_is_read_again() {
        let file = Scratch::new("part");
        let mut times = 0;
        let read = read_with(&file.0, |path| {
            times += 1;
            let mut bytes = fs::read(path)?;
            if times == 1 {
                bytes.truncate(2);
            }
            Ok(bytes)
        });
        assert_eq!(read.expect("it is there").0, "first");
    }
}
