//! Tickets that share no engineer and no quota can be settled apart: the connected components of the graph
//! of tickets, the engineers on their lists, and quotas.

use super::lists::List;
use crate::ids::Index;

/// The numbers of the tickets of each component, ascending, the components by their first ticket. `O(p a(p))` in
/// pairs, where `a` is as good as constant.
pub(super) fn components(lists: &[List], engineers: usize, above: &[Option<u32>]) -> Vec<Vec<usize>> {
    let quotas = lists.len() + engineers;
    let nodes = quotas + above.len();
    let mut union = Union { parent: (0..nodes as u32).collect() };
    for (quota, above) in above.iter().enumerate() {
        if let Some(above) = above {
            union.join((quotas + quota) as u32, quotas as u32 + above);
        }
    }
    for (ticket, list) in lists.iter().enumerate() {
        for engineer in list.engineers() {
            union.join(ticket as u32, (lists.len() + engineer.at()) as u32);
        }
        if let Some(quota) = list.quota {
            union.join(ticket as u32, quotas as u32 + quota);
        }
    }
    let mut number = vec![None; nodes];
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
