use std::path::Path;

use isolane_modules::Format;
use oxc_resolver::{ModuleType, PackageType, Resolution};

/// How a file is to be read, as far as its name and its package say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Unknown where its text decides.
    pub(crate) format: Option<Format>,
    pub(crate) is_typescript: bool,
}

/// The kind of a file. `Err` says why it is none, as the rest of a sentence.
pub(crate) fn of(resolution: &Resolution) -> Result<Kind, String> {
    let path = resolution.path();
    let of_package = || match resolution.package_json()?.r#type()? {
        PackageType::Module => Some(Format::Esm),
        PackageType::CommonJs => Some(Format::CommonJs),
    };
    // A folder within a package may say something else, in a package.json of its own.
    let of_folder = || match resolution.package_json().and(resolution.module_type())? {
        ModuleType::Module => Some(Format::Esm),
        ModuleType::CommonJs => Some(Format::CommonJs),
        _ => None,
    };
    let ending = path.extension().and_then(|ending| ending.to_str());
    let (format, is_typescript) = match ending.unwrap_or_default() {
        "mjs" => (Some(Format::Esm), false),
        "cjs" => (Some(Format::CommonJs), false),
        "json" => (Some(Format::Json), false),
        "mts" => (Some(Format::Esm), true),
        "cts" => (Some(Format::CommonJs), true),
        "js" => (of_folder(), false),
        // Node's own rule is stricter: what has `import` is no CommonJS, whatever the package says.
        "ts" => (of_folder().filter(|&it| it == Format::Esm), true),
        "tsx" | "jsx" => return Err("has JSX, which is to be compiled to JavaScript first".into()),
        "node" => return Err("is native code, which needs engine: 'node'".into()),
        "wasm" => return Err("is WebAssembly: pass its bytes as a shared value".into()),
        _ => (of_package(), false),
    };
    if is_typescript && is_declaration(path) {
        return Err("has only declarations of types: import the module that they are of".into());
    }
    Ok(Kind {
        format,
        is_typescript,
    })
}

fn is_declaration(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    stem.is_some_and(|stem| stem.ends_with(".d"))
}
