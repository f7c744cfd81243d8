// Two handles on a line of equal steps, by pointer, finger and keyboard, and the span between them. Knows only numbers
// of steps: from (included) and to (not included).

const SETTLED_MS = 350; // after the last key

export class Brush {
  #box;
  #window;
  #handles;
  #told;
  #steps = 1;
  #span = [0, 1];
  #timer = 0;
  #isHeld = false;

  // `moved(span)` while it moves, `set(span)` when it is let go; `spoken(step)` is what a handle says.
  constructor(box, told) {
    this.#box = box;
    this.#told = told;
    this.#window = box.querySelector(".brush-window");
    this.#handles = [...box.querySelectorAll("[role=slider]")];
    this.#handles.forEach((handle, end) => handle.addEventListener("keydown", (event) => this.#key(event, end)));
    box.addEventListener("pointerdown", (event) => this.#press(event));
  }

  get span() {
    return this.#span;
  }

  get steps() {
    return this.#steps;
  }

  // What the address says, unless the reader is just moving it.
  lay(steps, span) {
    this.#steps = steps;
    if (!this.#timer && !this.#isHeld) this.show(span);
  }

  show(span) {
    this.#span = span;
    const at = (step) => `${(step / this.#steps) * 100}%`;
    this.#window.style.left = at(span[0]);
    this.#window.style.right = `${100 - (span[1] / this.#steps) * 100}%`;
    this.#handles.forEach((handle, end) => {
      handle.style.left = at(span[end]);
      handle.ariaValueMin = String(end);
      handle.ariaValueMax = String(this.#steps - 1 + end);
      handle.ariaValueNow = String(span[end]);
      handle.ariaValueText = this.#told.spoken(span[end]);
    });
    this.#box.classList.toggle("is-whole", span[1] - span[0] === this.#steps);
    this.#told.moved(span);
  }

  // What it shows is what is wanted.
  settle() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#told.set(this.#span);
  }

  #to(end, step) {
    const [from, to] = this.#span;
    const bounded = end ? Math.min(this.#steps, Math.max(from + 1, step)) : Math.max(0, Math.min(to - 1, step));
    this.show(end ? [from, bounded] : [bounded, to]);
  }

  #key(event, end) {
    const page = Math.max(1, Math.round(this.#steps / 10));
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -page, PageUp: page };
    const ends = { Home: end ? this.#span[0] + 1 : 0, End: end ? this.#steps : this.#span[1] - 1 };
    const step = ends[event.key] ?? this.#span[end] + (by[event.key] ?? NaN);
    if (Number.isNaN(step)) return;
    event.preventDefault();
    this.#to(end, step);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.settle(), SETTLED_MS);
  }

  // On a handle it moves that end, in the span both, elsewhere it draws a new span.
  #press(event) {
    if (event.button) return;
    event.preventDefault();
    const { left, width } = this.#box.getBoundingClientRect();
    const at = (x) => Math.min(this.#steps, Math.max(0, ((x - left) / width) * this.#steps));
    const begun = { at: at(event.clientX), span: this.#span };
    const drag = this.#drag(event.target, begun);
    const move = (moving) => drag(at(moving.clientX));
    const stop = () => {
      this.#isHeld = false;
      this.#box.removeEventListener("pointermove", move);
      if (String(this.#span) !== String(begun.span)) this.settle();
    };
    this.#isHeld = true;
    this.#box.setPointerCapture(event.pointerId);
    this.#box.addEventListener("pointermove", move);
    this.#box.addEventListener("lostpointercapture", stop, { once: true });
  }

  #drag(target, begun) {
    const end = this.#handles.indexOf(target);
    if (end >= 0) {
      target.focus({ preventScroll: true });
      return (at) => this.#to(end, Math.round(at));
    }
    const [from, to] = begun.span;
    if (target === this.#window && to - from < this.#steps) {
      return (at) => {
        const by = Math.min(this.#steps - to, Math.max(-from, Math.round(at - begun.at)));
        this.show([from + by, to + by]);
      };
    }
    return (at) => {
      const [low, high] = [Math.floor(Math.min(at, begun.at)), Math.ceil(Math.max(at, begun.at))];
      this.show([Math.min(low, this.#steps - 1), Math.max(low + 1, high)]);
    };
  }
}
