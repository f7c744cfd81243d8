// Points drawn by shape and colour on one canvas: severity is never colour alone.
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
  const names = ["critical", "major", "moderate", "minor", "muted", "surface", "accent"];
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

const ALARM_PX = 7; // what the ring of danger takes around it

export const Point = L.CircleMarker.extend({
  // Leaflet redraws only what lies within these: the ring belongs to it.
  _updateBounds() {
    const around = this._radius + this._clickTolerance() + ALARM_PX;
    this._pxBounds = L.bounds(this._point.subtract([around, around]), this._point.add([around, around]));
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
    alarm: tokens.critical,
    danger: point.danger,
    hollow: point.precision === "area" || point.precision === "locality",
    radius: point.severity === "critical" ? radius + 1 : radius,
  };
}
