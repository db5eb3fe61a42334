// The map: territories, homes, routes, stops and unserved tickets of one day, on a canvas.

function makeMap(model, store, card) {
  const panel = byId("map");
  if (!model.hasPlaces) {
    panel.classList.add("empty");
    panel.append(h("p.nothing", {}, "No place of this problem has coordinates: travel is a given table. So there is no map."));
    return { spotOf: () => null, print() {} };
  }
  const canvas = h("canvas", { tabindex: "0", role: "application",
    "aria-label": "Map of the routes. Arrow keys move it, plus and minus zoom, 0 shows everything. The days hold the same stops as text." });
  const bar = h("div.bar"), says = h("span");
  const button = (label, sign, act) => h("button", { type: "button", title: label, "aria-label": label, onclick: act }, sign);
  panel.append(
    canvas,
    h("div.zoom", {}, button("Zoom in", "+", () => zoomBy(1.6)), button("Zoom out", "−", () => zoomBy(1 / 1.6)),
      button("Show everything", "⤢", () => fit())),
    h("div.north", { "aria-hidden": "true", title: "North is up" }, svg("svg", { viewBox: "0 0 20 28", width: 20, height: 28 },
      svg("path", { d: "M10 2 L16 18 L10 14 L4 18 Z" }), svg("text", { x: 10, y: 27, "text-anchor": "middle" }, "N"))),
    h("div.scale", { "aria-hidden": "true" }, says, bar),
    legend());

  const camera = makeCamera();
  const world = project(model);
  let ratio = 1;
  let targets = [];
  let kept = null;

  function fit(points = everything()) {
    camera.fit(boxOf(points.length ? points : [[0, 0], [1, 1]]));
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
    asked ||= requestAnimationFrame(() => { asked = 0; draw(); });
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
    targets = drawDay(pen, camera, world, shiftsFor(model, store.state), leftFor(model, store.state), store.state, ink);
    const metres = camera.metres();
    const long = roundBelow(metres * Math.min(140, camera.width / 3));
    place(bar, { width: `${long / metres}px` });
    says.textContent = long >= 1000 ? `${number(long / 1000)} km` : `${Math.max(1, Math.round(long))} m`;
  }

  function resize(width = canvas.clientWidth, height = canvas.clientHeight, sharp = window.devicePixelRatio || 1) {
    if (!width || !height) return;
    const first = camera.width === 1;
    [camera.width, camera.height, ratio] = [width, height, sharp];
    [canvas.width, canvas.height] = [Math.round(width * sharp), Math.round(height * sharp)];
    if (first) camera.fit(boxOf(everything()));
    draw();
  }
  new ResizeObserver(() => { if (!kept) resize(); }).observe(canvas);

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
    const points = (shift ? shift.line : [thing.ticket?.place]).map((spot) => world.places.get(spot)).filter(Boolean);
    if (!points.length) return;
    const box = boxOf(points);
    const [[left, top], [right, bottom]] = [camera.screen([box[0], box[1]]), camera.screen([box[2], box[3]])];
    const outside = left < 0 || top < 0 || right > camera.width || bottom > camera.height;
    if (shift && (outside || Math.max(right - left, bottom - top) < 90)) return fit(points);
    if (outside) [camera.x, camera.y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    redraw();
  }

  listenToMap(canvas, camera, { redraw, zoomBy, fit, under, store, card });
  store.listen((changed) => {
    if (changed.has("chosen") && store.state.chosen && store.state.chosenFrom !== "map") show(store.state.chosen);
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
  const spots = new Set([...model.shifts.flatMap((shift) => shift.line), ...model.tickets.map((ticket) => ticket.place)]);
  spots.delete(null);
  const cut = seam([...spots].map(([lon]) => lon));
  const open = ([lon, lat]) => mercator([lon < cut ? lon + 360 : lon, lat]);
  return {
    places: new Map([...spots].map((spot) => [spot, open(spot)])),
    territories: model.territories.map((territory) => ({
      id: territory.id, polygons: territory.polygons.map((rings) => rings.map((ring) => ring.map(open))),
    })),
  };
}

/** Colours of the theme, as the canvas wants them. */
function inks(panel) {
  const probe = panel.appendChild(h("span", { hidden: true }));
  const ink = {};
  for (const key of ["ink", "ink-2", "ink-3", "line", "panel", "alarm", "accent", "land"]) {
    place(probe, { color: `var(--${key})` });
    ink[key] = getComputedStyle(probe).color;
  }
  probe.remove();
  return ink;
}

/** Lines of latitude and longitude: the only map that needs no map data. */
function drawLattice(pen, camera, ink) {
  const [west, north] = position(camera.world([0, 0]));
  const [east, south] = position(camera.world([camera.width, camera.height]));
  const step = roundBelow((east - west) / 3);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  pen.strokeStyle = ink.line;
  pen.fillStyle = ink["ink-3"];
  pen.lineWidth = 1;
  pen.beginPath();
  for (let lon = Math.ceil(west / step) * step; lon <= east; lon += step) {
    const left = Math.round(camera.screen(mercator([lon, 0]))[0]) + 0.5;
    pen.moveTo(left, 0);
    pen.lineTo(left, camera.height);
    const turned = mod(lon + 180, 360) - 180;
    if (left > 40 && left < camera.width - 210) pen.fillText(`${Math.abs(turned).toFixed(digits)}° ${turned < 0 ? "W" : "E"}`, left + 4, camera.height - 6);
  }
  for (let lat = Math.ceil(south / step) * step; lat <= Math.min(north, MOST_NORTH); lat += step) {
    const top = Math.round(camera.screen(mercator([0, lat]))[1]) + 0.5;
    pen.moveTo(0, top);
    pen.lineTo(camera.width, top);
    const says = `${Math.abs(lat).toFixed(digits)}° ${lat < 0 ? "S" : "N"}`;
    if (top > 60 && top < camera.height - 50) pen.fillText(says, camera.width - 8 - pen.measureText(says).width, top - 4);
  }
  pen.stroke();
}

function drawTerritories(pen, camera, territories, ink) {
  for (const { id, polygons } of territories) {
    pen.beginPath();
    for (const rings of polygons) for (const ring of rings) {
      ring.forEach((point, n) => (n ? pen.lineTo(...camera.screen(point)) : pen.moveTo(...camera.screen(point))));
      pen.closePath();
    }
    pen.fillStyle = ink.land;
    pen.fill("evenodd");
    pen.strokeStyle = ink["ink-3"];
    pen.lineWidth = 1;
    pen.setLineDash([1, 4]);
    pen.stroke();
    pen.setLineDash([]);
    const outer = polygons.flatMap((rings) => rings[0] ?? []);
    if (!outer.length) continue;
    const [west, north, east, south] = boxOf(outer);
    const [[left], [right]] = [camera.screen([west, 0]), camera.screen([east, 0])];
    if (right - left < 60) continue;
    const [, top] = camera.screen([west, north]);
    const [, bottom] = camera.screen([west, south]);
    label(pen, id, [(Math.max(left, 0) + Math.min(right, camera.width)) / 2, Math.max(top, 0) + Math.min(bottom - top, 36) / 2 + 4], ink["ink-2"], ink.panel, "center");
  }
}

/** Draws a day and returns what can be pointed at. */
function drawDay(pen, camera, world, shifts, left, state, ink) {
  const targets = [];
  const at = (spot) => { const point = world.places.get(spot); return point && camera.screen(point); };
  const lit = [state.chosen, state.hover].filter(Boolean);
  const isLit = (shift) => lit.some((thing) => thing === shift || thing.shift === shift);
  const someLit = lit.some((thing) => thing.kind !== "left");
  const [many, crowded] = [shifts.length > 60, left.length > 150];
  const inside = ([x, y]) => x > -9 && y > -9 && x < camera.width + 9 && y < camera.height + 9;

  const drawMiss = (miss) => {
    const point = miss.ticket.place && at(miss.ticket.place);
    if (!point || !inside(point)) return;
    const strong = lit.includes(miss);
    pen.globalAlpha = strong || (!someLit && !crowded) ? 1 : 0.45;
    cross(pen, point, strong ? 7 : crowded ? 2.5 : 4.5, ink);
    targets.push({ thing: miss, at: point });
    if (strong) label(pen, miss.ticket.id, [point[0] + 10, point[1] - 8], ink.ink, ink.panel, "left");
  };
  // Where there are many, what is missing lies below what is done.
  for (const miss of left) if (crowded && !lit.includes(miss)) drawMiss(miss);
  for (const shift of [...shifts.filter((s) => !isLit(s)), ...shifts.filter(isLit)]) {
    const strong = isLit(shift);
    const [colour] = COLOURS[shift.person.colour];
    const line = shift.line.map(at);
    pen.globalAlpha = strong || !someLit ? 1 : 0.22;
    if (shift.stops.length && line.length > 1) {
      const trace = () => { pen.beginPath(); line.forEach((p, n) => (n ? pen.lineTo(...p) : pen.moveTo(...p))); };
      if (strong) {
        trace();
        pen.strokeStyle = ink.panel;
        pen.lineWidth = 7;
        pen.stroke();
      }
      trace();
      pen.strokeStyle = colour;
      pen.lineWidth = strong ? 3 : many ? 1.2 : 1.8;
      pen.setLineDash(STROKES[shift.person.stroke]);
      pen.stroke();
      pen.setLineDash([]);
      if (strong) arrows(pen, line, colour);
      targets.push({ thing: shift, line });
    }
    const home = shift.from && at(shift.from);
    if (home && inside(home)) {
      const size = many && !strong ? 2.5 : 5;
      pen.beginPath();
      pen.rect(home[0] - size, home[1] - size, 2 * size, 2 * size);
      pen.fillStyle = ink.panel;
      pen.fill();
      pen.strokeStyle = colour;
      pen.lineWidth = 2;
      pen.stroke();
      targets.push({ thing: shift, at: home });
    }
    for (const stop of shift.stops) {
      const point = stop.ticket.place && at(stop.ticket.place);
      if (!point || !inside(point)) continue;
      const faded = state.query && !ticketMatches(stop.ticket, state.query) && !shift.person.id.toLowerCase().includes(state.query);
      pen.globalAlpha = faded ? 0.2 : strong || !someLit ? 1 : 0.22;
      mark(pen, point, stop, colour, strong, many, ink, lit.includes(stop));
      targets.push({ thing: stop, at: point });
    }
    if (strong && home) label(pen, shift.person.id, [home[0] + 10, home[1] - 8], ink.ink, ink.panel, "left");
  }
  for (const miss of left) if (!crowded || lit.includes(miss)) drawMiss(miss);
  pen.globalAlpha = 1;
  return targets;
}

/** A stop: a dot, with a number on a route that is looked at, and a ring of alarm if it is late. */
function mark(pen, [x, y], stop, colour, strong, many, ink, looked) {
  const size = strong ? 8.5 : many ? 2.2 : 4;
  pen.beginPath();
  pen.arc(x, y, size, 0, 7);
  pen.fillStyle = colour;
  pen.fill();
  pen.strokeStyle = ink.panel;
  pen.lineWidth = many && !strong ? 0.5 : 1.5;
  pen.stroke();
  if (stop.late && (strong || !many)) {
    pen.beginPath();
    pen.arc(x, y, size + 2.5, 0, 7);
    pen.strokeStyle = ink.alarm;
    pen.lineWidth = 1.5;
    pen.setLineDash([3, 2]);
    pen.stroke();
    pen.setLineDash([]);
  }
  if (strong) {
    const [, over] = COLOURS[stop.shift.person.colour];
    pen.save();
    pen.font = `600 10px ${pen.font.split("px ")[1]}`;
    [pen.textAlign, pen.textBaseline, pen.fillStyle] = ["center", "middle", over];
    pen.fillText(String(stop.n + 1), x, y + 0.5);
    pen.restore();
  }
  if (looked) {
    pen.beginPath();
    pen.arc(x, y, size + 4, 0, 7);
    pen.strokeStyle = ink.ink;
    pen.lineWidth = 2;
    pen.stroke();
  }
}

/** An unserved ticket: a cross, as on every map of what is missing. */
function cross(pen, [x, y], size, ink) {
  for (const [colour, width] of [[ink.panel, size * 0.45 + 3], [ink.alarm, size * 0.45]]) {
    pen.beginPath();
    pen.moveTo(x - size, y - size);
    pen.lineTo(x + size, y + size);
    pen.moveTo(x + size, y - size);
    pen.lineTo(x - size, y + size);
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.stroke();
  }
}

/** Arrowheads in the middle of legs that are long enough. */
function arrows(pen, line, colour) {
  pen.fillStyle = colour;
  for (let n = 1; n < line.length; n++) {
    const [[ax, ay], [bx, by]] = [line[n - 1], line[n]];
    if (Math.hypot(bx - ax, by - ay) < 44) continue;
    const turn = Math.atan2(by - ay, bx - ax);
    pen.save();
    pen.translate((ax + bx) / 2, (ay + by) / 2);
    pen.rotate(turn);
    pen.beginPath();
    pen.moveTo(7, 0);
    pen.lineTo(-5, 5);
    pen.lineTo(-5, -5);
    pen.fill();
    pen.restore();
  }
}

function label(pen, text, [x, y], colour, halo, align) {
  pen.save();
  pen.textAlign = align;
  [pen.strokeStyle, pen.lineWidth, pen.fillStyle] = [halo, 4, colour];
  pen.strokeText(text, x, y);
  pen.fillText(text, x, y);
  pen.restore();
}

/** Pixels from a point to a stretch of line. */
function awayFrom([x, y], [ax, ay], [bx, by]) {
  const square = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = square ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / square)) : 0;
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
}

function legend() {
  const item = (sign, text) => h("li", {}, sign, text);
  const picture = (...shapes) => svg("svg", { viewBox: "0 0 18 14", width: 18, height: 14, "aria-hidden": "true" }, shapes);
  return h("ul.legend", { "aria-label": "Signs on the map" },
    item(picture(svg("path", { class: "sign-line", d: "M1 7 H17" }), svg("circle", { class: "sign-dot", cx: 9, cy: 7, r: 3.5 })), "stop"),
    item(picture(svg("rect", { class: "sign-home", x: 5, y: 3, width: 8, height: 8 })), "start"),
    item(picture(svg("circle", { class: "sign-dot", cx: 9, cy: 7, r: 3 }), svg("circle", { class: "sign-late", cx: 9, cy: 7, r: 5.5 })), "late"),
    item(picture(svg("path", { class: "sign-cross", d: "M5 3 L13 11 M13 3 L5 11" })), "unserved"));
}
