use crate::{
    error::LinkError,
    hash::{Hash, Hasher},
    module::Module,
    table::Table,
};

/// Which modules specifiers mean that are computed when the modules run.
#[derive(Clone, Debug)]
pub struct Resolver {
    modules: Table<Vec<Module>>,
    /// For each module of the graph, which place in the table it has.
    order: Vec<usize>,
    /// For each place in the table, which module of the graph is there.
    places: Vec<Option<usize>>,
}

impl Resolver {
    /// For a table of modules, of which it keeps no text; `order` has those that are in the graph.
    pub(crate) fn new(modules: &[Module], order: Vec<usize>) -> Result<Self, LinkError> {
        let unread = |module: &Module| Module {
            id: module.id.clone(),
            imports: module.imports.clone(),
            ..Module::default()
        };
        let mut places = vec![None; modules.len()];
        for (place, &module) in order.iter().enumerate() {
            places[module] = Some(place);
        }
        Ok(Self {
            modules: Table::new(modules.iter().map(unread).collect())?,
            order,
            places,
        })
    }

    /// Resolvers of one hash find the same, among the same modules.
    pub fn hash(&self) -> Hash {
        let mut hasher = Hasher::new();
        let mut modules: Vec<_> = self.modules.modules().iter().collect();
        modules.sort_unstable_by_key(|module| &module.id);
        for module in modules {
            let mut imports: Vec<_> = module.imports.iter().collect();
            imports.sort_unstable();
            hasher = hasher
                .bytes(module.id.as_bytes())
                .number(imports.len() as u64);
            for (specifier, id) in imports {
                hasher = hasher.bytes(specifier.as_bytes()).bytes(id.as_bytes());
            }
        }
        hasher.finish()
    }

    /// The module of the graph that `specifier` means in the one at `from`, as [`link`] has it. Takes
    /// as long in a large table as in a small one.
    ///
    /// [`link`]: crate::link
    pub fn resolve(&self, from: usize, specifier: &str) -> Option<usize> {
        let place = self.modules.resolve(*self.order.get(from)?, specifier)?;
        self.places[place]
    }
}
