// The map: territories, homes, routes, stops and unserved tickets of one day, on a canvas.

function makeMap(model, store, card) {
  const panel = byId("map");
  if (!model.hasPlaces) {
    panel.classList.add("empty");
    panel.append(
      h(
        "p.nothing",
        {},
        model.tickets.length || model.shifts.length
          ? "No place of this problem has coordinates, since travel is a given table. So there is no map."
          : "There is no place to draw, so there is no map.",
      ),
    );
    return { spotOf: () => null, print() {} };
  }
  const canvas = h("canvas", {
    tabindex: "0",
    role: "application",
    "aria-label":
      "Map of the routes. Arrow keys move it, plus and minus zoom, 0 shows everything. The days hold the same stops as text.",
  });
  const [bar, says] = [h("div.bar"), h("span")];
  const button = (label, sign, act) =>
    h("button", { type: "button", title: label, "aria-label": label, onclick: act }, sign);
  panel.append(
    canvas,
    h(
      "div.zoom",
      {},
      button("Zoom in", "+", () => zoomBy(1.6)),
      button("Zoom out", "−", () => zoomBy(1 / 1.6)),
      button("Show everything", "⤢", () => fit()),
    ),
    h(
      "div.north",
      { "aria-hidden": "true", title: "North is up" },
      svg(
        "svg",
        { viewBox: "0 0 20 28", width: 20, height: 28 },
        svg("path", { d: "M10 2 L16 18 L10 14 L4 18 Z" }),
        svg("text", { x: 10, y: 27, "text-anchor": "middle" }, "N"),
      ),
    ),
    h("div.scale", { "aria-hidden": "true" }, says, bar),
    legend(),
  );

  const camera = makeCamera();
  const world = project(model);
  let ratio = 1;
  let targets = [];
  let kept = null;

  function fit(points = everything()) {
    camera.fit(
      boxOf(
        points.length
          ? points
          : [
              [0, 0],
              [1, 1],
            ],
      ),
    );
    redraw();
  }
  function everything() {
    const places = [...world.places.values()];
    return places.length ? places : world.territories.flatMap((territory) => territory.polygons.flat(2));
  }
  function zoomBy(factor, at) {
    camera.zoom(factor, at);
    redraw();
  }

  let asked = 0;
  function redraw() {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      draw();
    });
  }

  function draw() {
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const ink = inks(panel);
    pen.clearRect(0, 0, camera.width, camera.height);
    pen.lineJoin = pen.lineCap = "round";
    pen.font = `12px ${getComputedStyle(panel).fontFamily}`;
    drawLattice(pen, camera, ink);
    drawTerritories(pen, camera, world.territories, ink);
    targets = drawDay(
      pen,
      camera,
      world,
      shiftsFor(model, store.state),
      leftFor(model, store.state),
      store.state,
      ink,
    );
    const metres = camera.metres();
    const long = roundBelow(metres * Math.min(140, camera.width / 3));
    place(bar, { width: `${long / metres}px` });
    says.textContent = long >= 1000 ? `${number(long / 1000)} km` : `${Math.max(1, Math.round(long))} m`;
  }

  function resize(
    width = canvas.clientWidth,
    height = canvas.clientHeight,
    sharp = window.devicePixelRatio || 1,
  ) {
    if (!width || !height) return;
    const first = camera.width === 1;
    [camera.width, camera.height, ratio] = [width, height, sharp];
    [canvas.width, canvas.height] = [Math.round(width * sharp), Math.round(height * sharp)];
    if (first) camera.fit(boxOf(everything()));
    draw();
  }
  new ResizeObserver(() => {
    if (!kept) resize();
  }).observe(canvas);

  /** What lies under a point: the nearest mark within reach of a finger, else the nearest line. */
  function under([left, top], reach) {
    let [best, nearest] = [null, reach];
    for (const target of targets) {
      if (target.line) continue;
      const away = Math.hypot(target.at[0] - left, target.at[1] - top);
      if (away < nearest) [best, nearest] = [target, away];
    }
    if (best) return best;
    nearest = Math.min(reach, 7);
    for (const target of targets) {
      if (!target.line) continue;
      for (let n = 1; n < target.line.length; n++) {
        const away = awayFrom([left, top], target.line[n - 1], target.line[n]);
        if (away < nearest) [best, nearest] = [target, away];
      }
    }
    return best;
  }

  /** Brings a thing into sight; goes nearer if it would be too small to see. */
  function show(thing) {
    const shift = thing.kind === "stop" ? thing.shift : thing.kind === "shift" ? thing : null;
    const points = (shift ? shift.line : [thing.ticket?.place])
      .map((spot) => world.places.get(spot))
      .filter(Boolean);
    if (!points.length) return;
    const box = boxOf(points);
    const [[left, top], [right, bottom]] = [
      camera.screen([box[0], box[1]]),
      camera.screen([box[2], box[3]]),
    ];
    const outside = left < 0 || top < 0 || right > camera.width || bottom > camera.height;
    if (shift && (outside || Math.max(right - left, bottom - top) < 90)) return fit(points);
    if (outside) [camera.x, camera.y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    redraw();
  }

  listenToMap(canvas, camera, { redraw, zoomBy, fit, under, store, card });
  store.listen((changed) => {
    if (changed.has("chosen") && store.state.chosen && store.state.chosenFrom !== "map")
      show(store.state.chosen);
    redraw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  return {
    /** Where a stop or an unserved ticket lies in the window of the browser. */
    spotOf({ ticket }) {
      const [{ left, top }, point] = [canvas.getBoundingClientRect(), world.places.get(ticket.place)];
      const [right, down] = camera.screen(point);
      return [left + right, top + down];
    },
    /** Draws the same sight sharply for paper, which is twice as wide as high, or for the screen again. */
    print(on) {
      if (on) {
        kept = { ...camera };
        const [width, height] = [1000, 500];
        camera.scale *= Math.min(width / camera.width, height / camera.height);
        resize(width, height, 3);
      } else if (kept) {
        camera.scale = kept.scale;
        kept = null;
        resize();
      }
    },
  };
}

/** Every place on the map's square, by the position it was given as. */
function project(model) {
  const spots = new Set([
    ...model.shifts.flatMap((shift) => shift.line),
    ...model.tickets.map((ticket) => ticket.place),
  ]);
  spots.delete(null);
  const cut = seam([...spots].map(([lon]) => lon));
  const open = ([lon, lat]) => mercator([lon < cut ? lon + 360 : lon, lat]);
  return {
    places: new Map([...spots].map((spot) => [spot, open(spot)])),
    territories: model.territories.map((territory) => ({
      id: territory.id,
      polygons: territory.polygons.map((rings) => rings.map((ring) => ring.map(open))),
    })),
  };
}

/** Pixels from a point to a stretch of line. */
function awayFrom([x, y], [ax, ay], [bx, by]) {
  const square = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = square
    ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / square))
    : 0;
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
}

function legend() {
  const item = (sign, text) => h("li", {}, sign, text);
  const picture = (...shapes) =>
    svg("svg", { viewBox: "0 0 18 14", width: 18, height: 14, "aria-hidden": "true" }, shapes);
  return h(
    "ul.legend",
    { "aria-label": "Signs on the map" },
    item(
      picture(
        svg("path", { class: "sign-line", d: "M1 7 H17" }),
        svg("circle", { class: "sign-dot", cx: 9, cy: 7, r: 3.5 }),
      ),
      "stop",
    ),
    item(picture(svg("rect", { class: "sign-home", x: 5, y: 3, width: 8, height: 8 })), "start"),
    item(
      picture(
        svg("circle", { class: "sign-dot", cx: 9, cy: 7, r: 3 }),
        svg("circle", { class: "sign-late", cx: 9, cy: 7, r: 5.5 }),
      ),
      "late",
    ),
    item(picture(svg("path", { class: "sign-cross", d: "M5 3 L13 11 M13 3 L5 11" })), "unserved"),
  );
}
