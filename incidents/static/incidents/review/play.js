// Plays the time line: the span moves on step by step and the map follows. Whatever the reader does stops it, and the
// list then takes the span where it stopped. Where motion is not wanted, each press is one step.

const PACE_MS = 700;
const PARTS = 12; // the span that is played where none is chosen: one in so many of the whole
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// `show(span)` draws the map as of a span and is done when it is drawn.
export function player(button, { brush, words, show }) {
  let on = false;
  const face = () => {
    button.classList.toggle("is-on", on);
    button.ariaLabel = button.title = calm.matches ? words.step : on ? words.stop : words.play;
  };
  const first = () => {
    const { span, steps } = brush;
    const width = span[1] - span[0];
    return width < steps ? span : [0, Math.max(1, Math.ceil(steps / PARTS))];
  };
  const next = ([from, to]) => {
    const by = Math.max(1, Math.floor((to - from) / 4));
    return to >= brush.steps ? null : [Math.min(from + by, brush.steps - (to - from)), Math.min(to + by, brush.steps)];
  };
  const step = async (span) => {
    brush.show(span);
    await show(span);
  };

  const play = async () => {
    on = true;
    face();
    let span = next(first()) ? first() : [0, first()[1] - first()[0]];
    while (on && span) {
      await step(span);
      await new Promise((done) => setTimeout(done, PACE_MS));
      span = next(span);
    }
    if (on) stop();
  };
  const stop = () => {
    on = false;
    face();
    brush.settle();
  };
  button.addEventListener("click", () => {
    if (on) return stop();
    if (!calm.matches) return play();
    brush.show(next(brush.span) ?? [0, first()[1] - first()[0]]);
    brush.settle();
  });
  // The button itself stops it by its click.
  const interrupt = (event) => on && !button.contains(event.target) && event.key !== "Tab" && stop();
  const early = { capture: true, passive: true };
  for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, interrupt, early);
  calm.addEventListener("change", face);
  face();
  return { isOn: () => on, enable: (there) => (button.disabled = !there) };
}
