//! Tickets that share no engineer can be settled apart: the connected components of the graph
//! of tickets and the engineers on their lists.

use super::lists::List;
use crate::ids::Index;

/// The numbers of the tickets of each component, ascending, the components by their first ticket. `O(p a(p))` in
/// pairs, where `a` is as good as constant.
pub(super) fn components(lists: &[List], engineers: usize) -> Vec<Vec<usize>> {
    let mut union = Union { parent: (0..(lists.len() + engineers) as u32).collect() };
    for (ticket, list) in lists.iter().enumerate() {
        for offer in &list.offers {
            union.join(ticket as u32, (lists.len() + offer.engineer.at()) as u32);
        }
    }
    let mut number = vec![None; lists.len() + engineers];
    let mut components: Vec<Vec<usize>> = Vec::new();
    for ticket in 0..lists.len() {
        let root = union.root(ticket as u32) as usize;
        let own = *number[root].get_or_insert_with(|| {
            components.push(Vec::new());
            components.len() - 1
        });
        components[own].push(ticket);
    }
    components
}

struct Union {
    parent: Vec<u32>,
}

impl Union {
    fn root(&mut self, mut of: u32) -> u32 {
        while self.parent[of as usize] != of {
            let above = self.parent[self.parent[of as usize] as usize];
            self.parent[of as usize] = above;
            of = above;
        }
        of
    }

    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        self.parent[one.max(other) as usize] = one.min(other);
    }
}
