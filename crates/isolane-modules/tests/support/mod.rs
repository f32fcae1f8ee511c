//! Tables, linked or refused.

use isolane_modules::{Cycles, Graph, LinkError, Module, link};

pub(crate) fn module(id: &str, source: &str) -> Module {
    Module {
        id: id.into(),
        source: source.into(),
        ..Module::default()
    }
}

pub(crate) fn table(modules: &[(&str, &str)]) -> Vec<Module> {
    modules
        .iter()
        .map(|(id, source)| module(id, source))
        .collect()
}

pub(crate) fn linked(modules: &[(&str, &str)]) -> Graph {
    link(modules[0].0, table(modules), Cycles::Refused).expect("it links")
}

pub(crate) fn refused(modules: &[(&str, &str)]) -> LinkError {
    link(modules[0].0, table(modules), Cycles::Refused).expect_err("it is refused")
}

pub(crate) fn ids(graph: &Graph) -> Vec<&str> {
    graph
        .modules
        .iter()
        .map(|module| module.id.as_str())
        .collect()
}
