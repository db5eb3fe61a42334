// Mouse, wheel, keyboard and fingers on the map.

function listenToMap(canvas, camera, { redraw, zoomBy, fit, under, store, card }) {
  const spot = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const fingers = new Map();
  let moved = 0;

  canvas.addEventListener("pointerdown", (event) => {
    if (!fingers.size) moved = 0;
    fingers.set(event.pointerId, spot(event));
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const [now, before] = [spot(event), fingers.get(event.pointerId)];
    if (!before) {
      if (event.pointerType !== "touch") point(now, event, 12);
      return;
    }
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const away = (a) => Math.hypot(a[0] - other[0], a[1] - other[1]) || 1;
      camera.zoom(away(now) / away(before), other);
    } else {
      camera.pan(now[0] - before[0], now[1] - before[1]);
    }
    moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
    fingers.set(event.pointerId, now);
    if (moved > 4) redraw();
  });
  canvas.addEventListener("pointerup", (event) => {
    const alone = fingers.size === 1;
    fingers.delete(event.pointerId);
    if (!alone || moved > 4) return;
    const found = under(spot(event), event.pointerType === "touch" ? 22 : 12);
    store.set({ chosenFrom: "map", chosen: found?.thing ?? null, hover: null });
    if (found) card.pin(found.thing, pointBox(event));
    else card.close();
  });
  canvas.addEventListener("pointercancel", (event) => fingers.delete(event.pointerId));
  canvas.addEventListener("pointerleave", () => {
    store.set({ hover: null });
    card.hide();
  });
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 30 : 1;
      zoomBy(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)), spot(event));
    },
    { passive: false },
  );
  canvas.addEventListener("dblclick", (event) => zoomBy(2, spot(event)));
  canvas.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 160 : 50;
    const acts = {
      ArrowLeft: () => camera.pan(step, 0),
      ArrowRight: () => camera.pan(-step, 0),
      ArrowUp: () => camera.pan(0, step),
      ArrowDown: () => camera.pan(0, -step),
      "+": () => camera.zoom(1.5),
      "=": () => camera.zoom(1.5),
      "-": () => camera.zoom(1 / 1.5),
      0: () => fit(),
    };
    if (!acts[event.key] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    acts[event.key]();
    redraw();
  });

  function point(at, event, reach) {
    const found = under(at, reach);
    canvas.classList.toggle("over", Boolean(found));
    store.set({ hover: found?.thing ?? null });
    if (found) card.show(found.thing, pointBox(event));
    else card.hide();
  }
}

/** The place of a pointer as a box, for what is put beside it. */
function pointBox(event) {
  return { left: event.clientX, right: event.clientX, top: event.clientY, bottom: event.clientY };
}
