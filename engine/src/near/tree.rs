//! An R-tree (Guttman 1984) of legs in one array of nodes: built at once by halving along the widest
//! axis, changed leg by leg.

use super::node::{AXES, Entry, FAN, Node};

/// The tree. The root is a node of its own; an empty tree is an empty leaf.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    root: u32,
    /// Numbers of nodes that are not in use.
    free: Vec<u32>,
    len: usize,
}

impl Tree {
    /// A tree of these legs. `O(n log n)`.
    pub(super) fn new(mut legs: Vec<Entry>) -> Tree {
        let mut tree = Tree {
            nodes: Vec::with_capacity(legs.len() / (FAN / 2) + 1),
            root: 0,
            free: Vec::new(),
            len: legs.len(),
        };
        tree.root = tree.build(&mut legs);
        tree
    }

    /// How many legs there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn root(&self) -> u32 {
        self.root
    }

    pub(super) fn node(&self, number: u32) -> &Node {
        &self.nodes[number as usize]
    }

    /// Builds the nodes over `legs` and returns the topmost.
    fn build(&mut self, legs: &mut [Entry]) -> u32 {
        if legs.len() <= FAN {
            return self.keep(Node::new(true, legs));
        }
        // As few levels as will do.
        let mut most = FAN;
        while most * FAN < legs.len() {
            most *= FAN;
        }
        let mut children = Vec::with_capacity(FAN);
        self.build_children(legs, most, &mut children);
        self.keep(Node::new(false, &children))
    }

    /// Parts `legs` until no part has more than `most`, and builds those.
    fn build_children(&mut self, legs: &mut [Entry], most: usize, children: &mut Vec<Entry>) {
        if legs.len() <= most {
            let child = self.build(legs);
            children.extend(self.node(child).cover(child));
            return;
        }
        // Full children, so that there are few; those that grow later are split.
        let middle = (legs.len() / 2).next_multiple_of(most);
        let (left, right) = part(legs, middle);
        self.build_children(left, most, children);
        self.build_children(right, most, children);
    }

    fn keep(&mut self, node: Node) -> u32 {
        if let Some(number) = self.free.pop() {
            self.nodes[number as usize] = node;
            return number;
        }
        self.nodes.push(node);
        // Walks number entries in 32 bits.
        u32::try_from(self.nodes.len() * FAN).expect("fewer than 2^32 entries") / FAN as u32 - 1
    }

    /// Adds a leg. `O(log n)`.
    pub(super) fn insert(&mut self, leg: &Entry) {
        self.len += 1;
        if let Some(sibling) = self.insert_below(self.root, leg) {
            let old = self.node(self.root).cover(self.root).expect("a split node has entries");
            self.root = self.keep(Node::new(false, &[old, sibling]));
        }
    }

    /// Adds a leg below a node. If the node had to be split, returns the new sibling.
    fn insert_below(&mut self, number: u32, leg: &Entry) -> Option<Entry> {
        let node = self.node(number);
        if node.is_leaf() {
            return self.push(number, leg);
        }
        let n = node.roomiest(leg);
        let child = node.target(n);
        let Some(sibling) = self.insert_below(child, leg) else {
            self.nodes[number as usize].widen(n, leg);
            return None;
        };
        self.refresh(number, n);
        self.push(number, &sibling)
    }

    /// Adds an entry to a node, which is split if it is full.
    fn push(&mut self, number: u32, entry: &Entry) -> Option<Entry> {
        let node = &mut self.nodes[number as usize];
        if node.len() < FAN {
            node.push(entry);
            return None;
        }
        let mut entries: Vec<Entry> = node.entries().chain([*entry]).collect();
        let leaf = node.is_leaf();
        let middle = entries.len() / 2;
        let (left, right) = part(&mut entries, middle);
        *node = Node::new(leaf, left);
        let sibling = self.keep(Node::new(leaf, right));
        self.node(sibling).cover(sibling)
    }

    /// Takes a leg out, which must lie where it was put in. `O(log n)` where boxes do not overlap much.
    pub(super) fn remove(&mut self, leg: &Entry) {
        if !self.remove_below(self.root, leg) {
            return;
        }
        self.len -= 1;
        while !self.node(self.root).is_leaf() {
            match self.node(self.root).len() {
                0 => self.nodes[self.root as usize] = Node::new(true, &[]),
                1 => {
                    self.free.push(self.root);
                    self.root = self.node(self.root).target(0);
                }
                _ => break,
            }
        }
    }

    fn remove_below(&mut self, number: u32, leg: &Entry) -> bool {
        let node = self.node(number);
        if node.is_leaf() {
            let found = (0..node.len()).find(|&n| node.is(n, leg));
            if let Some(n) = found {
                self.nodes[number as usize].remove(n);
            }
            return found.is_some();
        }
        let mut holders = self.node(number).holders(leg);
        while holders != 0 {
            let n = holders.trailing_zeros() as usize;
            if self.remove_below(self.node(number).target(n), leg) {
                self.refresh(number, n);
                return true;
            }
            holders &= holders - 1;
        }
        false
    }

    /// Draws a child's box anew, or drops the child if nothing is left of it.
    fn refresh(&mut self, number: u32, n: usize) {
        let child = self.node(number).target(n);
        let cover = self.node(child).cover(child);
        let node = &mut self.nodes[number as usize];
        if let Some(cover) = cover {
            node.set(n, &cover);
        } else {
            node.remove(n);
            self.free.push(child);
        }
    }
}

/// Parts entries along the axis on which they lie furthest apart: the first `middle`, and the rest.
fn part(entries: &mut [Entry], middle: usize) -> (&mut [Entry], &mut [Entry]) {
    let spread = |axis: usize| {
        let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
        for entry in &*entries {
            let at = entry.coordinate(axis);
            (low, high) = (low.min(at), high.max(at));
        }
        // All of them may lie infinitely far out, which is no distance.
        if high > low { high - low } else { 0.0 }
    };
    let axis = (0..AXES).max_by(|&one, &other| spread(one).total_cmp(&spread(other)));
    let axis = axis.expect("there are axes");
    entries.select_nth_unstable_by(middle, |one, other| {
        one.coordinate(axis).total_cmp(&other.coordinate(axis))
    });
    entries.split_at_mut(middle)
}

#[cfg(test)]
mod tests {
    use super::super::node::Offering;
    use super::super::probe::Probe;
    use super::super::walk::Walk;
    use super::*;

    /// A place on a unit sphere that is small and crowded, so that boxes overlap.
    fn place(number: u32) -> Entry {
        let part =
            |shift: u32| (number.wrapping_mul(2_654_435_761).rotate_left(shift) % 997) as f32 / 997.0;
        let at = [part(3), part(11), part(19)];
        Entry { near: at, far: at, offering: Offering::ANYTHING, target: number, behind: 0 }
    }

    fn walked(tree: &Tree) -> Vec<u32> {
        let mut walk = Walk::new(tree, Probe::distance([0.3, 0.5, 0.7]));
        let mut last = f32::NEG_INFINITY;
        std::iter::from_fn(|| {
            let met = walk.next(f64::INFINITY)?;
            assert!(met.bound >= last, "from the least bound upwards");
            last = met.bound;
            Some(met.leaf.target(met.n))
        })
        .collect()
    }

    #[test]
    fn a_tree_holds_what_was_put_in_and_not_taken_out() {
        for built in [0, 1, 16, 17, 300] {
            let mut tree = Tree::new((0..built).map(place).collect());
            let mut held: Vec<u32> = (0..built).collect();
            for step in 0..600_u32 {
                // Grows for a while, then shrinks to nothing.
                if step % 3 != 0 && step < 300 || held.is_empty() {
                    tree.insert(&place(1000 + step));
                    held.push(1000 + step);
                } else {
                    let gone = held.swap_remove(step as usize * 7 % held.len());
                    tree.remove(&place(gone));
                }
                assert_eq!(tree.len(), held.len());
            }
            let mut found = walked(&tree);
            found.sort_unstable();
            held.sort_unstable();
            assert_eq!(found, held, "built with {built}");
            for number in held {
                tree.remove(&place(number));
            }
            assert_eq!((walked(&tree), tree.len()), (Vec::new(), 0));
            tree.remove(&place(5));
            assert_eq!(tree.len(), 0, "what is not there cannot be taken out");
        }
    }
}
