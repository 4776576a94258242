import { useMutation, useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { download, payment as payments, unwrap } from "../../api/clients";
import { bookingQuery } from "../../api/resources/bookings";
import { paymentsQuery, receipt as receiptOf } from "../../api/resources/payments";
import type { Payment } from "../../api/types";
import { paths } from "../../app/paths";
import { saveFile } from "../../lib/save-file";
import { Button, ButtonLink } from "../../ui/button";
import { Card } from "../../ui/card";
import { EmptyState } from "../../ui/empty-state";
import { Notice } from "../../ui/notice";
import { Page } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import { QueryView } from "../../ui/query-view";
import { Skeleton } from "../../ui/skeleton";
import { Document } from "./document";
import styles from "./receipt-page.module.css";

/** What was paid and what came back: the receipt and its credit notes, also as PDF. */
export function Component() {
  const { bookingId = "" } = useParams();
  const booking = useQuery(bookingQuery(bookingId));
  const query = useQuery(paymentsQuery(bookingId));
  return (
    <Page title="Receipt" intro={booking.data?.event.title} back={{ to: paths.booking(bookingId), label: "Booking" }} narrow>
      <QueryView query={query} loading={<Skeleton height="320px" />}>
        {(list) => {
          const paid = list.find(({ status }) => status === "captured") ?? list.find(({ status }) => status === "authorised");
          return paid ? <Paid payment={paid} /> : <NotPaid bookingId={bookingId} />;
        }}
      </QueryView>
    </Page>
  );
}

function NotPaid({ bookingId }: { bookingId: string }) {
  return (
    <EmptyState title="No receipt" action={<ButtonLink to={paths.booking(bookingId)}>To the booking</ButtonLink>}>
      Nothing was charged for this booking, so there is no receipt.
    </EmptyState>
  );
}

function Paid({ payment }: { payment: Payment }) {
  const params = { path: { id: payment.id } };
  const receipt = useQuery({
    queryKey: ["receipt", payment.id],
    queryFn: ({ signal }) => receiptOf(payment.id, signal),
    // It is written once the charge is through.
    refetchInterval: (query) => (query.state.data ? false : 2_000),
  });
  const notes = useQuery({
    queryKey: ["credit-notes", payment.id],
    queryFn: async ({ signal }) => (await unwrap(payments.GET("/payments/{id}/credit-notes", { params, signal }))).items,
  });
  return (
    <div className={styles.stack}>
      {payment.test_mode && (
        <Notice tone="warn" title="Payments are not real here">
          This receipt is a sample: no money moved.
        </Notice>
      )}
      <QueryView query={receipt} loading={<Skeleton height="280px" />}>
        {(document) => (
          <Card as="section" className={styles.stack} aria-label="Receipt">
            <Document document={document} kind="Receipt" />
            <PdfButton path={`/api/payment/payments/${payment.id}/receipt?format=pdf`} name={`receipt-${document.number}.pdf`} />
          </Card>
        )}
      </QueryView>
      {notes.data?.map((note) => (
        <Card as="section" key={note.number} className={styles.stack} aria-label={`Credit note ${note.number}`}>
          <Document document={note} kind="Credit note" />
          <PdfButton path={`/api/payment/payments/${payment.id}/credit-notes/${encodeURIComponent(note.number)}?format=pdf`} name={`credit-note-${note.number}.pdf`} />
        </Card>
      ))}
    </div>
  );
}

/** A plain link carries no token: the file is fetched, then given to the browser. */
function PdfButton({ path, name }: { path: string; name: string }) {
  const save = useMutation({ mutationFn: async () => saveFile(name, await download(path, "application/pdf")) });
  return (
    <>
      <div>
        <Button busy={save.isPending} busyText="Preparing the PDF" onClick={() => save.mutate()}>
          Save as PDF
        </Button>
      </div>
      {save.isError && <ProblemNotice problem={save.error} onRetry={() => save.mutate()} />}
    </>
  );
}
