use std::collections::VecDeque;

use crate::{graph::Linked, module::Format, requests::Kind};

/// A cycle of modules that requires hold together, as indices: each asks for the next, and the last
/// is the first. ECMAScript modules may import one another.
pub(crate) fn of(modules: &[Linked]) -> Option<Vec<usize>> {
    let components = components(modules);
    let (from, to) = modules.iter().enumerate().find_map(|(from, module)| {
        let mut targets = module.requests.iter().filter_map(|request| {
            let is_require = request.kind == Kind::Require && module.format != Format::Esm;
            request.target.filter(|_| is_require)
        });
        let to = targets.find(|&to| components[to] == components[from])?;
        Some((from, to))
    })?;
    let mut chain = way(modules, to, from)?;
    let first = (0..chain.len()).min_by_key(|&at| chain[at])?;
    chain.rotate_left(first);
    chain.push(chain[0]);
    Some(chain)
}

/// What a module needs before it is evaluated, or while it is.
fn needs(module: &Linked) -> impl Iterator<Item = usize> {
    let requests = module.requests.iter();
    requests
        .filter(|request| !matches!(request.kind, Kind::DynamicImport | Kind::Resolve))
        .filter_map(|request| request.target)
}

/// The shortest way from one module to another, both included.
fn way(modules: &[Linked], from: usize, to: usize) -> Option<Vec<usize>> {
    let mut before = vec![None; modules.len()];
    let mut queue = VecDeque::from([from]);
    before[from] = Some(from);
    while let Some(at) = queue.pop_front() {
        if at == to {
            let steps = std::iter::successors(Some(to), |&at| before[at].filter(|&it| it != at));
            let mut way: Vec<usize> = steps.collect();
            way.reverse();
            return Some(way);
        }
        for next in needs(&modules[at]) {
            if before[next].is_none() {
                before[next] = Some(at);
                queue.push_back(next);
            }
        }
    }
    None
}

/// For each module a number that those have in common which need one another (Tarjan's algorithm,
/// without recursion: a chain may be as long as the table).
fn components(modules: &[Linked]) -> Vec<usize> {
    const NEW: usize = usize::MAX;
    let mut index = vec![NEW; modules.len()];
    let mut low = vec![0; modules.len()];
    let mut component = vec![NEW; modules.len()];
    let mut open = Vec::new();
    let mut met = 0;
    for root in 0..modules.len() {
        if index[root] != NEW {
            continue;
        }
        let mut path = vec![(root, needs(&modules[root]))];
        index[root] = met;
        low[root] = met;
        met += 1;
        open.push(root);
        while let Some((at, rest)) = path.last_mut() {
            let at = *at;
            match rest.next() {
                Some(next) if index[next] == NEW => {
                    index[next] = met;
                    low[next] = met;
                    met += 1;
                    open.push(next);
                    path.push((next, needs(&modules[next])));
                }
                Some(next) if component[next] == NEW => low[at] = low[at].min(index[next]),
                Some(_) => {}
                None => {
                    path.pop();
                    if let Some(&(parent, _)) = path.last() {
                        low[parent] = low[parent].min(low[at]);
                    }
                    if low[at] == index[at] {
                        while let Some(member) = open.pop() {
                            component[member] = at;
                            if member == at {
                                break;
                            }
                        }
                    }
                }
            }
        }
    }
    component
}
