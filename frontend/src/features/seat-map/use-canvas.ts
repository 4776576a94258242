/** The map's canvas: its size, what part of the plan it shows, and drawing when something has changed. */
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { type Colours, coloursOf, draw } from "./draw";
import type { Grid } from "./grid";
import type { Layout, Seat } from "./layout";
import type { Mark } from "./marks";
import { useGestures } from "./use-gestures";
import { type Size, TAPPABLE_SEAT, type View, fit, pan, placeAt, reveal, zoom } from "./view";

interface CanvasProps {
  frame: RefObject<HTMLDivElement>;
  layout: Layout;
  grid: Grid;
  marks: ReadonlyMap<string, Mark>;
  isFree: (seat: Seat) => boolean;
  selected: ReadonlySet<string>;
  cursor: Seat | undefined;
  onPick: (seat: Seat) => void;
}

export function useCanvas({ frame, layout, grid, marks, isFree, selected, cursor, onPick }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useRef<Size>({ width: 0, height: 0 });
  const view = useRef<View>();
  const colours = useRef<Colours>();
  const pending = useRef(0);
  const [zoomed, setZoomed] = useState(false);
  const scene = useRef({ layout, marks, isFree, selected, cursor });

  // However much changes, it is drawn once a frame.
  const redraw = useCallback(() => {
    if (pending.current !== 0) return;
    pending.current = requestAnimationFrame(() => {
      pending.current = 0;
      const context = canvas.current?.getContext("2d");
      const parent = canvas.current?.parentElement;
      if (!context || !parent || !view.current || size.current.width === 0) return;
      colours.current ??= coloursOf(parent);
      draw(context, { ...scene.current, view: view.current, size: size.current, colours: colours.current });
    });
  }, []);

  const setView = useCallback(
    (next: View) => {
      view.current = next;
      setZoomed(next.scale > fit(scene.current.layout, size.current).scale * 1.01);
      redraw();
    },
    [redraw],
  );

  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => {
      const target = canvas.current;
      if (!target) return;
      const whole = !view.current || view.current.scale <= fit(scene.current.layout, size.current).scale * 1.01;
      size.current = { width: element.clientWidth, height: element.clientHeight };
      const ratio = Math.min(window.devicePixelRatio || 1, 3);
      target.width = Math.round(size.current.width * ratio);
      target.height = Math.round(size.current.height * ratio);
      if (whole || !view.current) view.current = fit(scene.current.layout, size.current);
      redraw();
    });
    observer.observe(element);
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    const recolour = () => {
      colours.current = undefined;
      redraw();
    };
    scheme.addEventListener("change", recolour);
    return () => {
      observer.disconnect();
      scheme.removeEventListener("change", recolour);
      cancelAnimationFrame(pending.current);
      pending.current = 0;
    };
  }, [frame, redraw]);

  useEffect(() => {
    scene.current = { layout, marks, isFree, selected, cursor };
    redraw();
  }, [redraw, layout, marks, isFree, selected, cursor]);

  const zoomAt = (factor: number, at: { x: number; y: number }) => {
    if (view.current) setView(zoom(view.current, factor, at, layout, size.current));
  };
  const centre = () => ({ x: size.current.width / 2, y: size.current.height / 2 });
  useGestures(frame, {
    onPan: (dx, dy) => {
      if (view.current) setView(pan(view.current, dx, dy, layout, size.current));
    },
    onZoom: zoomAt,
    onTap: (x, y) => {
      if (!view.current) return;
      const pitch = layout.pitch * view.current.scale;
      // Seats too small to hit: go nearer first.
      if (pitch < TAPPABLE_SEAT) return zoomAt((TAPPABLE_SEAT * 1.4) / pitch, { x, y });
      const place = placeAt(view.current, x, y);
      const seat = grid.at(place.x, place.y, layout.pitch * 0.7);
      if (seat) onPick(seat);
    },
  });

  const controls = {
    zoomed,
    zoomBy: (factor: number) => zoomAt(factor, centre()),
    fitAll: () => setView(fit(layout, size.current)),
    /** Brings a seat well into sight, near enough to be seen. */
    show: (seat: Seat) => {
      if (!view.current) return;
      const pitch = layout.pitch * view.current.scale;
      const at = { x: seat.x * view.current.scale + view.current.x, y: seat.y * view.current.scale + view.current.y };
      const near = pitch < TAPPABLE_SEAT ? zoom(view.current, TAPPABLE_SEAT / pitch, at, layout, size.current) : view.current;
      setView(reveal(near, seat, layout, size.current));
    },
  };
  return [canvas, controls] as const;
}
