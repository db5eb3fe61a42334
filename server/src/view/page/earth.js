// The globe on a flat page: Mercator, so that north is up everywhere and a street keeps its shape.

const EARTH_RADIUS_M = 6371008.8;
/** Mercator ends here; what lies beyond is drawn on the edge. */
const MOST_NORTH = 85.05;

/** A position as a point of the unit square, x east and y south. */
function mercator([lon, lat]) {
  const bounded = Math.max(-MOST_NORTH, Math.min(MOST_NORTH, lat));
  const up = Math.log(Math.tan(Math.PI / 4 + (bounded * Math.PI) / 360));
  return [lon / 360 + 0.5, 0.5 - up / (2 * Math.PI)];
}

/** And back. */
function position([x, y]) {
  return [(x - 0.5) * 360, (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI];
}

/**
 * Where the map is cut open: the longitude in the middle of the widest gap between places, so that a
 * country on both sides of the 180th meridian stays in one piece.
 */
function seam(lons) {
  const sorted = [...new Set(lons)].sort((a, b) => a - b);
  if (!sorted.length) return -180;
  let [at, widest] = [-180, sorted[0] + 360 - sorted[sorted.length - 1]];
  for (let n = 1; n < sorted.length; n++) {
    const gap = sorted[n] - sorted[n - 1];
    // The usual seam unless another is clearly wider.
    if (gap > widest + 1 && gap > 180) [at, widest] = [(sorted[n] + sorted[n - 1]) / 2, gap];
  }
  return at;
}

/** A window on the map: the point in its middle, and pixels for the whole globe's width. */
function makeCamera() {
  const camera = { x: 0.5, y: 0.5, scale: 500, width: 1, height: 1 };
  const least = 200,
    most = 3e8;
  return Object.assign(camera, {
    screen: ([x, y]) => [
      (x - camera.x) * camera.scale + camera.width / 2,
      (y - camera.y) * camera.scale + camera.height / 2,
    ],
    world: ([left, top]) => [
      (left - camera.width / 2) / camera.scale + camera.x,
      (top - camera.height / 2) / camera.scale + camera.y,
    ],
    /** Moves what is seen by so many pixels. */
    pan(right, down) {
      camera.x -= right / camera.scale;
      camera.y = Math.max(0, Math.min(1, camera.y - down / camera.scale));
    },
    /** Zooms by a factor; the point under `at` stays where it is. */
    zoom(factor, at = [camera.width / 2, camera.height / 2]) {
      const [x, y] = camera.world(at);
      camera.scale = Math.max(least, Math.min(most, camera.scale * factor));
      const [left, top] = camera.screen([x, y]);
      camera.pan(at[0] - left, at[1] - top);
    },
    /** Shows all of a box. */
    fit([west, north, east, south], margin = 28) {
      const [width, height] = [
        Math.max(camera.width - 2 * margin, 50),
        Math.max(camera.height - 2 * margin, 50),
      ];
      const closest = 2e6;
      camera.scale = Math.max(
        least,
        Math.min(closest, width / (east - west || 1e-9), height / (south - north || 1e-9)),
      );
      [camera.x, camera.y] = [(west + east) / 2, (north + south) / 2];
    },
    /** Metres in a pixel in the middle of the map. */
    metres() {
      const [, lat] = position([camera.x, camera.y]);
      return (2 * Math.PI * EARTH_RADIUS_M * Math.cos((lat * Math.PI) / 180)) / camera.scale;
    },
  });
}

/** The box around some points of the unit square. */
function boxOf(points) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

/** The greatest of 1, 2 and 5 times a power of ten that is not above `most`. */
function roundBelow(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((n) => n * power).find((n) => n <= most);
}
