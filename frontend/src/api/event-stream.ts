/**
 * One live connection per event, shared by everything on the page that follows it (browsers allow six connections to a
 * site). Closed while the page is hidden, reopened with growing pauses when the platform turns it away.
 */
import type { Availability } from "./types";

export interface SeatChange {
  seat_guid: string;
  status: "free" | "held" | "sold";
}

export interface StreamListener {
  onAvailability?: (availability: Availability) => void;
  onSeats?: (changes: SeatChange[]) => void;
  /** Live, or not: then the listener asks by itself now and then, and once more when it turns live (changes were missed). */
  onLive?: (live: boolean) => void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const streams = new Map<string, EventStream>();

class EventStream {
  readonly listeners = new Set<StreamListener>();
  live = false;
  private readonly eventId: string;
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pause = FIRST_PAUSE_MS;

  constructor(eventId: string) {
    this.eventId = eventId;
    document.addEventListener("visibilitychange", this.follow);
    this.follow();
  }

  close(): void {
    document.removeEventListener("visibilitychange", this.follow);
    this.disconnect();
  }

  private readonly follow = (): void => {
    if (document.hidden) this.disconnect();
    else if (!this.source) this.connect();
  };

  private connect(): void {
    clearTimeout(this.timer);
    const source = new EventSource(`/api/booking/events/${this.eventId}/availability/stream`);
    this.source = source;
    source.addEventListener("open", () => {
      this.pause = FIRST_PAUSE_MS;
      this.setLive(true);
    });
    source.addEventListener("availability", (event: MessageEvent<string>) => {
      const availability = parse<Availability>(event.data);
      if (availability) for (const listener of this.listeners) listener.onAvailability?.(availability);
    });
    source.addEventListener("seats", (event: MessageEvent<string>) => {
      const changes = parse<{ changes: SeatChange[] }>(event.data)?.changes;
      if (changes) for (const listener of this.listeners) listener.onSeats?.(changes);
    });
    source.addEventListener("error", () => {
      // The browser's own reconnecting has a fixed pause and gives up on any status but 200: we do it ourselves.
      this.disconnect();
      this.timer = setTimeout(this.follow, this.pause * (0.75 + Math.random() / 2));
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
    });
  }

  private disconnect(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
    this.setLive(false);
  }

  private setLive(live: boolean): void {
    if (live === this.live) return;
    this.live = live;
    for (const listener of this.listeners) listener.onLive?.(live);
  }
}

function parse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

/** Follows an event's availability until the returned function is called. */
export function followEvent(eventId: string, listener: StreamListener): () => void {
  if (typeof EventSource === "undefined") return () => undefined;
  const stream = streams.get(eventId) ?? new EventStream(eventId);
  streams.set(eventId, stream);
  stream.listeners.add(listener);
  if (stream.live) listener.onLive?.(true);
  return () => {
    stream.listeners.delete(listener);
    if (stream.listeners.size > 0) return;
    stream.close();
    streams.delete(eventId);
  };
}
