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
    /// Entries by their bounds: the bound's bits in order, then the number of the node that holds the
    /// entry, then its place there. One word each, since most are never taken out.
    heap: BinaryHeap<Reverse<u64>>,
}

impl<'t> Walk<'t> {
    pub(super) fn new(tree: &'t Tree, probe: Probe) -> Walk<'t> {
        let mut walk = Walk { tree, probe, heap: BinaryHeap::with_capacity(256) };
        walk.open_up(tree.root(), f64::INFINITY);
        walk
    }

    pub(super) fn probe(&self) -> &Probe {
        &self.probe
    }

    /// The next leg, as its leaf and its place there, unless its bound is above `most`, which may only
    /// fall from call to call.
    pub(super) fn next(&mut self, most: f64) -> Option<(&'t Node, usize)> {
        while let Some(Reverse(first)) = self.heap.pop() {
            if f64::from(from_order((first >> 32) as u32)) > most {
                return None;
            }
            let entry = first as u32 as usize;
            let (node, n) = (self.tree.node((entry / FAN) as u32), entry % FAN);
            if node.is_leaf() {
                return Some((node, n));
            }
            self.open_up(node.target(n), most);
        }
        None
    }

    fn open_up(&mut self, number: u32, most: f64) {
        let node = self.tree.node(number);
        let bounds = node.bounds(&self.probe);
        for (n, &bound) in bounds.iter().enumerate().take(node.len()) {
            if bound < f32::INFINITY && f64::from(bound) <= most {
                let entry = number as usize * FAN + n;
                self.heap.push(Reverse(u64::from(in_order(bound)) << 32 | entry as u64));
            }
        }
    }
}

/// Bits that are ordered as the numbers are.
fn in_order(number: f32) -> u32 {
    let bits = number.to_bits();
    if number.is_sign_negative() { !bits } else { bits | (1 << 31) }
}

fn from_order(bits: u32) -> f32 {
    f32::from_bits(if bits >> 31 == 1 { bits & !(1 << 31) } else { !bits })
}
