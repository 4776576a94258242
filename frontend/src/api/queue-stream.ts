/**
 * Follows a place in a queue. It stays open while the page is hidden: an open stream is the sign that somebody still waits.
 * Reopened with growing pauses when it breaks; the signed place finds its way back.
 */
import type { QueueView } from "./types";

export interface QueueListener {
  onView: (view: QueueView) => void;
  /** Live, or not: then the listener asks by itself now and then. */
  onLive: (live: boolean) => void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
const FINAL: ReadonlySet<QueueView["status"]> = new Set(["absent", "over", "sold_out"]);

export function followQueue(eventId: string, place: string, listener: QueueListener): () => void {
  if (typeof EventSource === "undefined") return () => undefined;
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = FIRST_PAUSE_MS;

  const stop = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const connect = () => {
    source = new EventSource(`/api/booking/events/${eventId}/queue/stream?place=${encodeURIComponent(place)}`);
    source.addEventListener("open", () => {
      pause = FIRST_PAUSE_MS;
      listener.onLive(true);
    });
    source.addEventListener("queue", (event: MessageEvent<string>) => {
      const view = JSON.parse(event.data) as QueueView;
      if (FINAL.has(view.status)) stop();
      listener.onView(view);
    });
    source.addEventListener("error", () => {
      stop();
      listener.onLive(false);
      timer = setTimeout(connect, pause * (0.75 + Math.random() / 2));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    });
  };
  connect();
  return () => {
    stop();
    listener.onLive(false);
  };
}
