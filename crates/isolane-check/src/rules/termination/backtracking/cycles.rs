use super::{automaton::Automaton, states::States};

/// How the states of an automaton lead to one another.
pub(super) struct Cycles {
    /// States that lead to one another, and to nothing else that leads back: strongly connected
    /// components, without the states that never come again. What leads to others stands behind them.
    pub(super) all: Vec<States>,
    /// The states that each leads to.
    pub(super) reached: Vec<States>,
}

impl Cycles {
    pub(super) fn of(automaton: &Automaton) -> Self {
        let count = automaton.follow.len();
        let mut walk = Walk {
            automaton,
            number: vec![0; count],
            lowest: vec![0; count],
            next: 1,
            open: Vec::new(),
            is_open: States::default(),
            found: Self {
                all: Vec::new(),
                reached: vec![States::default(); count],
            },
        };
        for state in 0..count {
            if walk.number[state] == 0 {
                walk.visit(state);
            }
        }
        walk.found
    }
}

/// Tarjan's walk (1972). It recurses as deep as there are states, of which there are few.
struct Walk<'a> {
    automaton: &'a Automaton,
    /// In the order of the visits, from 1.
    number: Vec<usize>,
    lowest: Vec<usize>,
    next: usize,
    /// Visited, and not yet known to what they belong.
    open: Vec<usize>,
    is_open: States,
    found: Cycles,
}

impl Walk<'_> {
    fn visit(&mut self, state: usize) {
        self.number[state] = self.next;
        self.lowest[state] = self.next;
        self.next += 1;
        self.open.push(state);
        self.is_open.insert(state);
        let automaton = self.automaton;
        for &(next, _) in &automaton.follow[state] {
            if self.number[next] == 0 {
                self.visit(next);
                self.lowest[state] = self.lowest[state].min(self.lowest[next]);
            } else if self.is_open.contains(next) {
                self.lowest[state] = self.lowest[state].min(self.number[next]);
            }
        }
        if self.lowest[state] == self.number[state] {
            self.close(state);
        }
    }

    /// All that has been visited since `first` leads back to it.
    fn close(&mut self, first: usize) {
        let start = self.open.iter().rposition(|it| *it == first);
        let members: Vec<_> = self.open.drain(start.unwrap_or(0)..).collect();
        self.is_open = States::of(self.open.iter().copied());
        let mut reached = States::default();
        for &member in &members {
            for &(next, _) in &self.automaton.follow[member] {
                reached.insert(next);
                reached.add(&self.found.reached[next]);
            }
        }
        for &member in &members {
            self.found.reached[member] = reached;
        }
        if reached.contains(first) {
            self.found.all.push(States::of(members));
        }
    }
}
