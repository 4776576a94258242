import type { ReactNode } from "react";
import { cx } from "./cx";
import styles from "./notice.module.css";

export type Tone = "info" | "good" | "warn" | "bad";

const marks: Record<Tone, string> = { info: "i", good: "✓", warn: "!", bad: "!" };

interface NoticeProps {
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
  /** Buttons or links: the next step. */
  actions?: ReactNode;
  /** Read out as soon as it appears: for what follows from an action. */
  announce?: boolean;
  className?: string;
}

/** An inline message, in the place that it is about. */
export function Notice({ tone = "info", title, children, actions, announce = false, className }: NoticeProps) {
  const role = announce ? (tone === "bad" ? "alert" : "status") : undefined;
  return (
    <div className={cx(styles.notice, styles[tone], className)} role={role}>
      <span className={styles.mark} aria-hidden="true">
        {marks[tone]}
      </span>
      {title && <div className={styles.title}>{title}</div>}
      {children && <div className={title ? styles.body : undefined}>{children}</div>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
