use std::collections::HashMap;
use std::ops::Deref;

use isolane_syntax::nearest;

use crate::{error::LinkError, module, module::Module};

/// What is tried behind a relative specifier that names no module, in this order.
const ENDINGS: [&str; 5] = [".js", ".cjs", ".mjs", ".json", "/index.js"];

/// Modules by id.
#[derive(Clone, Debug)]
pub(crate) struct Table<M> {
    modules: M,
    by_id: HashMap<Box<str>, usize>,
    /// By what is left of an id without `.` and `..`; of several the first.
    by_path: HashMap<String, usize>,
}

impl<M: Deref<Target = [Module]>> Table<M> {
    pub(crate) fn new(modules: M) -> Result<Self, LinkError> {
        let mut by_id = HashMap::with_capacity(modules.len());
        let mut by_path = HashMap::with_capacity(modules.len());
        for (index, Module { id, .. }) in modules.iter().enumerate() {
            if let Some(reason) = module::refusal(id) {
                return Err(LinkError::InvalidId { index, reason });
            }
            if let Some(first) = by_id.insert(id.as_str().into(), index) {
                return Err(LinkError::DuplicateId {
                    id: id.clone(),
                    first,
                    second: index,
                });
            }
            by_path.entry(path(Vec::new(), id)).or_insert(index);
        }
        Ok(Self {
            modules,
            by_id,
            by_path,
        })
    }

    pub(crate) fn modules(&self) -> &[Module] {
        &self.modules
    }

    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// The module that `specifier` means in the module at `from`.
    pub(crate) fn resolve(&self, from: usize, specifier: &str) -> Option<usize> {
        let module = &self.modules[from];
        if let Some(id) = module.imports.get(specifier) {
            return self.find(id);
        }
        if let Some(found) = self.find(specifier) {
            return Some(found);
        }
        let path = relative(&module.id, specifier)?;
        let exact = (!specifier.ends_with('/')).then(|| self.at_path(&path));
        exact.flatten().or_else(|| {
            ENDINGS.iter().find_map(|ending| {
                let whole = format!("{path}{ending}");
                self.at_path(whole.trim_start_matches(if path.is_empty() { "/" } else { "" }))
            })
        })
    }

    fn at_path(&self, path: &str) -> Option<usize> {
        self.find(path).or_else(|| self.by_path.get(path).copied())
    }

    /// Ids that may have been meant where `specifier` means nothing in the module at `from`.
    pub(crate) fn nearest(&self, from: usize, specifier: &str) -> Vec<String> {
        let module = &self.modules[from];
        let ids = self.modules.iter().map(|module| module.id.as_str());
        if let Some(id) = module.imports.get(specifier) {
            return nearest(id, ids);
        }
        match relative(&module.id, specifier) {
            Some(path) => nearest(&path, ids),
            None => nearest(
                specifier,
                ids.chain(module.imports.keys().map(String::as_str)),
            ),
        }
    }

    pub(crate) fn nearest_entry(&self, entry: &str) -> Vec<String> {
        nearest(entry, self.modules.iter().map(|module| module.id.as_str()))
    }
}

/// The path that a relative specifier means in a module; nothing for another specifier.
fn relative(id: &str, specifier: &str) -> Option<String> {
    let is_relative = matches!(specifier, "." | "..")
        || specifier.starts_with("./")
        || specifier.starts_with("../");
    is_relative.then(|| {
        let folder = id.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut steps = Vec::new();
        if id.contains('/') {
            walk(&mut steps, folder);
        }
        path(steps, specifier.trim_end_matches('/'))
    })
}

fn path<'a>(mut steps: Vec<&'a str>, way: &'a str) -> String {
    walk(&mut steps, way);
    steps.join("/")
}

/// Takes the steps of `way`, from where `steps` have led.
fn walk<'a>(steps: &mut Vec<&'a str>, way: &'a str) {
    for step in way.split('/') {
        match step {
            "." => {}
            ".." => match steps.last() {
                None | Some(&"..") => steps.push(step),
                // The root.
                Some(&"") if steps.len() == 1 => {}
                Some(_) => {
                    steps.pop();
                }
            },
            _ => steps.push(step),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_specifiers_are_paths() {
        for (id, specifier, path) in [
            ("a", "./b", Some("b")),
            ("lib/a", "./b", Some("lib/b")),
            ("lib/a", "../b", Some("b")),
            ("lib/a", "../../b", Some("../b")),
            ("/x/y.js", "./z.js", Some("/x/z.js")),
            ("/x/y.js", "../../../z.js", Some("/z.js")),
            ("file:///x/y.js", "./z.js", Some("file:///x/z.js")),
            ("./lib/a", "./b", Some("lib/b")),
            ("a", ".", Some("")),
            ("lib/a", "..", Some("")),
            ("lib/a", "./", Some("lib")),
            ("a", "b", None),
            ("a", ".b", None),
        ] {
            assert_eq!(relative(id, specifier).as_deref(), path, "{id} {specifier}");
        }
    }
}
