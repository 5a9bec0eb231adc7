/** Paints forms one over another, anti-aliased. Lengths are in sides of the picture, y downwards. */

export type Rgb = readonly [number, number, number];

export interface Form {
  /** Distance to the form's edge, negative inside; of a bare line, the distance to it. */
  distance(x: number, y: number): number;
  /** Left, top, right and bottom of what it lies in. */
  readonly box: readonly [number, number, number, number];
}

export interface Mark {
  readonly form: Form;
  readonly colour: Rgb;
  /** Half the breadth of a line drawn along the form's edge; without it the form is filled. */
  readonly pen?: number;
  /** Share of what lies below that it hides. Default 1. */
  readonly opacity?: number;
}

/** An ellipse about (cx, cy); the distance is one of first order, exact at the edge. */
export function ellipse(cx: number, cy: number, rx: number, ry: number): Form {
  return {
    box: [cx - rx, cy - ry, cx + rx, cy + ry],
    distance(x, y) {
      const [u, v] = [(x - cx) / rx, (y - cy) / ry];
      const radius = Math.sqrt(u * u + v * v);
      if (radius === 0) return -Math.min(rx, ry);
      const slope = Math.sqrt((u / rx) * (u / rx) + (v / ry) * (v / ry)) / radius;
      return (radius - 1) / slope;
    },
  };
}

/** A rectangle. */
export function rectangle(left: number, top: number, right: number, bottom: number): Form {
  return {
    box: [left, top, right, bottom],
    distance: (x, y) => Math.max(left - x, x - right, top - y, y - bottom),
  };
}

/** A straight line between two points. */
export function segment(x1: number, y1: number, x2: number, y2: number): Form {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const square = dx * dx + dy * dy;
  return {
    box: [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)],
    distance(x, y) {
      const along = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / square));
      const [u, v] = [x - x1 - along * dx, y - y1 - along * dy];
      return Math.sqrt(u * u + v * v);
    },
  };
}

/**
 * The parabola y = cy + bend (1 − 2u²), u = (x − cx) / half from −1 to 1: its middle is 2·bend below its
 * ends.
 */
export function bow(cx: number, cy: number, half: number, bend: number): Form {
  const reach = Math.abs(bend);
  return {
    box: [cx - half, cy - reach, cx + half, cy + reach],
    distance(x, y) {
      const u = Math.min(1, Math.max(-1, (x - cx) / half));
      const slope = (-4 * bend * u) / half;
      const down = (y - cy - bend * (1 - 2 * u * u)) / Math.sqrt(1 + slope * slope);
      const beyond = x - cx - u * half;
      return Math.sqrt(down * down + beyond * beyond);
    },
  };
}

/** What is in both forms. */
export function both(a: Form, b: Form): Form {
  return {
    box: [
      Math.max(a.box[0], b.box[0]),
      Math.max(a.box[1], b.box[1]),
      Math.min(a.box[2], b.box[2]),
      Math.min(a.box[3], b.box[3]),
    ],
    distance: (x, y) => Math.max(a.distance(x, y), b.distance(x, y)),
  };
}

/** What is in `a` and not in `b`. */
export function without(a: Form, b: Form): Form {
  return { box: a.box, distance: (x, y) => Math.max(a.distance(x, y), -b.distance(x, y)) };
}

/**
 * Paints the marks in their order on a plain ground, as bytes [3, side, side]. A pixel is covered as far as a
 * straight edge through it would cover it, so lines thinner than a pixel become fainter, not broken.
 */
export function paint(marks: readonly Mark[], ground: Rgb, side: number, out: Uint8Array): void {
  const area = side * side;
  const canvas = new Float64Array(3 * area);
  ground.forEach((level, c) => void canvas.fill(level, c * area, (c + 1) * area));
  for (const { form, colour, pen, opacity = 1 } of marks) {
    const inside = (distance: number): number => Math.min(1, Math.max(0, 0.5 - distance * side));
    const margin = (pen ?? 0) + 1 / side;
    const pixels = (low: number, high: number): [number, number] => [
      Math.max(0, Math.floor((low - margin) * side)),
      Math.min(side - 1, Math.ceil((high + margin) * side)),
    ];
    const [left, right] = pixels(form.box[0], form.box[2]);
    const [top, bottom] = pixels(form.box[1], form.box[3]);
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const d = form.distance((column + 0.5) / side, (row + 0.5) / side);
        const cover = opacity * (pen === undefined ? inside(d) : inside(d - pen) - inside(d + pen));
        if (cover === 0) continue;
        for (let c = 0, at = row * side + column; c < 3; c++, at += area)
          canvas[at]! += cover * (colour[c]! - canvas[at]!);
      }
    }
  }
  for (let i = 0; i < out.length; i++) out[i] = Math.round(canvas[i]!);
}
