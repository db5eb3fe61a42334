//! Outside, ids are the customer's strings; inside, they are dense indices, so tables are `Vec`s and
//! mixing two kinds up does not compile.

use std::collections::BTreeMap;

/// A dense index that stands for a name.
pub trait Index: Copy {
    /// The index for the `n`-th name.
    fn nth(n: usize) -> Self;
    /// The position in a table.
    fn at(self) -> usize;
}

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// A name that the problem does not know.
            pub const UNKNOWN: $name = $name(u32::MAX);
        }

        impl Index for $name {
            fn nth(n: usize) -> Self {
                $name(u32::try_from(n).expect("limits keep every table below 2^32 rows"))
            }
            fn at(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(
    /// An engineer of the roster.
    EngineerIx
);
index!(
    /// One shift of one engineer; a plan has one route for each.
    ShiftIx
);
index!(
    /// A ticket of the problem.
    TicketIx
);
index!(
    /// A skill's name.
    SkillIx
);
index!(
    /// A customer.
    CustomerIx
);
index!(
    /// An asset at a customer's.
    AssetIx
);
index!(
    /// An issue kind.
    IssueIx
);
index!(
    /// A part on the van.
    GoodIx
);
index!(
    /// A depot.
    DepotIx
);
index!(
    /// A dimension of a van's capacity.
    RoomIx
);
index!(
    /// A class of engineers.
    ClassIx
);
index!(
    /// A territory.
    TerritoryIx
);

/// Names and their dense indices, in the order in which they were first heard.
#[derive(Clone, Debug)]
pub struct Names<I> {
    heard: Vec<Box<str>>,
    index: BTreeMap<Box<str>, u32>,
    kind: std::marker::PhantomData<I>,
}

impl<I> Default for Names<I> {
    fn default() -> Names<I> {
        Names { heard: Vec::new(), index: BTreeMap::new(), kind: std::marker::PhantomData }
    }
}

impl<I: Index> Names<I> {
    /// The index of `name`, new if it was never heard. `O(log n)`.
    pub fn intern(&mut self, name: &str) -> I {
        if let Some(known) = self.get(name) {
            return known;
        }
        let new = I::nth(self.heard.len());
        self.heard.push(name.into());
        self.index.insert(name.into(), new.at() as u32);
        new
    }

    /// The index of `name`, if it was ever heard. `O(log n)`.
    pub fn get(&self, name: &str) -> Option<I> {
        self.index.get(name).map(|&n| I::nth(n as usize))
    }

    /// The name behind an index.
    pub fn name(&self, index: I) -> &str {
        &self.heard[index.at()]
    }

    /// The name behind an index, or `None` if it is unknown.
    pub fn known(&self, index: I) -> Option<&str> {
        self.heard.get(index.at()).map(AsRef::as_ref)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.heard.len()
    }

    /// Whether nothing was ever named.
    pub fn is_empty(&self) -> bool {
        self.heard.is_empty()
    }
}
