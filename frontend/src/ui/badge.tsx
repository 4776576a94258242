import type { ReactNode } from "react";
import styles from "./badge.module.css";
import { cx } from "./cx";
import type { Tone } from "./notice";

/** One or two words on the state of something. */
export function Badge({ tone = "info", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={cx(styles.badge, tone !== "info" && styles[tone])}>{children}</span>;
}
