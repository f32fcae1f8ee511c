use std::mem;

use isolane_syntax::{Position, on_parser_stack};

use crate::{
    cycles,
    error::LinkError,
    hash::{self, Hash, Hasher},
    json, known,
    module::{Format, Module},
    names,
    requests::{Kind, Names},
    resolver::Resolver,
    table::Table,
    text::{Found, Role, TextError},
};

/// The modules that an entry reaches.
#[derive(Clone, Debug)]
pub struct Graph {
    /// The entry first, then in the order in which they are met. Where a module that is reached may
    /// request any ([`Linked::is_open`]), all of the table are here, those by id at the end.
    pub modules: Vec<Linked>,
    /// Of all texts, of their ids and of what they mean by their requests: graphs of one hash do the
    /// same.
    pub hash: Hash,
    /// What else its modules may request, where one of them is open.
    pub resolver: Option<Resolver>,
}

/// A module of a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Its id.
    pub id: String,
    /// Its text.
    pub source: String,
    /// How its text is to be read.
    pub format: Format,
    /// What it requests, in the order of its text.
    pub requests: Vec<Request>,
    /// Whether it may request what cannot be seen: `require` with a name that is computed, or handed on.
    pub is_open: bool,
    /// Whether it awaits something while it is evaluated (ESM).
    pub is_async: bool,
    /// Whether it refers to `__name`, which transpilers leave in texts, and does not declare it.
    pub lacks_name_helper: bool,
    /// The names of its exports that can be seen, without those of `export *`. Of CommonJS these are
    /// properties that the text puts on `exports`.
    pub exports: Vec<String>,
    /// Of its text and format, whatever its id.
    pub hash: Hash,
}

/// What a module asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// As written in the text.
    pub specifier: String,
    /// In which way.
    pub kind: Kind,
    /// Where the request begins.
    pub position: Position,
    /// Whether the text has an answer to a failure: the request is tried.
    pub is_optional: bool,
    /// Which exports are taken.
    pub names: Names,
    /// The module that is meant, by its index in the graph; none where the request fails when it is
    /// made. Such a request is optional, or of a module that is here only because another is open.
    pub target: Option<usize>,
}

/// Whether CommonJS modules may require one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cycles {
    /// As in Node: who comes second finds what the first has exported by then.
    Allowed,
    /// A cycle is an error.
    Refused,
}

/// Finds what hangs together with the module whose id is `entry`.
///
/// A specifier means the module that the requesting one says ([`Module::imports`]); else the module of
/// that id; else, where it begins with `./` or `../`, the module at that path from the requesting
/// one's id, also with `.js`, `.cjs`, `.mjs`, `.json` or `/index.js` behind it.
///
/// # Errors
///
/// [`LinkError`]: the table is none, a module cannot be parsed, or one, or an export of an ES module, is
/// missing that is requested for certain, by one that the entry reaches. What the entry does not reach is not looked at.
pub fn link(entry: &str, modules: Vec<Module>, cycles: Cycles) -> Result<Graph, LinkError> {
    let table = Table::new(modules.as_slice())?;
    let Some(first) = table.find(entry) else {
        return Err(LinkError::NoEntry {
            entry: entry.to_owned(),
            nearest: table.nearest_entry(entry),
        });
    };
    let reached =
        on_parser_stack(|| reach(&table, &modules, first)).map_err(|_| LinkError::Failed)??;
    let is_open = reached.iter().any(|(_, text)| text.is_open);
    let resolver = is_open.then(|| {
        let order = reached.iter().map(|&(place, _)| place).collect();
        Resolver::new(&modules, order)
    });
    let modules = linked(reached, modules);
    let graph = Graph {
        hash: hash_of(&modules),
        modules,
        resolver: resolver.transpose()?,
    };
    if let Some(error) = names::missing(&graph.modules) {
        return Err(error);
    }
    if cycles == Cycles::Refused
        && let Some(chain) = cycles::of(&graph.modules)
    {
        let id = |&at: &usize| graph.modules[at].id.clone();
        return Err(LinkError::Cycle {
            chain: chain.iter().map(id).collect(),
        });
    }
    Ok(graph)
}

/// What an entry reaches: places in the table, in the order of the graph, with what has been read.
type Reached = Vec<(usize, Text)>;

/// A text, its requests with their targets.
struct Text {
    format: Format,
    requests: Vec<Request>,
    is_open: bool,
    is_async: bool,
    lacks_name_helper: bool,
    exports: Vec<String>,
}

/// Goes from module to module.
struct Walk<'t> {
    table: &'t Table<&'t [Module]>,
    modules: &'t [Module],
    /// Places in the table, in the order of the graph.
    order: Vec<usize>,
    /// For each place in the table, which place in the graph it has.
    places: Vec<Option<usize>>,
    /// For each module of the graph, who has asked for it first.
    askers: Vec<Option<usize>>,
    /// Of as many as have been read.
    texts: Vec<Text>,
}

fn reach<'t>(
    table: &'t Table<&'t [Module]>,
    modules: &'t [Module],
    entry: usize,
) -> Result<Reached, LinkError> {
    let mut walk = Walk {
        table,
        modules,
        order: Vec::new(),
        places: vec![None; modules.len()],
        askers: Vec::new(),
        texts: Vec::new(),
    };
    walk.meet(entry, None);
    walk.read_on(true)?;
    if walk.texts.iter().any(|text| text.is_open) {
        walk.meet_others();
        walk.read_on(false)?;
    }
    Ok(walk.order.into_iter().zip(walk.texts).collect())
}

impl Walk<'_> {
    /// The place in the graph of a module that `asker` has asked for.
    fn meet(&mut self, module: usize, asker: Option<usize>) -> usize {
        *self.places[module].get_or_insert_with(|| {
            self.order.push(module);
            self.askers.push(asker);
            self.order.len() - 1
        })
    }

    /// Meets all that are left, in an order that does not depend on that of the table.
    fn meet_others(&mut self) {
        let mut others: Vec<usize> = (0..self.modules.len())
            .filter(|&module| self.places[module].is_none())
            .collect();
        others.sort_unstable_by_key(|&module| &self.modules[module].id);
        for module in others {
            self.meet(module, None);
        }
    }

    /// Reads all that have been met, and those that these meet. Where it is `certain` that they are
    /// needed, so is what they request.
    fn read_on(&mut self, certain: bool) -> Result<(), LinkError> {
        while let Some(&module) = self.order.get(self.texts.len()) {
            let Module {
                id, source, format, ..
            } = &self.modules[module];
            let place = self.texts.len();
            // The entry is met first.
            let role = if place == 0 {
                Role::Entry
            } else {
                Role::Required
            };
            let text = known::read_once(source, format.or_else(|| Format::of_id(id)), role)
                .map_err(|error| refusal(id, error))?;
            let requests = text.requests.iter().cloned();
            let requests = requests
                .map(|found| self.request(place, found, certain))
                .collect::<Result<_, _>>()?;
            self.texts.push(Text {
                format: text.format,
                requests,
                is_open: text.is_open,
                is_async: text.is_async,
                lacks_name_helper: text.lacks_name_helper,
                exports: text.exports.clone(),
            });
        }
        Ok(())
    }

    fn request(&mut self, asker: usize, found: Found, certain: bool) -> Result<Request, LinkError> {
        let from = self.order[asker];
        let target = self.table.resolve(from, &found.specifier);
        if target.is_none() && certain && !found.is_optional {
            return Err(LinkError::NotFound {
                module: self.modules[from].id.clone(),
                position: found.position,
                via: self.way_to(asker),
                nearest: self.table.nearest(from, &found.specifier),
                specifier: found.specifier,
            });
        }
        Ok(Request {
            target: target.map(|module| self.meet(module, Some(asker))),
            specifier: found.specifier,
            kind: found.kind,
            position: found.position,
            is_optional: found.is_optional,
            names: found.names,
        })
    }

    /// The ids by which the entry comes to a module of the graph.
    fn way_to(&self, place: usize) -> Vec<String> {
        let mut way: Vec<String> = std::iter::successors(Some(place), |&at| self.askers[at])
            .map(|at| self.modules[self.order[at]].id.clone())
            .collect();
        way.reverse();
        way
    }
}

pub(crate) fn refusal(id: &str, error: TextError) -> LinkError {
    let module = id.to_owned();
    match error {
        TextError::TooDeep => LinkError::TooDeep { module },
        TextError::Syntax { message, position } => LinkError::Syntax {
            module,
            message,
            position,
        },
    }
}

fn linked(reached: Reached, mut modules: Vec<Module>) -> Vec<Linked> {
    let reached = reached.into_iter();
    reached
        .map(|(place, text)| {
            let mut module = mem::take(&mut modules[place]);
            if text.format == Format::Json {
                let mark = module.source.len() - json::without_mark(&module.source).len();
                module.source.drain(..mark);
            }
            Linked {
                hash: hash::of_text(&module.source, text.format),
                id: module.id,
                source: module.source,
                format: text.format,
                requests: text.requests,
                is_open: text.is_open,
                is_async: text.is_async,
                lacks_name_helper: text.lacks_name_helper,
                exports: text.exports,
            }
        })
        .collect()
}

fn hash_of(modules: &[Linked]) -> Hash {
    let mut hasher = Hasher::new();
    for module in modules {
        hasher = hasher
            .bytes(module.id.as_bytes())
            .bytes(&module.hash.0)
            .number(module.requests.len() as u64);
        for request in &module.requests {
            hasher = hasher.number(request.target.map_or(u64::MAX, |target| target as u64));
        }
    }
    hasher.finish()
}
