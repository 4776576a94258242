/** Fingers, mouse and wheel on the map: one drags, two pinch, a short touch taps. */
import { type RefObject, useEffect, useRef } from "react";

export interface GestureHandlers {
  onTap: (x: number, y: number) => void;
  onPan: (dx: number, dy: number) => void;
  /** Nearer (> 1) or further around a point. */
  onZoom: (factor: number, at: { x: number; y: number }) => void;
}

/** A touch that moves less is a tap, in CSS pixels. */
const TAP_SLOP = 8;

export function useGestures(ref: RefObject<HTMLElement>, handlers: GestureHandlers): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const pointers = new Map<number, { x: number; y: number }>();
    let moved = 0;

    const place = (event: MouseEvent) => {
      const { left, top } = element.getBoundingClientRect();
      return { x: event.clientX - left, y: event.clientY - top };
    };
    const middle = () => {
      const points = [...pointers.values()];
      return { x: points.reduce((sum, { x }) => sum + x, 0) / points.length, y: points.reduce((sum, { y }) => sum + y, 0) / points.length };
    };
    const spread = () => {
      const [one, other] = [...pointers.values()];
      return one && other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0) return;
      if (pointers.size === 0) moved = 0;
      pointers.set(event.pointerId, place(event));
      element.setPointerCapture(event.pointerId);
    };
    const move = (event: PointerEvent) => {
      if (!pointers.has(event.pointerId)) return;
      const [before, width] = [middle(), spread()];
      pointers.set(event.pointerId, place(event));
      const after = middle();
      moved += Math.hypot(after.x - before.x, after.y - before.y) + Math.abs(spread() - width);
      if (moved <= TAP_SLOP) return;
      latest.current.onPan(after.x - before.x, after.y - before.y);
      if (pointers.size === 2 && width > 0) latest.current.onZoom(spread() / width, after);
    };
    const up = (event: PointerEvent) => {
      if (!pointers.has(event.pointerId)) return;
      const at = place(event);
      pointers.delete(event.pointerId);
      if (pointers.size === 0 && moved <= TAP_SLOP && event.type === "pointerup") latest.current.onTap(at.x, at.y);
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      // A line of a mouse's wheel is some 16 pixels.
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
      latest.current.onZoom(Math.exp(-pixels / 400), place(event));
    };
    element.addEventListener("pointerdown", down);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", up);
    element.addEventListener("pointercancel", up);
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      element.removeEventListener("pointerdown", down);
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", up);
      element.removeEventListener("pointercancel", up);
      element.removeEventListener("wheel", wheel);
    };
  }, [ref]);
}
