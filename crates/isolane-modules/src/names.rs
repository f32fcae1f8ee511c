use std::mem;

use isolane_syntax::nearest;

use crate::{
    error::LinkError,
    graph::{Linked, Request},
    module::Format,
    requests::Kind,
};

/// An import, by an ES module that the entry is sure to need, of a name that another does not export.
pub(crate) fn missing(modules: &[Linked]) -> Option<LinkError> {
    let mut met = vec![false; modules.len()];
    let mut left = vec![0];
    while let Some(place) = left.pop() {
        if mem::replace(&mut met[place], true) {
            continue;
        }
        let module = &modules[place];
        for request in &module.requests {
            let Some(target) = request.target.filter(|_| is_sure(request)) else {
                continue;
            };
            let names = request.names.listed.iter();
            let lacking = names
                .clone()
                .find(|name| !may_export(modules, target, name));
            if let Some(name) = lacking {
                return Some(LinkError::NoExport {
                    name: name.clone(),
                    target: modules[target].id.clone(),
                    module: module.id.clone(),
                    position: request.position,
                    nearest: nearest(name, exports(modules, target)),
                });
            }
            left.push(target);
        }
    }
    None
}

/// Whether a request is made as soon as its module is evaluated, and nobody catches its failure.
fn is_sure(request: &Request) -> bool {
    !request.is_optional && !matches!(request.kind, Kind::Resolve | Kind::DynamicImport)
}

/// Whether a module exports a name, as far as one can say without running it.
fn may_export(modules: &[Linked], place: usize, name: &str) -> bool {
    let mut is_found = false;
    let is_whole = visit(modules, place, |at| {
        // What is exported as the default one is not handed on by `export *`.
        let may_have = at == place || name != "default";
        let exports = &modules[at].exports;
        is_found |= may_have && exports.iter().any(|export| export == name);
        !is_found
    });
    is_found || !is_whole
}

/// The names that a module exports, as far as one can say.
fn exports(modules: &[Linked], place: usize) -> Vec<&str> {
    let mut names = Vec::new();
    visit(modules, place, |at| {
        names.extend(modules[at].exports.iter().map(String::as_str));
        true
    });
    names
}

/// Goes to an ES module, and to all whose exports it hands on, as long as `goes_on`. Gives whether those
/// are all that it exports: other modules have exports that are known when they have run.
fn visit(modules: &[Linked], place: usize, mut goes_on: impl FnMut(usize) -> bool) -> bool {
    let mut met = vec![false; modules.len()];
    let mut left = vec![place];
    let mut is_whole = true;
    while let Some(at) = left.pop() {
        if mem::replace(&mut met[at], true) {
            continue;
        }
        is_whole &= modules[at].format == Format::Esm;
        if !is_whole || !goes_on(at) {
            break;
        }
        let handed_on = modules[at].requests.iter();
        let handed_on = handed_on.filter(|it| it.kind == Kind::Export && it.names.all);
        for request in handed_on {
            match request.target {
                Some(target) => left.push(target),
                None => is_whole = false,
            }
        }
    }
    is_whole
}
