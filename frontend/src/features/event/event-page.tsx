import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { isProblem } from "../../api/problem";
import { eventQuery } from "../../api/resources/events";
import type { Event } from "../../api/types";
import { useAvailability } from "../../api/use-availability";
import { NotFoundPage } from "../../app/not-found-page";
import { paths } from "../../app/paths";
import { useUser } from "../../auth/use-session";
import { CalendarButton } from "../../ui/calendar-button";
import { EventPicture } from "../../ui/event-picture";
import { Page, PageSkeleton } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import { Skeleton } from "../../ui/skeleton";
import { Badge } from "../../ui/badge";
import { codedTypes, isAccessProblem, isLocked, useAccess, withCode } from "./access";
import { toBooking, useChoice, withoutSeats } from "./choice";
import { EventFacts } from "./event-facts";
import styles from "./event-page.module.css";
import { TicketPanel } from "./ticket-panel";
import { useHold } from "./use-hold";

const SeatMap = lazy(() => import("../seat-map/seat-map").then((module) => ({ default: module.SeatMap })));

export function Component() {
  const { eventId = "" } = useParams();
  const query = useQuery(eventQuery(eventId));
  if (query.data) return <EventView key={query.data.id} event={query.data} />;
  if (isProblem(query.error) && query.error.status === 404) return <NotFoundPage />;
  if (query.isError) {
    return (
      <Page title="Event" narrow>
        <ProblemNotice problem={query.error} onRetry={() => void query.refetch()} retrying={query.isFetching} />
      </Page>
    );
  }
  return <PageSkeleton />;
}

function EventView({ event }: { event: Event }) {
  const signedIn = useUser() !== null;
  const navigate = useNavigate();
  const [choice, setChoice] = useChoice(event.id);
  const [mapOpen, setMapOpen] = useState(choice.kind === "seats" && choice.seats.length > 0);
  const availability = useAvailability(event.id, event.status === "published" && event.ticket_types.length > 0);
  const hold = useHold(event.id);
  const access = useAccess(event.id);
  const lost = isProblem(hold.error, "seat_taken") ? hold.error.strings("seats") : [];

  const order = () => {
    const body = toBooking(event.id, choice);
    if (!body) return;
    if (!signedIn) {
      void navigate(paths.order(event.id));
      return;
    }
    hold.mutate(withCode(event.id, body), {
      onError: (error) => {
        if (isProblem(error, "seat_taken")) {
          setChoice(withoutSeats(choice, error.strings("seats")));
          setMapOpen(true);
        }
      },
    });
  };
  const choose = (next: typeof choice) => {
    hold.reset();
    setChoice(next);
  };
  // What is said at the field for the code is not said twice.
  const said = isAccessProblem(hold.error) && codedTypes(event).length > 0;
  const seated = event.ticket_types.filter(({ kind }) => kind === "seated");
  return (
    <Page title={event.title} className={styles.page} heading={<Heading event={event} />} back={{ to: paths.home(), label: "All events" }}>
      <div className={styles.layout}>
        <div className={styles.main}>
          <div className={styles.head}>
            <EventPicture title={event.title} imageUrl={event.image_url} className={styles.picture} ratio="21 / 9" eager />
            <EventFacts event={event} />
          </div>
          {mapOpen && seated.length > 0 && (
            <section className={styles.map} id="seat-map" aria-label="Seat map">
              <h2>Choose your seats</h2>
              <Suspense fallback={<Skeleton height="420px" />}>
                <SeatMap
                  eventId={event.id}
                  ticketTypes={seated}
                  selected={choice.kind === "seats" ? choice.seats : []}
                  lost={lost}
                  locked={seated.filter((type) => isLocked(type, access)).map(({ id }) => id)}
                  max={Math.min(event.max_per_buyer ?? Infinity, ...seated.map((type) => type.max_per_order))}
                  onChange={(seats, types) => choose({ kind: "seats", seats, types })}
                />
              </Suspense>
            </section>
          )}
          <div className={styles.text}>
            <About event={event} />
          </div>
        </div>
        <aside className={styles.panel}>
          <TicketPanel
            {...{ event, choice, signedIn, mapOpen }}
            availability={availability.data}
            availabilityFailed={availability.isError}
            onChoice={choose}
            onOrder={order}
            onMap={setMapOpen}
            onCode={() => hold.reset()}
            busy={hold.isPending}
            problem={hold.isError && !said && <ProblemNotice problem={hold.error} reassurance="Nothing was charged." onRetry={order} />}
          />
        </aside>
      </div>
    </Page>
  );
}

function Heading({ event }: { event: Event }) {
  return (
    <>
      {event.title} {event.status === "cancelled" && <Badge tone="bad">Cancelled</Badge>}
      {event.status === "draft" && <Badge tone="warn">Draft</Badge>}
    </>
  );
}

function About({ event }: { event: Event }) {
  return (
    <>
      {event.description && (
        <>
          <h2>About</h2>
          <p className={styles.description}>{event.description}</p>
        </>
      )}
      {event.tags.length > 0 && (
        <ul className={styles.tags} role="list" aria-label="Topics">
          {event.tags.map((tag) => (
            <li key={tag}>
              <Badge>{tag}</Badge>
            </li>
          ))}
        </ul>
      )}
      <div>
        <CalendarButton
          entry={{
            uid: `event-${event.id}`,
            title: event.title,
            start: event.starts_at,
            end: event.ends_at,
            place: event.venue ? [event.venue.name, event.venue.address, event.venue.city].filter(Boolean).join(", ") : undefined,
            url: location.origin + paths.event(event.id),
          }}
        />
      </div>
    </>
  );
}
