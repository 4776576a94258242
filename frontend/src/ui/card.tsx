import type { HTMLAttributes } from "react";
import styles from "./card.module.css";
import { cx } from "./cx";

interface CardProps extends HTMLAttributes<HTMLElement> {
  as?: "div" | "section" | "article" | "li";
  /** Stands out from the page by a shadow. */
  raised?: boolean;
}

export function Card({ as: Element = "div", raised = false, className, ...rest }: CardProps) {
  return <Element {...rest} className={cx(styles.card, raised && styles.raised, className)} />;
}
