import { useEffect, useRef } from "react";
import { formatRemaining, remainingMs, speakRemaining, useNow } from "../lib/countdown";
import styles from "./countdown.module.css";

interface CountdownProps {
  until: string;
  /** Called once when it reaches zero. */
  onEnd?: () => void;
}

/** Minutes and seconds until an instant. Screen readers hear it once a minute, not once a second. */
export function Countdown({ until, onEnd }: CountdownProps) {
  const now = useNow();
  const left = remainingMs(until, now);
  const ended = left === 0;
  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  });
  useEffect(() => {
    if (ended) end.current?.();
  }, [ended]);
  return (
    <>
      <span className={styles.countdown} aria-hidden="true" role="timer">
        {formatRemaining(left)}
      </span>
      <span className="visually-hidden" aria-live="polite">
        {speakRemaining(left)}
      </span>
    </>
  );
}
