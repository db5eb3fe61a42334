// The document of the page, made ready to be drawn: things refer to each other instead of to places in lists.

/** Colours that people tell apart whatever their eyes (Okabe and Ito), each with a colour for text on it. */
const COLOURS = [
  ["#0072b2", "#ffffff"],
  ["#e69f00", "#14181d"],
  ["#009e73", "#14181d"],
  ["#56b4e9", "#14181d"],
  ["#cc79a7", "#14181d"],
  ["#6b7280", "#ffffff"],
];
/** Colour never stands alone: engineers of one colour differ by the stroke of their lines. */
const STROKES = [[], [7, 3], [2, 3]];
/** A shift that is longer than this has no real end: some formats know no shifts. */
const OPEN_S = 2 * 86400;
/** Looking for neighbours of other colours takes time by the square of their number. */
const MOST_TO_TELL_APART = 1000;

function makeModel(doc) {
  const offset = usualOffset(doc);
  const people = doc.engineers.map((engineer, index) => ({
    kind: "person",
    index,
    id: shown(engineer.id),
    skills: (engineer.skills ?? []).map(shown),
    territories: (engineer.territories ?? []).map(shown),
  }));
  const tickets = doc.tickets.map((ticket) => ({
    ...ticket,
    id: shown(ticket.id),
    issue: ticket.issue && shown(ticket.issue),
    customer: ticket.customer && shown(ticket.customer),
    asset: ticket.asset && shown(ticket.asset),
    needs: (ticket.needs ?? []).map(shown),
    parts: (ticket.parts ?? []).map(shown),
    windows: ticket.windows ?? [],
    bound: (ticket.bound ?? []).map((engineer) => people[engineer]),
    crew: ticket.crew ?? 1,
    stops: [],
  }));
  for (const ticket of tickets) {
    if (ticket.follows !== undefined) ticket.follows = tickets[ticket.follows];
    if (ticket.tandem !== undefined) ticket.tandem = tickets[ticket.tandem];
    if (ticket.followed_by !== undefined) ticket.followed_by = tickets[ticket.followed_by];
    ticket.after = (ticket.after ?? []).map((before) => tickets[before]);
  }
  const depots = doc.depots.map((depot) => ({ id: shown(depot.id), place: depot.place }));
  const shifts = doc.shifts.map((shift, index) => makeShift(shift, index, { people, tickets, depots }));
  for (const shift of shifts) for (const stop of shift.stops) stop.ticket.stops.push(stop);
  const left = doc.unserved.map((left, index) => ({
    kind: "left",
    index,
    ticket: tickets[left.ticket],
    reason: left.reason,
    why: left.why,
    days: (left.days ?? []).map(shown),
  }));
  const territories = doc.territories.map((territory) => ({
    id: shown(territory.id),
    polygons:
      territory.area.type === "Polygon" ? [territory.area.coordinates] : territory.area.coordinates,
  }));
  colour(people, shifts);
  return {
    source: shown(doc.source),
    running: doc.running,
    now: doc.now,
    offset,
    summary: doc.summary,
    lines: doc.lines,
    inTime: doc.in_time,
    people,
    tickets,
    shifts,
    left,
    territories,
    reasons: doc.reasons,
    days: makeDays(shifts, doc.now, offset),
    hasPlaces:
      territories.length > 0 || tickets.some((t) => t.place) || shifts.some((s) => s.from || s.to),
  };
}

/** The offset in which most shifts were written; the page's own. */
function usualOffset(doc) {
  const counts = new Map();
  for (const shift of doc.shifts) counts.set(shift.offset_s, (counts.get(shift.offset_s) ?? 0) + 1);
  let [best, most] = [doc.offset_s, 0];
  for (const [offset, n] of counts) if (n > most) [best, most] = [offset, n];
  return best;
}

function makeShift(doc, index, { people, tickets, depots }) {
  const route = doc.route;
  const shift = {
    kind: "shift",
    index,
    person: people[doc.engineer],
    start: doc.start,
    end: doc.end,
    open: doc.end - doc.start > OPEN_S,
    offset: doc.offset_s,
    day: dayOf(doc.start, doc.offset_s),
    from: doc.from,
    to: doc.to,
    leave: route?.leave,
    back: route?.back,
    driveBack: route?.drive_back_s ?? 0,
    breaks: route?.breaks ?? [],
    receipt: route?.receipt ?? null,
    begins: route?.leave ?? doc.start,
    stops: [],
    pieces: [],
  };
  shift.stops = (route?.stops ?? []).map((stop, n) => ({
    kind: "stop",
    shift,
    n,
    ticket: tickets[stop.ticket],
    depot: stop.fetch_at === undefined ? null : depots[stop.fetch_at],
    drive: stop.drive_s,
    arrival: stop.arrival,
    start: stop.start,
    end: stop.end,
    late: stop.late_s ?? 0,
    unbound: stop.unbound ?? false,
    receipt: stop.receipt,
  }));
  shift.work = shift.stops.reduce((sum, stop) => sum + stop.end - stop.start, 0);
  shift.drive = shift.stops.reduce((sum, stop) => sum + stop.drive, shift.driveBack);
  shift.load = shift.work / doc.length_s;
  shift.late = shift.stops.filter((stop) => stop.late > 0).length;
  shift.lateSum = shift.stops.reduce((sum, stop) => sum + stop.late, 0);
  shift.overtime = route ? Math.max(0, route.back - doc.end) : 0;
  if (route) shift.pieces = makePieces(shift);
  const ways = shift.stops.flatMap((stop) => [stop.depot?.place, stop.ticket.place]);
  shift.line = [shift.from, ...ways, shift.to].filter(Boolean);
  return shift;
}

/** The others of a crew, by their ids. */
function crewBeside(ticket, shift) {
  return ticket.stops.filter((stop) => stop.shift !== shift).map((stop) => stop.shift.person.id);
}

/** A day cut into drives, waits, breaks and work. */
function makePieces(shift) {
  const pieces = [];
  const pauses = shift.breaks.slice();
  // Between two spells of work: first the drive, which a break may interrupt, then the wait.
  const gap = (from, arrival, to, stop) => {
    let at = from;
    const until = (end) => {
      if (at < Math.min(end, arrival))
        pieces.push({ kind: "drive", shift, stop, from: at, to: Math.min(end, arrival) });
      if (Math.max(at, arrival) < end)
        pieces.push({ kind: "wait", shift, stop, from: Math.max(at, arrival), to: end });
      at = end;
    };
    while (pauses.length && pauses[0][0] < to) {
      const [start, end] = pauses.shift();
      until(start);
      pieces.push({ kind: "break", shift, stop, from: start, to: end });
      at = end;
    }
    until(to);
  };
  let at = shift.leave;
  for (const stop of shift.stops) {
    gap(at, stop.arrival, stop.start, stop);
    pieces.push({ kind: "work", shift, stop, from: stop.start, to: stop.end });
    at = stop.end;
  }
  gap(at, shift.back, shift.back, null);
  return pieces;
}

/** The calendar days that have shifts; one without any if there are none. */
function makeDays(shifts, now, offset) {
  const days = new Map();
  for (const shift of shifts) {
    if (!days.has(shift.day)) days.set(shift.day, { day: shift.day, shifts: [], stops: 0 });
    const day = days.get(shift.day);
    day.shifts.push(shift);
    day.stops += shift.stops.length;
  }
  const sorted = [...days.values()].sort((a, b) => a.day - b.day);
  if (!sorted.length) sorted.push({ day: dayOf(now, offset), shifts: [], stops: 0 });
  for (const day of sorted) {
    // What an open shift leaves unused is not drawn.
    const starts = day.shifts.flatMap((s) =>
      s.open && s.stops.length ? [s.leave] : [s.start, s.leave ?? s.start],
    );
    const ends = day.shifts.flatMap((s) => (s.open ? [s.back ?? s.start] : [s.end, s.back ?? s.end]));
    const midnight = day.day * 86400 - offset;
    const [first, last] = [
      least(starts, midnight + 8 * 3600),
      -least(
        ends.map((end) => -end),
        -midnight - 17 * 3600,
      ),
    ];
    // Whole hours on the page's wall.
    day.from = Math.floor((first + offset) / 3600) * 3600 - offset;
    day.to = Math.max(day.from + 3600, Math.ceil((last + offset) / 3600) * 3600 - offset);
  }
  return sorted;
}

function least(numbers, otherwise) {
  return numbers.length ? numbers.reduce((a, b) => Math.min(a, b)) : otherwise;
}

/** Gives each engineer a colour and a stroke that differ from those of their neighbours. */
function colour(people, shifts) {
  const styles = STROKES.flatMap((_, stroke) => COLOURS.map((_, colour) => [colour, stroke]));
  const done = [];
  for (const person of people) [person.colour, person.stroke] = styles[person.index % styles.length];
  if (people.length > MOST_TO_TELL_APART) return;
  const middles = new Map();
  for (const shift of shifts)
    for (const [lon, lat] of shift.line) {
      const middle = middles.get(shift.person) ?? [0, 0, 0];
      middles.set(shift.person, [middle[0] + lon, middle[1] + lat, middle[2] + 1]);
    }
  for (const [person, [lon, lat, n]] of middles) {
    const at = [lon / n, lat / n];
    const near = done
      .map((other) => [distance(at, other.at), other.person])
      .sort((a, b) => a[0] - b[0])
      .slice(0, styles.length - 1);
    const used = new Map(
      near.map(([, other], rank) => [other.colour + 8 * other.stroke, rank]).reverse(),
    );
    const colours = new Map(near.map(([, other], rank) => [other.colour, rank]).reverse());
    // The style whose nearest bearer is farthest away; its colour counts more than its stroke.
    const rank = ([colour, stroke]) =>
      Math.min(colours.get(colour) ?? 99, 6) * 100 + (used.get(colour + 8 * stroke) ?? 99);
    const best = styles.reduce((a, b) => (rank(b) > rank(a) ? b : a));
    [person.colour, person.stroke] = best;
    done.push({ at, person });
  }
}

function distance(a, b) {
  const wide = Math.cos((a[1] * Math.PI) / 180);
  return ((a[0] - b[0]) * wide) ** 2 + (a[1] - b[1]) ** 2;
}
