// How soon to ask the server again: quickly while somebody works here, slowly when nobody does or the line is bad.

const MINUTE = 60_000;
const QUICK = 3_000;
const SLOWEST = MINUTE;
const LOAD = 15; // so many times as long as an answer took, at least: a server that labours is asked less

let used = Date.now();
for (const sign of ["pointermove", "pointerdown", "keydown", "wheel", "touchstart"]) {
  addEventListener(sign, () => (used = Date.now()), { passive: true, capture: true });
}

export function pace({ took = 0, failures = 0 } = {}) {
  if (failures) return Math.min(SLOWEST, QUICK * 2 ** failures) * (0.75 + Math.random() / 2);
  const idle = Date.now() - used;
  const step = idle < MINUTE ? QUICK : idle < 5 * MINUTE ? 10_000 : idle < 15 * MINUTE ? 30_000 : SLOWEST;
  const wait = document.hidden ? Math.max(step, idle < 5 * MINUTE ? 20_000 : SLOWEST) : step;
  return Math.min(SLOWEST, Math.max(wait, took * LOAD));
}
