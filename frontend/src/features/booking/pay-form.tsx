import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { isOffline, isProblem } from "../../api/problem";
import { bookingQuery, checkoutFree } from "../../api/resources/bookings";
import { pay, paymentsQuery } from "../../api/resources/payments";
import type { Booking, Payment } from "../../api/types";
import { paths } from "../../app/paths";
import { formatMoney } from "../../lib/money";
import { useLongerThan } from "../../lib/use-elapsed";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";
import { ProblemNotice } from "../../ui/problem-notice";
import styles from "./booking.module.css";
import { declineText } from "./progress";
import { testCards } from "./test-cards";

interface PayFormProps {
  booking: Booking;
  /** The attempt that failed before, for example before a reload. */
  declined: Payment | undefined;
}

/** The last step: how to pay, and the button. A decline keeps the form and the hold. */
export function PayForm({ booking, declined }: PayFormProps) {
  const client = useQueryClient();
  const [method, setMethod] = useState(testCards[0]?.method ?? "");
  const free = booking.total.amount === 0;
  const refresh = () => {
    void client.invalidateQueries(bookingQuery(booking.id));
    void client.invalidateQueries(paymentsQuery(booking.id));
  };
  const send = useMutation({
    mutationFn: async () => {
      if (free) {
        client.setQueryData(bookingQuery(booking.id).queryKey, await checkoutFree(booking.id));
        return;
      }
      const made = await pay(booking.id, method, location.origin + paths.checkout(booking.id));
      client.setQueryData(paymentsQuery(booking.id).queryKey, (known) => [made, ...(known ?? []).filter(({ id }) => id !== made.id)]);
      if (made.status === "requires_action" && made.next_action) location.assign(made.next_action.url);
    },
    onSettled: refresh,
  });
  const slow = useLongerThan(4_000, send.isPending);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!send.isPending) send.mutate();
  };
  return (
    <form className={styles.stack} onSubmit={submit}>
      {!free && <CardChoice method={method} onMethod={setMethod} />}
      {send.isError ? <Failure problem={send.error} /> : declined && !send.isPending && <Declined code={declined.failure?.code} />}
      <Button type="submit" variant="primary" size="large" wide busy={send.isPending} busyText={slow ? "Still waiting for the bank" : free ? "Getting your tickets" : "Paying"}>
        {free ? "Get the tickets" : `Pay ${formatMoney(booking.total)}`}
      </Button>
    </form>
  );
}

function CardChoice({ method, onMethod }: { method: string; onMethod: (method: string) => void }) {
  return (
    <>
      <Notice tone="warn" title="Payments are not real here">
        This platform runs with a sandbox in place of a bank. Choose what shall happen; no card is asked for and no money moves.
      </Notice>
      <fieldset className={styles.cards}>
        <legend>
          <b>Test card</b>
        </legend>
        {testCards.map((card) => (
          <label key={card.method} className={styles.card}>
            <input type="radio" name="method" value={card.method} checked={method === card.method} onChange={() => onMethod(card.method)} />
            <span>
              <b>{card.label}</b>
              <span className={styles.muted}>{card.outcome}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </>
  );
}

function Failure({ problem }: { problem: unknown }) {
  if (isProblem(problem, "payment_declined")) {
    const code = problem.extra["decline_code"];
    return <Declined code={typeof code === "string" ? code : undefined} />;
  }
  return (
    <ProblemNotice
      problem={problem}
      reassurance={isOffline(problem) ? "Press the button again when you are back: even if the first try arrived, you pay only once." : undefined}
    />
  );
}

function Declined({ code }: { code: string | undefined }) {
  return (
    <Notice tone="bad" title="The card was declined" announce>
      {declineText(code)} No money moved, and your tickets are still held.
    </Notice>
  );
}
