// The card: what there is to know about a stop, a day or an unserved ticket, and what it costs.

function makeCard(model, store) {
  const card = byId("card");
  let pinned = null;

  function put(thing, box) {
    card.replaceChildren(...tell(model, thing));
    card.hidden = false;
    if (matchMedia("(max-width: 640px)").matches && pinned) {
      place(card, { left: "", top: "" });
      return;
    }
    const [width, height, gap] = [card.offsetWidth, card.offsetHeight, 12];
    const right = box.right + gap + width < innerWidth;
    const left = right ? box.right + gap : Math.max(8, box.left - gap - width);
    // Beside a thing if there is room, else below or above it.
    const beside = right || box.left - gap - width > 0;
    const below = box.bottom + gap + height < innerHeight ? box.bottom + gap : box.top - gap - height;
    const top = beside ? box.top - 8 : below;
    place(card, {
      left: `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`,
      top: `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`,
    });
  }

  function hide() {
    if (!pinned) card.hidden = true;
  }
  function close() {
    pinned = null;
    card.classList.remove("pinned");
    card.hidden = true;
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    close();
    store.set({ chosen: null, hover: null });
  });
  return {
    /** Shows a card for as long as something is pointed at or has the focus. */
    show(thing, box) {
      if (!pinned) put(thing, box);
    },
    hide,
    /** Shows a card that stays. */
    pin(thing, box) {
      pinned = thing;
      card.classList.add("pinned");
      put(thing, box);
      card.prepend(
        h(
          "button.close",
          {
            type: "button",
            "aria-label": "Close",
            onclick() {
              close();
              store.set({ chosen: null });
            },
          },
          "×",
        ),
      );
    },
    close,
  };
}

/** What a card says. */
function tell(model, thing) {
  switch (thing.kind) {
    case "stop":
      return tellStop(model, thing);
    case "shift":
      return tellShift(model, thing);
    case "left":
      return tellLeft(model, thing);
    default:
      return tellPiece(thing);
  }
}

function tellStop(model, stop) {
  const { ticket, shift } = stop;
  const wall = (moment) => clockOn(moment, shift.offset, shift.day);
  const rows = [
    ["Who", [name(shift.person.id), `, stop ${stop.n + 1} of ${shift.stops.length}`]],
    ["Work", `${wall(stop.start)} – ${wall(stop.end)}, ${length(stop.end - stop.start)}`],
    ["Arrival", `${wall(stop.arrival)}, after ${length(stop.drive)} of driving`],
    ...(stop.depot ? [["By way of", [name(stop.depot.id), " for parts"]]] : []),
    ...factsOf(model, ticket, shift),
  ];
  if (stop.late) rows.push(["Late", h("span.alarm", {}, `▲ ${length(stop.late)} late against the SLA`)]);
  if (ticket.bound.length) {
    const says = stop.unbound ? "✕ not kept: bound to " : "↻ bound to ";
    rows.push([
      "Repeat",
      h(stop.unbound ? "span.alarm" : "span", {}, says, list(ticket.bound.map((person) => person.id))),
    ]);
  }
  return [title(ticket.id, ticket), table(rows), receipt(model, stop.receipt)];
}

function tellShift(model, shift) {
  const wall = (moment) => clockOn(moment, shift.offset, shift.day);
  const elsewhere = shift.offset === model.offset ? "" : ` ${zone(shift.offset)}`;
  const end = shift.open ? "open" : wall(shift.end);
  const span = `${wall(shift.start)} – ${end}${elsewhere}`;
  const rows = [["Shift", `${shortDate(shift.day)}, ${span}`]];
  if (shift.stops.length) {
    rows.push(
      ["Away", `${wall(shift.leave)} – ${wall(shift.back)}`],
      ["Stops", `${shift.stops.length}${shift.late ? `, ${shift.late} late` : ""}`],
      ["Work", `${length(shift.work)}, ${percent(shift.load)} of the shift`],
      ["Driving", length(shift.drive)],
    );
    if (shift.overtime) rows.push(["Overtime", h("span.alarm", {}, length(shift.overtime))]);
  } else {
    rows.push(["Work", "none in this shift"]);
  }
  if (shift.person.skills.length) rows.push(["Skills", list(shift.person.skills)]);
  if (shift.person.territories.length) rows.push(["Works in", list(shift.person.territories)]);
  const parts = [h("h3", {}, name(shift.person.id)), table(rows)];
  if (shift.receipt) parts.push(receipt(model, shift.receipt));
  return parts;
}

function tellLeft(model, left) {
  return [
    title(left.ticket.id, left.ticket),
    h("p.why", {}, "Not served: ", left.why, left.days.length ? ":" : "."),
    h(
      "ul.could",
      {},
      left.days.map((day) => h("li", {}, name(day))),
    ),
    table(factsOf(model, left.ticket, null)),
  ];
}

function tellPiece(piece) {
  const { shift, stop } = piece;
  const wall = (moment) => clockOn(moment, shift.offset, shift.day);
  const what = {
    drive: ["Driving", stop ? [" to ", name(stop.ticket.id), ...byWayOf(stop)] : " back"],
    wait: ["Waiting", stop ? [" for ", name(stop.ticket.id)] : ""],
    break: ["Break", ""],
  }[piece.kind];
  return [
    h("h3", {}, ...what.flat()),
    h("p", {}, `${wall(piece.from)} – ${wall(piece.to)}, ${length(piece.to - piece.from)}`),
  ];
}

function byWayOf(stop) {
  return stop.depot ? [" by way of ", name(stop.depot.id)] : [];
}

/** What a ticket asks for; times as on the wall of whoever goes. */
function factsOf(model, ticket, shift) {
  const [offset, day] = shift
    ? [shift.offset, shift.day]
    : [model.offset, model.days.length === 1 ? model.days[0].day : -1];
  const wall = (moment) => clockOn(moment, offset, day);
  const rows = [];
  if (ticket.windows.length) {
    rows.push([
      "Window",
      ticket.windows.map(([start, end]) =>
        h("div", {}, `${wall(start)} – ${clockOn(end, offset, dayOf(start, offset))}`),
      ),
    ]);
  }
  if (ticket.respond_by !== undefined) rows.push(["Start by", wall(ticket.respond_by)]);
  if (ticket.resolve_by !== undefined) rows.push(["End by", wall(ticket.resolve_by)]);
  rows.push(["Priority", String(ticket.priority)]);
  if (!shift) rows.push(["Work", length(ticket.work_s)]);
  if (ticket.setup_s) rows.push(["Setup", `${length(ticket.setup_s)}, unless they are here already`]);
  if (ticket.follows) rows.push(["Pair", ["same shift, after ", name(ticket.follows.id)]]);
  if (ticket.followed_by) rows.push(["Pair", ["same shift, before ", name(ticket.followed_by.id)]]);
  if (ticket.crew > 1) {
    const beside = shift ? crewBeside(ticket, shift) : [];
    const start = `${ticket.crew} engineers start together`;
    rows.push(["Crew", beside.length ? [`${start}, with `, ...list(beside)] : start]);
  }
  if (ticket.tandem) rows.push(["Tandem", ["another engineer, with ", name(ticket.tandem.id)]]);
  if (ticket.after.length) rows.push(["Waits for", list(ticket.after.map((before) => before.id))]);
  if (ticket.parts.length) rows.push(["Parts", list(ticket.parts)]);
  if (ticket.needs.length) rows.push(["Skills", list(ticket.needs)]);
  return rows;
}

function title(id, ticket) {
  const about = [
    ticket.issue && name(ticket.issue),
    ticket.kind,
    ticket.customer && name(ticket.customer),
    ticket.asset && name(ticket.asset),
  ]
    .filter(Boolean)
    .flatMap((part, n) => (n ? [" · ", part] : [part]));
  return h("div", {}, h("h3", {}, name(id)), h("p.about", {}, about));
}

function table(rows) {
  return h(
    "dl",
    {},
    rows.flatMap(([key, value]) => [h("dt", {}, key), h("dd", {}, value)].flat()),
  );
}

/** Lines that are not zero, and their sum. */
function receipt(model, amounts) {
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  const line = (tag, says, amount) =>
    h(
      "tr",
      {},
      h(`th`, { scope: "row" }, says),
      h("td", { "data-seconds": amount }, model.inTime ? exact(amount) : number(amount)),
    );
  const lines = model.lines.flatMap((known, n) =>
    amounts[n] ? [line("tr", known.says, amounts[n])] : [],
  );
  return h(
    "table.receipt",
    {},
    h(
      "caption",
      {},
      model.inTime
        ? "Price, in time of driving or what is worth as much"
        : "Price, in the units of its rates",
    ),
    h("tbody", {}, lines),
    h("tfoot", {}, line("tr", "total", total)),
  );
}

function list(names) {
  return names.flatMap((text, n) => (n ? [", ", name(text)] : [name(text)]));
}
