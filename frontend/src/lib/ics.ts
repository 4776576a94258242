/** Calendar files (RFC 5545), made on the device: no request, works offline. */

export interface CalendarEntry {
  /** Stable over updates: importing again replaces the entry. */
  uid: string;
  title: string;
  start: string | Date;
  end?: string | Date;
  place?: string | undefined;
  description?: string;
  url?: string;
  /** Minutes before the start at which the calendar reminds. */
  alarmMinutes?: number;
}

function utc(at: string | Date): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function escape(text: string): string {
  return text.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");
}

/** Lines may have 75 octets; longer ones go on after a line break and a space. */
function fold(line: string): string {
  const encoder = new TextEncoder();
  const lines: string[] = [];
  let current = "";
  let size = 0;
  for (const character of line) {
    const bytes = encoder.encode(character).length;
    if (size + bytes > (lines.length === 0 ? 75 : 74)) {
      lines.push(current);
      current = "";
      size = 0;
    }
    current += character;
    size += bytes;
  }
  return [...lines, current].join("\r\n ");
}

export function calendarFile(entry: CalendarEntry, now = new Date()): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Event Platform//EN",
    "METHOD:PUBLISH",
    "BEGIN:VEVENT",
    `UID:${escape(entry.uid)}`,
    `DTSTAMP:${utc(now)}`,
    `DTSTART:${utc(entry.start)}`,
    ...(entry.end === undefined ? [] : [`DTEND:${utc(entry.end)}`]),
    `SUMMARY:${escape(entry.title)}`,
    ...(entry.place ? [`LOCATION:${escape(entry.place)}`] : []),
    ...(entry.description ? [`DESCRIPTION:${escape(entry.description)}`] : []),
    ...(entry.url ? [`URL:${entry.url}`] : []),
    ...(entry.alarmMinutes === undefined
      ? []
      : ["BEGIN:VALARM", "ACTION:DISPLAY", `TRIGGER:-PT${entry.alarmMinutes}M`, `DESCRIPTION:${escape(entry.title)}`, "END:VALARM"]),
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join("");
}
