//! A walk over a tree's entries from the least bound upwards: best first, so that nothing is opened that
//! a cheaper one makes needless.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::node::{FAN, Node};
use super::probe::Probe;
use super::tree::Tree;

/// The walk.
pub(super) struct Walk<'t> {
    tree: &'t Tree,
    probe: Probe,
    opened: Vec<Opened<'t>>,
    /// Each opened node once, by the least bound that is left in it: the bound's bits in order, then the
    /// number among the opened. Most entries are never taken, so they wait in their node.
    heap: BinaryHeap<Reverse<u64>>,
}

/// A node with the bounds of its entries; those taken are infinite.
struct Opened<'t> {
    node: &'t Node,
    bounds: [f32; FAN],
}

/// An entry that a walk has come to: a leg in its leaf.
pub(super) struct Met<'t> {
    pub leaf: &'t Node,
    pub n: usize,
    pub bound: f32,
}

impl<'t> Walk<'t> {
    pub(super) fn new(tree: &'t Tree, probe: Probe) -> Walk<'t> {
        let opened = Vec::with_capacity(64);
        let mut walk = Walk { tree, probe, opened, heap: BinaryHeap::with_capacity(64) };
        walk.open_up(tree.root(), f64::INFINITY);
        walk
    }

    pub(super) fn probe(&self) -> &Probe {
        &self.probe
    }

    /// The next leg, unless its bound is above `most`, which may only fall from call to call.
    pub(super) fn next(&mut self, most: f64) -> Option<Met<'t>> {
        while let Some(Reverse(first)) = self.heap.pop() {
            let bound = from_order((first >> 32) as u32);
            if f64::from(bound) > most {
                return None;
            }
            let number = first as u32 as usize;
            let opened = &mut self.opened[number];
            let (n, _) = least(&opened.bounds);
            opened.bounds[n] = f32::INFINITY;
            let node = opened.node;
            self.wait(number, most);
            if node.is_leaf() {
                return Some(Met { leaf: node, n, bound });
            }
            self.open_up(node.target(n), most);
        }
        None
    }

    fn open_up(&mut self, number: u32, most: f64) {
        let node = self.tree.node(number);
        self.opened.push(Opened { node, bounds: node.bounds(&self.probe) });
        self.wait(self.opened.len() - 1, most);
    }

    /// Lines an opened node up by the least bound that is left in it.
    fn wait(&mut self, number: usize, most: f64) {
        let (_, bound) = least(&self.opened[number].bounds);
        if bound < f32::INFINITY && f64::from(bound) <= most {
            self.heap.push(Reverse(u64::from(in_order(bound)) << 32 | number as u64));
        }
    }
}

/// The place of the least bound, and the bound.
fn least(bounds: &[f32; FAN]) -> (usize, f32) {
    let mut least = (0, bounds[0]);
    for (n, &bound) in bounds.iter().enumerate().skip(1) {
        if bound < least.1 {
            least = (n, bound);
        }
    }
    least
}

/// Bits that are ordered as the numbers are.
fn in_order(number: f32) -> u32 {
    let bits = number.to_bits();
    if number.is_sign_negative() { !bits } else { bits | (1 << 31) }
}

fn from_order(bits: u32) -> f32 {
    f32::from_bits(if bits >> 31 == 1 { bits & !(1 << 31) } else { !bits })
}
