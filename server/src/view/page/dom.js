// Elements. Text goes in as text only: nothing here, or anywhere else, parses markup.

/** An element: its tag with classes (`div.row.late`), its attributes, its children (elements or texts). */
function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  return dress(element, attributes, children);
}

/** The same for SVG. */
function svg(tag, attributes = {}, ...children) {
  return dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function dress(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "style") place(element, value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets styles one by one, which a strict policy allows, where a style attribute would not be. */
function place(element, styles) {
  for (const [key, value] of Object.entries(styles)) element.style.setProperty(key, value);
}

/** A name of the caller's, kept apart from the direction of the text around it. */
function name(text, tag = "bdi") {
  return h(tag, {}, text);
}

function byId(id) {
  return document.getElementById(id);
}

/**
 * Rows of one height of which only those in sight exist. `draw(item, index)` makes a row; `keep()` names an
 * index that stays although it is out of sight, since it has the focus.
 */
function makeRows(scroller, body, height, draw, keep = () => -1) {
  let items = [];
  let drawn = new Map();
  let all = false;

  function range() {
    if (all) return [0, items.length];
    const top = scroller.scrollTop;
    const spare = 6;
    const first = Math.max(0, Math.floor(top / height) - spare);
    return [first, Math.min(items.length, Math.ceil((top + scroller.clientHeight) / height) + spare)];
  }

  function measure() {
    place(body, { height: all ? "" : `${items.length * height}px` });
  }

  function update() {
    const [first, end] = range();
    const kept = keep();
    const wanted = new Map();
    const add = (n) => {
      const row = drawn.get(n) ?? draw(items[n], n);
      place(row, { top: all ? "" : `${n * height}px` });
      wanted.set(n, row);
    };
    if (kept >= 0 && kept < first) add(kept);
    for (let n = first; n < end; n++) add(n);
    if (kept >= end && kept < items.length) add(kept);
    for (const [n, row] of drawn) if (wanted.get(n) !== row) row.remove();
    let before = null;
    // In the order of the list, for whoever reads the page without looking.
    for (const row of [...wanted.values()].reverse()) {
      if (row.nextSibling !== before || row.parentNode !== body) body.insertBefore(row, before);
      before = row;
    }
    drawn = wanted;
  }

  let asked = false;
  scroller.addEventListener(
    "scroll",
    () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        update();
      });
    },
    { passive: true },
  );
  new ResizeObserver(() => update()).observe(scroller);

  return {
    /** Shows other items. */
    set(list) {
      items = list;
      for (const row of drawn.values()) row.remove();
      drawn = new Map();
      measure();
      update();
    },
    /** Draws every row, one below the other as paper wants them, or those in sight again. */
    showAll(on) {
      all = on;
      measure();
      update();
    },
    /** The row of an index, brought into sight. */
    reveal(n) {
      const [top, room] = [n * height, scroller.clientHeight - 2 * height];
      if (top < scroller.scrollTop || top > scroller.scrollTop + room) {
        scroller.scrollTop = Math.max(0, top - room / 2);
        update();
      }
      return drawn.get(n);
    },
    row: (n) => drawn.get(n),
    items: () => items,
  };
}
