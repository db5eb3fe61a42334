// The page put together.

const model = makeModel(JSON.parse(byId("data").textContent));
const store = makeStore({
  day: Math.max(
    0,
    model.days.findIndex(({ stops }) => stops > 0),
  ),
  show: "all",
  sort: "roster",
  query: "",
  reason: -1,
  hover: null,
  chosen: null,
  chosenFrom: "",
  theme: "auto",
});
const card = makeCard(model, store);
makeHead(model, store);
const map = makeMap(model, store, card);
const timeline = makeTimeline(model, store, card);
const unserved = makeUnserved(model, store, card);
byId("main").classList.toggle("no-map", !model.hasPlaces);
byId("main").classList.toggle("no-left", !model.left.length);

// A thing that is looked at may lie on another day.
store.listen((changed) => {
  const shift = store.state.chosen?.shift ?? store.state.chosen;
  if (!changed.has("chosen") || shift?.kind !== "shift") return;
  const day = model.days.findIndex((known) => known.shifts.includes(shift));
  if (day >= 0) store.set({ day });
});
// A card that stays goes away when something else is clicked.
document.addEventListener("pointerdown", (event) => {
  if (event.target.closest("#card, #days .grid, #map canvas, #left .rows")) return;
  card.close();
  store.set({ chosen: null });
});

// Paper scrolls as little as it glows: every row, no card, ink on white.
function paper(on) {
  document.documentElement.classList.toggle("paper", on);
  card.close();
  timeline.showAll(on);
  unserved.showAll(on);
  map.print(on);
}
addEventListener("beforeprint", () => paper(true));
addEventListener("afterprint", () => paper(false));

requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("drawn")));

// For the console, and for the test that looks at the page.
globalThis.paidan = { model, store, map };
