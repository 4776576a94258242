import { Link } from "react-router";
import type { EventSummary } from "../../api/types";
import { paths } from "../../app/paths";
import { formatDateTime } from "../../lib/time";
import { Badge } from "../../ui/badge";
import { cx } from "../../ui/cx";
import { EventPicture } from "../../ui/event-picture";
import { Money } from "../../ui/money";
import { Skeleton } from "../../ui/skeleton";
import styles from "./event-card.module.css";

/** One event in a list: picture, date, title, place, price with all fees. */
export function EventCard({ event, eager = false }: { event: EventSummary; eager?: boolean }) {
  const over = event.status !== "published" || event.sold_out;
  return (
    <article className={cx(styles.card, over && styles.gone)}>
      <EventPicture title={event.title} imageUrl={event.image_url} className={styles.picture} eager={eager} />
      <div className={styles.body}>
        <p className={styles.date}>
          <time dateTime={event.starts_at}>{formatDateTime(event.starts_at, event.time_zone)}</time>
        </p>
        <h3 className={styles.title}>
          <Link to={paths.event(event.id)}>{event.title}</Link>
        </h3>
        <p className={styles.place}>{event.venue ? placeOf(event.venue) : "Online"}</p>
        <p className={styles.foot}>
          <Price event={event} />
          <StateBadge event={event} />
        </p>
      </div>
    </article>
  );
}

function placeOf({ name, city }: { name: string; city: string }): string {
  return name === city || city === "" ? name : name === "" ? city : `${name}, ${city}`;
}

function Price({ event }: { event: EventSummary }) {
  if (!event.from_price) return <span className={styles.place}>No tickets here</span>;
  return (
    <span className={styles.price}>
      {event.from_price.amount > 0 && "from "}
      <Money value={event.from_price} free />
    </span>
  );
}

function StateBadge({ event }: { event: EventSummary }) {
  if (event.status === "cancelled") return <Badge tone="bad">Cancelled</Badge>;
  if (event.status === "completed") return <Badge>Over</Badge>;
  if (event.sold_out) return <Badge tone="warn">Sold out</Badge>;
  return null;
}

export function EventCardSkeleton() {
  return (
    <div className={styles.card} aria-hidden="true">
      <span className={styles.picture} style={{ aspectRatio: "16 / 9", background: "var(--sunken)" }} />
      <div className={styles.body}>
        <Skeleton width="70%" />
        <Skeleton height="1.5em" />
        <Skeleton width="50%" />
        <Skeleton width="30%" />
      </div>
    </div>
  );
}
