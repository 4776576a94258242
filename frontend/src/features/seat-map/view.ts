/** What part of the plan is on screen: `screen = plan × scale + offset`, in CSS pixels. */
import type { Box, Layout } from "./layout";

export interface View {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

/** A seat fills at most this many pixels: larger helps nobody. */
const LARGEST_SEAT = 56;
/** Seats are chosen by a tap from this size on; before, a tap goes nearer. */
export const TAPPABLE_SEAT = 22;

/** The whole plan, centred. */
export function fit(layout: Layout, size: Size): View {
  const { box, pitch } = layout;
  const [width, height] = [box.right - box.left + 2 * pitch, box.bottom - box.top + 2 * pitch];
  const scale = Math.min(size.width / width, size.height / height, LARGEST_SEAT / pitch);
  return { scale, x: size.width / 2 - ((box.left + box.right) / 2) * scale, y: size.height / 2 - ((box.top + box.bottom) / 2) * scale };
}

/** Nearer or further around a point of the screen that stays where it is. */
export function zoom(view: View, factor: number, at: { x: number; y: number }, layout: Layout, size: Size): View {
  const smallest = fit(layout, size).scale;
  const scale = Math.min(Math.max(view.scale * factor, smallest), Math.max(smallest, LARGEST_SEAT / layout.pitch));
  const ratio = scale / view.scale;
  return keepInSight({ scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio }, layout.box, size);
}

export function pan(view: View, dx: number, dy: number, layout: Layout, size: Size): View {
  return keepInSight({ ...view, x: view.x + dx, y: view.y + dy }, layout.box, size);
}

/** Moves the view so that a place is well inside; unchanged when it is. */
export function reveal(view: View, place: { x: number; y: number }, layout: Layout, size: Size): View {
  const margin = Math.min(48, size.width / 4, size.height / 4);
  const [x, y] = [place.x * view.scale + view.x, place.y * view.scale + view.y];
  const shift = (value: number, extent: number) => (value < margin ? margin - value : value > extent - margin ? extent - margin - value : 0);
  return pan(view, shift(x, size.width), shift(y, size.height), layout, size);
}

/** The middle of the screen always shows a part of the plan. */
function keepInSight(view: View, box: Box, size: Size): View {
  const clamp = (offset: number, low: number, high: number, extent: number) =>
    Math.min(Math.max(offset, extent / 2 - high * view.scale), extent / 2 - low * view.scale);
  return { ...view, x: clamp(view.x, box.left, box.right, size.width), y: clamp(view.y, box.top, box.bottom, size.height) };
}

/** The place of the plan that is at a point of the screen. */
export function placeAt(view: View, x: number, y: number): { x: number; y: number } {
  return { x: (x - view.x) / view.scale, y: (y - view.y) / view.scale };
}
