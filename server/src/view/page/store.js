// What is being looked at. Whoever shows a part of it listens.

/**
 * State and its listeners. `set` changes some keys and tells the listeners which ones differ; a listener is
 * called once for each change, in the order in which they were added.
 */
function makeStore(state) {
  const listeners = [];
  return {
    state,
    set(changes) {
      const changed = new Set(Object.keys(changes).filter((key) => state[key] !== changes[key]));
      if (!changed.size) return;
      Object.assign(state, changes);
      for (const listener of listeners) listener(changed);
    },
    listen(listener) {
      listeners.push(listener);
    },
  };
}

/** Whether a shift is looked for: by its engineer, or by one of its stops. */
function shiftMatches(shift, query) {
  return (
    !query ||
    includes(shift.person.id, query) ||
    shift.stops.some((stop) => ticketMatches(stop.ticket, query))
  );
}

/** Whether a ticket is looked for. */
function ticketMatches(ticket, query) {
  return (
    !query ||
    [ticket.id, ticket.issue, ticket.customer, ticket.asset].some(
      (text) => text && includes(text, query),
    )
  );
}

function includes(text, query) {
  return text.toLowerCase().includes(query);
}

/** Which shifts can be shown, by name. */
const SHOWN = {
  all: ["Everyone", () => true],
  late: ["Late", (shift) => shift.late > 0],
  repeats: ["Bound repeats", (shift) => shift.stops.some((stop) => stop.ticket.bound.length)],
  overtime: ["Overtime", (shift) => shift.overtime > 0],
  idle: ["No work", (shift) => !shift.stops.length],
};

/** In which orders. */
const SORTED = {
  roster: ["Roster order", (a, b) => a.index - b.index],
  name: ["Name", (a, b) => a.person.id.localeCompare(b.person.id) || a.index - b.index],
  start: ["Start", (a, b) => a.begins - b.begins || a.index - b.index],
  load: ["Busiest", (a, b) => b.load - a.load || a.index - b.index],
  drive: ["Most driving", (a, b) => b.drive - a.drive || a.index - b.index],
  late: ["Latest", (a, b) => b.lateSum - a.lateSum || a.index - b.index],
};

/** The shifts to show, in their order. */
function shiftsFor(model, state) {
  const [, keep] = SHOWN[state.show];
  const [, order] = SORTED[state.sort];
  return model.days[state.day].shifts
    .filter((shift) => keep(shift) && shiftMatches(shift, state.query))
    .sort(order);
}

/** The unserved tickets to show. */
function leftFor(model, state) {
  return model.left.filter(
    (left) =>
      (state.reason < 0 || left.reason === state.reason) && ticketMatches(left.ticket, state.query),
  );
}
