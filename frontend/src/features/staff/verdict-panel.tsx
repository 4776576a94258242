import { describeProblem } from "../../app/errors";
import { Button } from "../../ui/button";
import { cx } from "../../ui/cx";
import type { Shown } from "./gate-state";
import styles from "./gate.module.css";
import { placeOf, verdictOf } from "./verdict";

interface VerdictPanelProps {
  shown: Shown | null;
  timeZone: string;
  /** A code is being asked about. */
  busy: boolean;
  undoing: boolean;
  onUndo: (checkInId: string) => void;
}

/** One colour and one shape for go, another for stop, the reason in two words. */
export function VerdictPanel({ shown, timeZone, busy, undoing, onUndo }: VerdictPanelProps) {
  if (!shown) {
    return (
      <div className={styles.verdict} role="status">
        <p className={styles.reason}>{busy ? "Checking…" : "Ready"}</p>
        <p>Type, paste or scan the code below the QR picture, then press Enter.</p>
      </div>
    );
  }
  if (shown.kind === "fault") {
    const { title, body } = describeProblem(shown.problem);
    return (
      <div className={cx(styles.verdict, styles.stop)} role="alert">
        <Shape go={false} />
        <p className={styles.reason}>{title}</p>
        <p>{body}</p>
      </div>
    );
  }
  const { answer, undone, at } = shown;
  const { go, reason, detail } = verdictOf(answer, timeZone, at);
  const id = answer.check_in_id;
  if (undone) {
    return (
      <div className={styles.verdict} role="status">
        <p className={styles.reason}>Taken back</p>
        <p>{answer.ticket ? `${placeOf({ ...answer.ticket, seat: answer.ticket.seat ?? null })} can be used again.` : "The ticket can be used again."}</p>
      </div>
    );
  }
  return (
    <div className={cx(styles.verdict, go ? styles.go : styles.stop)} role="alert">
      <Shape go={go} />
      <p className={styles.reason}>{reason}</p>
      {answer.ticket && <p className={styles.place}>{placeOf({ ...answer.ticket, seat: answer.ticket.seat ?? null })}</p>}
      {detail && <p>{detail}</p>}
      {go && id && (
        <Button busy={undoing} onClick={() => onUndo(id)}>
          Undo
        </Button>
      )}
      {busy && <p>Checking the next…</p>}
    </div>
  );
}

function Shape({ go }: { go: boolean }) {
  return (
    <svg className={styles.shape} viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="3">
      {go ? (
        <>
          <circle cx="12" cy="12" r="10" />
          <path d="M7 12.5l3.5 3.5L17 9" />
        </>
      ) : (
        <>
          <path d="M7.5 2h9L22 7.5v9L16.5 22h-9L2 16.5v-9z" />
          <path d="M8 8l8 8M16 8l-8 8" />
        </>
      )}
    </svg>
  );
}
