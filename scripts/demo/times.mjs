// Wall-clock times in a zone as instants.

const day = 24 * 60 * 60 * 1000;

// How far the zone's clocks are ahead of UTC at an instant, in milliseconds.
function ahead(instant, zone) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hourCycle: "h23",
    year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
  }).formatToParts(instant);
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - instant.getTime();
}

// The instant of `time` ("19:30") in `zone`, `days` days after today.
export function at(days, time, zone) {
  const [hours, minutes] = time.split(":").map(Number);
  const date = new Date(Date.now() + days * day);
  const wall = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), hours, minutes);
  const guess = new Date(wall - ahead(new Date(wall), zone));
  return new Date(wall - ahead(guess, zone));
}

export const later = (instant, hours) => new Date(instant.getTime() + hours * 60 * 60 * 1000);
export const inDays = (days) => new Date(Date.now() + days * day);
