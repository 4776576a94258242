/** Draws the seats: one path for each look, so that thousands take a few milliseconds. */
import type { Layout, Seat } from "./layout";
import { type Mark, trace } from "./marks";
import type { Size, View } from "./view";

export interface Colours {
  ground: string;
  taken: string;
  text: string;
  accent: string;
  onAccent: string;
  dark: boolean;
}

export interface Scene {
  layout: Layout;
  view: View;
  size: Size;
  colours: Colours;
  marks: ReadonlyMap<string, Mark>;
  isFree: (seat: Seat) => boolean;
  selected: ReadonlySet<string>;
  /** Where the keyboard stands. */
  cursor: Seat | undefined;
}

/** Numbers are readable from this seat size on. */
const NUMBERED_SEAT = 20;

export function draw(context: CanvasRenderingContext2D, scene: Scene): void {
  const { layout, view, size, colours } = scene;
  const ratio = context.canvas.width / size.width;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);

  const pitch = layout.pitch * view.scale;
  const radius = Math.max(1.2, pitch * 0.4);
  const groups = new Map<string, Seat[]>();
  const chosen: Seat[] = [];
  const taken: Seat[] = [];
  const x = (seat: Seat) => seat.x * view.scale + view.x;
  const y = (seat: Seat) => seat.y * view.scale + view.y;
  for (const seat of layout.seats) {
    if (x(seat) < -pitch || y(seat) < -pitch || x(seat) > size.width + pitch || y(seat) > size.height + pitch) continue;
    if (scene.selected.has(seat.guid)) chosen.push(seat);
    else if (!scene.isFree(seat) || seat.typeId === undefined) taken.push(seat);
    else {
      const group = groups.get(seat.typeId);
      if (group) group.push(seat);
      else groups.set(seat.typeId, [seat]);
    }
  }

  context.beginPath();
  for (const seat of taken) trace(context, "circle", x(seat), y(seat), radius * 0.55);
  context.fillStyle = colours.taken;
  context.fill();

  for (const [typeId, seats] of groups) {
    const mark = scene.marks.get(typeId);
    if (!mark) continue;
    context.beginPath();
    for (const seat of seats) trace(context, mark.shape, x(seat), y(seat), radius);
    context.fillStyle = colours.dark ? mark.dark : mark.light;
    context.fill();
  }
  if (pitch >= NUMBERED_SEAT) numbers(context, [...groups.values()].flat(), x, y, pitch, colours.ground);

  context.beginPath();
  for (const seat of chosen) trace(context, "circle", x(seat), y(seat), radius * 1.25);
  context.fillStyle = colours.accent;
  context.fill();
  context.strokeStyle = colours.text;
  context.lineWidth = Math.max(1.5, radius * 0.16);
  context.stroke();
  ticks(context, chosen, x, y, radius, colours.onAccent);

  if (scene.cursor) {
    context.beginPath();
    trace(context, "circle", x(scene.cursor), y(scene.cursor), Math.max(9, radius * 1.6));
    context.strokeStyle = colours.text;
    context.lineWidth = 3;
    context.stroke();
  }
}

function numbers(
  context: CanvasRenderingContext2D,
  seats: readonly Seat[],
  x: (seat: Seat) => number,
  y: (seat: Seat) => number,
  pitch: number,
  colour: string,
): void {
  context.fillStyle = colour;
  context.font = `600 ${Math.round(pitch * 0.32)}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const seat of seats) context.fillText(seat.number, x(seat), y(seat) + 0.5);
}

function ticks(context: CanvasRenderingContext2D, seats: readonly Seat[], x: (seat: Seat) => number, y: (seat: Seat) => number, radius: number, colour: string): void {
  context.beginPath();
  for (const seat of seats) {
    context.moveTo(x(seat) - radius * 0.55, y(seat));
    context.lineTo(x(seat) - radius * 0.1, y(seat) + radius * 0.45);
    context.lineTo(x(seat) + radius * 0.6, y(seat) - radius * 0.45);
  }
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1.5, radius * 0.25);
  context.stroke();
}

/** The interface's colours as a canvas understands them. */
export function coloursOf(element: HTMLElement): Colours {
  const probe = document.createElement("span");
  element.append(probe);
  const colour = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    ground: colour("--surface"),
    taken: colour("--line"),
    text: colour("--text"),
    accent: colour("--accent"),
    onAccent: colour("--on-accent"),
    dark: window.matchMedia("(prefers-color-scheme: dark)").matches,
  };
  probe.remove();
  return colours;
}
