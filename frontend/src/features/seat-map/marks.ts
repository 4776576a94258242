/** How prices are told apart: by colour, and by shape for who sees no colour. */
export type Shape = "circle" | "square" | "diamond" | "triangle" | "hexagon" | "cross";

export interface Mark {
  shape: Shape;
  /** CSS colours with a contrast of at least 3 to the map's ground. */
  light: string;
  dark: string;
}

const marks: readonly Mark[] = [
  { shape: "circle", light: "#1d5fbf", dark: "#7fb2ff" },
  { shape: "square", light: "#b3470b", dark: "#ffb27f" },
  { shape: "diamond", light: "#7a3fb0", dark: "#d3a8ff" },
  { shape: "triangle", light: "#8a6a00", dark: "#f0d060" },
  { shape: "hexagon", light: "#a12a5e", dark: "#ff9dc6" },
  { shape: "cross", light: "#4b6b1f", dark: "#b6dc7a" },
];

/** The mark of the nth price. */
export function markOf(index: number): Mark {
  return marks[index % marks.length] ?? { shape: "circle", light: "#1d5fbf", dark: "#7fb2ff" };
}

/** Adds a shape around (x, y) to the path being drawn. */
export function trace(path: CanvasRenderingContext2D | Path2D, shape: Shape, x: number, y: number, radius: number): void {
  const polygon = (corners: number, turn: number, size: number) => {
    for (let n = 0; n < corners; n += 1) {
      const angle = turn + (n * 2 * Math.PI) / corners;
      const [px, py] = [x + Math.cos(angle) * size, y + Math.sin(angle) * size];
      if (n === 0) path.moveTo(px, py);
      else path.lineTo(px, py);
    }
    path.closePath();
  };
  switch (shape) {
    case "square":
      path.rect(x - radius * 0.88, y - radius * 0.88, radius * 1.76, radius * 1.76);
      break;
    case "diamond":
      polygon(4, 0, radius * 1.15);
      break;
    case "triangle":
      polygon(3, -Math.PI / 2, radius * 1.2);
      break;
    case "hexagon":
      polygon(6, 0, radius * 1.05);
      break;
    case "cross": {
      const arm = radius * 0.45;
      path.rect(x - radius, y - arm, radius * 2, arm * 2);
      path.rect(x - arm, y - radius, arm * 2, radius - arm);
      path.rect(x - arm, y + arm, arm * 2, radius - arm);
      break;
    }
    default:
      path.moveTo(x + radius, y);
      path.arc(x, y, radius, 0, 2 * Math.PI);
  }
}

/** The same shape as an SVG path in a box of 20, for the legend. */
export function svgPath(shape: Shape): string {
  switch (shape) {
    case "square":
      return "M3 3H17V17H3Z";
    case "diamond":
      return "M10 1L19 10L10 19L1 10Z";
    case "triangle":
      return "M10 1L18.5 16H1.5Z";
    case "hexagon":
      return "M18.5 10L14.2 17.4H5.8L1.5 10L5.8 2.6H14.2Z";
    case "cross":
      return "M2 6.4H6.4V2H13.6V6.4H18V13.6H13.6V18H6.4V13.6H2Z";
    default:
      return "M10 2A8 8 0 1 1 9.99 2Z";
  }
}
