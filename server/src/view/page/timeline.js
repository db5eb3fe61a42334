// The days: a row for each shift, and on it drives, waits, breaks and work on a scale of hours.

const ROW = 32;

function makeTimeline(model, store, card) {
  const panel = byId("days");
  const hours = h("div.hours", { role: "columnheader", "aria-label": "Hours" });
  const axis = h("div.axis", { role: "row" }, h("div.who", { role: "columnheader" }, "Engineer"), hours);
  const body = h("div.rows", { role: "rowgroup" });
  const lines = h("div.lines", { "aria-hidden": "true" });
  const grid = h(
    "div.grid",
    {
      role: "grid",
      "aria-colcount": "2",
      "aria-label": "Days of the engineers; arrow keys walk from stop to stop",
    },
    h("div.axis-group", { role: "rowgroup" }, axis),
    h("div.under", {}, lines, body),
  );
  const scroller = h("div.scroller", {}, grid);
  const nobody = h("p.nothing", { hidden: true });
  panel.append(makeToolbar(model, store), scroller, nobody, signs());

  // Where the keyboard is: a row, and a stop in it; -1 is the engineer.
  const cursor = { row: 0, stop: -1 };
  let day = model.days[store.state.day];
  const rows = makeRows(scroller, body, ROW, drawRow, () =>
    grid.contains(document.activeElement) ? cursor.row : -1,
  );
  const share = (moment) => `${(100 * (moment - day.from)) / (day.to - day.from)}%`;
  const span = (from, to) => ({
    left: share(from),
    width: `${(100 * (to - from)) / (day.to - day.from)}%`,
  });

  function drawRow(shift, n) {
    const [colour, over] = COLOURS[shift.person.colour];
    const lane = h(
      "div.lane",
      { role: "none" },
      h("div.shift", { style: span(Math.max(shift.start, day.from), Math.min(shift.end, day.to)) }),
    );
    for (const piece of shift.pieces)
      lane.append(piece.kind === "work" ? drawWork(piece.stop, n) : drawPiece(piece));
    for (const stop of shift.stops)
      for (const window of stop.ticket.windows) lane.append(drawWindow(stop, window));
    const row = h(
      "div.row",
      { role: "row", "aria-rowindex": n + 2, style: { "--colour": colour, "--over": over } },
      h(
        "div.who",
        {
          role: "rowheader",
          tabindex: tab(n, -1),
          "aria-label": sayShift(shift),
          "aria-describedby": "card",
        },
        swatch(shift.person),
        h("bdi.id", {}, shift.person.id),
        h(
          "span.load",
          { "aria-hidden": "true" },
          h("span.meter", {}, h("span", { style: { width: `${Math.min(100, 100 * shift.load)}%` } })),
          percent(shift.load),
        ),
      ),
      lane,
    );
    row.thing = row.firstChild.thing = shift;
    light(row, shift);
    return row;
  }

  function drawWork(stop, n) {
    const { ticket } = stop;
    const signs = (stop.late ? "▲" : "") + (ticket.bound.length ? (stop.unbound ? "✕" : "↻") : "");
    const block = h(
      "div.work",
      {
        role: "gridcell",
        tabindex: tab(n, stop.n),
        "aria-label": sayStop(stop),
        "aria-describedby": "card",
        style: span(stop.start, stop.end),
      },
      h(
        "span.label",
        { "aria-hidden": "true" },
        signs && h("b", {}, signs, " "),
        name(ticket.issue ?? ticket.id),
      ),
    );
    block.classList.toggle("late", stop.late > 0);
    block.classList.toggle(
      "sought",
      Boolean(store.state.query) && ticketMatches(ticket, store.state.query),
    );
    block.thing = stop;
    return block;
  }
  function drawPiece(piece) {
    const element = h(`div.${piece.kind}`, { style: span(piece.from, piece.to), "aria-hidden": "true" });
    element.thing = piece;
    return element;
  }
  function drawWindow(stop, [start, end]) {
    const [from, to] = [Math.max(start, day.from), Math.min(end, day.to)];
    if (from > to) return "";
    const element = h("div.window", { style: span(from, to), "aria-hidden": "true" });
    element.thing = stop;
    return element;
  }
  function tab(row, stop) {
    return cursor.row === row && cursor.stop === stop ? "0" : "-1";
  }

  function drawAxis() {
    const spanned = (day.to - day.from) / 3600;
    let step = [1, 2, 3, 6, 12, 24].find((step) => spanned / step <= 14) ?? 24;
    while (spanned / step > 14) step *= 2;
    const ticks = [];
    for (let n = 0; n < spanned; n += step) {
      const at = day.from + n * 3600;
      ticks.push(h("span", { style: { left: share(at) } }, clock(at, model.offset)));
    }
    lines.replaceChildren(...ticks.map((tick) => h("i", { style: { left: tick.style.left } })));
    if (model.now > day.from && model.now < day.to)
      lines.append(h("i.now", { title: "now", style: { left: share(model.now) } }));
    hours.replaceChildren(...ticks);
  }

  function fill() {
    day = model.days[store.state.day];
    const shifts = shiftsFor(model, store.state);
    cursor.row = Math.min(cursor.row, Math.max(0, shifts.length - 1));
    cursor.stop = Math.min(cursor.stop, (shifts[cursor.row]?.stops.length ?? 0) - 1);
    drawAxis();
    grid.setAttribute("aria-rowcount", shifts.length + 1);
    nobody.hidden = shifts.length > 0;
    if (!shifts.length) nobody.replaceChildren(...sayNobody());
    scroller.hidden = shifts.length === 0;
    rows.set(shifts);
  }

  /** Where there is nobody: the nearest day on which there is somebody. */
  function sayNobody() {
    const held = model.days.map((_, n) => shiftsFor(model, { ...store.state, day: n }).length);
    const near = held
      .map((n, at) => at)
      .filter((at) => held[at])
      .sort((a, b) => Math.abs(a - store.state.day) - Math.abs(b - store.state.day));
    if (!near.length) return ["Nobody like this."];
    const go = h(
      "button",
      { type: "button", onclick: () => store.set({ day: near[0] }) },
      `${shortDate(model.days[near[0]].day)} has ${number(held[near[0]])}`,
    );
    return ["Nobody like this on this day. ", go];
  }

  /** Lights a row and its pieces up if they are looked at. */
  function light(row, shift) {
    const { chosen, hover } = store.state;
    const on = (thing) => thing && (thing === shift || thing.shift === shift);
    row.classList.toggle("chosen", Boolean(on(chosen)));
    row.classList.toggle("over", Boolean(on(hover)));
    for (const element of row.lastChild.children) {
      if (!element.thing) continue;
      element.classList.toggle("chosen", element.thing === chosen);
      element.classList.toggle("over", element.thing === hover);
    }
  }

  function thingOf(event) {
    let element = event.target;
    while (element && element !== grid && !element.thing) element = element.parentNode;
    return element?.thing ? [element.thing, element] : [null, null];
  }
  function look(event) {
    const [thing, element] = thingOf(event);
    const blank = element?.classList.contains("row");
    store.set({
      hover: thing && !["drive", "wait", "break"].includes(thing.kind) ? thing : (thing?.shift ?? null),
    });
    if (thing && !blank) card.show(thing, element.getBoundingClientRect());
    else card.hide();
  }
  grid.addEventListener("pointerover", (event) => event.pointerType !== "touch" && look(event));
  grid.addEventListener("pointerleave", () => {
    store.set({ hover: null });
    card.hide();
  });
  grid.addEventListener("focusin", (event) => {
    const [thing, element] = thingOf(event);
    if (!thing) return;
    moveCursor(
      rows.items().indexOf(thing.kind === "shift" ? thing : thing.shift),
      thing.kind === "stop" ? thing.n : -1,
    );
    store.set({ hover: thing });
    card.show(thing, element.getBoundingClientRect());
  });
  grid.addEventListener("focusout", () => {
    store.set({ hover: null });
    card.hide();
  });
  grid.addEventListener("click", (event) => {
    const [thing, element] = thingOf(event);
    if (thing)
      choose(
        thing.kind === "stop" || thing.kind === "shift" ? thing : (thing.stop ?? thing.shift),
        element,
      );
  });
  grid.addEventListener("keydown", (event) => {
    const shifts = rows.items();
    const stops = shifts[cursor.row]?.stops ?? [];
    const to = {
      ArrowRight: () => [cursor.row, Math.min(cursor.stop + 1, stops.length - 1)],
      ArrowLeft: () => [cursor.row, Math.max(cursor.stop - 1, -1)],
      ArrowDown: () => [cursor.row + 1, nearestStop(shifts[cursor.row + 1])],
      ArrowUp: () => [cursor.row - 1, nearestStop(shifts[cursor.row - 1])],
      PageDown: () => [Math.min(cursor.row + 10, shifts.length - 1), -1],
      PageUp: () => [Math.max(cursor.row - 10, 0), -1],
      Home: () => (event.ctrlKey ? [0, -1] : [cursor.row, -1]),
      End: () => (event.ctrlKey ? [shifts.length - 1, -1] : [cursor.row, stops.length - 1]),
    }[event.key];
    if (to) {
      event.preventDefault();
      const [row, stop] = to();
      if (shifts[row]) focusOn(row, stop);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      const [thing, element] = thingOf(event);
      if (thing) choose(thing, element);
    }
  });

  /** In another row: the stop at about the same time. */
  function nearestStop(shift) {
    if (cursor.stop < 0 || !shift) return -1;
    const at = rows.items()[cursor.row].stops[cursor.stop].start;
    let best = -1;
    for (const stop of shift.stops)
      if (best < 0 || Math.abs(stop.start - at) < Math.abs(shift.stops[best].start - at)) best = stop.n;
    return best;
  }
  function cell(row, stop) {
    const element = rows.row(row);
    return stop < 0
      ? element?.firstChild
      : [...element.lastChild.children].find(
          (child) =>
            child.thing?.kind === "stop" && child.thing.n === stop && child.classList.contains("work"),
        );
  }
  function moveCursor(row, stop) {
    if (rows.row(cursor.row)) cell(cursor.row, cursor.stop)?.setAttribute("tabindex", "-1");
    [cursor.row, cursor.stop] = [row, stop];
    if (rows.row(row)) cell(row, stop)?.setAttribute("tabindex", "0");
  }
  function focusOn(row, stop) {
    rows.reveal(row);
    moveCursor(row, stop);
    cell(row, stop)?.focus({ preventScroll: true });
  }
  function choose(thing, element) {
    store.set({ chosenFrom: "days", chosen: thing, hover: null });
    card.pin(thing, element.getBoundingClientRect());
  }

  fill();
  store.listen((changed) => {
    if (["day", "show", "sort", "query"].some((key) => changed.has(key))) fill();
    if (!changed.has("chosen") && !changed.has("hover")) return;
    rows.items().forEach((shift, n) => {
      if (rows.row(n)) light(rows.row(n), shift);
    });
    const { chosen, chosenFrom } = store.state;
    if (changed.has("chosen") && chosen && chosenFrom !== "days") {
      const row = rows.items().indexOf(chosen.shift ?? chosen);
      if (row >= 0) rows.reveal(row);
    }
  });
  return { showAll: rows.showAll };
}

/** A shift in a sentence, for whoever listens. */
function sayShift(shift) {
  const wall = (moment) => clock(moment, shift.offset);
  if (!shift.stops.length)
    return `${shift.person.id}, no work, shift ${wall(shift.start)} to ${wall(shift.end)}`;
  const parts = [
    shift.person.id,
    count(shift.stops.length, "stop"),
    `${wall(shift.leave)} to ${wall(shift.back)}`,
    `work ${length(shift.work)}, ${percent(shift.load)} of the shift`,
    `driving ${length(shift.drive)}`,
  ];
  if (shift.breaks.length)
    parts.push(`break at ${shift.breaks.map(([start]) => wall(start)).join(" and ")}`);
  if (shift.late) parts.push(`${shift.late} late`);
  if (shift.overtime) parts.push(`overtime ${length(shift.overtime)}`);
  return parts.join(", ");
}

/** A stop in a sentence. */
function sayStop(stop) {
  const wall = (moment) => clock(moment, stop.shift.offset);
  const parts = [
    `Stop ${stop.n + 1}: ${stop.ticket.id}`,
    stop.ticket.issue,
    `${wall(stop.start)} to ${wall(stop.end)}`,
    stop.late ? `${length(stop.late)} late` : "in time",
  ];
  if (stop.ticket.crew > 1) parts.push(`with ${crewBeside(stop.ticket, stop.shift).join(" and ")}`);
  if (stop.ticket.bound.length)
    parts.push(stop.unbound ? "repeat, not with a bound engineer" : "repeat, with a bound engineer");
  return parts.filter(Boolean).join(", ");
}

/** An engineer's colour and stroke, as on the map. */
function swatch(person) {
  return svg(
    "svg",
    { class: "swatch", viewBox: "0 0 22 10", width: 22, height: 10, "aria-hidden": "true" },
    svg("path", { d: "M1 5 H21", "stroke-dasharray": STROKES[person.stroke].join(" ") }),
  );
}

function signs() {
  const item = (kind, text) => h("li", {}, h(`i.${kind}`), text);
  return h(
    "ul.legend",
    { "aria-label": "Signs in the days" },
    item("work", "work"),
    item("work.late", "▲ late"),
    item("drive", "drive"),
    item("wait", "wait"),
    item("break", "break"),
    item("window", "window"),
    item("shift", "shift"),
    h("li", {}, "↻ repeat, bound"),
    h("li", {}, "✕ bound, not kept"),
  );
}
