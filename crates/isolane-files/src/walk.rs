use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use isolane_modules::{Format, Found, Module, Position, Role, TextError};
use isolane_syntax::on_parser_stack;
use oxc_resolver::Resolution;

use crate::{
    builtin,
    error::FileError,
    file::{self, Stamp},
    format::{self, Kind},
    map::Map,
    resolver::{Resolver, Target},
    types,
};

/// The modules of a function that is in a file.
#[derive(Debug, Default)]
pub struct Files {
    /// The id of the entry.
    pub entry: String,
    /// All that the entry imports, and the entry first. An id is a file's path without links.
    pub modules: Vec<Module>,
    /// By id, for modules whose text is not as the author wrote it.
    pub maps: HashMap<String, Map>,
    /// Of all files that were read.
    pub stamps: Vec<Stamp>,
}

/// Reads the file at `path`, and all that it imports.
///
/// # Errors
///
/// [`FileError`].
pub fn read(path: &Path) -> Result<Files, FileError> {
    on_parser_stack(|| {
        let mut walk = Walk::new();
        walk.enter(path)?;
        walk.read_all()?;
        Ok(walk.files())
    })
    .unwrap_or(Err(FileError::Failed))
}

/// A file that is to be read.
struct Met {
    path: PathBuf,
    kind: Kind,
    /// Who has asked for it first.
    asker: Option<usize>,
}

struct Walk {
    resolver: Resolver,
    met: Vec<Met>,
    places: HashMap<PathBuf, usize>,
    /// Modules that are in no file.
    others: BTreeMap<String, Module>,
    files: Files,
}

/// What a module is that its package leaves out.
const NOTHING: &str = "isolane:left-out";

impl Walk {
    fn new() -> Self {
        Self {
            resolver: Resolver::new(),
            met: Vec::new(),
            places: HashMap::new(),
            others: BTreeMap::new(),
            files: Files::default(),
        }
    }

    fn enter(&mut self, path: &Path) -> Result<(), FileError> {
        let unreadable = |reason| FileError::Unreadable {
            path: path.to_owned(),
            reason,
            via: Vec::new(),
        };
        let real = file::real(path).map_err(unreadable)?;
        if real.is_dir() {
            return Err(unreadable("is a folder: name a file in it".into()));
        }
        if !real.is_file() {
            return Err(unreadable("is no file that holds text".into()));
        }
        let resolution = self
            .resolver
            .file(&real)
            .map_err(|reason| unreadable(format!("cannot be resolved: {reason}")))?;
        let place = self.meet(&resolution, None)?;
        self.files.entry = self.id(place);
        Ok(())
    }

    fn meet(&mut self, resolution: &Resolution, asker: Option<usize>) -> Result<usize, FileError> {
        let path = resolution.path().to_owned();
        if let Some(&place) = self.places.get(&path) {
            return Ok(place);
        }
        let kind = format::of(resolution).map_err(|reason| FileError::Unreadable {
            path: path.clone(),
            reason,
            via: asker.map_or_else(Vec::new, |asker| self.way_to(asker)),
        })?;
        let place = self.met.len();
        self.places.insert(path.clone(), place);
        self.met.push(Met { path, kind, asker });
        Ok(place)
    }

    fn read_all(&mut self) -> Result<(), FileError> {
        while self.files.modules.len() < self.met.len() {
            self.read(self.files.modules.len())?;
        }
        self.files
            .modules
            .extend(std::mem::take(&mut self.others).into_values());
        Ok(())
    }

    fn read(&mut self, place: usize) -> Result<(), FileError> {
        let Met { path, kind, .. } = &self.met[place];
        let (path, kind) = (path.clone(), *kind);
        let (mut source, stamp) = file::read(&path).map_err(|reason| FileError::Unreadable {
            path: path.clone(),
            reason,
            via: self.way_to(place),
        })?;
        self.files.stamps.push(stamp);
        let id = self.id(place);
        if kind.is_typescript {
            let printed = types::strip(&path, &source, kind.format)
                .map_err(|error| self.syntax(place, error))?;
            source = printed.code;
            self.files
                .maps
                .extend(printed.map.map(|map| (id.clone(), map)));
        }
        let text = isolane_modules::read_once(&source, kind.format, Role::Required)
            .map_err(|error| self.syntax(place, error))?;
        let mut imports = HashMap::new();
        // What is resolved is often no module but a file of data.
        let requests = text.requests.iter();
        for found in requests.filter(|found| found.kind != isolane_modules::Kind::Resolve) {
            if let Some(target) = self.target(place, found)? {
                imports.insert(found.specifier.clone(), target);
            }
        }
        self.files.modules.push(Module {
            id,
            source,
            format: Some(text.format),
            imports,
        });
        Ok(())
    }

    /// The id of the module that is meant; none where the text has an answer to that.
    fn target(&mut self, asker: usize, found: &Found) -> Result<Option<String>, FileError> {
        let specifier = &found.specifier;
        if specifier.starts_with("node:") {
            return self.builtin(asker, found).map(Some);
        }
        match self.resolver.resolve(&self.met[asker].path, found) {
            Ok(Target::File(resolution)) => {
                let place = self.meet(&resolution, Some(asker))?;
                Ok(Some(self.id(place)))
            }
            Ok(Target::Nothing) => Ok(Some(self.add(Module {
                id: NOTHING.into(),
                format: Some(Format::CommonJs),
                ..Module::default()
            }))),
            Err(refusal) if refusal.is_absence && builtin::is(specifier) => {
                self.builtin(asker, found).map(Some)
            }
            Err(refusal) if refusal.is_absence && found.is_optional => Ok(None),
            Err(refusal) => Err(FileError::Unresolved {
                specifier: specifier.clone(),
                module: self.id(asker),
                position: self.author(asker, found.position),
                reason: refusal.reason,
                nearest: refusal.nearest,
                via: self.way_to(asker),
            }),
        }
    }

    /// A module of Node's own: an error, unless the text may do without.
    fn builtin(&mut self, asker: usize, found: &Found) -> Result<String, FileError> {
        use isolane_modules::Kind::Require;
        if found.is_optional || (found.kind == Require && found.is_lazy) {
            return Ok(self.add(builtin::stand_in(&found.specifier)));
        }
        Err(FileError::Builtin {
            specifier: found.specifier.clone(),
            module: self.id(asker),
            position: self.author(asker, found.position),
            via: self.way_to(asker),
        })
    }

    fn add(&mut self, module: Module) -> String {
        let id = module.id.clone();
        self.others.entry(id.clone()).or_insert(module);
        id
    }

    fn id(&self, place: usize) -> String {
        self.met[place].path.to_string_lossy().into_owned()
    }

    /// The author's place in the text of a module.
    fn author(&self, place: usize, position: Position) -> Position {
        let map = self.files.maps.get(&self.id(place));
        map.and_then(|map| map.author(position)).unwrap_or(position)
    }

    fn syntax(&self, place: usize, error: TextError) -> FileError {
        let (message, position) = match error {
            TextError::Syntax { message, position } => (message, position),
            TextError::TooDeep => (
                "The text nests too deep to be looked at".into(),
                Position { line: 1, column: 1 },
            ),
        };
        FileError::Syntax {
            module: self.id(place),
            message,
            position,
            via: self.way_to(place),
        }
    }

    /// The ids by which the entry comes to a module.
    fn way_to(&self, place: usize) -> Vec<String> {
        let mut way: Vec<String> = std::iter::successors(Some(place), |&at| self.met[at].asker)
            .map(|at| self.id(at))
            .collect();
        way.reverse();
        way
    }

    fn files(self) -> Files {
        self.files
    }
}
