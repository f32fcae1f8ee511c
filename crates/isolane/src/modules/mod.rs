//! Functions that are made of modules: from the host's table to a [`Program`], or to why there is none.
//!
//! | module | noun |
//! | --- | --- |
//! | `files` | functions that are in files |
//! | `packages` | packages that modules ask for, on the node engine |
//! | `reading` | modules that are read on a thread beside Node's |
//! | `requests` | the exported function that tells what a module's text asks for |

pub(crate) mod files;
mod packages;
pub mod reading;
pub mod requests;

use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use isolane_core::{Function, FunctionText, Functions, Parts, Scope};
use isolane_driver::protocol::{function_form, module_format};
use isolane_driver::{Module, Program, Text};
use isolane_files::FileError;
use isolane_modules::{Cycles, Format, Kind, LinkError, Linked as LinkedModule, Position};
use serde::Serialize;

/// A program, and what tells it from others.
pub(crate) struct Linked {
    program: Program,
    identity: String,
}

impl Linked {
    pub(crate) fn into_program(self) -> Program {
        self.program
    }

    /// The function that it is, under a name.
    pub(crate) fn intern(
        self,
        functions: &Functions,
        name: &str,
        scope: Scope<'_>,
    ) -> Arc<Function> {
        let parts = Some(Parts::new(Arc::new(self.program)));
        let text = FunctionText {
            name,
            source: &self.identity,
            preamble: "",
            form: function_form::MODULES,
        };
        functions.intern_made_of(text, parts, scope)
    }
}

/// Why modules cannot be linked: `LinkFault` in `npm/isolane/src/functions/link-error.ts`.
#[derive(Serialize)]
pub(crate) struct Fault {
    message: String,
    #[serde(flatten)]
    kind: FaultKind,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum FaultKind {
    /// The table is none.
    Table,
    Missing {
        specifier: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        importer: Option<String>,
        nearest: Vec<String>,
    },
    Cycle {
        chain: Vec<String>,
    },
    Syntax {
        line: u32,
        column: u32,
    },
    /// A module lacks an export that `module` imports.
    Export {
        module: String,
    },
    /// A file cannot be had.
    File,
    /// For want of memory.
    Failed,
}

impl FaultKind {
    fn syntax(Position { line, column }: Position) -> Self {
        Self::Syntax { line, column }
    }
}

impl From<LinkError> for Fault {
    fn from(error: LinkError) -> Self {
        let message = error.to_string();
        let kind = match error {
            LinkError::InvalidId { .. } | LinkError::DuplicateId { .. } => FaultKind::Table,
            LinkError::NoEntry { entry, nearest } => FaultKind::Missing {
                specifier: entry,
                importer: None,
                nearest,
            },
            LinkError::NotFound {
                specifier,
                module,
                nearest,
                ..
            } => FaultKind::Missing {
                specifier,
                importer: Some(module),
                nearest,
            },
            LinkError::NoExport { module, .. } => FaultKind::Export { module },
            LinkError::Cycle { chain } => FaultKind::Cycle { chain },
            LinkError::Syntax { position, .. } => FaultKind::syntax(position),
            LinkError::TooDeep { .. } => FaultKind::Syntax { line: 0, column: 0 },
            _ => FaultKind::Failed,
        };
        Self { message, kind }
    }
}

impl From<FileError> for Fault {
    fn from(error: FileError) -> Self {
        let message = error.to_string();
        let kind = match error {
            FileError::Unresolved {
                specifier,
                module,
                nearest,
                ..
            } => FaultKind::Missing {
                specifier,
                importer: Some(module),
                nearest,
            },
            FileError::Syntax { position, .. } => FaultKind::syntax(position),
            FileError::Unreadable { .. } | FileError::Builtin { .. } => FaultKind::File,
            _ => FaultKind::Failed,
        };
        Self { message, kind }
    }
}

/// Reads a table as `ModuleTable` in `npm/isolane/src/functions/module-table.ts` has it; nothing where
/// it ends too early.
pub(crate) fn table(texts: Vec<String>) -> Option<Vec<isolane_modules::Module>> {
    let mut texts = texts.into_iter();
    let mut modules = Vec::new();
    while let Some(id) = texts.next() {
        let source = texts.next()?;
        let format = match &*texts.next()? {
            "commonjs" => Some(Format::CommonJs),
            "module" => Some(Format::Esm),
            _ => None,
        };
        let count: usize = texts.next()?.parse().ok()?;
        let imports = (0..count).map(|_| Some((texts.next()?, texts.next()?)));
        let imports = imports.collect::<Option<HashMap<_, _>>>()?;
        modules.push(isolane_modules::Module {
            id,
            source,
            format,
            imports,
        });
    }
    Some(modules)
}

/// What modules of a function find besides one another.
#[derive(Default)]
pub(crate) struct Outside {
    /// Specifiers of the engine's own modules.
    pub(crate) builtins: Vec<String>,
    /// The folder in whose `node_modules` packages are sought, and in those above it.
    pub(crate) packages: Option<String>,
}

/// Links a table of modules.
pub(crate) fn link(
    entry: &str,
    mut modules: Vec<isolane_modules::Module>,
    export: Option<&str>,
    outside: Outside,
    cycles: Cycles,
) -> Result<Linked, Fault> {
    let mut builtins = add_builtins(&mut modules, outside.builtins);
    if let Some(folder) = outside.packages {
        builtins.extend(packages::add(entry, &mut modules, Path::new(&folder)));
    }
    let graph = isolane_modules::link(entry, modules, cycles)?;
    let mut identity = graph.hash.to_string();
    if let Some(export) = export {
        // Writing to a string does not fail.
        let _ = write!(identity, "\n{export}");
    }
    let mut program = Program::new(
        graph
            .modules
            .iter()
            .map(|linked| module(linked, &builtins))
            .collect(),
        export,
    );
    if let Some(resolver) = graph.resolver {
        let _ = write!(identity, "\n{}", resolver.hash());
        let resolve = move |from, specifier: &str| resolver.resolve(from, specifier);
        program = program.with_resolver(Box::new(resolve));
    }
    if cycles == Cycles::Allowed {
        program = program.of_files();
    }
    Ok(Linked { program, identity })
}

/// Adds the engine's own modules, under such names as no other has; returns these.
fn add_builtins(modules: &mut Vec<isolane_modules::Module>, names: Vec<String>) -> HashSet<String> {
    let taken: HashSet<_> = modules.iter().map(|module| module.id.clone()).collect();
    let builtins: HashSet<_> = names
        .into_iter()
        .filter(|name| !taken.contains(name))
        .collect();
    modules.extend(builtins.iter().map(|name| isolane_modules::Module {
        id: name.clone(),
        format: Some(Format::CommonJs),
        ..isolane_modules::Module::default()
    }));
    builtins
}

fn module(linked: &LinkedModule, builtins: &HashSet<String>) -> Module {
    let requests = linked.requests.iter();
    let targets = requests
        .clone()
        .filter_map(|request| Some((request.specifier.as_str().into(), request.target?)));
    let imports = requests
        .filter(|request| matches!(request.kind, Kind::Import | Kind::Export))
        .filter_map(|request| request.target);
    Module {
        id: linked.id.as_str().into(),
        format: match linked.format {
            _ if builtins.contains(&linked.id) => module_format::BUILTIN,
            Format::CommonJs => module_format::COMMON_JS,
            Format::Esm => module_format::MODULE,
            Format::Function => module_format::EXPRESSION,
            Format::Json => module_format::JSON,
        },
        text: Text::shared(linked.hash.0, &linked.source),
        targets: targets.collect(),
        awaits: linked.is_async,
        lacks_name_helper: linked.lacks_name_helper,
        imports: imports.collect(),
    }
}

/// A program, as `Program` in `npm/isolane/src/node-worker/modules/modules.ts` has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Description<'a> {
    modules: Vec<DescribedModule<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    allows_cycles: bool,
}

#[derive(Serialize)]
struct DescribedModule<'a> {
    id: &'a str,
    format: u8,
    source: &'a str,
    awaits: bool,
    #[serde(rename = "lacksNameHelper")]
    lacks_name_helper: bool,
    targets: Vec<(&'a str, usize)>,
    imports: &'a [usize],
}

/// Tells a Worker of a program, as JSON.
pub(crate) fn describe(program: &Program) -> impl Serialize {
    let modules = program.modules().iter();
    let modules = modules.map(|module| DescribedModule {
        id: &module.id,
        format: module.format,
        source: &module.text.source,
        awaits: module.awaits,
        lacks_name_helper: module.lacks_name_helper,
        targets: module
            .targets
            .iter()
            .map(|(name, place)| (&**name, *place))
            .collect(),
        imports: &module.imports,
    });
    Description {
        modules: modules.collect(),
        name: program.export(),
        allows_cycles: program.is_of_files(),
    }
}
