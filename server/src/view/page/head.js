// The head of the page: the day, the figures a dispatcher asks for first, and the switches.

function makeHead(model, store) {
  const { summary } = model;
  const many = model.days.length > 1;
  const [first, last] = [model.days[0].day, model.days[model.days.length - 1].day];
  byId("title").textContent = many
    ? `${shortDate(first)} – ${shortDate(last)} ${yearOf(last)}`
    : longDate(first);
  const now = [
    shortDate(dayOf(model.now, model.offset)),
    clock(model.now, model.offset),
    zone(model.offset),
  ];
  const about = [
    count(model.people.length, "engineer"),
    count(summary.tickets, "ticket"),
    `asked ${now.join(" ")}`,
  ];
  byId("subtitle").replaceChildren(name(model.source), ` · ${about.join(" · ")}`);
  document.title = `${many ? "Plan from" : "Plan for"} ${shortDate(first)} · Paidan`;
  const shown = figures(model);
  byId("figures").replaceChildren(...shown);
  byId("figures").classList.toggle("many", shown.length > 5);
  const unit = model.inTime ? "s of driving or worth as much" : "units of price";
  const price = `${number(summary.price_s)} ${unit}`;
  const run = `${count(summary.rounds, "round")}, ${summary.ended}, seed ${summary.seed}`;
  const lost = `${count(summary.priority_lost, "point")} of priority lost`;
  byId("foot").textContent = [lost, price, run, `Paidan ${summary.engine}`].join(" · ");
  byId("tools").append(
    themeSwitch(store),
    h("button", { type: "button", onclick: () => print() }, "Print"),
  );
  if (model.running) {
    byId("notice").hidden = false;
    byId("notice").append(
      "The search is still running; this is its best plan so far. ",
      h("button", { type: "button", onclick: () => location.reload() }, "Look again"),
    );
  }
}

function figures(model) {
  const { summary: s } = model;
  const left = s.tickets - s.served;
  const figure = (label, value, of, says, share) =>
    h(
      "div.figure",
      {},
      h("dt", {}, label),
      h(
        "dd",
        {},
        h("span.value", {}, value),
        of && h("span.of", {}, ` of ${of}`),
        share === null
          ? null
          : h(
              "span.meter",
              { "aria-hidden": "true" },
              h("span", { style: { width: percent(share).replace(" ", "") } }),
            ),
        h("span.says", {}, says),
      ),
    );
  const kept = (label, promise, says) =>
    promise.all > 0 &&
    figure(label, number(promise.kept), number(promise.all), says, promise.kept / promise.all);
  return [
    figure(
      "Served",
      number(s.served),
      number(s.tickets),
      left ? `${number(left)} unserved` : "nobody is left waiting",
      s.tickets ? s.served / s.tickets : 1,
    ),
    figure(
      "Driving",
      length(s.drive_s),
      null,
      `${length(s.served ? Math.round(s.drive_s / s.served) : 0)} for each ticket`,
      null,
    ),
    figure(
      "Load",
      percent(s.load),
      null,
      `${length(s.work_s)} of work, ${s.busy} of ${s.on_duty} busy`,
      s.load,
    ),
    kept("Respond", s.respond, "started in time"),
    kept("Resolve", s.resolve, "ended in time"),
    kept("Repeats", s.repeats, "with a bound engineer"),
  ].filter(Boolean);
}

function themeSwitch(store) {
  const themes = ["auto", "light", "dark"];
  const button = h("button", {
    type: "button",
    onclick: () => turn(themes[(themes.indexOf(current) + 1) % 3]),
  });
  let current = "auto";
  function turn(theme) {
    current = theme;
    button.textContent = { auto: "◐ Auto", light: "○ Light", dark: "● Dark" }[theme];
    button.setAttribute("aria-label", `Theme: ${theme}`);
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    store.set({ theme });
    // Kept for the next time where the browser lets a file keep anything.
    try {
      localStorage.setItem("paidan-theme", theme);
    } catch {
      /* it does not */
    }
  }
  let kept = "auto";
  try {
    kept = localStorage.getItem("paidan-theme") ?? "auto";
  } catch {
    /* nothing is kept */
  }
  turn(themes.includes(kept) ? kept : "auto");
  return button;
}

/** What stands above the days: which day, who, in which order. */
function makeToolbar(model, store) {
  const heading = h("h2", {}, "Days");
  const choice = (label, key, options) =>
    h(
      "label",
      {},
      h("span.unseen", {}, label),
      h(
        "select",
        { "aria-label": label, onchange: (event) => store.set({ [key]: event.target.value }) },
        Object.entries(options).map(([value, [text]]) =>
          h("option", { value, selected: store.state[key] === value }, text),
        ),
      ),
    );
  let typed = 0;
  const search = h("input", {
    type: "search",
    placeholder: "Engineer, ticket, customer …",
    "aria-label": "Search engineers, tickets, customers",
    spellcheck: "false",
    oninput(event) {
      clearTimeout(typed);
      typed = setTimeout(() => store.set({ query: event.target.value.trim().toLowerCase() }), 120);
    },
  });
  const told = () => {
    const { shifts } = model.days[store.state.day];
    const kept = shiftsFor(model, store.state).length;
    const says =
      kept === shifts.length
        ? count(kept, "shift")
        : `${number(kept)} of ${count(shifts.length, "shift")}`;
    // On screen the picker names the day; on paper there is none.
    heading.replaceChildren(
      h("span.on-paper", {}, `${shortDate(model.days[store.state.day].day)} · `),
      says,
    );
    byId("told").textContent = says;
  };
  told();
  store.listen((changed) => {
    if (["day", "show", "query"].some((key) => changed.has(key))) told();
  });
  return h(
    "div.bar-of-panel",
    {},
    heading,
    model.days.length > 1 ? dayPicker(model, store) : null,
    h("div.controls", {}, search, choice("Show", "show", SHOWN), choice("Order", "sort", SORTED)),
  );
}

function dayPicker(model, store) {
  const go = (day) => store.set({ day: Math.max(0, Math.min(model.days.length - 1, day)), hover: null });
  const select = h(
    "select",
    { "aria-label": "Day", onchange: (event) => go(Number(event.target.value)) },
    model.days.map(({ day, stops }, n) =>
      h("option", { value: n }, `${shortDate(day)} · ${count(stops, "stop")}`),
    ),
  );
  const step = (label, sign, by) =>
    h(
      "button",
      { type: "button", "aria-label": label, title: label, onclick: () => go(store.state.day + by) },
      sign,
    );
  const [before, after] = [step("Day before", "‹", -1), step("Day after", "›", 1)];
  const follow = () => {
    select.value = String(store.state.day);
    before.disabled = store.state.day === 0;
    after.disabled = store.state.day === model.days.length - 1;
  };
  follow();
  store.listen(follow);
  return h("div.picker", {}, before, select, after);
}
