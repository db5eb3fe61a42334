// What is drawn on the map: lattice, territories, routes, stops, signs.

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
    if (left > 40 && left < camera.width - 210)
      pen.fillText(
        `${Math.abs(turned).toFixed(digits)}° ${turned < 0 ? "W" : "E"}`,
        left + 4,
        camera.height - 6,
      );
  }
  for (let lat = Math.ceil(south / step) * step; lat <= Math.min(north, MOST_NORTH); lat += step) {
    const top = Math.round(camera.screen(mercator([0, lat]))[1]) + 0.5;
    pen.moveTo(0, top);
    pen.lineTo(camera.width, top);
    const says = `${Math.abs(lat).toFixed(digits)}° ${lat < 0 ? "S" : "N"}`;
    if (top > 60 && top < camera.height - 50)
      pen.fillText(says, camera.width - 8 - pen.measureText(says).width, top - 4);
  }
  pen.stroke();
}

function drawTerritories(pen, camera, territories, ink) {
  for (const { id, polygons } of territories) {
    pen.beginPath();
    for (const rings of polygons)
      for (const ring of rings) {
        ring.forEach((point, n) =>
          n ? pen.lineTo(...camera.screen(point)) : pen.moveTo(...camera.screen(point)),
        );
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
    label(
      pen,
      id,
      [
        (Math.max(left, 0) + Math.min(right, camera.width)) / 2,
        Math.max(top, 0) + Math.min(bottom - top, 36) / 2 + 4,
      ],
      ink["ink-2"],
      ink.panel,
      "center",
    );
  }
}

/** Draws a day and returns what can be pointed at. */
function drawDay(pen, camera, world, shifts, left, state, ink) {
  const targets = [];
  const at = (spot) => {
    const point = world.places.get(spot);
    return point && camera.screen(point);
  };
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
      const trace = () => {
        pen.beginPath();
        line.forEach((p, n) => (n ? pen.lineTo(...p) : pen.moveTo(...p)));
      };
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
      const faded =
        state.query &&
        !ticketMatches(stop.ticket, state.query) &&
        !shift.person.id.toLowerCase().includes(state.query);
      pen.globalAlpha = faded ? 0.2 : strong || !someLit ? 1 : 0.22;
      mark(pen, point, stop, colour, strong, many, ink, lit.includes(stop));
      targets.push({ thing: stop, at: point });
    }
    if (strong && home)
      label(pen, shift.person.id, [home[0] + 10, home[1] - 8], ink.ink, ink.panel, "left");
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
  for (const [colour, width] of [
    [ink.panel, size * 0.45 + 3],
    [ink.alarm, size * 0.45],
  ]) {
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

function label(pen, full, [x, y], colour, halo, align) {
  const text = full.length > 32 ? `${full.slice(0, 31)}…` : full;
  pen.save();
  pen.textAlign = align;
  [pen.strokeStyle, pen.lineWidth, pen.fillStyle] = [halo, 4, colour];
  pen.strokeText(text, x, y);
  pen.fillText(text, x, y);
  pen.restore();
}
