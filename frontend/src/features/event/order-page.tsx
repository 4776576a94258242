import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Navigate, useParams } from "react-router";
import { eventQuery } from "../../api/resources/events";
import type { Event } from "../../api/types";
import { paths } from "../../app/paths";
import { AuthForm, type AuthMode } from "../../auth/auth-form";
import { useSession } from "../../auth/use-session";
import { ButtonLink } from "../../ui/button";
import { Card } from "../../ui/card";
import { OrderSummary } from "../../ui/order-summary";
import { Page, PageSkeleton } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import { Progress } from "../../ui/spinner";
import { Steps } from "../../ui/steps";
import { withCode } from "./access";
import { linesOf, toBooking, totalOf, useChoice } from "./choice";
import styles from "./order-page.module.css";
import { useHold } from "./use-hold";

/** Between choosing and paying, for who is not signed in yet: who, with the choice in sight; then the hold by itself. */
export function Component() {
  const { eventId = "" } = useParams();
  const query = useQuery(eventQuery(eventId));
  if (query.data) return <Order event={query.data} />;
  if (query.isError) return <Navigate to={paths.event(eventId)} replace />;
  return <PageSkeleton narrow />;
}

function Order({ event }: { event: Event }) {
  const { status } = useSession();
  const [mode, setMode] = useState<AuthMode>("login");
  const [choice] = useChoice(event.id);
  const hold = useHold(event.id, { replace: true });
  const body = toBooking(event.id, choice);
  const started = useRef(false);
  const { mutate } = hold;
  const wanted = status === "signed-in" && body !== undefined;
  useEffect(() => {
    if (!wanted || started.current || !body) return;
    started.current = true;
    mutate(withCode(event.id, body));
  }, [wanted, body, mutate, event.id]);

  // A hold that succeeded empties the choice on its way out.
  if (!body && hold.isIdle) return <Navigate to={paths.event(event.id)} replace />;
  const lines = linesOf(choice, event);
  const total = totalOf(lines);
  return (
    <Page title="Your order" back={{ to: paths.event(event.id), label: event.title }}>
      <Steps current="who" />
      <div className={styles.layout}>
        <Card className={styles.stack}>
          {hold.isError ? (
            <ProblemNotice
              problem={hold.error}
              reassurance="Nothing was held and nothing was charged."
              onRetry={() => body && hold.mutate(withCode(event.id, body))}
              retrying={hold.isPending}
              actions={<ButtonLink to={paths.event(event.id)}>Choose again</ButtonLink>}
            />
          ) : status === "signed-out" ? (
            <>
              <h2>Who are you?</h2>
              <p>Tickets belong to an account, so that they can&rsquo;t get lost. They are held as soon as you are in.</p>
              <AuthForm mode={mode} onMode={setMode} />
            </>
          ) : (
            <div className={styles.stack} role="status">
              <h2>Holding your tickets</h2>
              <Progress label="Holding your tickets" />
            </div>
          )}
        </Card>
        {total && (
          <OrderSummary
            title={event.title}
            startsAt={event.starts_at}
            timeZone={event.time_zone}
            lines={lines.map(({ type, quantity, seats }) => ({ id: type.id, name: type.name, quantity, unitPrice: type.price, seats }))}
            total={total}
          />
        )}
      </div>
    </Page>
  );
}
