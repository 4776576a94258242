import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Button } from "./button";
import styles from "./confirm.module.css";
import { Actions } from "./page";

interface ConfirmProps {
  /** What the button that asks says. */
  label: string;
  /** What is lost: said before anything happens. */
  question: ReactNode;
  yes: string;
  no: string;
  busy: boolean;
  onConfirm: () => void;
  /** What stands beside the button while nothing is asked. */
  beside?: ReactNode;
}

/** A step that can't be taken back: asks in place before it is done. */
export function Confirm({ label, question, yes, no, busy, onConfirm, beside }: ConfirmProps) {
  const [asking, setAsking] = useState(false);
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const shown = useRef(asking);
  // The focus follows the buttons that take each other's place: to the one that changes nothing.
  useEffect(() => {
    if (shown.current !== asking) frame.current?.querySelector("button")?.focus();
    shown.current = asking;
  }, [asking]);
  return (
    <div ref={frame} className={styles.confirm} role="group" aria-labelledby={asking ? id : undefined}>
      {asking && <p id={id}>{question}</p>}
      <Actions>
        {asking ? (
          <>
            <Button onClick={() => setAsking(false)}>{no}</Button>
            <Button variant="danger" busy={busy} onClick={onConfirm}>
              {yes}
            </Button>
          </>
        ) : (
          <>
            {beside}
            <Button variant={beside ? "quiet" : "secondary"} onClick={() => setAsking(true)}>
              {label}
            </Button>
          </>
        )}
      </Actions>
    </div>
  );
}
