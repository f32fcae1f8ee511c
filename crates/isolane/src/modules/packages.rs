//! Packages that modules ask for, on the node engine: which of them are installed where Node would look.

use std::collections::HashSet;
use std::path::Path;

use isolane_modules::{Format, Module};

/// Has modules mean packages by the specifiers that no module of the table is, where there are such packages
/// in a folder's `node_modules`, or in those of the folders above it. Returns the ids under which
/// these stand in the table, without a text: Node loads them.
pub(super) fn add(entry: &str, modules: &mut Vec<Module>, folder: &Path) -> HashSet<String> {
    let mut packages = HashSet::new();
    for (asker, specifier) in isolane_modules::unmet(entry, modules) {
        if !name_of(&specifier).is_some_and(|name| is_installed(name, folder)) {
            continue;
        }
        // `Packages` in `npm/isolane/src/node-worker/modules/packages.ts` takes it apart.
        let id = format!("{specifier} from {}", folder.display());
        modules[asker].imports.insert(specifier, id.clone());
        packages.insert(id);
    }
    modules.extend(packages.iter().map(|id| Module {
        id: id.clone(),
        format: Some(Format::CommonJs),
        ..Module::default()
    }));
    packages
}

/// Of `lodash/fp` `lodash`, of `@scope/name/part` `@scope/name`; nothing of what names no package.
fn name_of(specifier: &str) -> Option<&str> {
    let is_odd = |it: char| it.is_whitespace() || it.is_control() || matches!(it, '\\' | ':' | '%');
    if specifier.starts_with(['.', '/', '#']) || specifier.contains(is_odd) {
        return None;
    }
    let slashes = usize::from(specifier.starts_with('@'));
    let mut ends = specifier.match_indices('/').map(|(at, _)| at);
    let name = match ends.nth(slashes) {
        Some(end) => &specifier[..end],
        None => specifier,
    };
    let mut parts = name.split('/');
    let is_whole = parts.clone().count() == 1 + slashes;
    let is_name = parts.all(|part| !part.is_empty() && part != "@" && !part.starts_with('.'));
    (is_whole && is_name).then_some(name)
}

fn is_installed(name: &str, folder: &Path) -> bool {
    folder
        .ancestors()
        .filter(|at| !at.ends_with("node_modules"))
        .any(|at| at.join("node_modules").join(name).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packages() {
        for (specifier, name) in [
            ("lodash", Some("lodash")),
            ("lodash/fp", Some("lodash")),
            ("lodash/", Some("lodash")),
            ("@a/b", Some("@a/b")),
            ("@a/b/c/d", Some("@a/b")),
            ("@a", None),
            ("@/a", None),
            ("@/a/b", None),
            ("@a//b", None),
            ("", None),
            ("/a", None),
            ("./a", None),
            ("..", None),
            ("#a", None),
            ("node:fs", None),
            ("a b", None),
            ("C:\\a", None),
            ("@a/../b", None),
        ] {
            assert_eq!(name_of(specifier), name, "{specifier}");
        }
    }
}
