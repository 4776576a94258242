import { useState } from "react";
import { patternOf } from "../lib/pattern";
import { cx } from "./cx";
import styles from "./event-picture.module.css";

interface EventPictureProps {
  title: string;
  imageUrl?: string | null;
  /** Width by height. */
  ratio?: string;
  className?: string;
  /** The first picture of a page loads at once. */
  eager?: boolean;
}

/** An event's image; the pattern of its name where it has none or it does not load. Decoration: the title is beside it. */
export function EventPicture({ title, imageUrl, ratio = "16 / 9", className, eager = false }: EventPictureProps) {
  const [broken, setBroken] = useState(false);
  return (
    <span className={cx(styles.picture, className)} style={{ aspectRatio: ratio }}>
      <PatternDrawing text={title} />
      {imageUrl && !broken && (
        <img src={imageUrl} alt="" loading={eager ? "eager" : "lazy"} decoding="async" referrerPolicy="no-referrer" onError={() => setBroken(true)} />
      )}
    </span>
  );
}

const W = 320;
const H = 180;

function PatternDrawing({ text }: { text: string }) {
  const { hue, kind, random } = patternOf(text);
  const at = (index: number) => random[index % random.length] ?? 0.5;
  const ground = `hsl(${hue} 42% 26%)`;
  const tones = [`hsl(${hue} 45% 36%)`, `hsl(${hue + 24} 50% 46%)`, `hsl(${hue - 20} 40% 20%)`, `hsl(${hue + 40} 60% 66%)`];
  const tone = (index: number) => tones[index % tones.length];
  return (
    <svg viewBox={`0 0 ${W} ${H}`} preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <rect width={W} height={H} fill={ground} />
      {kind === "arcs" &&
        [0, 1, 2, 3, 4].map((n) => (
          <circle key={n} cx={W * (0.05 + at(0) * 0.9)} cy={H * (at(1) * 1.4 - 0.2)} r={190 - n * 36} fill="none" stroke={tone(n)} strokeWidth={10 + at(n + 2) * 22} />
        ))}
      {kind === "waves" &&
        [0, 1, 2, 3].map((n) => {
          const y = 30 + n * 42;
          const middle = W * (0.3 + at(n) * 0.4);
          const lift = (at(n + 4) - 0.5) * 130;
          const end = y + (at(n + 8) - 0.5) * 50;
          return <path key={n} d={`M-10 ${y} C ${middle * 0.4} ${y - lift}, ${middle * 0.7} ${y + lift}, ${middle} ${y} S ${W * 0.9} ${end - lift}, ${W + 10} ${end} V${H + 10} H-10 Z`} fill={tone(n)} />;
        })}
      {kind === "dots" &&
        Array.from({ length: 40 }, (_, n) => (
          <circle key={n} cx={20 + (n % 8) * 40} cy={18 + Math.floor(n / 8) * 36} r={3 + at(n * 7 + Math.floor(n / 8)) * 13} fill={tone(n + Math.floor(n / 8))} />
        ))}
      {kind === "beams" &&
        [0, 1, 2, 3, 4].map((n) => {
          const x = W * (0.05 + n * 0.2);
          const spread = 26 + at(n) * 50;
          return <polygon key={n} points={`${x},-10 ${x - spread + at(n + 5) * 80},${H + 10} ${x + spread + at(n + 5) * 80},${H + 10}`} fill={tone(n)} opacity="0.75" />;
        })}
    </svg>
  );
}
