//! A walk over a tree's entries from the least bound upwards: best first, so that nothing is opened that
//! a cheaper one makes needless.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::node::{FAN, Key, NOTHING, Node, bound_of, entry_of};
use super::probe::Probe;
use super::tree::Tree;
use crate::prefetch::prefetch;

/// The walk.
pub(super) struct Walk<'t> {
    tree: &'t Tree,
    probe: Probe,
    opened: Vec<Opened<'t>>,
    /// Each opened node once, by the least key that is left in it, with the node's number among the opened
    /// in the lower half. Most entries are never taken, so they wait in their node.
    heap: BinaryHeap<Reverse<u64>>,
    /// Targets of legs that have come to stand first in their leaf; grows until it is asked for.
    lined_up: Vec<u32>,
}

/// A node with the keys of its entries; those taken are [`NOTHING`].
struct Opened<'t> {
    node: &'t Node,
    keys: [Key; FAN],
}

/// An entry that a walk has come to: a leg in its leaf.
pub(super) struct Met<'t> {
    pub leaf: &'t Node,
    pub n: usize,
    pub bound: f32,
}

impl<'t> Walk<'t> {
    pub(super) fn new(tree: &'t Tree, probe: Probe) -> Walk<'t> {
        let mut walk = Walk {
            tree,
            probe,
            opened: Vec::with_capacity(64),
            heap: BinaryHeap::with_capacity(64),
            lined_up: Vec::with_capacity(64),
        };
        walk.open_up(tree.root(), f64::INFINITY);
        walk
    }

    pub(super) fn probe(&self) -> &Probe {
        &self.probe
    }

    /// The next leg, unless its bound is above `most`, which may only fall from call to call.
    pub(super) fn next(&mut self, most: f64) -> Option<Met<'t>> {
        while let Some(Reverse(first)) = self.heap.pop() {
            let (key, number) = ((first >> 32) as Key, first as u32 as usize);
            let (bound, n) = (bound_of(key), entry_of(key));
            if f64::from(bound) > most {
                return None;
            }
            let opened = &mut self.opened[number];
            opened.keys[n] = NOTHING;
            let node = opened.node;
            self.line_up(number, most);
            if node.is_leaf() {
                return Some(Met { leaf: node, n, bound });
            }
            self.open_up(node.target(n), most);
        }
        None
    }

    /// The targets of legs that may come soon: those lined up since this was asked last.
    pub(super) fn lined_up(&mut self) -> impl Iterator<Item = u32> + '_ {
        self.lined_up.drain(..)
    }

    fn open_up(&mut self, number: u32, most: f64) {
        let node = self.tree.node(number);
        self.opened.push(Opened { node, keys: node.keys(&self.probe) });
        self.line_up(self.opened.len() - 1, most);
    }

    /// Lines an opened node up by the least key that is left in it.
    fn line_up(&mut self, number: usize, most: f64) {
        let Opened { node, keys } = &self.opened[number];
        let least = keys.iter().copied().fold(NOTHING, Key::min);
        if least >= NOTHING || f64::from(bound_of(least)) > most {
            return;
        }
        self.heap.push(Reverse(u64::from(least) << 32 | number as u64));
        let target = node.target(entry_of(least));
        if node.is_leaf() {
            self.lined_up.push(target);
        } else {
            prefetch(self.tree.node(target));
        }
    }
}
