import type { ReactNode } from "react";
import type { Event } from "../../api/types";
import { EventTime } from "../../ui/date-time";
import { Icon, type IconName } from "../../ui/icon";
import styles from "./event-page.module.css";

/** When, where, by whom. */
export function EventFacts({ event }: { event: Event }) {
  return (
    <div className={styles.facts}>
      <Fact icon="calendar">
        <EventTime startsAt={event.starts_at} endsAt={event.ends_at} timeZone={event.time_zone} />
      </Fact>
      <Fact icon="place">
        <Place event={event} />
      </Fact>
      <Fact icon="person">
        {event.organisation_name}
        {event.external_url && (
          <>
            {" · "}
            <a href={event.external_url} rel="noopener noreferrer">
              Website
            </a>
          </>
        )}
      </Fact>
    </div>
  );
}

function Fact({ icon, children }: { icon: IconName; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  );
}

/** The country's name in the reader's language; the code where the browser knows none. */
function countryName(code: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function Place({ event: { venue } }: { event: Event }) {
  if (!venue) return <>Online</>;
  const street = [venue.address, venue.city, venue.country ? countryName(venue.country) : ""].filter((part) => part && part !== venue.name).join(", ");
  const query = [venue.name, venue.address, venue.city, venue.country].filter(Boolean).join(", ");
  return (
    <>
      {venue.name || venue.city}
      {street && <span className={styles.muted}> · {street}</span>}{" "}
      <a href={`https://www.openstreetmap.org/search?query=${encodeURIComponent(query)}`} target="_blank" rel="noopener noreferrer">
        Map<span className="visually-hidden"> (opens in a new tab)</span>
      </a>
    </>
  );
}
