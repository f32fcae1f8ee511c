use isolane_syntax::Position;
use thiserror::Error;

/// Why modules cannot be linked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LinkError {
    /// An id that no module can have.
    #[error("modules[{index}].id {reason}")]
    InvalidId {
        /// Its place in the table.
        index: usize,
        /// What is wrong, as the end of a sentence.
        reason: String,
    },
    /// Two modules of one id.
    #[error(
        "modules[{first}] and modules[{second}] have the same id, {}",
        shown(id)
    )]
    DuplicateId {
        /// The id.
        id: String,
        /// The place of the first in the table.
        first: usize,
        /// The place of the second.
        second: usize,
    },
    /// No module has the entry's id.
    #[error(
        "No module is named {}, which is the entry{}",
        shown(entry),
        meant(nearest)
    )]
    NoEntry {
        /// The entry.
        entry: String,
        /// Ids that may have been meant, the nearest first.
        nearest: Vec<String>,
    },
    /// A module asks for one that is not in the table.
    #[error(
        "{} asks for {} (line {}, column {}), which is not among the modules{}{}",
        shown(module), shown(specifier), position.line, position.column,
        through(via), meant(nearest)
    )]
    NotFound {
        /// What it asks for.
        specifier: String,
        /// Who asks.
        module: String,
        /// Where in its text.
        position: Position,
        /// How the entry comes to who asks: the entry first, who asks last.
        via: Vec<String>,
        /// Specifiers that may have been meant, the nearest first.
        nearest: Vec<String>,
    },
    /// An ES module imports from another what that does not export.
    #[error(
        "{} imports '{}' from {} (line {}, column {}), which has no such export{}",
        shown(module), name.escape_debug(), shown(target), position.line, position.column,
        meant(nearest)
    )]
    NoExport {
        /// What it imports.
        name: String,
        /// The module that has no such export.
        target: String,
        /// Who imports it.
        module: String,
        /// Where in its text.
        position: Position,
        /// Exports that may have been meant, the nearest first.
        nearest: Vec<String>,
    },
    /// Modules that need one another while they are evaluated.
    #[error(
        "Modules require one another: {}; move what they share into a module of its own",
        arrows(chain)
    )]
    Cycle {
        /// Each requires the next; the last is the first.
        chain: Vec<String>,
    },
    /// A text that is no module.
    #[error("{} does not compile: {message} (line {}, column {})", shown(module), position.line, position.column)]
    Syntax {
        /// The module.
        module: String,
        /// What is wrong, as a sentence without a full stop.
        message: String,
        /// Where.
        position: Position,
    },
    /// A text that nests deeper than any that is parsed.
    #[error("{} nests too deep to be looked at", shown(module))]
    TooDeep {
        /// The module.
        module: String,
    },
    /// The system gave no thread for the parser, or the parser failed.
    #[error("The modules could not be looked at: there is no memory for the parser, or it failed")]
    Failed,
}

/// Of an id in a message, as many characters.
const LONGEST_SHOWN: usize = 100;
/// Of a chain in a message, as many ids at each end.
const ENDS_SHOWN: usize = 5;

/// An id, or the start of it, between quotation marks.
fn shown(id: &str) -> String {
    match id.char_indices().nth(LONGEST_SHOWN) {
        Some((at, _)) => format!("'{}…'", id[..at].escape_debug()),
        None => format!("'{}'", id.escape_debug()),
    }
}

fn meant(nearest: &[String]) -> String {
    match nearest {
        [] => String::new(),
        [one] => format!("; there is {}", shown(one)),
        several => {
            let names: Vec<String> = several.iter().map(|name| shown(name)).collect();
            format!("; there are {}", names.join(", "))
        }
    }
}

fn through(via: &[String]) -> String {
    if via.len() < 2 {
        String::new()
    } else {
        format!(", by way of {}", arrows(via))
    }
}

fn arrows(chain: &[String]) -> String {
    let shown = |ids: &[String]| {
        let ids: Vec<String> = ids.iter().map(|id| shown(id)).collect();
        ids.join(" → ")
    };
    let hidden = chain.len().saturating_sub(2 * ENDS_SHOWN);
    if hidden < 2 {
        return shown(chain);
    }
    let (start, end) = (&chain[..ENDS_SHOWN], &chain[chain.len() - ENDS_SHOWN..]);
    format!("{} → {hidden} more → {}", shown(start), shown(end))
}
