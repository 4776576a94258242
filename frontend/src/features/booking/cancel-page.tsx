import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { bookingQuery, cancelBooking, ticketsQuery } from "../../api/resources/bookings";
import type { Booking, Ticket } from "../../api/types";
import { paths } from "../../app/paths";
import { formatMoney, sum } from "../../lib/money";
import { count } from "../../lib/words";
import { Button, ButtonLink } from "../../ui/button";
import { Card } from "../../ui/card";
import { EmptyState } from "../../ui/empty-state";
import { Checkbox } from "../../ui/field";
import { Money } from "../../ui/money";
import { Actions, Page, PageSkeleton } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import { QueryView } from "../../ui/query-view";
import styles from "./booking.module.css";
import { priceOf } from "./progress";

/** Which tickets to cancel, and what comes back, before anything happens. */
export function Component() {
  const { bookingId = "" } = useParams();
  const booking = useQuery(bookingQuery(bookingId));
  const tickets = useQuery(ticketsQuery(bookingId));
  if (booking.isPending && !booking.isPaused) return <PageSkeleton narrow />;
  return (
    <Page title="Cancel tickets" intro={booking.data?.event.title} back={{ to: paths.booking(bookingId), label: "Booking" }} narrow>
      <QueryView query={booking}>
        {(known) => <QueryView query={tickets}>{(items) => <CancelForm booking={known} tickets={items.filter(({ status }) => status !== "cancelled")} />}</QueryView>}
      </QueryView>
    </Page>
  );
}

function CancelForm({ booking, tickets }: { booking: Booking; tickets: Ticket[] }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const open = tickets.filter(({ status }) => status === "valid");
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const chosen = open.filter(({ id }) => !kept.has(id));
  const back = sum(chosen.map((ticket) => priceOf(ticket, booking))) ?? { amount: 0, currency: booking.total.currency };
  const cancel = useMutation({
    mutationFn: () => cancelBooking(booking.id, chosen.length === tickets.length ? undefined : chosen.map(({ id }) => id)),
    onSuccess: async (cancelled) => {
      client.setQueryData(bookingQuery(booking.id).queryKey, cancelled);
      await Promise.all([client.invalidateQueries({ queryKey: ["booking", booking.id] }), client.invalidateQueries({ queryKey: ["bookings"] }), client.invalidateQueries({ queryKey: ["payments", booking.id] })]);
      await navigate(paths.booking(booking.id), { replace: true });
    },
  });
  const toggle = (id: string) => {
    const next = new Set(kept);
    if (!next.delete(id)) next.add(id);
    setKept(next);
  };
  if (open.length === 0) {
    return (
      <EmptyState title="Nothing to cancel" action={<ButtonLink to={paths.booking(booking.id)}>To the booking</ButtonLink>}>
        Tickets that were used at the entrance or are cancelled already can&rsquo;t be cancelled.
      </EmptyState>
    );
  }
  return (
    <Card className={styles.stack}>
      <div>
        {tickets.map((ticket) => (
          <div key={ticket.id} className={styles.pick}>
            <Checkbox
              label={`${ticket.ticket_type_name}${ticket.seat ? `, seat ${ticket.seat}` : ""}${ticket.status === "redeemed" ? " (used)" : ""}`}
              checked={ticket.status === "valid" && !kept.has(ticket.id)}
              disabled={ticket.status !== "valid"}
              onChange={() => toggle(ticket.id)}
            />
            <Money value={priceOf(ticket, booking)} free />
          </div>
        ))}
      </div>
      <p className={styles.sum}>
        <span>Comes back to your card</span> <Money value={back} />
      </p>
      <p className={styles.muted}>
        {back.amount > 0 ? "The whole price, within some days. You get a credit note by mail." : "These tickets were free: nothing was paid."} Cancelled tickets stop being valid at once.
      </p>
      {cancel.isError && <ProblemNotice problem={cancel.error} reassurance="Your tickets are unchanged." />}
      <Actions>
        <Button variant="danger" size="large" disabled={chosen.length === 0} busy={cancel.isPending} busyText="Cancelling" onClick={() => cancel.mutate()}>
          Cancel {count(chosen.length, "ticket")}
          {back.amount > 0 && chosen.length > 0 && `, get ${formatMoney(back)} back`}
        </Button>
        <ButtonLink size="large" to={paths.booking(booking.id)}>
          Keep {tickets.length === 1 ? "it" : "them"}
        </ButtonLink>
      </Actions>
    </Card>
  );
}
