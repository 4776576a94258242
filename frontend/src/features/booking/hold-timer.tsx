import { remainingMs, useNow } from "../../lib/countdown";
import { Countdown } from "../../ui/countdown";
import { cx } from "../../ui/cx";
import styles from "./booking.module.css";

const SOON_MS = 2 * 60_000;

interface HoldTimerProps {
  until: string;
  /** By the waiting list: the buyer did not take them. */
  offered: boolean;
  onEnd?: () => void;
}

/** How long the tickets are still held: visible and calm, plainer in the last two minutes. */
export function HoldTimer({ until, offered, onEnd }: HoldTimerProps) {
  const soon = remainingMs(until, useNow(1000)) <= SOON_MS;
  return (
    <div className={cx(styles.timer, soon && styles.soon)}>
      <span>
        {offered ? "Offered by the waiting list: kept for you for" : "Your tickets are held for"} <Countdown until={until} onEnd={onEnd} />
      </span>
      {soon && (
        <span role="status" className={styles.muted}>
          After that {offered ? "whoever is next gets them" : "they go back on sale"}. Paying now gives you some minutes more.
        </span>
      )}
    </div>
  );
}
