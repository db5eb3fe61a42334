//! A bounded queue between threads.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// First in, first out, at most so many. Shared by reference.
#[derive(Debug)]
pub struct Queue<T> {
    inner: Mutex<Inner<T>>,
    filled: Condvar,
    most: usize,
}

#[derive(Debug)]
struct Inner<T> {
    waiting: VecDeque<T>,
    /// Threads asleep in [`Queue::pop`] whom nobody is about to wake; waking nobody would cost a system
    /// call. Too many at worst, after a wait that ended by itself.
    asleep: usize,
    closed: bool,
}

/// Why a queue takes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// As many wait as may.
    Full,
    /// It was closed.
    Closed,
}

impl<T> Queue<T> {
    /// An empty queue for at most `most` waiting.
    pub fn new(most: usize) -> Queue<T> {
        let inner = Inner { waiting: VecDeque::new(), asleep: 0, closed: false };
        Queue { inner: Mutex::new(inner), filled: Condvar::new(), most }
    }

    /// Adds at the end. If the queue is full, those who wait and are not `wanted` any more make room; `O(n)`
    /// then.
    ///
    /// # Errors
    /// The queue is full or closed.
    pub fn push(&self, item: T, wanted: impl Fn(&T) -> bool) -> Result<(), Full> {
        let mut inner = self.lock();
        if inner.closed {
            return Err(Full::Closed);
        }
        if inner.waiting.len() >= self.most {
            inner.waiting.retain(wanted);
        }
        if inner.waiting.len() >= self.most {
            return Err(Full::Full);
        }
        inner.waiting.push_back(item);
        let wake = inner.asleep > 0;
        inner.asleep -= usize::from(wake);
        drop(inner);
        if wake {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Takes from the front, waiting for something to take; `None` once it is closed and empty.
    pub fn pop(&self) -> Option<T> {
        let mut inner = self.lock();
        loop {
            if let Some(item) = inner.waiting.pop_front() {
                return Some(item);
            }
            if inner.closed {
                return None;
            }
            inner.asleep += 1;
            inner = self.filled.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes from the front, if anything waits.
    pub fn try_pop(&self) -> Option<T> {
        self.lock().waiting.pop_front()
    }

    /// Takes from the front, if what waits there may be taken.
    pub fn pop_if(&self, may: impl FnOnce(&T) -> bool) -> Option<T> {
        let mut inner = self.lock();
        if inner.waiting.front().is_some_and(may) { inner.waiting.pop_front() } else { None }
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes nothing more; what waits is still handed out.
    pub fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    /// Of a caller's code only `wanted` and `may` run under this lock, and a queue of which it has gone through a
    /// part is whole, so nothing half done can be behind a poisoned one.
    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_refuses_and_a_closed_one_hands_out_the_rest() {
        let queue = Queue::new(2);
        let push = |n| queue.push(n, |_| true);
        assert_eq!([push(1), push(2), push(3)], [Ok(()), Ok(()), Err(Full::Full)]);
        queue.close();
        assert_eq!(push(4), Err(Full::Closed));
        assert_eq!([queue.pop_if(|n| *n == 2), queue.pop_if(|n| *n == 1)], [None, Some(1)]);
        assert_eq!([queue.pop(), queue.pop()], [Some(2), None]);
    }

    #[test]
    fn who_is_not_wanted_any_more_makes_room_in_a_full_queue() {
        let queue = Queue::new(2);
        let push = |n| queue.push(n, |waiting| *waiting != 1);
        assert_eq!([push(1), push(2), push(3), push(4)], [Ok(()), Ok(()), Ok(()), Err(Full::Full)]);
        assert_eq!([queue.pop(), queue.pop()], [Some(2), Some(3)]);
    }
}
