import { useQuery } from "@tanstack/react-query";
import { checkInsQuery } from "../../api/resources/check-ins";
import { formatClock } from "../../lib/time";
import styles from "./gate.module.css";
import { placeOf } from "./verdict";

/** The newest check-ins of all gates of the event. */
export function Recent({ eventId, timeZone }: { eventId: string; timeZone: string }) {
  const { data } = useQuery(checkInsQuery(eventId));
  const items = data?.items.slice(0, 8) ?? [];
  return (
    <section aria-labelledby="recent" className={styles.recent}>
      <h2 id="recent">Just now</h2>
      {items.length === 0 ? (
        <p className={styles.muted}>Nobody is inside yet.</p>
      ) : (
        <ul role="list">
          {items.map(({ id, at, ticket, undone_at }) => (
            <li key={id}>
              <time dateTime={at}>{formatClock(at, timeZone)}</time> {placeOf({ ...ticket, seat: ticket.seat ?? null })}
              {undone_at && <span className={styles.muted}> · taken back</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
