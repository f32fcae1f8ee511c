use std::fs;
use std::path::Path;

use isolane_modules::{Found, Kind, nearest};
use oxc_resolver::{Resolution, ResolveError, ResolveOptions};

/// Finds files as Node does, for a platform that is not Node: with the condition `browser` in the
/// place of `node`, and the field `browser` of packages. What Node would not find is tried with the
/// endings of TypeScript as well.
pub(crate) struct Resolver {
    import: oxc_resolver::Resolver,
    require: oxc_resolver::Resolver,
}

/// What a specifier means.
pub(crate) enum Target {
    File(Resolution),
    /// Nothing: its package says that it is to be left out.
    Nothing,
}

/// Why a specifier means no file.
pub(crate) struct Refusal {
    /// The end of a sentence, with the way out.
    pub(crate) reason: String,
    pub(crate) nearest: Vec<String>,
    /// Whether there is just no such file or package.
    pub(crate) is_absence: bool,
}

impl Resolver {
    pub(crate) fn new() -> Self {
        let import = oxc_resolver::Resolver::new(options("import"));
        let require = import.clone_with_options(options("require"));
        Self { import, require }
    }

    /// The file at a path.
    pub(crate) fn file(&self, path: &Path) -> Result<Resolution, String> {
        let folder = path.parent().unwrap_or(path);
        let name = path.to_string_lossy();
        self.import
            .resolve(folder, &name)
            .map_err(|error| reason(&error, &name))
    }

    /// What the file at `from` means by a specifier.
    pub(crate) fn resolve(&self, from: &Path, found: &Found) -> Result<Target, Refusal> {
        let resolver = match found.kind {
            Kind::Require | Kind::Resolve => &self.require,
            Kind::Import | Kind::Export | Kind::DynamicImport => &self.import,
        };
        let folder = from.parent().unwrap_or(from);
        match resolver.resolve(folder, &found.specifier) {
            Ok(resolution) => Ok(Target::File(resolution)),
            Err(ResolveError::Ignored(_)) => Ok(Target::Nothing),
            Err(error) => {
                let is_absence = matches!(
                    error,
                    ResolveError::NotFound(_) | ResolveError::ExtensionAlias(..)
                );
                Err(Refusal {
                    reason: reason(&error, &found.specifier),
                    nearest: if is_absence {
                        meant(folder, &found.specifier)
                    } else {
                        Vec::new()
                    },
                    is_absence,
                })
            }
        }
    }
}

fn options(way: &str) -> ResolveOptions {
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    let alias = |ending: &str, of: &str| (ending.to_owned(), texts(&[ending, of]));
    ResolveOptions {
        alias_fields: vec![texts(&["browser"])],
        condition_names: texts(&[way, "browser", "module-sync", "default"]),
        extensions: texts(&[".js", ".json", ".cjs", ".mjs", ".ts", ".cts", ".mts"]),
        extension_alias: vec![
            alias(".js", ".ts"),
            alias(".mjs", ".mts"),
            alias(".cjs", ".cts"),
        ],
        main_fields: texts(&["browser", "main"]),
        module_type: true,
        node_path: false,
        ..ResolveOptions::default()
    }
}

/// Why it is not found, and what to do about it.
fn reason(error: &ResolveError, specifier: &str) -> String {
    match error {
        ResolveError::NotFound(_) | ResolveError::ExtensionAlias(..) => match package(specifier) {
            Some(package) => {
                format!("no package '{package}' is installed there, or it has no such file")
            }
            None => "there is no such file".into(),
        },
        ResolveError::Json(error) => format!(
            "{} is no JSON: {} (line {}, column {})",
            error.path.display(),
            error.message,
            error.line,
            error.column
        ),
        other => {
            let text = other.to_string();
            text.trim_end_matches('.').to_owned()
        }
    }
}

/// The package that a specifier names, if any.
fn package(specifier: &str) -> Option<&str> {
    if specifier.starts_with(['.', '/', '#']) || specifier.contains(':') {
        return None;
    }
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier.match_indices('/').nth(parts - 1);
    Some(end.map_or(specifier, |(at, _)| &specifier[..at]))
}

/// Specifiers of files or packages that are there.
fn meant(folder: &Path, specifier: &str) -> Vec<String> {
    match package(specifier) {
        Some(package) => {
            let modules = folder.ancestors().map(|folder| folder.join("node_modules"));
            let names: Vec<String> = modules.flat_map(|folder| names_in(&folder)).collect();
            nearest(package, names.iter().map(String::as_str))
        }
        None if specifier.starts_with('.') => {
            let (before, name) = specifier.rsplit_once('/').unwrap_or((".", specifier));
            let names = names_in(&folder.join(before));
            let found = nearest(name, names.iter().map(String::as_str));
            found
                .iter()
                .map(|name| format!("{before}/{name}"))
                .collect()
        }
        None => Vec::new(),
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}
