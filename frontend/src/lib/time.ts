/** Dates as people read them: in the event's time zone, with the reader's beside it where they differ. */

export function readersZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function isZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** An unknown zone would make every page throw; UTC is shown and named instead. */
function known(timeZone: string): string {
  return isZone(timeZone) ? timeZone : "UTC";
}

function format(at: string | Date, timeZone: string, options: Intl.DateTimeFormatOptions, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: known(timeZone) }).format(new Date(at));
}

const DAY: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short", year: "numeric" };
const CLOCK: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };

/** "Sat, 3 Oct 2026" */
export function formatDay(at: string | Date, timeZone: string, locale?: string): string {
  return format(at, timeZone, DAY, locale);
}

/** "19:30" */
export function formatClock(at: string | Date, timeZone: string, locale?: string): string {
  return format(at, timeZone, CLOCK, locale);
}

/** "Sat, 3 Oct 2026, 19:30" */
export function formatDateTime(at: string | Date, timeZone: string, locale?: string): string {
  return format(at, timeZone, { ...DAY, ...CLOCK }, locale);
}

/** "GMT+2" or "CEST": how the zone is called at that moment. */
export function zoneName(at: string | Date, timeZone: string, locale?: string): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone: known(timeZone), timeZoneName: "short" }).formatToParts(new Date(at));
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? timeZone;
}

/** Minutes that the zone's clocks are ahead of UTC at that moment. */
export function offsetMinutes(at: string | Date, timeZone: string): number {
  const date = new Date(at);
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: known(timeZone),
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(date);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((item) => item.type === type)?.value);
  const asUtc = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return Math.round((asUtc - Math.floor(date.getTime() / 1000) * 1000) / 60_000);
}

/** Whether clocks in both zones show different times at that moment (different names for the same time don't count). */
export function zonesDiffer(at: string | Date, one: string, other: string): boolean {
  return offsetMinutes(at, one) !== offsetMinutes(at, other);
}

/** The calendar day in a zone as `2026-10-03`, for comparing and for date fields. */
export function isoDay(at: string | Date, timeZone: string): string {
  const date = new Date(at);
  return new Date(date.getTime() + offsetMinutes(date, timeZone) * 60_000).toISOString().slice(0, 10);
}

/** The instant at which clocks in `timeZone` show `local` (`2026-10-03T19:30`). In a gap: the moment after it. */
export function instantOf(local: string, timeZone: string): Date {
  const asUtc = new Date(`${local}Z`);
  const guess = new Date(asUtc.getTime() - offsetMinutes(asUtc, timeZone) * 60_000);
  return new Date(asUtc.getTime() - offsetMinutes(guess, timeZone) * 60_000);
}

/** What clocks in `timeZone` show, as `2026-10-03T19:30`, for datetime-local fields. */
export function localOf(at: string | Date, timeZone: string): string {
  const date = new Date(at);
  return new Date(date.getTime() + offsetMinutes(date, timeZone) * 60_000).toISOString().slice(0, 16);
}

/** "Sat, 3 Oct 2026, 19:30 – 22:00", or both days when it ends on another. */
export function formatSpan(start: string, end: string, timeZone: string, locale?: string): string {
  if (isoDay(start, timeZone) === isoDay(end, timeZone)) {
    return `${formatDateTime(start, timeZone, locale)} – ${formatClock(end, timeZone, locale)}`;
  }
  // Nothing but days is known of many imported events: midnight to midnight is "all day".
  const days = formatClock(start, timeZone, "en-GB") === "00:00" && /^(00:00|23:59)$/.test(formatClock(end, timeZone, "en-GB"));
  const show = days ? formatDay : formatDateTime;
  return `${show(start, timeZone, locale)} – ${show(end, timeZone, locale)}`;
}

/** Friday 00:00 to Monday 00:00 of the weekend that is on or comes next, by the reader's clock. */
export function weekend(now: Date): { from: Date; to: Date } {
  const weekday = (now.getDay() + 6) % 7; // Monday is 0.
  const friday = new Date(now.getFullYear(), now.getMonth(), now.getDate() + (4 - weekday));
  const monday = new Date(friday.getFullYear(), friday.getMonth(), friday.getDate() + 3);
  return { from: friday < now ? now : friday, to: monday };
}

/** "in 3 days", "2 hours ago". */
export function formatRelative(at: string | Date, now: number, locale?: string): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ];
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(0, "minute");
}
