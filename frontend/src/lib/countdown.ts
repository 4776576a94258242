import { useEffect, useState } from "react";

/** "9:05", or "1:02:05" from an hour on; never negative. */
export function formatRemaining(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/** In words, for screen readers: "9 minutes left". */
export function speakRemaining(ms: number): string {
  if (ms <= 0) return "Time is up";
  if (ms < 60_000) return "less than a minute left";
  const minutes = Math.floor(ms / 60_000);
  return minutes === 1 ? "1 minute left" : `${minutes} minutes left`;
}

/** Time left until an instant, by the wall clock: right again after the device slept. */
export function remainingMs(until: string | Date, now: number): number {
  return Math.max(0, new Date(until).getTime() - now);
}

/** The current time, updated every `everyMs`, and at once when the page comes back to the front. */
export function useNow(everyMs = 1000, active = true): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!active) return undefined;
    const tick = () => setNow(Date.now());
    tick();
    const timer = setInterval(tick, everyMs);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [everyMs, active]);
  return now;
}
