/** A picture for an event that has none: drawn from its name, so that it is always the same one. */

/** FNV-1a, 32 bits: the same text gives the same number everywhere. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) {
    value ^= character.codePointAt(0) ?? 0;
    value = Math.imul(value, 0x01000193);
  }
  return value >>> 0;
}

export interface Pattern {
  /** Hue of the ground in degrees. */
  hue: number;
  kind: "arcs" | "waves" | "dots" | "beams";
  /** Numbers from 0 to 1 to place shapes by. */
  random: number[];
}

const kinds = ["arcs", "waves", "dots", "beams"] as const;
/** Hues that look well beside the accent in both themes. */
const hues = [168, 200, 222, 262, 330, 12, 34, 140];

/** How the picture of this text is drawn; `count` numbers to place shapes by. */
export function patternOf(text: string, count = 16): Pattern {
  let state = hash(text) || 1;
  const next = () => {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x100000000;
  };
  next();
  const hue = hues[Math.floor(next() * hues.length)] ?? 168;
  const kind = kinds[Math.floor(next() * kinds.length)] ?? "arcs";
  return { hue, kind, random: Array.from({ length: count }, next) };
}
