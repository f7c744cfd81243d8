// Points drawn by shape and colour on one canvas: severity is never colour alone, and 5,000 of them stay quick.
/* global L */

const OUTLINES = {
  critical: octagon,
  major: (r) => [[0, -r], [r, r * 0.8], [-r, r * 0.8]],
  moderate: (r) => [[0, -r], [r, 0], [0, r], [-r, 0]],
};

function octagon(r) {
  const short = r * 0.41;
  return [[-short, -r], [short, -r], [r, -short], [r, short], [short, r], [-short, r], [-r, short], [-r, -short]];
}

// The tokens of the style sheet, read again whenever light turns to dark.
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(`--${name}`).trim();
  const names = ["critical", "major", "moderate", "minor", "ink", "muted", "land", "water", "border", "surface"];
  names.push("accent", "font");
  return Object.fromEntries(names.map((name) => [name, token(name)]));
}

export const Canvas = L.Canvas.extend({
  _drawShape(layer) {
    if (!this._drawing || layer._empty()) return;
    const { severity, colour, hollow, danger, ground } = layer.options;
    const context = this._ctx;
    const { x, y } = layer._point;
    const r = layer._radius;
    context.save();
    context.translate(x, y);
    if (danger) ring(context, r + 5, layer.options.alarm, 2);
    if (OUTLINES[severity]) polygon(context, OUTLINES[severity](r), colour, hollow, ground);
    else ring(context, r - 1.5, colour, 3, ground);
    if (layer.options.count) numeral(context, r, layer.options);
    context.restore();
  },
});

function polygon(context, corners, colour, hollow, ground) {
  context.beginPath();
  corners.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
  context.lineJoin = "round";
  context.lineWidth = hollow ? 2 : 1;
  context.fillStyle = hollow ? ground : colour;
  context.strokeStyle = hollow ? colour : ground;
  context.fill();
  context.stroke();
}

function ring(context, radius, colour, width, fill) {
  context.beginPath();
  context.arc(0, 0, radius, 0, Math.PI * 2);
  if (fill) {
    context.fillStyle = fill;
    context.fill();
  }
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}

// How many stand at the point, beside its mark, with a rim of the ground to be read on.
function numeral(context, r, { count, ink, ground, font, danger }) {
  const words = count.toLocaleString(document.documentElement.lang);
  const place = [r + (danger ? 9 : 3), 0];
  context.font = `600 11px ${font}`;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = ground;
  context.strokeText(words, ...place);
  context.fillStyle = ink;
  context.fillText(words, ...place);
}

const BESIDE_PX = 36; // what a count may take beside its mark
const ALARM_PX = 7; // what the ring of danger takes around it

export const Point = L.CircleMarker.extend({
  // Leaflet redraws only what lies within these: the ring and the count belong to it.
  _updateBounds() {
    const around = this._radius + this._clickTolerance() + ALARM_PX;
    const beside = this.options.count ? BESIDE_PX : 0;
    this._pxBounds = L.bounds(this._point.subtract([around, around]), this._point.add([around + beside, around]));
  },
  _updatePath() {
    this._renderer._drawShape(this);
  },
});

// A coarse place is drawn hollow: it is an area, not a spot.
export function styled(point, tokens, radius = 7) {
  return {
    severity: point.severity,
    colour: tokens[point.severity] || tokens.muted,
    ground: tokens.surface,
    ink: tokens.ink,
    font: tokens.font,
    alarm: tokens.critical,
    danger: point.danger,
    hollow: point.precision === "area" || point.precision === "locality",
    radius: point.severity === "critical" ? radius + 1 : radius,
  };
}
