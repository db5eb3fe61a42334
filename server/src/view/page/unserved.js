// The tickets that nobody serves, with their reasons.

function makeUnserved(model, store, card) {
  const panel = byId("left");
  const heading = h(
    "h2",
    {},
    model.left.length ? `${count(model.left.length, "ticket")} unserved` : "Every ticket is served",
  );
  panel.append(h("div.bar-of-panel", {}, heading));
  if (!model.left.length) {
    panel.classList.add("empty");
    return { showAll() {} };
  }
  const kinds = model.reasons.map((says, n) => {
    const held = model.left.filter((left) => left.reason === n).length;
    return h(
      "button.kind",
      {
        type: "button",
        title: says,
        "aria-pressed": "false",
        onclick: () => store.set({ reason: store.state.reason === n ? -1 : n }),
      },
      h("b", {}, number(held)),
      ` ${says}`,
    );
  });
  const body = h("div.rows", {
    role: "list",
    "aria-label": "Unserved tickets, the highest priority first",
  });
  const scroller = h("div.scroller", { tabindex: "-1" }, body);
  const nothing = h("p.nothing", { hidden: true }, "No unserved ticket like this.");
  panel.append(h("div.kinds", {}, kinds), scroller, nothing);
  let at = 0;
  const rows = makeRows(scroller, body, 46, drawRow, () =>
    body.contains(document.activeElement) ? at : -1,
  );

  function drawRow(left, n) {
    const { ticket } = left;
    const about = [ticket.issue, ticket.customer].filter(Boolean).flatMap((text) => [" · ", name(text)]);
    const row = h(
      "div.left",
      {
        role: "listitem",
        tabindex: n === at ? "0" : "-1",
        "aria-setsize": rows.items().length,
        "aria-posinset": n + 1,
        "aria-describedby": "card",
      },
      h(
        "span.priority",
        { title: "priority" },
        h("span.unseen", {}, "priority "),
        String(ticket.priority),
      ),
      h("div", {}, h("div.line", {}, h("bdi.id", {}, ticket.id), about), h("div.why", {}, left.why)),
    );
    row.thing = left;
    light(row);
    return row;
  }
  function light(row) {
    row.classList.toggle("chosen", row.thing === store.state.chosen);
    row.classList.toggle("over", row.thing === store.state.hover);
  }
  function fill() {
    const list = leftFor(model, store.state);
    at = Math.min(at, Math.max(0, list.length - 1));
    nothing.hidden = list.length > 0;
    rows.set(list);
    kinds.forEach((kind, n) => kind.setAttribute("aria-pressed", String(store.state.reason === n)));
  }
  const rowOf = (event) => event.target.closest?.(".left");
  const look = (event) => {
    const row = rowOf(event);
    store.set({ hover: row?.thing ?? null });
    if (row) card.show(row.thing, row.getBoundingClientRect());
  };
  const away = () => {
    store.set({ hover: null });
    card.hide();
  };
  const choose = (row) => {
    store.set({ chosenFrom: "left", chosen: row.thing, hover: null });
    card.pin(row.thing, row.getBoundingClientRect());
  };
  body.addEventListener("pointerover", (event) => event.pointerType !== "touch" && look(event));
  body.addEventListener("pointerleave", away);
  body.addEventListener("focusin", look);
  body.addEventListener("focusout", away);
  body.addEventListener("click", (event) => rowOf(event) && choose(rowOf(event)));
  body.addEventListener("keydown", (event) => {
    const last = rows.items().length - 1;
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + 8,
      PageUp: at - 8,
      Home: 0,
      End: last,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      rows.row(at)?.setAttribute("tabindex", "-1");
      at = Math.max(0, Math.min(last, to));
      const row = rows.reveal(at);
      row?.setAttribute("tabindex", "0");
      row?.focus({ preventScroll: true });
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (rowOf(event)) choose(rowOf(event));
    }
  });

  fill();
  store.listen((changed) => {
    if (changed.has("query") || changed.has("reason")) fill();
    if (!changed.has("chosen") && !changed.has("hover")) return;
    rows.items().forEach((_, n) => {
      if (rows.row(n)) light(rows.row(n));
    });
    const { chosen, chosenFrom } = store.state;
    if (changed.has("chosen") && chosen?.kind === "left" && chosenFrom !== "left") {
      const n = rows.items().indexOf(chosen);
      if (n >= 0) rows.reveal(n);
    }
  });
  return { showAll: rows.showAll };
}
