use std::path::PathBuf;

use isolane_modules::Position;
use thiserror::Error;

/// Why the modules of a file cannot be had. The messages are sentences without a full stop.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileError {
    /// A file cannot be read, or is none that holds a module.
    #[error("{} {reason}{}", path.display(), by_way_of(via))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong, as the rest of a sentence.
        reason: String,
        /// The files by which the entry comes to it; the entry first.
        via: Vec<String>,
    },
    /// A specifier that means no file.
    #[error(
        "{module} imports '{specifier}' (line {}, column {}), which cannot be resolved: {reason}{}{}",
        position.line, position.column, meant(nearest), by_way_of(via)
    )]
    Unresolved {
        /// What is imported.
        specifier: String,
        /// The file that imports it.
        module: String,
        /// Where.
        position: Position,
        /// What is wrong, and the way out.
        reason: String,
        /// What may have been meant, the nearest first.
        nearest: Vec<String>,
        /// The files by which the entry comes to the one that imports it, both included.
        via: Vec<String>,
    },
    /// An import of a module that is Node's own.
    #[error(
        "{module} imports '{specifier}' (line {}, column {}), which is a part of Node, and isolates \
         have none: pass engine: 'node' to the pool{}",
        position.line, position.column, by_way_of(via)
    )]
    Builtin {
        /// What is imported.
        specifier: String,
        /// The file that imports it.
        module: String,
        /// Where.
        position: Position,
        /// The files by which the entry comes to the one that imports it, both included.
        via: Vec<String>,
    },
    /// A text that is no module.
    #[error("{message} (line {}, column {} of {module}){}", position.line, position.column, by_way_of(via))]
    Syntax {
        /// The file.
        module: String,
        /// What is wrong.
        message: String,
        /// Where.
        position: Position,
        /// The files by which the entry comes to it; the entry first.
        via: Vec<String>,
    },
    /// There was no memory to read them, or the parser failed.
    #[error("There is no memory to read the modules, or the parser failed")]
    Failed,
}

/// Of a chain in a message, as many files at each end.
const ENDS_SHOWN: usize = 4;

fn by_way_of(via: &[String]) -> String {
    if via.len() < 2 {
        return String::new();
    }
    let hidden = via.len().saturating_sub(2 * ENDS_SHOWN);
    let chain = if hidden < 2 {
        via.join(" → ")
    } else {
        let (start, end) = (&via[..ENDS_SHOWN], &via[via.len() - ENDS_SHOWN..]);
        format!(
            "{} → {hidden} more → {}",
            start.join(" → "),
            end.join(" → ")
        )
    };
    format!(", by way of {chain}")
}

fn meant(nearest: &[String]) -> String {
    if nearest.is_empty() {
        return String::new();
    }
    let names: Vec<String> = nearest.iter().map(|name| format!("'{name}'")).collect();
    format!("; there is {}", names.join(", "))
}
