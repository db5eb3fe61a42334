// Words and numbers for people. Lengths read as on the command line.

/** `7 h 05`, or `12 min` below an hour; what is not nothing is not told as nothing. */
function length(seconds) {
  if (seconds > 0 && seconds < 30) return "<1 min";
  const minutes = Math.floor((seconds + 30) / 60);
  if (Math.abs(minutes) < 60) return `${minutes} min`;
  return `${number(Math.trunc(minutes / 60))} h ${two(Math.abs(minutes) % 60)}`;
}

/** `0:32:38`: to the second, so that amounts add up to the eye. */
function exact(seconds) {
  const s = Math.abs(seconds);
  return `${seconds < 0 ? "−" : ""}${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

function two(n) {
  return String(n).padStart(2, "0");
}

/** `12,345`. */
function number(n) {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 stop`, `2,345 stops`. */
function count(n, one, many = `${one}s`) {
  return `${number(n)} ${n === 1 ? one : many}`;
}

/** `78 %`. */
function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/** `08:15` on a wall that is so many seconds east of UTC. */
function clock(moment, offset) {
  const s = mod(moment + offset, 86400);
  return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}`;
}

/** The calendar day of a moment, in days since 1970. */
function dayOf(moment, offset) {
  return Math.floor((moment + offset) / 86400);
}

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** `Tuesday 15 July 2025`. */
function longDate(day) {
  const date = new Date(day * 86400000);
  return `${WEEKDAYS[date.getUTCDay()]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** `Tue 15 Jul`. */
function shortDate(day) {
  const date = new Date(day * 86400000);
  return `${WEEKDAYS[date.getUTCDay()].slice(0, 3)} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()].slice(0, 3)}`;
}

function yearOf(day) {
  return new Date(day * 86400000).getUTCFullYear();
}

/** `08:15`, with the date before it unless that is `day`. */
function clockOn(moment, offset, day) {
  const own = dayOf(moment, offset);
  return own === day ? clock(moment, offset) : `${shortDate(own)} ${clock(moment, offset)}`;
}

/** `UTC−04:00`. */
function zone(offset) {
  const minutes = Math.abs(offset) / 60;
  return `UTC${offset < 0 ? "−" : "+"}${two(Math.floor(minutes / 60))}:${two(Math.floor(minutes % 60))}`;
}

function mod(a, n) {
  return ((a % n) + n) % n;
}

/**
 * A name as it can be shown: whatever would steer the text around it (control characters, marks that turn
 * the direction of writing) is replaced by a visible sign.
 */
function shown(name) {
  return name.replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    "\ufffd",
  );
}
