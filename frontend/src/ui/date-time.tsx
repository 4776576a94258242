import { formatClock, formatDateTime, formatDay, formatSpan, isoDay, readersZone, zoneName, zonesDiffer } from "../lib/time";
import styles from "./date-time.module.css";

interface DateTimeProps {
  at: string;
  /** The zone to show it in; the reader's if absent. */
  timeZone?: string;
  show?: "day" | "time" | "both";
}

/** One instant in one zone. */
export function DateTime({ at, timeZone = readersZone(), show = "both" }: DateTimeProps) {
  const text = show === "day" ? formatDay(at, timeZone) : show === "time" ? formatClock(at, timeZone) : formatDateTime(at, timeZone);
  return <time dateTime={at}>{text}</time>;
}

interface EventTimeProps {
  startsAt: string;
  endsAt?: string;
  timeZone: string;
}

/** When an event is: by its own clocks, and below that by the reader's where they differ. */
export function EventTime({ startsAt, endsAt, timeZone }: EventTimeProps) {
  const mine = readersZone();
  const differs = zonesDiffer(startsAt, timeZone, mine);
  const sameDay = isoDay(startsAt, timeZone) === isoDay(startsAt, mine);
  return (
    <span>
      <time dateTime={startsAt}>{endsAt ? formatSpan(startsAt, endsAt, timeZone) : formatDateTime(startsAt, timeZone)}</time>
      {differs && <span className={styles.part}> ({zoneName(startsAt, timeZone)})</span>}
      {differs && (
        <span className={styles.reader}>
          {sameDay ? formatClock(startsAt, mine) : formatDateTime(startsAt, mine)} your time ({zoneName(startsAt, mine)})
        </span>
      )}
    </span>
  );
}
